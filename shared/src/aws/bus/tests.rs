use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_eventbridge::Config;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};

use super::*;
use crate::memory::Time;
use crate::models::scripted::{Answer, Asked, Scripted};

fn bus(url: &str) -> Bus {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(url)
        .http_client(crate::http::network())
        .retry_config(RetryConfig::disabled())
        .build();
    Bus::new(Client::from_conf(config), "memories")
}

fn events(count: i64) -> Vec<Event> {
    (0..count).map(|second| Event::ping("a webhook", Time::from_micros(second * 1_000_000))).collect()
}

fn told(events: &[Event]) -> Vec<Told<'_>> {
    events.iter().map(|event| ("acme", event)).collect()
}

fn entries(asked: &Asked) -> Vec<Value> {
    asked.json()["Entries"].as_array().expect("entries").clone()
}

fn id(entry: &Value) -> String {
    let detail: Value = serde_json::from_str(entry["Detail"].as_str().expect("a text")).expect("JSON");
    detail["id"].as_str().expect("an id").to_owned()
}

/// As EventBridge answers: those at these places were left out.
fn answer(count: usize, left_out: &[usize]) -> Answer {
    let entry = |place: usize| {
        if left_out.contains(&place) {
            json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "Later" })
        } else {
            json!({ "EventId": place.to_string() })
        }
    };
    let entries: Vec<Value> = (0..count).map(entry).collect();
    Answer::json(&json!({ "FailedEntryCount": left_out.len(), "Entries": entries }))
}

#[tokio::test]
async fn what_happened_is_put_under_its_name_and_without_more_than_names() {
    let server = Scripted::start(|asked| answer(entries(asked).len(), &[])).await;
    let events = events(12);
    assert!(bus(&server.url).put(&told(&events)).await.is_empty());
    let asked = server.asked();
    let entries: Vec<Value> = asked.iter().flat_map(entries).collect();
    assert_eq!((asked.len(), entries.len()), (2, 12), "ten at a time");
    assert_eq!((&entries[0]["DetailType"], &entries[0]["Source"]), (&json!("webhook.ping"), &json!("memorable")));
    assert_eq!(entries[0]["EventBusName"], "memories");
    let detail: Value = serde_json::from_str(entries[11]["Detail"].as_str().expect("a text")).expect("JSON");
    let names: BTreeSet<&str> = detail.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["data", "id", "tenant", "timestamp", "type"]));
    assert_eq!((&detail["tenant"], &detail["id"]), (&json!("acme"), &json!(events[11].id)));
}

#[tokio::test]
async fn what_a_call_left_out_is_put_again_and_nothing_else_is() {
    let calls = AtomicUsize::new(0);
    let server = Scripted::start(move |asked| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => answer(10, &[2, 7]),
        1 => answer(2, &[1]),
        _ => answer(entries(asked).len(), &[]),
    })
    .await;
    let events = events(10);
    assert!(bus(&server.url).put(&told(&events)).await.is_empty());
    let asked: Vec<Vec<String>> = server.asked().iter().map(|asked| entries(asked).iter().map(id).collect()).collect();
    let of = |places: &[usize]| places.iter().map(|place| events[*place].id.clone()).collect::<Vec<_>>();
    assert_eq!(asked[1..], [of(&[2, 7]), of(&[7])]);
}

#[tokio::test]
async fn what_the_bus_never_takes_is_given_back() {
    let server = Scripted::start(|asked| answer(entries(asked).len(), &[0])).await;
    let events = events(11);
    let left = bus(&server.url).put(&told(&events)).await;
    let left: Vec<&str> = left.iter().map(|(_, event)| event.id.as_str()).collect();
    assert_eq!(left, [events[0].id.as_str()], "the eleventh went with the first in the second round");
}

#[tokio::test]
async fn a_bus_that_is_not_there_or_refuses_is_asked_once_and_all_is_given_back() {
    let events = events(25);
    let server = Scripted::always(Answer::Aws(400, "AccessDeniedException", "No")).await;
    assert_eq!(bus(&server.url).put(&told(&events)).await.len(), 25);
    assert_eq!(server.asked().len(), 1);
    let nobody = crate::models::scripted::nobody().await;
    assert_eq!(bus(&nobody).put(&told(&events)).await, told(&events));
}

#[tokio::test]
async fn an_answer_that_does_not_tell_which_leaves_none_out() {
    let server = Scripted::always(Answer::json(&json!({ "FailedEntryCount": 1, "Entries": [] }))).await;
    let events = events(3);
    assert_eq!(bus(&server.url).put(&told(&events)).await.len(), 3);
}
