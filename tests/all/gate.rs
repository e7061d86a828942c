//! The gate: what is worse is refused and what is better promoted, of heads and of routes, each with its numbers. Printed
//! with `--nocapture`.
#![expect(clippy::disallowed_macros, reason = "the numbers of the gate are there to be read")]

use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use memorable::classify::head::train::Example;
use memorable::index::tuning::Decision;
use memorable::learned;
use memorable::memory::choice::{HEAD, Verdict};
use memorable::memory::{Kind, Sensitivity, Tenant, Time};
use memorable::models::{Prompt, Reply};
use memorable::night::examples::{Corrections, corrections};
use memorable::night::head::{self, Proposed};
use memorable::night::routes;
use memorable_local::House;
use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted};
use crate::support::{alice, call, drain, house, house_with, ids, night, now, store};

/// Where a ticket is said to be, and what it says.
const ROOMS: [&str; 10] =
    ["hall", "attic", "cellar", "lab", "lobby", "garage", "kitchen", "studio", "archive", "workshop"];
const TROUBLES: [&str; 6] = [
    "the lamp flickers",
    "a window sticks",
    "water drips from the ceiling",
    "the lock is loose",
    "the heater hums",
    "a tile is cracked",
];

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

fn day(day: i8) -> Date {
    jiff::civil::date(2026, 11, day)
}

fn print(what: &str, verdict: &Verdict) {
    println!("{what}: {:?}, {}", verdict.decision, verdict.because);
    for (name, trial) in &verdict.trials {
        println!(
            "  {name:<12} {:>4} cases  before {:.3}  after {:.3}  gain {:+.3}  at least {:+.3}",
            trial.cases, trial.before, trial.after, trial.gain, trial.at_least
        );
    }
}

/// A house in which each ticket is a commitment, as its people say of sixty, and the classifier does not know.
async fn of_tickets(house: &House) -> Vec<String> {
    let said = |room: &'static str| TROUBLES.map(|trouble| json!({ "content": format!("Ticket, {room}: {trouble}.") }));
    let items: Vec<Value> = ROOMS.into_iter().flat_map(said).collect();
    let body = json!({ "scope": "user:alice", "items": items });
    let (status, answer) = call(house, "POST", "/v1/memories", body).await;
    assert_eq!(status, 202, "{answer}");
    drain(house).await;
    let tickets = ids(&answer);
    for id in &tickets {
        let path = format!("/v1/memories/{id}/feedback?scope=user:alice");
        let (status, answer) = Box::pin(call(house, "POST", &path, json!({ "kind": "commitment" }))).await;
        assert_eq!(status, 200, "{answer}");
    }
    night(house).await;
    tickets
}

async fn kind_of(house: &House, text: &str) -> String {
    let (status, answer) = call(house, "POST", "/v1/classify", json!({ "scope": "user:alice", "content": text })).await;
    assert_eq!(status, 200, "{answer}");
    answer["classifications"][0]["kind"].as_str().expect("a kind").to_owned()
}

/// A head that is taught these labels instead, proposed as a night would.
async fn taught(house: &House, known: &Corrections, labels: &[Example], night: Date) -> Verdict {
    let current = house.app.records.choices(&tenant()).await.expect("choices");
    let proposed = Proposed { in_force: None, taught: labels, known };
    head::propose(&house.app, &tenant(), &current, &proposed, night, now()).await.expect("a decision")
}

#[tokio::test]
async fn a_worse_head_is_refused_and_a_better_one_classifies_until_it_is_taken_back() {
    let house = house().await;
    let tickets = of_tickets(&house).await;
    let known = corrections(&house.app, &tenant(), now()).await.expect("corrections");
    assert_eq!((known.open.len(), known.closed.len()), (60, 0));
    let new = "Ticket, terrace: the railing wobbles.";
    assert_ne!(kind_of(&house, new).await, "commitment", "otherwise there is nothing to learn");

    // Taught by chance what each ticket is.
    let mut wrong = known.examples();
    for (place, example) in wrong.iter_mut().enumerate() {
        example.kind = Some([Kind::Insight, Kind::Preference, Kind::Relationship][place % 3]);
    }
    let refused = taught(&house, &known, &wrong, day(1)).await;
    print("a worse head", &refused);
    assert_eq!(refused.decision, Decision::Refused);
    assert!(house.app.records.choices(&tenant()).await.expect("choices").of(HEAD).names.is_empty());

    let promoted = head::learn(&house.app, &tenant(), day(2), now()).await.expect("a night").expect("a proposal");
    print("a better head", &promoted);
    assert_eq!(promoted.decision, Decision::Promoted);
    assert!(promoted.trials["corrections"].passes() && promoted.trials["secrets"].gain >= 0.0);
    assert_eq!(head::learn(&house.app, &tenant(), day(2), now()).await.expect("again"), Some(promoted.clone()));
    assert_eq!(kind_of(&house, new).await, "commitment");
    let id = store(&house, json!({ "content": new })).await;
    drain(&house).await;
    let (_, memory) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!((&memory["kind"], &memory["classified_by"]), (&json!("commitment"), &json!("rules")));

    let (_, told) = call(&house, "GET", "/v1/tuning", Value::Null).await;
    assert_eq!(told["chosen"]["head"]["names"], json!(promoted.proposed), "{told}");
    assert_eq!(told["decisions"][0]["trials"]["corrections"]["cases"], 60);

    // Forgetting one that it learned from: it goes, and one that never saw it takes its place.
    let path = format!("/v1/memories/{}?scope=user:alice", tickets[7]);
    assert_eq!(call(&house, "DELETE", &path, Value::Null).await.0, 200);
    let anew = head::learn(&house.app, &tenant(), day(3), now()).await.expect("a night").expect("a proposal");
    assert_eq!((anew.decision, anew.fitted, anew.replaced.len()), (Decision::Promoted, 59, 0), "{anew:?}");
    let gone = house.app.records.head(&tenant(), &promoted.proposed[0]).await.expect("a read");
    assert_eq!(gone, None, "no weight of it is left");

    let body = json!({ "night": "2026-11-03", "what": "head" });
    let (status, answer) = call(&house, "POST", "/v1/tuning/rollback", body.clone()).await;
    assert_eq!((status, &answer["proposal"]["decision"]), (200, &json!("rolled_back")), "{answer}");
    assert_eq!(call(&house, "POST", "/v1/tuning/rollback", body).await.0, 200, "twice is once");
    assert_ne!(kind_of(&house, new).await, "commitment");
    let held = head::learn(&house.app, &tenant(), day(4), now()).await.expect("a night").expect("a proposal");
    assert_eq!(held.decision, Decision::Held, "what was taken back does not come again the next night");
    assert_ne!(kind_of(&house, new).await, "commitment");
}

#[tokio::test]
async fn what_is_secret_is_no_example_and_what_is_forgotten_neither() {
    let house = house().await;
    let texts = [
        "The lift code is 4711, keep it to yourself.",
        "My password is hunter2-Fw9!",
        "Ticket, hall: the lamp flickers.",
    ];
    for text in texts {
        let id = store(&house, json!({ "content": text })).await;
        drain(&house).await;
        let said =
            if text.starts_with("The lift") { json!({ "sensitivity": "secret" }) } else { json!({ "kind": "note" }) };
        let path = format!("/v1/memories/{id}/feedback?scope=user:alice");
        assert_eq!(call(&house, "POST", &path, said).await.0, 200);
    }
    night(&house).await;
    let known = corrections(&house.app, &tenant(), now()).await.expect("corrections");
    assert_eq!((known.open.len(), known.closed.len()), (1, 2));
    let listed = house.app.records.corrected(&tenant()).await.expect("a list");
    let written = format!("{listed:?}");
    assert!(!written.contains("hunter2") && !written.contains("flickers"), "names and labels only");
    let id = listed[0].feedback.iter().map(|said| said.id);
    for id in id {
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    }
    let known = corrections(&house.app, &tenant(), now()).await.expect("corrections");
    assert_eq!((known.open.len(), known.closed.len()), (0, 0));
}

/// As Ollama: `good` always answers as asked, `bad` every second time.
async fn models() -> Scripted {
    let count = std::sync::atomic::AtomicU32::new(0);
    Scripted::start(move |asked| {
        if asked.what != "POST /api/chat" {
            return Answer::Body(404, "{}".to_owned());
        }
        let is_good = asked.json()["model"] == "good"
            || count.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2);
        let text = if is_good { "tea" } else { "" };
        Answer::json(&json!({ "message": { "content": text }, "prompt_eval_count": 9, "eval_count": 1 }))
    })
    .await
}

fn said(reply: &Reply) -> memorable::Result<String> {
    if reply.text.is_empty() { Err(memorable::Error::internal("it says nothing")) } else { Ok(reply.text.clone()) }
}

/// So many calls of the route that distils, as whoever distils makes them; gives who answered each.
async fn asked(house: &House, calls: usize, at: Time) -> Vec<String> {
    let mut by = Vec::new();
    learned::refresh(&house.app, &tenant(), at).await;
    for _ in 0..calls {
        let prompt = Prompt { system: "Answer.".to_owned(), user: "Tea?".to_owned(), max_tokens: 10, json: false };
        let route = house.app.paid(&house.app.distill, &alice(), at);
        let (answer, calls) = route.converse(&prompt, Sensitivity::General, Duration::from_secs(20), said).await;
        assert_eq!(answer.as_deref(), Some("tea"));
        by.extend(calls.iter().rev().find(|call| call.is_ok()).map(|call| call.model.clone()));
    }
    by
}

fn minutes(count: i64) -> Time {
    now().plus(SignedDuration::from_mins(count))
}

async fn house_of(route: &str, server: &Scripted) -> House {
    house_with(&[("MEMORABLE_ROUTE_DISTILL", route), ("OLLAMA_HOST", server.url.as_str())]).await
}

#[tokio::test]
async fn a_better_model_comes_first_and_one_call_takes_that_back() {
    let server = models().await;
    let house = house_of("ollama:bad,ollama:good", &server).await;
    asked(&house, 160, now()).await;
    let verdicts = routes::learn(&house.app, &tenant(), now().date(), minutes(1)).await.expect("a night");
    let [promoted] = &verdicts[..] else { panic!("{verdicts:?}") };
    print("a better route", promoted);
    assert_eq!((promoted.decision, promoted.proposed[0].as_str()), (Decision::Promoted, "ollama:good"));
    let by = asked(&house, 40, minutes(3)).await;
    assert!(by.iter().all(|by| by == "ollama:good"), "{by:?}");

    let (_, told) = call(&house, "GET", "/v1/tuning", Value::Null).await;
    assert_eq!(told["chosen"]["route.distill"]["names"][0], "ollama:good", "{told}");
    assert!(told["decisions"][0]["models"]["ollama:bad"]["errors"].as_u64() > Some(50), "{told}");
    let body = json!({ "night": promoted.night, "what": "route.distill" });
    assert_eq!(call(&house, "POST", "/v1/tuning/rollback", body).await.0, 200);
    let by = asked(&house, 4, minutes(5)).await;
    assert!(by.contains(&"ollama:bad".to_owned()), "as it was configured: {by:?}");
}

#[tokio::test]
async fn a_worse_route_is_refused_and_what_is_hardly_known_is_tried_by_a_few_calls() {
    let server = models().await;
    let house = house_of("ollama:good,ollama:bad", &server).await;
    asked(&house, 50, now()).await;
    let night = now().date();
    assert!(routes::learn(&house.app, &tenant(), night, minutes(1)).await.expect("a night").is_empty());
    let chosen = house.app.records.choices(&tenant()).await.expect("choices").of("route.distill");
    assert_eq!((chosen.trying, chosen.names.len()), (vec!["ollama:bad".to_owned()], 0));
    let before = server.asked().len();
    asked(&house, 1600, minutes(3)).await;
    let tried = server.asked()[before..].iter().filter(|asked| asked.json()["model"] == "bad").count();
    assert_eq!(tried, 100, "one call of sixteen: enough that chance leaves neither half of them too small");
    let verdicts = routes::learn(&house.app, &tenant(), night, minutes(4)).await.expect("a night");
    assert!(verdicts.is_empty(), "what is worse on the half that proposes is not proposed: {verdicts:?}");
    assert!(house.app.records.choices(&tenant()).await.expect("choices").of("route.distill").trying.is_empty());
    // Proposed all the same, as by a bandit that was misled.
    let standings = house.app.records.standings(&tenant(), night).await.expect("standings");
    let models: std::collections::BTreeMap<_, _> =
        standings.into_values().flatten().map(|((_, model), standing)| (model, standing)).collect();
    let names = ["ollama:bad", "ollama:good"].map(str::to_owned).to_vec();
    let misled =
        routes::of_order("route.distill", &names, &["ollama:good".to_owned(), "ollama:bad".to_owned()], models);
    let current = house.app.records.choices(&tenant()).await.expect("choices");
    let refused = memorable::night::choose::propose(&house.app, &tenant(), &current, misled, day(9), now()).await;
    let refused = refused.expect("a decision");
    print("a worse route", &refused);
    assert_eq!(refused.decision, Decision::Refused);
    assert!(asked(&house, 20, minutes(6)).await.iter().all(|by| by == "ollama:good"));
}
