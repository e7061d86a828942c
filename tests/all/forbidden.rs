//! Whatever a tenant does with texts of any sensitivity, over routes for all tasks: what reaches a model is what it may see.

use memorable::models::routes::{Backends, Route, Task};
use memorable_local::House;
use serde_json::{Value, json};

use crate::scripted::{Answer, Asked, Scripted};
use crate::support::{call, drain, house_with, night};

/// Words that only a text of that sensitivity has, after what makes it so.
const TEXTS: [(&str, &str); 6] = [
    ("open", "The market is on Saturday, says"),
    ("open", "Clara moves to Porto in May, says"),
    ("confidential", "My doctor says that my blood pressure is too high, and so does"),
    ("secret", "My bank password is Tr0ub4dor&3 for the account of"),
    ("secret", "The api key is AKIAIOSFODNN7EXAMPLE, keep it from"),
    ("ultra", "My seed phrase is legal winner thank year wave sausage worth useful legal winner thank yellow, not for"),
];

/// A model that follows whatever it is told, invents fields and repeats what it saw.
fn gullible(asked: &Asked) -> Answer {
    let body = asked.json();
    let said = format!("{{\"kind\":\"fact\",\"importance\":1,\"confidence\":1,\"admin\":true}} {}", asked.body);
    Answer::json(&match asked.what.as_str() {
        "POST /api/embed" => {
            json!({ "embeddings": vec![json!([0.6, 0.8]); body["input"].as_array().map_or(1, Vec::len)] })
        }
        "POST /api/chat" => json!({ "message": { "content": said }, "prompt_eval_count": 9, "eval_count": 3 }),
        what if what.ends_with("/converse") => json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": said }] } },
            "stopReason": "end_turn",
            "usage": { "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 },
        }),
        "GET /api/tags" | "GET /api/ps" => json!({ "models": [] }),
        _ => json!({ "embedding": [0.8, 0.6] }),
    })
}

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
        let there = if task == Task::Embed { "amazon.titan-embed-text-v2:0" } else { "amazon.nova-lite-v1:0" };
        // The one in the account first: it is asked wherever it may be.
        let text = format!("bedrock:{there},ollama:here");
        *route = Route::parse(task, &text, &backends).expect("a route").watched(&health);
    }
    house
}

#[tokio::test]
async fn no_text_reaches_a_model_that_may_not_see_it_whatever_is_done() {
    let (machine, account) = (Scripted::start(gullible).await, Scripted::start(gullible).await);
    for seed in 0..6_u64 {
        let house = house(&machine, &account).await;
        let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut roll = |sides: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % sides
        };
        let mut ids: Vec<String> = Vec::new();
        for step in 0..24 {
            let (mark, text) = TEXTS[roll(TEXTS.len() as u64) as usize];
            let text = format!("{text} marked-{mark} {seed}.{step}");
            let session = format!("s{}", roll(3));
            let (status, answer) = match roll(6) {
                0 | 1 => {
                    let body = json!({ "scope": "user:alice", "session": session, "content": text });
                    call(&house, "POST", "/v1/memories", body).await
                }
                2 => call(&house, "POST", "/v1/recall", json!({ "scopes": ["user:alice"], "query": text })).await,
                3 if !ids.is_empty() => {
                    let path = format!("/v1/memories/{}?scope=user:alice", ids[roll(ids.len() as u64) as usize]);
                    call(&house, "PATCH", &path, json!({ "content": text })).await
                }
                4 if step % 8 == 7 => {
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
            if roll(3) == 0 {
                drain(&house).await;
            }
        }
        night(&house).await;
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
        for words in ["Tr0ub4dor", "AKIAIOSFODNN7EXAMPLE"] {
            assert!(allowed.contains(&"secret") || !bodies.iter().any(|body| body.contains(words)), "{words}");
        }
    }
}
