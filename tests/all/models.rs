//! Models through the whole house: what is known of them, what tenants may spend on them, what they answered before.

mod room;
mod spent;

use std::time::Duration;

use jiff::SignedDuration;
use memorable::memory::{MemoryId, Sensitivity, Tenant, Time};
use memorable::models::budgets::{Budgets, Limits};
use memorable::models::memo::{Asking, Memos};
use memorable::models::prices::Dollars;
use memorable::models::routes::{Backends, ModelCall, Route, Task};
use memorable::models::{Prompt, Reply};
use memorable::receipt::{Receipt, metered};
use memorable_local::House;
use serde_json::{Value, json};

use crate::scripted::{Answer, Asked, Scripted};
use crate::support::{Call, alice, call, call_at, drain, house, house_with, now, recall, store};

const NOVA: &str = "bedrock:amazon.nova-lite-v1:0";
const WITHIN: Duration = Duration::from_secs(20);

/// As Ollama or Bedrock, with a million tokens read on Bedrock: six cents of Nova Lite.
fn says(asked: &Asked) -> Answer {
    Answer::json(&match asked.what.as_str() {
        "POST /api/embed" => {
            json!({ "embeddings": vec![json!([0.6, 0.8]); asked.json()["input"].as_array().map_or(1, Vec::len)] })
        }
        "POST /api/chat" => json!({ "message": { "content": "tea" }, "prompt_eval_count": 9, "eval_count": 1 }),
        _ => json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": "tea" }] } },
            "stopReason": "end_turn",
            "usage": { "inputTokens": 1_000_000, "outputTokens": 0, "totalTokens": 1_000_000 },
        }),
    })
}

fn route(text: &str, server: &Scripted) -> Route {
    let backends = Backends { bedrock: Some(server.bedrock()), ollama_url: server.url.clone() };
    Route::parse(Task::Converse, text, &backends).expect("a route")
}

fn prompt(user: &str) -> Prompt {
    Prompt { system: "Answer.".to_owned(), user: user.to_owned(), max_tokens: 10, json: false }
}

fn said(reply: &Reply) -> memorable::Result<String> {
    Ok(reply.text.clone())
}

fn at(time: &str) -> Time {
    time.parse().expect("a time")
}

fn outcomes(calls: &[ModelCall]) -> Vec<(&str, &str)> {
    calls.iter().map(|call| (call.model.as_str(), call.outcome)).collect()
}

#[tokio::test]
async fn each_model_says_how_it_did() {
    let server = Scripted::start(says).await;
    let settings = [("MEMORABLE_PROFILE", "small"), ("OLLAMA_HOST", server.url.as_str())];
    let house = house_with(&settings).await;
    let states = async |house: &House| {
        let (status, answer) = call(house, "GET", "/v1/models", Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        assert!(answer["prices"].is_string() && answer["receipt"].is_object(), "{answer}");
        answer["models"].as_array().expect("models").clone()
    };
    let before = states(&house).await;
    let names: Vec<_> = before.iter().map(|model| (model["model"].as_str(), model["state"].as_str())).collect();
    assert_eq!(names[0], (Some("ollama:nomic-embed-text"), Some("cold")));
    assert_eq!(names[1], (Some("builtin"), Some("ready")));
    assert_eq!(before[2]["tasks"], json!(["classify", "distill", "summarize", "converse", "decompose", "judge"]));

    store(&house, json!({ "content": "I moved to Lisbon." })).await;
    let nomic = &states(&house).await[0];
    assert_eq!((&nomic["state"], &nomic["calls"], &nomic["place"]), (&json!("ready"), &json!(1), &json!("machine")));
    assert_eq!((&nomic["dollars"], &nomic["errors"]), (&json!(0.0), &json!(0)));
    assert!(nomic["p95_ms"].is_number() && nomic["tokens_in"].as_u64() > Some(0), "{nomic}");

    // Another container knows of the call once it was written down.
    let none = json!({ "calls": 0, "errors": 0, "dollars": 0.0, "mean_ms": null });
    assert_eq!(nomic["tenant"], json!({ "today": none, "days_30": none }));
    house.app.budgets.write_all(now()).await;
    let container = house.container(house.faults.http_client()).expect("a container");
    let what = Call { token: "local", method: "GET", path: "/v1/models".to_owned(), key: None, body: Value::Null };
    for (token, calls) in [("local", 1), ("other", 0)] {
        let (_, answer) = call_at(&house, &container, now(), &Call { token, ..what.clone() }).await;
        let nomic = &answer["models"][0];
        assert_eq!((&nomic["calls"], &nomic["tenant"]["today"]["calls"]), (&json!(0), &json!(calls)), "{answer}");
        assert_eq!(nomic["tenant"]["days_30"]["calls"], calls);
        assert_eq!(answer["receipt"]["requests"], json!({ "dynamodb.Query": 1 }));
    }

    let (status, problem) = call(&house, "GET", "/v1/models?all=1", Value::Null).await;
    assert_eq!((status, &problem["field"]), (400, &json!("all")));
}

#[tokio::test]
async fn a_model_that_is_down_is_left_alone_and_every_call_is_answered_all_the_same() {
    let server = Scripted::always(Answer::Body(404, "{}".to_owned())).await;
    let settings = [("MEMORABLE_ROUTE_EMBED", "ollama:gone"), ("OLLAMA_HOST", server.url.as_str())];
    let house = house_with(&settings).await;
    for n in 0..8 {
        let id = store(&house, json!({ "content": format!("Page {n} of the diary.") })).await;
        assert_eq!(crate::support::ids(&recall(&house, &format!("page {n} of the diary")).await)[0], id);
    }
    assert_eq!(server.asked().len(), 5, "16 texts, and the model was asked for the first five");
    let answer = recall(&house, "a diary").await;
    assert_eq!(answer["receipt"]["models"][0]["outcome"], "open", "{answer}");
    let (_, models) = call(&house, "GET", "/v1/models", Value::Null).await;
    assert_eq!(models["models"][0]["state"], "open");
}

/// What one call at that tenant's expense came to.
async fn asked(route: &Route, budgets: &Budgets, tenant: &str, now: Time) -> (Vec<ModelCall>, Receipt) {
    let paid = route.paid_by(budgets, &Tenant::parse(tenant).expect("a tenant"), now);
    let ((answer, calls), receipt) =
        metered(paid.converse(&prompt("Tea or coffee?"), Sensitivity::General, WITHIN, said)).await;
    assert_eq!(answer.as_deref(), Some("tea"));
    (calls, receipt)
}

#[tokio::test]
async fn what_is_spent_stops_models_with_a_price_in_every_container_until_the_next_day() {
    let (house, server) = (house().await, Scripted::start(says).await);
    let limits = || Limits::parse(r#"{"default": {"converse": {"day": 0.1, "month": 0.2}}}"#).expect("limits");
    let container = || Budgets::new(limits(), house.app.records.clone());
    let route = route(&format!("{NOVA},ollama:small"), &server);
    let first = container();
    let day = at("2026-11-20T12:00:00Z");
    let (calls, receipt) = asked(&route, &first, "acme", day).await;
    assert_eq!((outcomes(&calls), calls[0].dollars), (vec![(NOVA, "ok")], Some(Dollars::new(0.06))));
    assert_eq!(receipt.warnings, Vec::<String>::new());
    let (_, receipt) = asked(&route, &first, "acme", day).await;
    assert_eq!(receipt.warnings, Vec::<String>::new(), "six of ten cents, when this was asked");

    for budgets in [first, container()] {
        let (calls, receipt) = asked(&route, &budgets, "acme", day).await;
        assert_eq!(outcomes(&calls), [(NOVA, "budget"), ("ollama:small", "ok")]);
        assert!(receipt.warnings[0].contains("the budget for converse today is spent"), "{:?}", receipt.warnings);
        let (calls, _) = asked(&route, &budgets, "other", at("2026-10-01T00:00:00Z")).await;
        assert_eq!(calls[0].outcome, "ok", "another tenant's budget is its own");
        break_even(&house, "other", at("2026-10-01T00:00:00Z")).await;
    }

    let next = container();
    let (calls, receipt) = asked(&route, &next, "acme", at("2026-11-21T00:00:00Z")).await;
    assert_eq!(
        (outcomes(&calls), receipt.warnings.len()),
        (vec![(NOVA, "ok")], 0),
        "twelve of twenty cents this month"
    );
    let (_, receipt) = asked(&route, &next, "acme", at("2026-11-22T00:00:00Z")).await;
    assert!(receipt.warnings[0].contains("this month is spent to more than four fifths"), "{:?}", receipt.warnings);
    let (calls, _) = asked(&route, &next, "acme", at("2026-11-23T00:00:00Z")).await;
    assert_eq!(calls[0].outcome, "budget", "the month is over twenty cents");
    let (calls, _) = asked(&route, &next, "acme", at("2026-12-01T00:00:00Z")).await;
    assert_eq!(calls[0].outcome, "ok");
}

/// What that tenant's calls of that day add up to is what was written down.
async fn break_even(house: &House, tenant: &str, now: Time) {
    let tenant = Tenant::parse(tenant).expect("a tenant");
    let (day, month) = house.app.records.spend(&tenant, "converse", Dollars::ZERO, now).await.expect("sums");
    assert!(day == month && day.nanos() % 60_000_000 == 0 && day > Dollars::ZERO, "{day:?} {month:?}");
}

#[tokio::test]
async fn without_a_limit_nothing_is_counted() {
    let (house, server) = (house().await, Scripted::start(says).await);
    house.faults.reset();
    let budgets = Budgets::new(Limits::default(), house.app.records.clone());
    asked(&route(NOVA, &server), &budgets, "acme", now()).await;
    assert_eq!(house.faults.calls(), 0);
}

/// A question about a memory, asked through memos.
async fn remembered(
    memos: &Memos,
    route: &Route,
    sensitivity: Sensitivity,
    depends: &[(MemoryId, u32)],
    now: Time,
) -> (Vec<ModelCall>, Receipt) {
    let (scope, prompt) = (alice(), prompt("Tea or coffee?"));
    let asking = Asking {
        scope: &scope,
        prompt: &prompt,
        depends,
        source: None,
        becomes: None,
        alike: None,
        sensitivity,
        deadline: WITHIN,
        now,
    };
    let ((answer, calls), receipt) = metered(memos.converse(route, &asking, said)).await;
    assert_eq!(answer.as_deref(), Some("tea"));
    (calls, receipt)
}

#[tokio::test]
async fn what_was_asked_once_is_not_asked_again_by_any_container() {
    let (house, server) = (house().await, Scripted::start(says).await);
    let route = route(NOVA, &server);
    let id: MemoryId = store(&house, json!({ "content": "Mira likes tea." })).await.parse().expect("an id");
    let (depends, general, start) = ([(id, 1)], Sensitivity::General, now());
    let first = Memos::new(house.app.records.clone());
    let (calls, receipt) = remembered(&first, &route, general, &depends, start).await;
    assert_eq!((outcomes(&calls), receipt.memo_hits, receipt.memo_misses), (vec![(NOVA, "ok")], 0, 1));

    for memos in [first.clone(), Memos::new(house.app.records.clone())] {
        let (calls, receipt) = remembered(&memos, &route, general, &depends, start).await;
        assert_eq!((outcomes(&calls), receipt.memo_hits), (vec![(NOVA, "memo")], 1));
        assert_eq!((receipt.dollars_saved, calls[0].dollars), (Dollars::new(0.06), Some(Dollars::ZERO)));
    }
    assert_eq!(server.asked().len(), 1);

    let (calls, _) = remembered(&first, &route, general, &[(id, 2)], start).await;
    assert_eq!(calls[0].outcome, "ok", "the memory was revised");
    let late = start.plus(SignedDuration::from_hours(8 * 24));
    let (calls, _) = remembered(&first, &route, general, &depends, late).await;
    assert_eq!(calls[0].outcome, "ok", "a week is over");
}

/// The keys of all memos in the table.
async fn kept(house: &House) -> usize {
    let page = aws_sdk_dynamodb::Client::new(&house.sdk)
        .query()
        .table_name(&house.app.config.table)
        .key_condition_expression("pk = :pk AND begins_with(sk, :memo)")
        .expression_attribute_values(":pk", aws_sdk_dynamodb::types::AttributeValue::S(alice().path()))
        .expression_attribute_values(":memo", aws_sdk_dynamodb::types::AttributeValue::S("memo#".to_owned()))
        .send()
        .await
        .expect("a query");
    page.items().len()
}

#[tokio::test]
async fn forgetting_a_memory_removes_what_models_said_of_it() {
    let (house, server) = (house().await, Scripted::start(says).await);
    let route = route(NOVA, &server);
    let mut ids: Vec<MemoryId> = Vec::new();
    for content in ["Mira likes tea.", "Noor likes coffee."] {
        ids.push(store(&house, json!({ "content": content })).await.parse().expect("an id"));
    }
    drain(&house).await;
    let memos = &house.app.memos;
    let of = |places: &[usize]| places.iter().map(|place| (ids[*place], 1)).collect::<Vec<_>>();
    for depends in [of(&[0]), of(&[0, 1]), of(&[1])] {
        remembered(memos, &route, Sensitivity::General, &depends, now()).await;
    }
    assert_eq!(kept(&house).await, 3);
    let (status, _) = call(&house, "DELETE", &format!("/v1/memories/{}?scope=user:alice", ids[0]), Value::Null).await;
    assert_eq!((status, kept(&house).await), (200, 1));

    // An answer that was on its way meanwhile is given, and not kept.
    let other = Memos::new(house.app.records.clone());
    let (calls, _) = remembered(&other, &route, Sensitivity::General, &of(&[0]), now()).await;
    assert_eq!((calls[0].outcome, kept(&house).await), ("ok", 1));
}

#[tokio::test]
async fn what_is_secret_is_not_written_down() {
    let (house, server) = (house().await, Scripted::start(says).await);
    let (local, memos) = (route("ollama:small", &server), Memos::new(house.app.records.clone()));
    for outcome in ["ok", "memo"] {
        let (calls, _) = remembered(&memos, &local, Sensitivity::Secret, &[], now()).await;
        assert_eq!((calls[0].outcome, kept(&house).await), (outcome, 0));
    }
    let (calls, _) = remembered(&Memos::new(house.app.records.clone()), &local, Sensitivity::Secret, &[], now()).await;
    assert_eq!(calls[0].outcome, "ok", "another container knows nothing of it");
}

#[tokio::test]
async fn what_ollama_has_is_told_and_what_it_lacks_is_skipped() {
    let server = Scripted::start(|asked| match asked.what.as_str() {
        "GET /api/tags" => {
            Answer::json(&json!({ "models": [{ "name": "tinyllama:1.1b" }, { "name": "nomic-embed-text:latest" }] }))
        }
        "GET /api/ps" => Answer::json(&json!({ "models": [{ "name": "tinyllama:1.1b", "size_vram": 7_000 }] })),
        _ => says(asked),
    })
    .await;
    // The machine is found to have what the small profile names.
    let settings = [("MEMORABLE_PROFILE", "auto"), ("OLLAMA_HOST", server.url.as_str())];
    let house = house_with(&settings).await;
    assert_eq!(house.profile.as_deref(), Some("small"));
    let (_, answer) = call(&house, "GET", "/v1/models", Value::Null).await;
    let model = |name: &str| {
        let models = answer["models"].as_array().expect("models");
        models.iter().find(|model| model["model"] == name).expect("a model").clone()
    };
    let (tiny, large, nomic) =
        (model("ollama:tinyllama:1.1b"), model("ollama:mistral-small:24b"), model("ollama:nomic-embed-text"));
    assert_eq!((&tiny["available"], &tiny["loaded"], &tiny["vram_bytes"]), (&json!(true), &json!(true), &json!(7_000)));
    assert_eq!(
        (&large["available"], &nomic["available"], &nomic["loaded"]),
        (&json!(false), &json!(true), &json!(false))
    );
    assert_eq!(model("builtin")["available"], true);

    let body = json!({ "scope": "user:alice", "session": "s", "message": "Tea or coffee?" });
    let (_, answer) = call(&house, "POST", "/v1/chat", body).await;
    let calls = answer["receipt"]["models"].as_array().expect("calls");
    let outcomes: Vec<_> = (calls.iter().filter(|call| call["task"] == "converse"))
        .map(|call| (call["model"].as_str().expect("a name"), call["outcome"].as_str().expect("an outcome")))
        .collect();
    assert_eq!(outcomes, [("ollama:mistral-small:24b", "missing"), ("ollama:tinyllama:1.1b", "ok")], "{answer}");
    // What is there and not loaded is loaded ahead of its first call.
    house.app.load_models().await;
    let loaded = server.asked().into_iter().filter(|asked| asked.body.contains("\"input\":\"\"")).count();
    assert_eq!(loaded, 1, "the model that embeds; the one that converses was loaded");
    let nobody = house_with(&[("MEMORABLE_PROFILE", "auto"), ("OLLAMA_HOST", "127.0.0.1:1")]).await;
    assert_eq!((nobody.profile.as_deref(), nobody.app.converse.is_empty()), (None, true));
}
