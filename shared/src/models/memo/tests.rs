use super::*;
use crate::memory::Tenant;
use crate::memory::id::Identity;
use crate::models::routes::{Backends, Task};

fn route(task: Task, text: &str) -> Route {
    let backends = Backends { bedrock: None, ollama_url: "http://127.0.0.1:1".to_owned() };
    Route::parse(task, text, &backends).expect("a route")
}

fn prompt(user: &str) -> Prompt {
    Prompt { system: "Answer.".to_owned(), user: user.to_owned(), max_tokens: 100, json: false }
}

#[test]
fn a_memo_is_known_by_all_that_can_change_the_answer() {
    let tenant = Tenant::parse("acme").expect("a tenant");
    let scope = |subject: &str| Scope::parse(&tenant, subject).expect("a scope");
    let (alice, bob) = (scope("user:alice"), scope("user:bob"));
    let ids = ["0", "1"].map(|key| MemoryId::derive(&alice, Identity::Key { key, position: 0 }));
    let plain = prompt("caf\u{e9}\nor tea?");
    let depends = [(ids[0], 1), (ids[1], 4)];
    let asking = Asking {
        scope: &alice,
        prompt: &plain,
        depends: &depends,
        source: None,
        becomes: None,
        alike: None,
        sensitivity: Sensitivity::General,
        deadline: Duration::from_secs(1),
        now: Time::from_micros(0),
    };
    let usual = route(Task::Converse, "ollama:a,ollama:b");
    let known = key(&usual, &asking);

    let same = prompt("  cafe\u{301} \r\nor tea?\n");
    let turned = [depends[1], depends[0]];
    assert_eq!(known, key(&usual, &Asking { prompt: &same, depends: &turned, ..asking }));
    let later = Asking { now: Time::from_micros(9), deadline: Duration::from_secs(9), ..asking };
    assert_eq!(known, key(&usual, &later));
    let source = Asking { source: Some((ids[0], 1)), becomes: Some(ids[1]), ..asking };
    assert_eq!(known, key(&usual, &source), "equal texts of two memories have one answer");

    let (other, longer, object) =
        (prompt("cocoa?"), Prompt { max_tokens: 99, ..plain.clone() }, Prompt { json: true, ..plain.clone() });
    let revised = [(ids[0], 2), (ids[1], 4)];
    let (alike, ruled) =
        (Alike { question: "Tea?", rules: "Answer." }, Alike { question: "Tea?", rules: "Answer in June." });
    let others = [
        key(&route(Task::Judge, "ollama:a,ollama:b"), &asking),
        key(&route(Task::Converse, "ollama:b,ollama:a"), &asking),
        key(&usual, &Asking { scope: &bob, ..asking }),
        key(&usual, &Asking { prompt: &other, ..asking }),
        key(&usual, &Asking { prompt: &longer, ..asking }),
        key(&usual, &Asking { prompt: &object, ..asking }),
        key(&usual, &Asking { depends: &revised, ..asking }),
        key(&usual, &Asking { depends: &depends[..1], ..asking }),
        key(&usual, &Asking { sensitivity: Sensitivity::Confidential, ..asking }),
        key(&usual, &Asking { alike: Some(alike), ..asking }),
        key(&usual, &Asking { alike: Some(ruled), ..asking }),
        key(&usual, &Asking { alike: Some(alike), depends: &revised, ..asking }),
        key(&usual, &Asking { alike: Some(alike), scope: &bob, ..asking }),
    ];
    let distinct: std::collections::HashSet<Key> = others.into_iter().chain([known]).collect();
    assert_eq!(distinct.len(), others.len() + 1);
}
