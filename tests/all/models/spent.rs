//! Budgets through the whole house: what is spent, what cannot be counted, and who is told.

use std::io::Write;
use std::sync::{Arc, Mutex};

use lambda_http::tracing::subscriber;
use lambda_http::tracing::subscriber::util::SubscriberInitExt;
use memorable::classify::classify;

use super::*;
use crate::scripted::Then;

const LIMITS: &str = r#"{"default": {"classify": {"day": 0.1}, "distill": {"day": 0.1}, "converse": {"day": 0.1}}}"#;
const COHERE: &str = "bedrock:cohere.embed-v4:0";
const MISTRAL: &str = "bedrock:mistral.mistral-large-2402-v1:0";

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

/// A house whose texts are read by Nova alone, within those budgets.
async fn within_budgets(server: &Scripted) -> House {
    let mut house = house_with(&[("MEMORABLE_BUDGETS", LIMITS)]).await;
    let backends = Backends { bedrock: Some(server.bedrock()), ollama_url: server.url.clone() };
    let of = |task| Route::parse(task, NOVA, &backends).expect("a route");
    (house.app.classify, house.app.distill, house.app.converse) =
        (of(Task::Classify), of(Task::Distill), of(Task::Converse));
    house
}

#[tokio::test]
async fn where_budgets_are_spent_all_goes_on_without_models_and_receipts_say_so() {
    let server = Scripted::start(says).await;
    let house = within_budgets(&server).await;
    for task in ["classify", "distill", "converse"] {
        house.app.records.spend(&tenant(), task, Dollars::new(0.1), now()).await.expect("a count");
    }
    // Said so that the rules are unsure of the one, and a form finds no fact in the other.
    let vague = crate::labelling::unsure(&house).await[0];
    let mut ids: Vec<MemoryId> = Vec::new();
    for content in [vague, "It is the marathon for me this year, every day at six."] {
        let memory = json!({ "content": content, "speaker": "Ana", "session": "s" });
        ids.push(store(&house, memory).await.parse().expect("an id"));
    }
    let (done, receipt) = metered(classify(&house.app, &alice(), &ids, now())).await;
    done.expect("classified all the same");
    for task in ["classify", "distill"] {
        let told = format!("the budget for {task} today is spent (0.1000 of 0.1 dollars)");
        assert!(receipt.warnings.iter().any(|warning| warning.starts_with(&told)), "{task}: {:?}", receipt.warnings);
        let of_task = receipt.models.iter().filter(|call| call.task.name() == task).map(|call| call.outcome);
        assert!(of_task.clone().count() > 0 && of_task.clone().all(|outcome| outcome == "budget"), "{task}");
    }
    let (_, memory) = call(&house, "GET", &format!("/v1/memories/{}?scope=user:alice", ids[0]), Value::Null).await;
    assert_eq!(memory["state"], "ready", "{memory}");

    let body = json!({ "scope": "user:alice", "session": "s", "message": "What is it for me this year?" });
    let (status, answer) = call(&house, "POST", "/v1/chat", body).await;
    assert_eq!((status, &answer["model"], &answer["no_model"]["reason"]), (200, &Value::Null, &json!("failed")));
    assert!(answer["reply"].as_str().is_some_and(|reply| reply.contains("marathon")), "{answer}");
    let warnings = answer["receipt"]["warnings"].to_string();
    assert!(warnings.contains("the budget for converse today is spent (0.1000 of 0.1 dollars)"), "{answer}");
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_model_whose_calls_cannot_be_counted_is_not_asked_within_a_budget() {
    let (house, server) = (house().await, Scripted::start(says).await);
    let limits = Limits::parse(r#"{"tenants": {"acme": {"converse": {"month": 5.0}}}}"#).expect("limits");
    let budgets = Budgets::new(limits, house.app.records.clone());
    let route = route(&format!("{MISTRAL},ollama:small"), &server);
    let (calls, receipt) = asked(&route, &budgets, "acme", now()).await;
    assert_eq!(outcomes(&calls), [(MISTRAL, "budget"), ("ollama:small", "ok")]);
    assert!(receipt.warnings[0].starts_with("price unknown"), "{:?}", receipt.warnings);
    let (calls, receipt) = asked(&route, &budgets, "other", now()).await;
    assert_eq!((outcomes(&calls), receipt.warnings.len()), (vec![(MISTRAL, "ok")], 0), "without a limit");

    let mut house = house_with(&[("MEMORABLE_BUDGETS", r#"{"default": {"embed": {"day": 0.5}}}"#)]).await;
    let backends = Backends { bedrock: Some(server.bedrock()), ollama_url: server.url.clone() };
    house.app.embed = Route::parse(Task::Embed, COHERE, &backends).expect("a route");
    let before = server.asked().len();
    store(&house, json!({ "content": "Mira likes tea." })).await;
    let answer = recall(&house, "Who likes tea?").await;
    assert_eq!(answer["memories"].as_array().map(Vec::len), Some(1), "{answer}");
    assert!(answer["receipt"]["warnings"].to_string().contains("price unknown"), "{answer}");
    assert_eq!(server.asked().len(), before);
}

#[tokio::test]
async fn what_was_sent_counts_as_paid_for_though_no_whole_answer_came() {
    let house = house().await;
    let limits = Limits::parse(r#"{"default": {"converse": {"day": 0.1}}}"#).expect("limits");
    for (nth, answer) in
        [Answer::Silence, Answer::HalfABody, Answer::events(&["te"], Then::Cut)].into_iter().enumerate()
    {
        let server = Scripted::always(answer.clone()).await;
        let (route, tenant) = (route(NOVA, &server), Tenant::parse(&format!("t{nth}")).expect("a tenant"));
        let paid = route.paid_by(&Budgets::new(limits.clone(), house.app.records.clone()), &tenant, now());
        let (prompt, within) = (prompt(&"Tea or coffee? ".repeat(100)), Duration::from_millis(500));
        let hear = |_| {};
        let aloud: Option<memorable::models::routes::Hear<'_>> = if nth == 2 { Some(&hear) } else { None };
        let (text, calls) = paid.converse_aloud(&prompt, Sensitivity::General, within, aloud, said).await;
        assert_eq!((text, calls[0].outcome), (None, "unavailable"), "{answer:?}");
        assert!(
            calls[0].tokens_in >= 400 && calls[0].dollars > Some(Dollars::new(0.06 * 400.0 / 1e6 - 1e-9)),
            "{calls:?}"
        );
        let (day, _) = house.app.records.spend(&tenant, "converse", Dollars::ZERO, now()).await.expect("sums");
        assert_eq!(Some(day), calls[0].dollars, "{answer:?}");
    }
    // What was refused was not read.
    let server = Scripted::always(Answer::Body(503, "{}".to_owned())).await;
    let (_, calls) = route(NOVA, &server).converse(&prompt("Tea?"), Sensitivity::General, WITHIN, said).await;
    assert_eq!((calls[0].outcome, calls[0].tokens_in), ("unavailable", 0));
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("what was written").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    /// The lines of the log that name an event, as `event task period`.
    fn events(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().expect("what was written").clone()).expect("text");
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let fields = lines.map(|line| line["fields"].clone()).filter(|fields| fields["event"].is_string());
        let told = |fields: Value| {
            let of = |name: &str| fields[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", of("event"), of("task"), of("period"))
        };
        fields.map(told).collect()
    }
}

#[tokio::test]
async fn the_log_tells_once_that_a_budget_is_nearly_spent_and_once_that_it_is() {
    let (house, server, kept) = (house().await, Scripted::start(says).await, Kept::default());
    let log = kept.clone();
    // As Lambda's runtime writes it.
    let _guard = subscriber::fmt().json().with_target(false).with_writer(move || log.clone()).set_default();
    let limits = Limits::parse(r#"{"default": {"converse": {"day": 0.14, "month": 10.0}}}"#).expect("limits");
    let budgets = Budgets::new(limits, house.app.records.clone());
    let (nova, free) = (route(NOVA, &server), route(&format!("{NOVA},{MISTRAL},ollama:small"), &server));
    let day = at("2026-11-20T12:00:00Z");
    asked(&nova, &budgets, "acme", day).await;
    assert_eq!(kept.events(), Vec::<String>::new());
    asked(&nova, &budgets, "acme", day).await;
    assert_eq!(kept.events(), ["budget_nearly_spent converse day"]);
    asked(&nova, &budgets, "acme", day).await;
    asked(&free, &budgets, "acme", day).await;
    asked(&free, &budgets, "acme", day).await;
    let expected = ["budget_nearly_spent converse day", "budget_spent converse day", "price_unknown converse -"];
    assert_eq!(kept.events(), expected);
}
