//! All that happens goes on the bus of the account, where there is one, once it can.

use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Config, Credentials, Region};
use memorable::aws::bus::Bus;
use memorable::aws::queue::DeliverMessage;
use memorable::memory::event::Event;
use memorable::webhooks::{Ended, attempt};
use memorable_local::House;
use serde_json::{Value, json};

use super::{TEXT, listen, tenant, told, waiting};
use crate::support::{drain, house as house_without, house_with, now, send, store};
use crate::webhooks::receiver::Receiver;

/// A house whose bus is that endpoint.
async fn house_with_bus(receiver: &Receiver) -> House {
    let mut house = house_with(&[("MEMORABLE_EVENT_BUS", "memories"), ("MEMORABLE_LOCAL_WEBHOOKS", "on")]).await;
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(receiver.url.trim_end_matches("/hook"))
        .http_client(memorable::http::network())
        .retry_config(RetryConfig::disabled())
        .build();
    house.app.bus = Some(Bus::new(aws_sdk_eventbridge::Client::from_conf(config), "memories"));
    house
}

/// Type and detail of each event that was put.
fn put(receiver: &Receiver) -> Vec<(String, Value)> {
    let entries = receiver.received().into_iter().flat_map(|call| call.body()["Entries"].as_array().cloned()).flatten();
    let parsed = |entry: Value| {
        assert_eq!((&entry["Source"], &entry["EventBusName"]), (&json!("memorable"), &json!("memories")));
        let text = |name: &str| entry[name].as_str().expect("a text").to_owned();
        (text("DetailType"), serde_json::from_str(&text("Detail")).expect("JSON"))
    };
    entries.map(parsed).collect()
}

#[tokio::test]
async fn the_bus_hears_of_every_tenant_though_none_has_a_webhook_and_of_no_text() {
    let bus = Receiver::open().await;
    let house = house_with_bus(&bus).await;
    let id = store(&house, json!({ "content": TEXT, "speaker": "Alice" })).await;
    let other = [("authorization", "Bearer other"), ("content-type", "application/json")];
    let body = json!({ "scope": "team:a", "content": "Of somebody else." }).to_string().into_bytes();
    assert_eq!(send(&house, "POST", "/v1/memories", &other, body).await.0, 202);
    drain(&house).await;

    let put = put(&bus);
    let of = |tenant: &str, kind: &str| {
        let of = put.iter().filter(|(named, detail)| named == kind && detail["tenant"] == tenant);
        of.map(|(_, detail)| detail["data"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("local", "memory.created"), [json!({ "scope": "user:alice", "id": id, "revision": 1 })]);
    assert_eq!(of("local", "memory.classified").len(), 1);
    assert_eq!(of("other", "memory.created")[0]["scope"], "team:a");
    assert!(put.iter().all(|(kind, detail)| detail["type"] == json!(kind) && detail["id"].is_string()), "{put:?}");
    for call in bus.received() {
        assert!(!["safe", "picture", "song", "Alice", "somebody"].iter().any(|word| call.text.contains(word)));
    }
    assert_eq!(waiting(&house.app).await, 0);
}

#[tokio::test]
async fn a_broken_bus_holds_up_no_webhook_and_hears_of_it_later() {
    let (bus, hook) = (Receiver::open().await, Receiver::open().await);
    let house = house_with_bus(&bus).await;
    listen(&house, json!({ "url": hook.url, "events": ["memory.created"] })).await;
    bus.will_answer(&["400 No"]);
    let id = store(&house, json!({ "content": TEXT })).await;
    drain(&house).await;
    assert_eq!(told(&hook.received(), "memory.created").len(), 1);
    assert_eq!(waiting(&house.app).await, 0, "what the bus did not take is on the queue");
    // The first call was refused, whichever of what happened was in it.
    let refused: Vec<Value> = bus.received()[0].body()["Entries"].as_array().expect("entries").clone();
    let all: Vec<Value> =
        bus.received().iter().flat_map(|call| call.body()["Entries"].as_array().cloned()).flatten().collect();
    for entry in &all {
        let often = all.iter().filter(|other| *other == entry).count();
        assert_eq!(often, if refused.contains(entry) { 2 } else { 1 }, "{entry}");
    }
    let created = put(&bus).into_iter().filter(|(kind, _)| kind == "memory.created");
    assert!(created.map(|(_, detail)| detail["data"]["id"].clone()).any(|told| told == json!(id)));
}

#[tokio::test]
async fn what_the_bus_does_not_take_comes_again_until_it_does_or_there_is_none() {
    let bus = Receiver::open().await;
    let house = house_with_bus(&bus).await;
    let message = DeliverMessage::to_bus(&tenant(), &Event::ping("something", now()));
    bus.will_answer(&["500 No"]);
    let first = attempt(&house.app, &tenant(), &message, now()).await.expect("an outcome");
    assert!(matches!(first, Ended::Again(wait) if wait.as_mins() == 30), "{first:?}");
    assert_eq!(attempt(&house.app, &tenant(), &message, now()).await.expect("an outcome"), Ended::Done);
    assert_eq!(put(&bus).len(), 2);
    let without = house_without().await;
    assert_eq!(attempt(&without.app, &tenant(), &message, now()).await.expect("an outcome"), Ended::Done);
}
