//! Nights over many scopes: which are due, how far each has come, and what they came to together.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use jiff::SignedDuration;
use jiff::civil::Date;
use memorable::aws::queue::NightMessage;
use memorable::memory::Time;
use memorable::night::{self, Budget, Counted, Ended};
use memorable_local::House;
use memorable_local::aws::faults::Fault;
use optimize::{Answer, Event, Schedule};
use serde_json::{Value, json};

use crate::support::{self, Call, alice, call, drain, house, now, store};

fn at(text: &str) -> Time {
    text.parse().expect("a time")
}

/// Writes as a caller does, at that time, in a container of its own.
async fn said(house: &House, when: Time, scope: &str, content: &str) -> String {
    let http = house.sdk.http_client().expect("the house's AWS");
    let container = house.container(http).expect("a container");
    let body = json!({ "scope": scope, "content": content });
    let what = Call { token: "local", method: "POST", path: "/v1/memories".to_owned(), key: None, body };
    let (status, answer) = support::call_at(house, &container, when, &what).await;
    assert_eq!(status, 202, "{answer}");
    answer["memories"][0]["id"].as_str().expect("an id").to_owned()
}

/// Plans a night at that time and works through it; gives the scopes it went through.
async fn night_at(house: &House, when: Time) -> Vec<String> {
    let schedule = Event::Schedule(Schedule { schedule: "night".to_owned(), date: None });
    let planned = optimize::handle_at(&house.app, schedule, when).await.expect("a plan");
    assert!(matches!(planned, Answer::Planned(_)));
    let mut scopes = Vec::new();
    for message in take_night(house).await {
        let message_read = NightMessage::parse(&message).expect("a message");
        scopes.push(message_read.scope);
        assert_eq!(work(house, message, when, Duration::from_secs(900)).await, 0);
    }
    scopes.sort();
    scopes
}

/// The bodies of all messages of the night queue, taken out of it.
async fn take_night(house: &House) -> Vec<String> {
    let sqs = aws_sdk_sqs::Client::new(&house.sdk);
    let url = house.app.config.night_queue_url.clone().expect("a queue");
    let mut bodies = Vec::new();
    loop {
        let received = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.expect("messages");
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return bodies;
        }
        for message in messages {
            let handle = message.receipt_handle;
            sqs.delete_message().queue_url(&url).set_receipt_handle(handle).send().await.expect("deleted");
            bodies.extend(message.body);
        }
    }
}

/// Has a worker take a message; gives how many failed.
async fn work(house: &House, body: String, when: Time, left: Duration) -> usize {
    let mut message = SqsMessage::default();
    message.body = Some(body);
    message.message_id = Some("m".to_owned());
    let mut event = SqsEvent::default();
    event.records.push(message);
    match optimize::handle_within(&house.app, Event::Queue(event), when, left).await.expect("an answer") {
        Answer::Worked(response) => response.batch_item_failures.len(),
        other => panic!("{other:?}"),
    }
}

async fn report(house: &House, date: Date) -> Value {
    let (status, report) = call(house, "GET", &format!("/v1/nights/{date}"), Value::Null).await;
    assert_eq!(status, 200, "{report}");
    report
}

#[tokio::test]
async fn a_night_goes_through_what_changed_and_leaves_alone_what_did_not() {
    let house = house().await;
    let morning = |day: u8| at(&format!("2100-01-{day:02}T03:00:00Z"));
    let noon = |day: u8| morning(day).plus(SignedDuration::from_hours(9));
    for scope in ["user:alice", "user:ben"] {
        said(&house, noon(1), scope, "The bees swarmed on Sunday.").await;
    }
    drain(&house).await;
    assert_eq!(night_at(&house, morning(2)).await, ["user:alice", "user:ben"]);
    // What the compaction retired is swept once it is a day old; then there is nothing more to do.
    let mut quiet = Vec::new();
    for day in 3..8 {
        quiet.push(night_at(&house, morning(day)).await);
    }
    assert!(quiet.iter().skip(2).all(Vec::is_empty), "{quiet:?}");
    // Every kind of write counts, in whichever container it happens.
    let id = said(&house, noon(8), "user:alice", "The second swarm went to Ben.").await;
    drain(&house).await;
    assert_eq!(night_at(&house, morning(9)).await, ["user:alice"]);
    for day in 10..13 {
        night_at(&house, morning(day)).await;
    }
    assert!(night_at(&house, morning(13)).await.is_empty());
    for (day, method, body) in [(13, "PATCH", json!({"tags": ["bees"]})), (20, "DELETE", Value::Null)] {
        let path = format!("/v1/memories/{id}?scope=user:alice");
        let what = Call { token: "local", method, path, key: None, body };
        let (status, answer) = support::call_at(&house, &house.app, noon(day), &what).await;
        assert!(status < 300, "{answer}");
        drain(&house).await;
        assert_eq!(night_at(&house, morning(day + 1)).await, ["user:alice"], "after {method}");
        for day in day + 2..day + 6 {
            night_at(&house, morning(day)).await;
        }
    }
    // Nobody is forgotten for good: a month later each is looked at, whatever happened.
    assert_eq!(night_at(&house, at("2100-02-28T03:00:00Z")).await, ["user:alice", "user:ben"]);
}

#[tokio::test]
async fn a_write_after_the_night_of_its_day_is_seen_by_the_next_one() {
    let house = house().await;
    said(&house, at("2100-01-02T01:00:00Z"), "user:alice", "The bees swarmed on Sunday.").await;
    drain(&house).await;
    assert_eq!(night_at(&house, at("2100-01-02T03:00:00Z")).await.len(), 1);
    let state = house.app.records.index(&alice()).await.expect("an index");
    assert_eq!((state.tail.len(), state.manifest.segments.len()), (0, 1));
    // The same container marked the day before the night.
    said(&house, at("2100-01-02T05:00:00Z"), "user:alice", "They came back on Monday.").await;
    drain(&house).await;
    assert_eq!(night_at(&house, at("2100-01-03T03:00:00Z")).await.len(), 1);
    assert!(house.app.records.index(&alice()).await.expect("an index").tail.is_empty());
}

#[tokio::test]
async fn a_worker_that_runs_out_of_time_is_followed_by_one_that_goes_on() {
    let house = house().await;
    store(&house, json!({"content": "The bees swarmed on Sunday."})).await;
    drain(&house).await;
    let (when, date) = (now(), memorable_local::schedule::today());
    let message = NightMessage::of(&alice(), date, when);
    let night = |budget| night::take(&house.app, &message, when, budget);
    let Ended::Early(begun) = night(Budget::of(Duration::ZERO)).await.expect("a beginning") else {
        panic!("no time is enough for nothing");
    };
    assert_eq!((begun.steps.len(), begun.handed_on), (0, 1));
    let handed_on = take_night(&house).await;
    assert_eq!(handed_on, [serde_json::to_string(&message).expect("JSON")], "the same message is sent again");
    assert_eq!(work(&house, handed_on[0].clone(), when, Duration::from_secs(900)).await, 0);
    let done = house.app.records.checkpoint(&alice(), date).await.expect("a read").expect("a checkpoint");
    assert_eq!((done.is_done, done.counted, done.handed_on), (true, Counted::Done, 1));
    assert!(night::Step::ALL.iter().all(|step| done.has(*step)), "{done:?}");
    assert!(take_night(&house).await.is_empty());
}

#[tokio::test]
async fn the_report_counts_each_scope_once_and_says_what_a_night_cost() {
    let house = house().await;
    for n in 0..5 {
        said(&house, now(), &format!("user:u{n}"), "The bees swarmed on Sunday.").await;
    }
    drain(&house).await;
    let today = memorable_local::schedule::today();
    let schedule = |house: &House| {
        let app = house.app.clone();
        let event = Event::Schedule(Schedule { schedule: "night".to_owned(), date: Some(today) });
        async move { optimize::handle_at(&app, event, now()).await.expect("a plan") }
    };
    schedule(&house).await;
    let planned = report(&house, today).await;
    assert_eq!(planned["scopes"], json!({"planned": 5, "done": 0, "pending": 5, "failed": 0}));
    let bodies = take_night(&house).await;
    for body in bodies.iter().chain(&bodies[..2]) {
        assert_eq!(work(&house, body.clone(), now(), Duration::from_secs(900)).await, 0);
    }
    let done = report(&house, today).await;
    assert_eq!(done["scopes"], json!({"planned": 5, "done": 5, "pending": 0, "failed": 0}));
    assert_eq!(done["steps"]["digest"]["memories"], json!(7), "two of them were done twice: {done}");
    assert!(done["dollars"].as_f64().expect("dollars") > 0.0 && done["requests"].as_u64().expect("requests") > 50);
    // Planned once more the same day, the scopes are those that there are.
    schedule(&house).await;
    assert_eq!(report(&house, today).await["scopes"]["planned"], json!(5));
    let (status, _) =
        support::send(&house, "GET", &format!("/v1/nights/{today}"), &[("authorization", "Bearer other")], Vec::new())
            .await;
    assert_eq!(status, 404, "another tenant had no night");
}

#[tokio::test]
async fn a_scope_whose_night_fails_is_reported_so_until_it_is_done() {
    let house = house().await;
    store(&house, json!({"content": "The bees swarmed on Sunday."})).await;
    drain(&house).await;
    let today = memorable_local::schedule::today();
    let body = serde_json::to_string(&NightMessage::of(&alice(), today, now())).expect("JSON");
    house.faults.reset();
    // The SDK tries each call three times.
    (3..6).for_each(|nth| house.faults.fail_nth(nth, Fault::Status500));
    assert_eq!(work(&house, body.clone(), now(), Duration::from_secs(900)).await, 1);
    house.faults.reset();
    assert_eq!(report(&house, today).await["scopes"], json!({"planned": 1, "done": 0, "pending": 0, "failed": 1}));
    assert_eq!(work(&house, body, now(), Duration::from_secs(900)).await, 0);
    assert_eq!(report(&house, today).await["scopes"], json!({"planned": 1, "done": 1, "pending": 0, "failed": 0}));
}

#[tokio::test]
async fn two_workers_on_one_scope_count_it_once() {
    let house = house().await;
    for n in 0..3 {
        store(&house, json!({"content": format!("Line {n} of the ledger.")})).await;
    }
    drain(&house).await;
    let today = memorable_local::schedule::today();
    let message = NightMessage::of(&alice(), today, now());
    let worker = || night::take(&house.app, &message, now(), Budget::ENDLESS);
    let (a, b, c) = tokio::join!(worker(), worker(), worker());
    for ended in [a, b, c] {
        assert!(matches!(ended, Ok(Ended::Done(_))), "{ended:?}");
    }
    let report = report(&house, today).await;
    assert_eq!((&report["scopes"]["done"], &report["steps"]["digest"]["memories"]), (&json!(1), &json!(3)), "{report}");
}
