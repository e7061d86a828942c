//! Tests of SQS through the SDK's client.

use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message, MessageAttributeValue,
    MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};

use crate::aws::clients::Clients;

async fn queue() -> (Client, String) {
    let client = Clients::in_memory().sqs;
    let url = create(&client, "q", &[]).await;
    (client, url)
}

async fn create(client: &Client, name: &str, with: &[(QueueAttributeName, &str)]) -> String {
    let mut create = client.create_queue().queue_name(name);
    for (attribute, value) in with {
        create = create.attributes(attribute.clone(), *value);
    }
    create.send().await.unwrap().queue_url.unwrap()
}

async fn send(client: &Client, url: &str, body: &str) {
    let send = client.send_message().queue_url(url).message_body(body);
    send.send().await.unwrap();
}

async fn receive(client: &Client, url: &str) -> Vec<Message> {
    let receive = client.receive_message().queue_url(url);
    let receive = receive
        .max_number_of_messages(10)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All");
    receive.send().await.unwrap().messages.unwrap_or_default()
}

async fn hide(client: &Client, url: &str, message: &Message, seconds: i32) {
    client
        .change_message_visibility()
        .queue_url(url)
        .receipt_handle(message.receipt_handle().unwrap())
        .visibility_timeout(seconds)
        .send()
        .await
        .unwrap();
}

async fn delete(client: &Client, url: &str, message: &Message) {
    let delete = client.delete_message().queue_url(url);
    let handle = message.receipt_handle().unwrap();
    delete.receipt_handle(handle).send().await.unwrap();
}

async fn count(client: &Client, url: &str) -> [i64; 3] {
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let get = client.get_queue_attributes().queue_url(url);
    let get = get.set_attribute_names(Some(names.to_vec()));
    let attributes = get.send().await.unwrap().attributes.unwrap();
    names.map(|name| attributes[&name].parse().unwrap())
}

#[tokio::test]
async fn a_message_is_received_as_it_was_sent_and_deleted_for_good() {
    let (client, url) = queue().await;
    let attribute = |kind: &str| MessageAttributeValue::builder().data_type(kind);
    let sent = client
        .send_message()
        .queue_url(&url)
        .message_body("grüße \u{1F600}")
        .message_attributes("n", attribute("Number").string_value("1").build().unwrap())
        .message_attributes(
            "b",
            attribute("Binary").binary_value(aws_sdk_sqs::primitives::Blob::new([0, 1])).build().unwrap(),
        )
        .send()
        .await
        .unwrap();
    // Both sums from Python's hashlib, after the algorithm in the documentation of SQS.
    assert_eq!(sent.md5_of_message_body(), Some("d259b3268581a88e579e6d4a21e382f2"));
    assert_eq!(sent.md5_of_message_attributes(), Some("6d3e0b67e05bf94ede72102c4dc09565"));

    let got = receive(&client, &url).await.remove(0);
    assert_eq!(got.body(), Some("grüße \u{1F600}"));
    assert_eq!(got.message_id(), sent.message_id());
    assert_eq!(got.message_id().unwrap().len(), 36);
    assert_eq!(got.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(got.md5_of_message_attributes(), sent.md5_of_message_attributes());
    let attributes = got.message_attributes().unwrap();
    assert_eq!(attributes["n"].string_value(), Some("1"));
    assert_eq!(attributes["b"].binary_value().unwrap().as_ref(), [0, 1]);
    let system = got.attributes().unwrap();
    assert_eq!(system[&MessageSystemAttributeName::ApproximateReceiveCount], "1");
    let now = crate::aws::clock::now_ms();
    for time in
        [MessageSystemAttributeName::SentTimestamp, MessageSystemAttributeName::ApproximateFirstReceiveTimestamp]
    {
        let ms: i64 = system[&time].parse().unwrap();
        assert!((0..5000).contains(&(now - ms)));
    }
    assert!(system.contains_key(&MessageSystemAttributeName::SenderId));

    assert_eq!(count(&client, &url).await, [0, 1, 0]);
    assert!(receive(&client, &url).await.is_empty());
    delete(&client, &url, &got).await;
    assert_eq!(count(&client, &url).await, [0, 0, 0]);
}

#[tokio::test]
async fn a_batch_is_answered_entry_by_entry() {
    let (client, url) = queue().await;
    let entry = |id: &str, body: &str| {
        let entry = SendMessageBatchRequestEntry::builder().id(id);
        entry.message_body(body).build().unwrap()
    };
    let batch = |entries: Vec<SendMessageBatchRequestEntry>| {
        let batch = client.send_message_batch().queue_url(&url);
        batch.set_entries(Some(entries)).send()
    };
    let mixed = vec![entry("a", "fine"), entry("b", "bad \u{1}"), entry("c", "fine too")];
    let sent = batch(mixed).await.unwrap();
    let ids: Vec<_> = sent.successful().iter().map(|done| done.id()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!(sent.failed()[0].id(), "b");
    assert_eq!(sent.failed()[0].code(), "InvalidMessageContents");
    assert!(sent.failed()[0].sender_fault());

    let eleven = (0..11).map(|n| entry(&n.to_string(), "x")).collect();
    let error = batch(eleven).await.unwrap_err().into_service_error();
    assert!(error.is_too_many_entries_in_batch_request());
    let error = batch(vec![entry("a", "x"), entry("a", "y")]).await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_batch_entry_ids_not_distinct());
    let error = batch(vec![entry("a b", "x")]).await.unwrap_err();
    assert!(error.into_service_error().is_invalid_batch_entry_id());
    let error = batch(Vec::new()).await.unwrap_err().into_service_error();
    assert!(error.is_empty_batch_request());
    let half = "x".repeat(600_000);
    let error = batch(vec![entry("a", &half), entry("b", &half)]).await;
    assert!(error.unwrap_err().into_service_error().is_batch_request_too_long());
    batch(vec![entry("a", &half)]).await.unwrap();

    let received = receive(&client, &url).await;
    assert_eq!(received.len(), 3);
    let handle = |n: usize| received[n].receipt_handle().unwrap();
    let entry = |id: &str, handle: &str| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(id);
        entry.receipt_handle(handle).build().unwrap()
    };
    let delete = client.delete_message_batch().queue_url(&url);
    let delete = delete.entries(entry("a", handle(0))).entries(entry("b", "no handle"));
    let deleted = delete.send().await.unwrap();
    assert_eq!(deleted.successful()[0].id(), "a");
    assert_eq!(deleted.failed()[0].code(), "ReceiptHandleIsInvalid");

    let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id("a");
    let entry = entry.receipt_handle(handle(1)).visibility_timeout(0);
    let change = client.change_message_visibility_batch().queue_url(&url);
    let changed = change.entries(entry.build().unwrap()).send().await.unwrap();
    assert_eq!(changed.successful().len(), 1);
    assert_eq!(count(&client, &url).await, [1, 1, 0]);
}

#[tokio::test]
async fn a_message_too_long_is_refused() {
    let (client, url) = queue().await;
    let send = |length: usize| {
        let send = client.send_message().queue_url(&url);
        send.message_body("x".repeat(length)).send()
    };
    send(1024 * 1024).await.unwrap();
    let error = send(1024 * 1024 + 1).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_a_typed_error() {
    let (client, _) = queue().await;
    let error = client.get_queue_url().queue_name("nope").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist());
    let send = client.send_message().queue_url("https://sqs/0/nope");
    let error = send.message_body("x").send().await.unwrap_err();
    assert!(error.into_service_error().is_queue_does_not_exist());
}

#[tokio::test]
async fn a_stale_handle_deletes_nothing() {
    let (client, url) = queue().await;
    send(&client, &url, "once").await;
    let first = receive(&client, &url).await.remove(0);
    hide(&client, &url, &first, 0).await;
    let second = receive(&client, &url).await.remove(0);
    assert_ne!(first.receipt_handle(), second.receipt_handle());
    let system = second.attributes().unwrap();
    assert_eq!(system[&MessageSystemAttributeName::ApproximateReceiveCount], "2");

    delete(&client, &url, &first).await;
    assert_eq!(count(&client, &url).await, [0, 1, 0]);
    hide(&client, &url, &second, 0).await;
    // Visible again, but received by nobody since: the handle still counts.
    delete(&client, &url, &second).await;
    assert_eq!(count(&client, &url).await, [0, 0, 0]);
    let delete = client.delete_message().queue_url(&url);
    let error = delete.receipt_handle("no handle").send().await.unwrap_err();
    assert!(error.into_service_error().is_receipt_handle_is_invalid());
}

#[tokio::test]
async fn only_what_is_in_flight_can_be_hidden_longer() {
    let (client, url) = queue().await;
    send(&client, &url, "once").await;
    let message = receive(&client, &url).await.remove(0);
    hide(&client, &url, &message, 100).await;
    hide(&client, &url, &message, 0).await;
    let change = client.change_message_visibility().queue_url(&url);
    let change = change.receipt_handle(message.receipt_handle().unwrap()).visibility_timeout(10);
    let error = change.send().await.unwrap_err().into_service_error();
    assert!(error.is_message_not_inflight());
}

#[tokio::test]
async fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    let (client, dead) = queue().await;
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":"2"}"#;
    let url = create(&client, "work", &[(QueueAttributeName::RedrivePolicy, policy)]).await;
    let nowhere = policy.replace(":q\"", ":nowhere\"");
    let set = client.set_queue_attributes().queue_url(&url);
    let set = set.attributes(QueueAttributeName::RedrivePolicy, nowhere);
    let error = set.send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"));

    send(&client, &url, "poison").await;
    for _ in 0..2 {
        let message = receive(&client, &url).await.remove(0);
        hide(&client, &url, &message, 0).await;
    }
    assert!(receive(&client, &url).await.is_empty());
    assert_eq!(count(&client, &url).await, [0, 0, 0]);
    let buried = receive(&client, &dead).await.remove(0);
    assert_eq!(buried.body(), Some("poison"));
    let source = &buried.attributes().unwrap()[&MessageSystemAttributeName::DeadLetterQueueSourceArn];
    assert_eq!(source, "arn:aws:sqs:us-east-1:000000000000:work");
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_by_a_message() {
    let (client, url) = queue().await;
    let waiting = client.receive_message().queue_url(&url);
    let waiting = tokio::spawn(waiting.wait_time_seconds(20).send());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    send(&client, &url, "wake").await;
    let received = waiting.await.unwrap().unwrap();
    assert_eq!(received.messages()[0].body(), Some("wake"));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_waiting_receiver_is_woken_when_a_timeout_ends() {
    let (client, url) = queue().await;
    send(&client, &url, "again").await;
    let receive = client.receive_message().queue_url(&url);
    let first = receive.clone().visibility_timeout(1).send().await.unwrap();
    assert_eq!(first.messages().len(), 1);
    let start = Instant::now();
    let second = receive.wait_time_seconds(20).send().await.unwrap();
    assert_eq!(second.messages()[0].body(), Some("again"));
    let waited = start.elapsed();
    assert!(waited > Duration::from_millis(500), "{waited:?}");
    assert!(waited < Duration::from_secs(5), "{waited:?}");
}

#[tokio::test]
async fn a_receiver_waits_as_long_as_it_says_and_no_longer() {
    let (client, url) = queue().await;
    for (asked, on_the_queue, waits) in [(Some(1), "0", 1), (None, "1", 1), (Some(0), "1", 0)] {
        let set = client.set_queue_attributes().queue_url(&url);
        let name = QueueAttributeName::ReceiveMessageWaitTimeSeconds;
        set.attributes(name, on_the_queue).send().await.unwrap();
        let start = Instant::now();
        let receive = client.receive_message().queue_url(&url);
        let got = receive.set_wait_time_seconds(asked).send().await.unwrap();
        assert!(got.messages().is_empty());
        assert_eq!(start.elapsed().as_secs(), waits);
    }
}

#[tokio::test]
async fn a_delayed_message_waits_for_its_time() {
    let (client, url) = queue().await;
    let send = client.send_message().queue_url(&url).message_body("later");
    send.clone().delay_seconds(1).send().await.unwrap();
    assert_eq!(count(&client, &url).await, [0, 0, 1]);
    assert!(receive(&client, &url).await.is_empty());
    let error = send.delay_seconds(901).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
    let receive = client.receive_message().queue_url(&url);
    let got = receive.wait_time_seconds(10).send().await.unwrap();
    assert_eq!(got.messages()[0].body(), Some("later"));
}

#[tokio::test]
async fn messages_come_in_the_order_they_were_sent() {
    let (client, url) = queue().await;
    for n in 0..25 {
        send(&client, &url, &n.to_string()).await;
    }
    let mut bodies = Vec::new();
    for _ in 0..3 {
        for message in receive(&client, &url).await {
            bodies.push(message.body().unwrap().parse::<i32>().unwrap());
        }
    }
    assert_eq!(bodies, (0..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn twenty_receivers_at_once_share_the_messages() {
    let (client, url) = queue().await;
    for n in 0..50 {
        send(&client, &url, &n.to_string()).await;
    }
    let receivers = (0..20).map(|_| {
        let (client, url) = (client.clone(), url.clone());
        tokio::spawn(async move { receive(&client, &url).await })
    });
    let mut ids = std::collections::BTreeSet::new();
    for received in futures_util::future::join_all(receivers).await {
        for message in received.unwrap() {
            assert!(ids.insert(message.message_id.unwrap()), "delivered twice");
        }
    }
    assert_eq!(ids.len(), 50);
}

#[tokio::test]
async fn attributes_are_kept_checked_and_shown() {
    let client = Clients::in_memory().sqs;
    let timeout = QueueAttributeName::VisibilityTimeout;
    let url = create(&client, "q", &[(timeout.clone(), "7")]).await;
    assert_eq!(create(&client, "q", &[(timeout.clone(), "7")]).await, url);
    assert_eq!(create(&client, "q", &[]).await, url);
    let other = client.create_queue().queue_name("q");
    let error = other.attributes(timeout.clone(), "8").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_queue_name_exists());

    let set = client.set_queue_attributes().queue_url(&url);
    set.attributes(timeout.clone(), "9").send().await.unwrap();
    let all = client.get_queue_attributes().queue_url(&url);
    let all = all.attribute_names(QueueAttributeName::All).send().await;
    let all = all.unwrap().attributes.unwrap();
    assert_eq!(all[&timeout], "9");
    assert_eq!(all[&QueueAttributeName::MessageRetentionPeriod], "345600");
    assert_eq!(all[&QueueAttributeName::QueueArn], "arn:aws:sqs:us-east-1:000000000000:q");
    assert!(!all.contains_key(&QueueAttributeName::RedrivePolicy));

    for (name, value) in
        [(timeout, "-1"), (QueueAttributeName::MessageRetentionPeriod, "59"), (QueueAttributeName::RedrivePolicy, "{}")]
    {
        let set = client.set_queue_attributes().queue_url(&url);
        let error = set.attributes(name, value).send().await.unwrap_err();
        assert!(error.into_service_error().is_invalid_attribute_value());
    }
    let set = client.set_queue_attributes().queue_url(&url);
    let error = set.attributes(QueueAttributeName::FifoQueue, "true").send().await;
    assert!(error.unwrap_err().into_service_error().is_invalid_attribute_name());
}

#[tokio::test]
async fn a_purged_queue_is_empty_and_others_are_not() {
    let (client, url) = queue().await;
    let other = create(&client, "other", &[]).await;
    send(&client, &url, "a").await;
    send(&client, &other, "b").await;
    receive(&client, &url).await;
    client.purge_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(count(&client, &url).await, [0, 0, 0]);
    assert_eq!(count(&client, &other).await, [1, 0, 0]);
}

#[tokio::test]
async fn an_operation_that_is_not_here_says_so() {
    let (client, _) = queue().await;
    let error = client.list_queues().send().await.unwrap_err();
    assert!(error.message().unwrap().contains("ListQueues"));
}
