//! Telling others what happened. The table's stream says that something waits in the outbox, which becomes a message for
//! each webhook; a message from the queue is one try to tell it.

use std::collections::BTreeSet;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use memorable::app::App;
use memorable::aws::queue::DeliverMessage;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::receipt::metered;
use memorable::webhooks::{Ended, attempt, spread};
use serde::Deserialize;

/// What starts this function.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// The table's stream: which items came to be.
    Stream(StreamEvent),
    /// The queue: whom to tell.
    Queue(SqsEvent),
}

/// As DynamoDB Streams sends it, as far as it is read here: keys, and no more than these are in it.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamEvent {
    /// The items.
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// One item.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamRecord {
    /// What became of it.
    pub dynamodb: StreamItem,
}

/// Its place in the stream and in the table.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamItem {
    /// Where to begin again, should it fail.
    #[serde(rename = "SequenceNumber")]
    pub sequence_number: String,
    /// Its keys.
    #[serde(rename = "Keys")]
    pub keys: Keys,
}

/// Its partition.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    /// The partition's key.
    pub pk: Text,
}

/// A text as DynamoDB writes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Text {
    /// The text.
    #[serde(rename = "S")]
    pub text: String,
}

/// Answers one event, now: what of it is to come again.
pub async fn handle(app: &App, event: Event) -> SqsBatchResponse {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, event, now.into()).await
}

/// Answers one event at the given time. What failed is told to streams and queues in the same form.
pub async fn handle_at(app: &App, event: Event, now: Time) -> SqsBatchResponse {
    let (failed, receipt) = metered(async {
        match event {
            Event::Stream(event) => empty(app, &event).await,
            Event::Queue(event) => tell(app, &event, now).await,
        }
    })
    .await;
    let requests: u32 = receipt.requests.values().sum();
    tracing::info!(failed = failed.len(), requests, micros = receipt.micros, "delivered");
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}

/// Each part of the outbox that something came into is emptied once. Where that fails, the stream begins again at the first.
async fn empty(app: &App, event: &StreamEvent) -> Vec<String> {
    let shards: BTreeSet<&str> = event.records.iter().map(|record| record.dynamodb.keys.pk.text.as_str()).collect();
    let mut is_broken = false;
    for shard in shards {
        if let Err(error) = spread(app, shard).await {
            tracing::warn!(shard, %error, "the outbox was not emptied");
            is_broken = true;
        }
    }
    let first = event.records.first().filter(|_| is_broken);
    first.map(|record| record.dynamodb.sequence_number.clone()).into_iter().collect()
}

async fn tell(app: &App, event: &SqsEvent, now: Time) -> Vec<String> {
    let told = event.records.iter().map(|message| async move {
        match one(app, message, now).await {
            Ok(true) => None,
            Ok(false) => Some(message.message_id.clone().unwrap_or_default()),
            Err(error) => {
                tracing::warn!(id = message.message_id, %error, "a message failed");
                Some(message.message_id.clone().unwrap_or_default())
            }
        }
    });
    join_all(told.collect::<Vec<_>>()).await.into_iter().flatten().collect()
}

/// One try. Whether the message is done with.
async fn one(app: &App, message: &SqsMessage, now: Time) -> Result<bool> {
    let body = message.body.as_deref().ok_or_else(|| Error::corrupt("a message", "it has no body"))?;
    let (tenant, told) = DeliverMessage::parse(body)?;
    let Ended::Again(wait) = attempt(app, &tenant, &told, now).await? else { return Ok(true) };
    // Handed back as if it had failed, and hidden until its time: the queue is the clock.
    let handle = message.receipt_handle.as_deref().ok_or_else(|| Error::corrupt("a message", "it has no handle"))?;
    app.deliver_queue()?.hide(handle, wait).await?;
    Ok(false)
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
