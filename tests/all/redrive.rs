//! Dead letters: a night sends them back; what keeps coming back stays, and is told of.

use memorable::night::{self, Planned, redrive::MOST_RETURNS};
use memorable_local::House;
use memorable_local::aws::faults::Fault;
use serde_json::{Value, json};

use crate::support::{call, drain, house, now, store};

const POISON: &str = r#"{"v":9,"tenant":"local","scope":"user:alice","ids":[]}"#;

async fn plan(house: &House) -> Planned {
    Box::pin(night::plan(&house.app, memorable_local::schedule::today(), now())).await.expect("a plan")
}

/// Bodies of what lies in the DLQ of messages to classify, without hiding any.
async fn dead(house: &House) -> Vec<String> {
    dead_in(house, house.app.config.classify_dlq_url.as_deref()).await
}

/// The same of any DLQ.
async fn dead_in(house: &House, url: Option<&str>) -> Vec<String> {
    let url = url.expect("a DLQ");
    let sqs = aws_sdk_sqs::Client::new(&house.sdk);
    let read = sqs.receive_message().queue_url(url).max_number_of_messages(10).visibility_timeout(0).send();
    read.await.expect("messages").messages().iter().filter_map(|message| message.body().map(str::to_owned)).collect()
}

async fn send(house: &House, body: &str) {
    let url = house.app.config.classify_queue_url.clone().expect("a queue");
    aws_sdk_sqs::Client::new(&house.sdk).send_message().queue_url(url).message_body(body).send().await.expect("sent");
}

async fn told(house: &House) -> Value {
    let date = memorable_local::schedule::today();
    let (status, report) = call(house, "GET", &format!("/v1/nights/{date}"), Value::Null).await;
    assert_eq!(status, 200, "{report}");
    report["steps"]["redrive"].clone()
}

#[tokio::test]
async fn what_failed_for_a_while_is_sent_back_once_and_done() {
    let house = house().await;
    let id = store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    // The table does not answer for as long as the message is delivered.
    house.faults.reset();
    (1..200).for_each(|nth| house.faults.fail_nth(nth, Fault::Status500));
    while dead(&house).await.is_empty() {
        drain(&house).await;
        // An empty read moves what was delivered too often.
        drain(&house).await;
    }
    house.faults.reset();
    let state = async |house: &House| {
        call(house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await.1["state"].clone()
    };
    assert_eq!(state(&house).await, "pending");
    let planned = plan(&house).await;
    assert_eq!((planned.sent_back, planned.left, dead(&house).await.len()), (1, 0, 0));
    drain(&house).await;
    assert_eq!(state(&house).await, "ready");
    assert_eq!(dead(&house).await, Vec::<String>::new());
    let told = told(&house).await;
    assert_eq!((&told["sent_back"], told.get("left")), (&json!(1), None), "{told}");
}

#[tokio::test]
async fn an_export_whose_turns_all_failed_goes_on_with_the_next_night() {
    let house = house().await;
    store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    drain(&house).await;
    let (_, begun) = call(&house, "POST", "/v1/exports", json!({ "scope": "user:alice" })).await;
    let path = format!("/v1/exports/{}", begun["id"].as_str().expect("an id"));
    house.faults.reset();
    (1..200).for_each(|nth| house.faults.fail_nth(nth, Fault::Status500));
    let dead = async || dead_in(&house, house.app.config.transfer_dlq_url.as_deref()).await;
    while dead().await.is_empty() {
        drain(&house).await;
        drain(&house).await;
    }
    house.faults.reset();
    assert_eq!(call(&house, "GET", &path, Value::Null).await.1["state"], "queued");
    assert_eq!(plan(&house).await.sent_back, 1);
    drain(&house).await;
    let (_, done) = call(&house, "GET", &path, Value::Null).await;
    assert_eq!((&done["state"], &done["memories"], dead().await.len()), (&json!("done"), &json!(1), 0), "{done}");
}

#[tokio::test]
async fn poison_comes_back_a_few_times_and_then_stays_and_is_told() {
    let house = house().await;
    send(&house, POISON).await;
    send(&house, "not even JSON").await;
    store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    for _ in 0..MOST_RETURNS {
        drain(&house).await;
        drain(&house).await;
        assert_eq!(dead(&house).await.len(), 2);
        let planned = plan(&house).await;
        assert_eq!((planned.sent_back, planned.left), (2, 0), "{planned:?}");
        assert_eq!(dead(&house).await.len(), 0);
    }
    drain(&house).await;
    drain(&house).await;
    let planned = plan(&house).await;
    assert_eq!((planned.sent_back, planned.left), (0, 2), "{planned:?}");
    drain(&house).await;
    // Planned again within the quarter of an hour for which it is hidden, it is not counted again; nor is it lost.
    assert_eq!(plan(&house).await.left, 0);
    let told = told(&house).await;
    assert_eq!(
        (&told["sent_back"], &told["left"]),
        (&json!(MOST_RETURNS), &json!(1)),
        "of what names a tenant: {told}"
    );
    let url = house.app.config.classify_dlq_url.clone().expect("a DLQ");
    let sqs = aws_sdk_sqs::Client::new(&house.sdk);
    let hidden = aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
    let read = sqs.get_queue_attributes().queue_url(url).attribute_names(hidden.clone()).send().await.expect("counts");
    assert_eq!(read.attributes().and_then(|all| all.get(&hidden)).map(String::as_str), Some("2"));
}

#[tokio::test]
async fn a_queue_that_does_not_answer_holds_up_no_night() {
    let house = house().await;
    store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    drain(&house).await;
    house.faults.reset();
    (1..=6).for_each(|nth| house.faults.fail_nth(nth, Fault::Status500));
    let planned = plan(&house).await;
    assert_eq!((planned.scopes, planned.sent_back), (1, 0));
}
