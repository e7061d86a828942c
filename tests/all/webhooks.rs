//! Whoever listens is told of everything that happened, at least once, signed, and without a word of any memory.

mod bus;
mod receiver;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use memorable::app::App;
use memorable::aws::keys;
use memorable::aws::outbox::SHARDS;
use memorable::aws::queue::DeliverMessage;
use memorable::memory::event::{Event, Happening};
use memorable::memory::{Tenant, Time};
use memorable::webhooks::{Ended, attempt, spread};
use memorable_local::aws::faults::Fault;
use memorable_local::{House, Options};
use serde_json::{Value, json};

use crate::support::{call, drain, house, house_with, night, now, send, store};
use crate::webhooks::receiver::{Received, Receiver};

const TEXT: &str = "The safe behind the picture opens with a song.";

async fn listening_house() -> House {
    house_with(&[("MEMORABLE_LOCAL_WEBHOOKS", "on")]).await
}

/// Makes a webhook and gives its id and secret.
async fn listen(house: &House, body: Value) -> (String, String) {
    let (status, made) = call(house, "POST", "/v1/webhooks", body).await;
    assert_eq!(status, 201, "{made}");
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("secret"))
}

async fn log(house: &House, id: &str) -> Vec<Value> {
    let (status, page) = call(house, "GET", &format!("/v1/webhooks/{id}/deliveries"), Value::Null).await;
    assert_eq!(status, 200, "{page}");
    page["deliveries"].as_array().expect("deliveries").clone()
}

fn told(received: &[Received], kind: &str) -> Vec<Value> {
    let bodies = received.iter().map(Received::body).filter(|body| body["type"] == kind);
    bodies.map(|body| body["data"].clone()).collect()
}

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

/// Posts in the whole outbox.
async fn waiting(app: &App) -> usize {
    let mut waiting = 0;
    for shard in 0..SHARDS {
        waiting += app.records.posts(&keys::outbox(shard)).await.expect("posts").len();
    }
    waiting
}

#[tokio::test]
async fn a_listener_hears_of_a_memorys_whole_life_signed_and_without_its_text() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, secret) = listen(&house, json!({ "url": receiver.url })).await;
    let id = store(&house, json!({ "content": TEXT, "speaker": "Alice", "tags": ["safe"] })).await;
    drain(&house).await;
    let path = format!("/v1/memories/{id}?scope=user:alice");
    let (status, _) = call(&house, "PATCH", &path, json!({ "content": format!("{TEXT} So it does.") })).await;
    assert_eq!(status, 202);
    let heir = store(&house, json!({ "content": format!("{TEXT} No more.") })).await;
    let (status, answer) = call(&house, "PATCH", &path, json!({ "superseded_by": heir })).await;
    assert_eq!(status, 202, "{answer}");
    drain(&house).await;
    night(&house).await;
    assert_eq!(call(&house, "DELETE", &path, Value::Null).await.0, 200);
    drain(&house).await;

    let received = receiver.received();
    assert!(received.iter().all(|one| one.is_signed_with(&secret)), "{received:?}");
    assert!(!received[0].is_signed_with("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "under another secret it is not");
    let of = |kind: &str| {
        let told = told(&received, kind).into_iter().filter(|data| data["id"] == json!(id));
        told.map(|data| data["revision"].as_u64().expect("a revision")).collect::<Vec<_>>()
    };
    assert_eq!(of("memory.created"), [1]);
    assert_eq!((of("memory.changed"), of("memory.superseded")), (vec![2], vec![3]));
    let classified = of("memory.classified");
    assert!(classified.contains(&1) && classified.contains(&3), "{classified:?}");
    assert_eq!(of("memory.forgotten").len(), 1);
    let superseded = told(&received, "memory.superseded");
    assert!(superseded.iter().any(|data| data["superseded_by"] == json!(heir)), "{superseded:?}");
    let digests = told(&received, "digest.ready");
    assert_eq!(digests[0]["scope"], "user:alice", "{digests:?}");

    let log = json!(log(&house, &webhook).await).to_string();
    for one in received.iter().map(|one| &one.text).chain([&log]) {
        assert!(!["safe", "picture", "song", "Alice"].iter().any(|word| one.contains(word)), "{one}");
    }
    let ids: BTreeSet<&str> = received.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids.len(), received.len(), "each thing has an id of its own");
    assert_eq!(waiting(&house.app).await, 0, "what was told is not kept");
}

#[tokio::test]
async fn a_listener_hears_only_of_what_it_asked_for() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    listen(&house, json!({ "url": receiver.url, "events": ["memory.created"], "scopes": ["team:*"] })).await;
    store(&house, json!({ "content": TEXT })).await;
    let (status, _) = call(&house, "POST", "/v1/memories", json!({ "scope": "team:a", "content": "Hello." })).await;
    assert_eq!(status, 202);
    drain(&house).await;
    let received = receiver.received();
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0].body()["data"]["scope"], "team:a");
}

#[tokio::test]
async fn no_tenant_hears_of_another_or_reaches_its_webhooks() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, _) = listen(&house, json!({ "url": receiver.url })).await;
    let other = [("authorization", "Bearer other"), ("content-type", "application/json")];
    let body = json!({ "scope": "user:alice", "content": "Of somebody else." }).to_string().into_bytes();
    assert_eq!(send(&house, "POST", "/v1/memories", &other, body).await.0, 202);
    drain(&house).await;
    assert!(receiver.received().is_empty(), "{:?}", receiver.received());
    for (method, path, body) in [
        ("GET", format!("/v1/webhooks/{webhook}"), ""),
        ("GET", format!("/v1/webhooks/{webhook}/deliveries"), ""),
        ("PATCH", format!("/v1/webhooks/{webhook}"), r#"{"enabled": false}"#),
        ("POST", format!("/v1/webhooks/{webhook}/test"), ""),
        ("DELETE", format!("/v1/webhooks/{webhook}"), ""),
    ] {
        let (status, answer) = send(&house, method, &path, &other, body.as_bytes().to_vec()).await;
        assert_eq!(status, 404, "{method} {path}: {answer}");
    }
    let (_, list) = send(&house, "GET", "/v1/webhooks", &other, Vec::new()).await;
    assert_eq!(list["webhooks"], json!([]));
}

#[tokio::test]
async fn a_secret_is_shown_once_and_a_given_one_is_used() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let (webhook, secret) = listen(&house, json!({ "url": receiver.url, "secret": given })).await;
    assert_eq!(secret, given);
    for path in ["/v1/webhooks".to_owned(), format!("/v1/webhooks/{webhook}")] {
        let (_, answer) = call(&house, "GET", &path, Value::Null).await;
        assert!(!answer.to_string().contains("whsec_"), "{answer}");
    }
    let (status, sent) = call(&house, "POST", &format!("/v1/webhooks/{webhook}/test"), Value::Null).await;
    assert_eq!(status, 202, "{sent}");
    drain(&house).await;
    let received = receiver.received();
    assert_eq!((received.len(), &received[0].body()["type"]), (1, &json!("webhook.ping")));
    assert!(received[0].is_signed_with(given));
    assert_eq!(received[0].header("webhook-id"), sent["event"]);
}

/// A message by itself, outside of the queue, so that time is ours.
async fn message(house: &House, webhook: &str) -> DeliverMessage {
    let event = Event { kind: Happening::Created, ..Event::ping("something else", now()) };
    assert!(house.app.records.webhook(&tenant(), webhook).await.expect("a read").is_some());
    DeliverMessage::of(&tenant(), webhook, &event)
}

#[tokio::test]
async fn what_fails_is_tried_for_a_day_under_one_id_and_then_given_up() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, _) = listen(&house, json!({ "url": receiver.url })).await;
    let message = message(&house, &webhook).await;
    receiver.will_answer(&[
        "500 No",
        "302 Elsewhere",
        "429 Later",
        "503 No",
        "400 No",
        "500 No",
        "500 No",
        "500 No",
        "500 No",
    ]);
    let start = now();
    let (mut time, mut tries) = (start, 0);
    loop {
        tries += 1;
        match attempt(&house.app, &tenant(), &message, time).await.expect("an outcome") {
            Ended::Done => break,
            Ended::Again(wait) => {
                let early = attempt(&house.app, &tenant(), &message, time).await.expect("an outcome");
                assert_eq!(early, Ended::Again(wait), "one that comes early is not sent");
                time = time.plus(wait);
            }
        }
    }
    let received = receiver.received();
    assert_eq!((tries, received.len()), (9, 9));
    assert!(received.iter().all(|one| one.header("webhook-id") == message.event.id));
    let hours = (time.seconds() - start.seconds()) / 3600;
    assert!((20..=24).contains(&hours), "{hours}");
    let logged = &log(&house, &webhook).await[0];
    assert_eq!((&logged["status"], logged["attempts"].as_array().map(Vec::len)), (&json!("failed"), Some(9)));
    assert_eq!(logged["attempts"][1]["error"], "a redirect is not followed");

    // Once more, by hand: with all tries, under the same id.
    let path = format!("/v1/webhooks/{webhook}/deliveries/{}/redeliver", message.event.id);
    let (status, again) = call(&house, "POST", &path, Value::Null).await;
    assert_eq!((status, &again["status"]), (202, &json!("waiting")), "{again}");
    drain(&house).await;
    assert_eq!(receiver.received().last().expect("a call").header("webhook-id"), message.event.id);
    assert_eq!(log(&house, &webhook).await[0]["status"], "delivered");
    let twice = attempt(&house.app, &tenant(), &message, time).await.expect("an outcome");
    assert_eq!((twice, receiver.received().len()), (Ended::Done, 10), "what has arrived is not sent again");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_nothing_more_until_it_is_enabled() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, _) = listen(&house, json!({ "url": receiver.url })).await;
    receiver.will_answer(&["410 Gone"]);
    store(&house, json!({ "content": TEXT })).await;
    drain(&house).await;
    let heard = receiver.received().len();
    let (_, shown) = call(&house, "GET", &format!("/v1/webhooks/{webhook}"), Value::Null).await;
    assert_eq!(shown["enabled"], json!(false), "{shown}");
    assert!(shown["disabled_because"].as_str().expect("a reason").contains("410"), "{shown}");
    store(&house, json!({ "content": "Another." })).await;
    drain(&house).await;
    assert_eq!(receiver.received().len(), heard);
    let (status, shown) = call(&house, "PATCH", &format!("/v1/webhooks/{webhook}"), json!({ "enabled": true })).await;
    assert_eq!((status, &shown["disabled_because"]), (200, &Value::Null), "{shown}");
    store(&house, json!({ "content": "A third." })).await;
    drain(&house).await;
    assert!(receiver.received().len() > heard);
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_is_disabled_with_a_note() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, _) = listen(&house, json!({ "url": receiver.url })).await;
    receiver.will_answer(&["500 No"; 3]);
    for days in [0, 3, 6] {
        let time = now().plus(SignedDuration::from_hours(24 * days));
        let message = message(&house, &webhook).await;
        attempt(&house.app, &tenant(), &message, time).await.expect("an outcome");
    }
    let (_, shown) = call(&house, "GET", &format!("/v1/webhooks/{webhook}"), Value::Null).await;
    assert_eq!((&shown["enabled"], receiver.received().len()), (&json!(false), 3), "{shown}");
    assert!(shown["disabled_because"].as_str().expect("a reason").starts_with("nothing has arrived since"), "{shown}");
}

#[tokio::test]
async fn a_message_that_failed_comes_again_by_the_queue_when_it_is_due() {
    // A message that is at work is hidden for a while, as on AWS: only then can its time be put off.
    let settings = [("MEMORABLE_LOCAL_WEBHOOKS".to_owned(), "on".to_owned())].into();
    let house = House::open(Options { settings, redeliver_after: 30, ..Options::default() }).await.expect("a house");
    let receiver = Receiver::open().await;
    let (webhook, _) = listen(&house, json!({ "url": receiver.url, "events": ["memory.created"] })).await;
    receiver.will_answer(&["500 No"]);
    store(&house, json!({ "content": TEXT })).await;
    drain(&house).await;
    assert_eq!(log(&house, &webhook).await[0]["status"], "waiting");
    drain(&house).await;
    assert_eq!(receiver.received().len(), 1, "not before it is due, though the queue would hand it out at once");
    for _ in 0..40 {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        drain(&house).await;
        if receiver.received().len() > 1 {
            break;
        }
    }
    assert_eq!((receiver.received().len(), &log(&house, &webhook).await[0]["status"]), (2, &json!("delivered")));
}

#[tokio::test]
async fn a_write_waits_for_nothing_more_and_notes_nothing_where_nobody_listens() {
    let house = house().await;
    let receipt = |answer: &Value| answer["receipt"].clone();
    let body = |n: usize| json!({ "scope": "user:alice", "content": format!("Number {n}.") });
    let (_, first) = call(&house, "POST", "/v1/memories", body(1)).await;
    // Its first write to a scope registers it; what it does not know of webhooks it learns beside the transaction.
    assert_eq!(receipt(&first)["stages"], 3, "{first}");
    let (_, second) = call(&house, "POST", "/v1/memories", body(2)).await;
    assert_eq!(receipt(&second)["stages"], 2, "{second}");
    assert_eq!(receipt(&second)["requests"], json!({ "dynamodb.TransactWriteItems": 1, "sqs.SendMessageBatch": 1 }));
    assert_eq!(waiting(&house.app).await, 1, "of the first it could not know that nobody listens");
    drain(&house).await;
    assert_eq!(waiting(&house.app).await, 0);
}

#[tokio::test]
async fn another_container_that_does_not_know_of_the_webhook_loses_nothing() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    listen(&house, json!({ "url": receiver.url, "events": ["memory.created"] })).await;
    let fresh = house.container(house.faults.http_client()).expect("a container");
    let what = crate::support::Call {
        token: "local",
        method: "POST",
        path: "/v1/memories".to_owned(),
        key: None,
        body: json!({ "scope": "user:alice", "content": TEXT }),
    };
    let (status, _) = crate::support::call_at(&house, &fresh, now(), &what).await;
    assert_eq!(status, 202);
    drain(&house).await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn nothing_is_lost_wherever_the_telling_stops() {
    for fault in [Fault::Before, Fault::After, Fault::Status500] {
        for nth in 1..=12 {
            let (house, receiver) = (listening_house().await, Receiver::open().await);
            listen(&house, json!({ "url": receiver.url, "events": ["memory.created"] })).await;
            let id = store(&house, json!({ "content": TEXT })).await;
            assert_eq!(waiting(&house.app).await, 1, "it is noted with the memory itself");
            house.faults.reset();
            // From that call on nothing works any more, as for a process that has ended.
            (nth..nth + 60).for_each(|nth| house.faults.fail_nth(nth, fault));
            for shard in 0..SHARDS {
                // Who is stopped here has told nobody that it is done.
                let _ = spread(&house.app, &keys::outbox(shard)).await;
            }
            house.faults.reset();
            drain(&house).await;
            let heard = told(&receiver.received(), "memory.created");
            assert!(
                !heard.is_empty() && heard.iter().all(|data| data["id"] == json!(id)),
                "{fault:?} {nth}: {heard:?}"
            );
            assert_eq!(waiting(&house.app).await, 0);
        }
    }
}

#[tokio::test]
async fn a_url_that_leads_inside_is_refused_when_it_is_given() {
    let house = house().await;
    for url in [
        "http://example.com/hook",
        "ftp://example.com",
        "https://user:secret@example.com",
        "https://user@example.com",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://8.8.8.8/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://127.0.0.1./",
        "https://example.com:22/",
        "https://example.com:80/",
        "https:///",
        "no url",
        "",
    ] {
        let (status, answer) = call(&house, "POST", "/v1/webhooks", json!({ "url": url })).await;
        assert_eq!((status, &answer["field"]), (400, &json!("url")), "{url}: {answer}");
    }
    let (webhook, _) = listen(&house, json!({ "url": "https://example.com:8443/hook?key=1" })).await;
    let (status, _) =
        call(&house, "PATCH", &format!("/v1/webhooks/{webhook}"), json!({ "url": "https://10.0.0.1" })).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn what_leads_to_this_machine_is_called_only_where_that_is_allowed() {
    let receiver = Receiver::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let options = |on: bool| {
        let settings = if on { [("MEMORABLE_LOCAL_WEBHOOKS".to_owned(), "on".to_owned())].into() } else { [].into() };
        memorable_local::Options {
            data: Some(folder.path().to_owned()),
            settings,
            ..memorable_local::Options::default()
        }
    };
    let allowing = House::open(options(true)).await.expect("a house");
    let (webhook, _) = listen(&allowing, json!({ "url": receiver.url })).await;
    drop(allowing);
    let house = House::open(options(false)).await.expect("a house");
    store(&house, json!({ "content": TEXT })).await;
    drain(&house).await;
    assert!(receiver.received().is_empty());
    assert_eq!(log(&house, &webhook).await[0]["attempts"][0]["error"], "this URL may not be called");
}

#[tokio::test]
async fn there_is_a_most_of_webhooks_and_an_order_to_the_log() {
    let (house, receiver) = (listening_house().await, Receiver::open().await);
    let (webhook, _) = listen(&house, json!({ "url": receiver.url })).await;
    for second in 0..5 {
        let time: Time = now().plus(SignedDuration::from_secs(second));
        let message = DeliverMessage::of(&tenant(), &webhook, &Event::ping(&webhook, time));
        attempt(&house.app, &tenant(), &message, time).await.expect("an outcome");
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/webhooks/{webhook}/deliveries?limit=2{cursor}");
        let (_, page) = call(&house, "GET", &path, Value::Null).await;
        let page_of = page["deliveries"].as_array().expect("deliveries");
        seen.extend(page_of.iter().map(|one| one["event"].as_str().expect("an event").to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert!(seen.len() == 5 && seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    for _ in 1..memorable::webhooks::MOST {
        listen(&house, json!({ "url": receiver.url })).await;
    }
    let (status, answer) = call(&house, "POST", "/v1/webhooks", json!({ "url": receiver.url })).await;
    assert_eq!(status, 409, "{answer}");
}
