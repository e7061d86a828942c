//! Whatever a tenant does with texts of any sensitivity, over routes for all tasks: what reaches a model is what it may see.

mod embedding;
mod obliging;

use memorable::models::routes::{Backends, Route, Task};
use memorable_local::House;
use serde_json::{Value, json};

use crate::scripted::Scripted;
use crate::support::{call, drain, house_with, night, send};
use crate::transfer::import;
use obliging::obliging;

/// Words that only a text of that sensitivity has, after what makes it so.
const TEXTS: [(&str, &str); 7] = [
    ("open", "The market is on Saturday, says"),
    ("open", "Clara moves to Porto in May, says"),
    ("confidential", "My doctor says that my blood pressure is too high, and so does"),
    ("secret", "My bank password is Tr0ub4dor&3 for the account of"),
    ("secret", "My bank password is Tr0ub4dor&3. I live in Hushton, as does"),
    ("secret", "The api key is AKIAIOSFODNN7EXAMPLE, keep it from"),
    ("ultra", "My seed phrase is legal winner thank year wave sausage worth useful legal winner thank yellow, not for"),
];

/// Models in the account that embed, each before one on this machine.
const EMBEDDERS: [&str; 2] =
    ["bedrock:amazon.titan-embed-text-v2:0,ollama:here", "bedrock:amazon.titan-embed-text-v1,ollama:here"];

/// A house whose every task may ask a model on this machine and one in the account.
async fn house(machine: &Scripted, account: &Scripted) -> House {
    let mut house = house_with(&[("MEMORABLE_CHAT_PER_MINUTE", "0")]).await;
    let backends = Backends { bedrock: Some(account.bedrock()), ollama_url: machine.url.clone() };
    let app = &mut house.app;
    let health = app.health.clone();
    for (task, route) in [
        (Task::Embed, &mut app.embed),
        (Task::Classify, &mut app.classify),
        (Task::Distill, &mut app.distill),
        (Task::Summarize, &mut app.summarize),
        (Task::Converse, &mut app.converse),
        (Task::Decompose, &mut app.decompose),
        (Task::Judge, &mut app.judge),
    ] {
        // The one in the account first: it is asked wherever it may be.
        let text = "bedrock:amazon.nova-lite-v1:0,ollama:here";
        let text = if task == Task::Embed { EMBEDDERS[0] } else { text };
        *route = Route::parse(task, text, &backends).expect("a route").watched(&health);
    }
    house
}

/// Another container, so to speak: with another route to embed, and without the vectors that this one made.
fn restarted(house: &mut House, route: &str, machine: &Scripted, account: &Scripted) {
    let backends = Backends { bedrock: Some(account.bedrock()), ollama_url: machine.url.clone() };
    let health = house.app.health.clone();
    house.app.embed = Route::parse(Task::Embed, route, &backends).expect("a route").watched(&health);
}

/// A line of an export: a memory of an open text that is closed all the same, by its label or by what a reply had seen.
fn line(id: u64, content: &str, (label, seen): (&str, &str)) -> String {
    let class = json!({"kind": "note", "sensitivity": label, "importance": 0.5, "confidence": 0.9, "by": "rules"});
    let memory = json!({"v": 1, "id": format!("{id:016}"), "revision": 1, "state": "ready", "content": content,
        "order": id, "recorded_at": "2026-05-01", "updated_at": "2026-05-01", "fingerprint": "",
        "classification": class, "metadata": {"chat": {"seen": seen}}});
    json!({ "v": 1, "memory": memory }).to_string()
}

/// Has it written by another door; whether it was taken.
async fn by_another_door(house: &House, mem0: bool, text: &str) -> bool {
    let (path, body) = if mem0 {
        let said = json!([{"role": "user", "content": text}]);
        ("/mem0/v3/memories/add/", json!({"messages": said, "user_id": "alice", "infer": false}))
    } else {
        let call = json!({"name": "add_memory", "arguments": {"content": text}});
        ("/mcp?scope=user:alice", json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call}))
    };
    let headers = [("authorization", "Bearer local"), ("content-type", "application/json")];
    let (status, answer) = Box::pin(send(house, "POST", path, &headers, body.to_string().into_bytes())).await;
    status == 200 && answer["result"]["isError"] != true
}

#[tokio::test]
async fn no_text_reaches_a_model_that_may_not_see_it_whatever_is_done() {
    let (machine, account) = (Scripted::start(obliging).await, Scripted::start(obliging).await);
    let mut derived = Vec::new();
    for seed in 0..6_u64 {
        let mut house = house(&machine, &account).await;
        let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut roll = |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let mut ids: Vec<String> = Vec::new();
        for step in 0..36 {
            let (mark, text) = TEXTS[roll(TEXTS.len() as u64) as usize];
            let text = format!("{text} marked-{mark} {seed}.{step}");
            let session = format!("s{}", roll(3));
            let mut any = || ids[roll(ids.len() as u64) as usize].clone();
            let path = if ids.is_empty() { String::new() } else { format!("/v1/memories/{}?scope=user:alice", any()) };
            restarted(&mut house, EMBEDDERS[step / 12 % 2], &machine, &account);
            let (status, answer) = match roll(11) {
                0 | 1 => {
                    let body = json!({ "scope": "user:alice", "session": session, "content": text });
                    call(&house, "POST", "/v1/memories", body).await
                }
                2 => call(&house, "POST", "/v1/recall", json!({ "scopes": ["user:alice"], "query": text })).await,
                3 if !ids.is_empty() => call(&house, "PATCH", &path, json!({ "content": text })).await,
                4 if !ids.is_empty() => call(&house, "PATCH", &path, json!({ "tags": [format!("{step}")] })).await,
                5 if !ids.is_empty() => call(&house, "PATCH", &path, json!({ "metadata": { "rating": step } })).await,
                6 => {
                    let closing = if roll(2) == 0 { ("secret", "general") } else { ("general", "secret") };
                    let content =
                        line(seed * 100 + step as u64 + 1, &format!("So it is, marked-secret {step}"), closing);
                    let done = import(&house, json!({ "scope": "user:alice", "content": content })).await;
                    assert_eq!(done["counts"]["errors"], 0, "{done}");
                    (200, Value::Null)
                }
                7 => {
                    let taken = by_another_door(&house, roll(2) == 0, &text).await;
                    (if taken { 200 } else { 400 }, Value::Null)
                }
                8 if step % 8 > 5 => {
                    night(&house).await;
                    (200, Value::Null)
                }
                _ => {
                    let body = json!({ "scope": "user:alice", "session": session, "message": text });
                    call(&house, "POST", "/v1/chat", body).await
                }
            };
            assert!(matches!(status, 200 | 202), "seed {seed} step {step}: {answer}");
            ids.extend(answer["memories"][0]["id"].as_str().filter(|_| status == 202).map(str::to_owned));
            ids.extend(answer["reply_id"].as_str().map(str::to_owned));
            if roll(3) == 0 {
                drain(&house).await;
            }
        }
        night(&house).await;
        restarted(&mut house, EMBEDDERS[1], &machine, &account);
        night(&house).await;
        derived.extend(crate::support::listed(&house).await);
    }
    // The stand-ins' answers were taken: facts, replies and labels were made of what they were shown.
    for (field, value) in [("content", "has it so"), ("content", "So it is kept"), ("classified_by", "ollama:here")] {
        let held = |memory: &&Value| memory[field].as_str().is_some_and(|text| text.contains(value));
        assert!(derived.iter().any(|memory| held(&memory)), "nothing has {value} as its {field}");
    }
    for (server, allowed) in
        [(&account, vec!["open", "confidential"]), (&machine, vec!["open", "confidential", "secret"])]
    {
        let bodies: Vec<String> = server.asked().into_iter().map(|asked| asked.body).collect();
        assert!(bodies.len() > 10, "only {} requests", bodies.len());
        for mark in ["secret", "ultra"] {
            let seen = bodies.iter().find(|body| body.contains(&format!("marked-{mark}")));
            let may = allowed.contains(&mark);
            assert!(may || seen.is_none(), "{mark}: {}", seen.map_or("", String::as_str));
            assert!(!may || seen.is_some(), "nothing {mark} was ever shown to the model here, so this shows nothing");
        }
        assert!(bodies.iter().any(|body| body.contains("marked-open")));
        for words in ["Tr0ub4dor", "Hushton", "AKIAIOSFODNN7EXAMPLE"] {
            assert!(allowed.contains(&"secret") || !bodies.iter().any(|body| body.contains(words)), "{words}");
        }
    }
}
