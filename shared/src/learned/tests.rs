use super::*;
use crate::memory::choice::Chosen;
use crate::models::routes::Backends;

fn route(task: Task, chain: &str) -> Route {
    let backends = Backends { bedrock: None, ollama_url: "http://127.0.0.1:9".to_owned() };
    Route::parse(task, chain, &backends).unwrap()
}

fn names(route: &Route) -> Vec<String> {
    route.chain().iter().map(crate::models::Model::name).collect()
}

fn knowing(what: &str, chosen: Chosen) -> (Learned, Tenant) {
    let (learned, tenant) = (Learned::default(), Tenant::parse("acme").unwrap());
    learned.keep(&tenant, Choices::default().with(what, chosen), "2026-11-20".parse().unwrap());
    (learned, tenant)
}

#[test]
fn a_chosen_order_holds_for_its_task_and_tenant_and_brings_no_model_in() {
    let order = ["ollama:b", "ollama:stranger", "ollama:a"].map(str::to_owned).to_vec();
    let (learned, tenant) = knowing("route.classify", Chosen { names: order, ..Chosen::default() });
    let chain = "ollama:a,ollama:b,ollama:c";
    let ordered = learned.ordered(&route(Task::Classify, chain), &tenant);
    assert_eq!(names(&ordered), ["ollama:b", "ollama:a", "ollama:c"]);
    let configured = ["ollama:a", "ollama:b", "ollama:c"];
    assert_eq!(names(&learned.ordered(&route(Task::Converse, chain), &tenant)), configured);
    let other = Tenant::parse("other").unwrap();
    assert_eq!(names(&learned.ordered(&route(Task::Classify, chain), &other)), configured);
}

#[test]
fn what_embeds_keeps_its_order() {
    let order = vec!["ollama:b".to_owned()];
    let (learned, tenant) = knowing("route.embed", Chosen { names: order, ..Chosen::default() });
    let ordered = learned.ordered(&route(Task::Embed, "ollama:a,ollama:b,builtin"), &tenant);
    assert_eq!(names(&ordered), ["ollama:a", "ollama:b", "builtin"]);
}

#[test]
fn one_call_of_sixteen_tries_what_was_asked_too_seldom() {
    let trying = vec!["ollama:b".to_owned()];
    let (learned, tenant) = knowing("route.classify", Chosen { trying, ..Chosen::default() });
    let route = route(Task::Classify, "ollama:a,ollama:b");
    let first = |_| names(&learned.ordered(&route, &tenant))[0].clone();
    let tried = (0..160).map(first).filter(|first| first == "ollama:b").count();
    assert_eq!(tried, 10);
}
