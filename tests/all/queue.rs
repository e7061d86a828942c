//! Messages may come twice, in any order, or be nonsense.

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, index, index_entries, listed, night, recall, store};

/// Takes all messages of the classify queue out of it.
pub async fn take_messages(house: &House) -> Vec<SqsMessage> {
    let sqs = aws_sdk_sqs::Client::new(&house.sdk);
    let url = house.app.config.classify_queue_url.clone().expect("a queue");
    let mut taken = Vec::new();
    loop {
        let received = sqs.receive_message().queue_url(&url).max_number_of_messages(10).send().await.expect("messages");
        let messages = received.messages.unwrap_or_default();
        if messages.is_empty() {
            return taken;
        }
        for message in messages {
            sqs.delete_message()
                .queue_url(&url)
                .set_receipt_handle(message.receipt_handle)
                .send()
                .await
                .expect("deleted");
            let mut record = SqsMessage::default();
            record.message_id = message.message_id;
            record.body = message.body;
            taken.push(record);
        }
    }
}

async fn classify(house: &House, records: Vec<SqsMessage>) -> usize {
    let mut event = SqsEvent::default();
    event.records = records;
    classify::handle(&house.app, event).await.batch_item_failures.len()
}

fn without_times(memories: Vec<Value>) -> Vec<Value> {
    let mut memories = memories;
    for memory in &mut memories {
        memory["recorded_at"] = Value::Null;
        memory["updated_at"] = Value::Null;
    }
    memories.sort_by_key(|memory| memory["id"].to_string());
    memories
}

#[tokio::test]
async fn messages_delivered_twice_and_in_another_order_change_nothing() {
    let mut states = Vec::new();
    for disordered in [false, true] {
        let house = house().await;
        for start in (0..150).step_by(30) {
            let items: Vec<_> =
                (start..start + 30).map(|n| json!({"content": format!("Note {n} on gardening.")})).collect();
            call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
        }
        let mut messages = take_messages(&house).await;
        assert!(messages.len() > 5);
        if disordered {
            messages.reverse();
            messages.extend(messages.clone());
            let (odd, even): (Vec<_>, Vec<_>) = messages.into_iter().enumerate().partition(|(place, _)| place % 2 == 1);
            messages = odd.into_iter().chain(even).map(|(_, message)| message).collect();
        }
        for batch in messages.chunks(10) {
            assert_eq!(classify(&house, batch.to_vec()).await, 0);
        }
        let counts = index_entries(&house).await;
        assert_eq!((counts.len(), counts.values().max()), (150, Some(&1)));
        night(&house).await;
        let counts = index_entries(&house).await;
        assert_eq!((counts.len(), counts.values().max()), (150, Some(&1)));
        states.push(without_times(listed(&house).await));
    }
    assert_eq!(states[0], states[1]);
    assert!(states[0].iter().all(|memory| memory["state"] == "ready"));
}

#[tokio::test]
async fn a_poison_message_reaches_the_dlq_and_holds_nobody_up() {
    let house = house().await;
    let sqs = aws_sdk_sqs::Client::new(&house.sdk);
    let url = house.app.config.classify_queue_url.clone().expect("a queue");
    let poison = [
        "not json",
        r#"{"v":9,"tenant":"local","scope":"user:alice","ids":[]}"#,
        r#"{"v":1,"tenant":"a/b","scope":"x","ids":[]}"#,
    ];
    for body in poison {
        sqs.send_message().queue_url(&url).message_body(body).send().await.expect("sent");
    }
    let id = store(&house, json!({"content": "A good memory between bad messages."})).await;
    drain(&house).await;
    let (_, memory) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(memory["state"], "ready");
    let received =
        sqs.receive_message().queue_url(format!("{url}-dlq")).max_number_of_messages(10).send().await.expect("a DLQ");
    let mut dead: Vec<_> = received.messages().iter().filter_map(|message| message.body()).collect();
    dead.sort_unstable();
    let mut expected = poison.to_vec();
    expected.sort_unstable();
    assert_eq!(dead, expected);
}

#[tokio::test]
async fn what_the_queue_lost_is_classified_by_the_night() {
    let house = house().await;
    let id = store(&house, json!({"content": "Clara's train leaves at nine."})).await;
    take_messages(&house).await;
    let soon = crate::support::now();
    let today = memorable_local::schedule::today();
    let scope = crate::support::alice();
    let done = memorable::night::work(&house.app, &scope, today, soon).await.expect("a night");
    assert_eq!(done.figure("requeue", "requeued"), 0, "it may still be on its way");
    let later = crate::support::after(jiff::SignedDuration::from_mins(20));
    let done = memorable::night::work(&house.app, &scope, today, later).await.expect("a night");
    assert_eq!(done.figure("requeue", "requeued"), 1);
    drain(&house).await;
    let (_, memory) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(memory["state"], "ready");
}

#[tokio::test]
async fn what_is_forgotten_before_it_is_classified_stays_forgotten() {
    let house = house().await;
    let id = store(&house, json!({"content": "Nobody should know of the raspberry cake."})).await;
    let messages = take_messages(&house).await;
    call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(classify(&house, messages).await, 0);
    assert!(index(&house).await.tail.is_empty());
    assert!(!recall(&house, "raspberry cake").await.to_string().contains("Nobody"));
}

#[tokio::test]
async fn two_nights_at_once_do_no_harm() {
    let house = house().await;
    for n in 0..5 {
        let items: Vec<_> =
            (0..40).map(|i| json!({"content": format!("Line {} of the ledger.", 40 * n + i)})).collect();
        call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
    }
    drain(&house).await;
    let (scope, today) = (crate::support::alice(), memorable_local::schedule::today());
    let now = crate::support::now();
    let work = || memorable::night::work(&house.app, &scope, today, now);
    let (a, b, c) = tokio::join!(work(), work(), work());
    a.and(b).and(c).expect("all three end well");
    let counts = index_entries(&house).await;
    assert_eq!((counts.len(), counts.values().max()), (200, Some(&1)));
}

#[tokio::test]
async fn the_night_sweeps_what_nobody_names_once_it_is_old() {
    let house = house().await;
    for n in 0..3 {
        let items: Vec<_> = (0..64).map(|i| json!({"content": format!("Row {} of the table.", 64 * n + i)})).collect();
        call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
        drain(&house).await;
    }
    night(&house).await;
    let scope = crate::support::alice();
    let folder = memorable::index::sealed::folder(&scope);
    let objects = || async {
        let listed = house.app.objects.list(&folder).await.expect("a list");
        // The web is as it was: no memory came.
        listed.iter().filter(|object| !object.name.ends_with(".web")).count()
    };
    let before = objects().await;
    assert!(before > 1, "retired segments are kept for readers of the old manifest: {before}");
    let later = crate::support::after(jiff::SignedDuration::from_hours(25));
    let report =
        memorable::night::work(&house.app, &scope, memorable_local::schedule::today(), later).await.expect("a night");
    assert_eq!((report.figure("sweep", "swept"), objects().await), (before as u64 - 1, 1));
    assert!(house.app.records.retired(&scope).await.expect("notes").is_empty());
    assert_eq!(index_entries(&house).await.len(), 192);
}
