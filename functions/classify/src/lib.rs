//! SQS batches of memories to classify. Each message succeeds or fails by itself.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::stream::{self, StreamExt};
use memorable::app::App;
use memorable::aws::queue::ClassifyMessage;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::receipt::metered;

/// Messages worked on at a time: they wait for AWS most of the time.
const AT_ONCE: usize = 4;

/// Answers one batch, now: which of its messages are to be delivered again.
pub async fn handle(app: &App, event: SqsEvent) -> SqsBatchResponse {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, event, now.into()).await
}

/// Answers one batch at the given time.
pub async fn handle_at(app: &App, event: SqsEvent, now: Time) -> SqsBatchResponse {
    let messages = event.records.len();
    let work = stream::iter(event.records).map(|message| async move {
        match one(app, &message, now).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(id = message.message_id, %error, "a message failed");
                Some(message.message_id.unwrap_or_default())
            }
        }
    });
    let (failed, receipt) =
        metered(work.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect::<Vec<_>>()).await;
    let requests: u32 = receipt.requests.values().sum();
    tracing::info!(messages, failed = failed.len(), requests, micros = receipt.micros, "classified");
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.into_iter().map(failure).collect();
    response
}

async fn one(app: &App, message: &SqsMessage, now: Time) -> Result<()> {
    let body = message.body.as_deref().ok_or_else(|| Error::corrupt("a message", "it has no body"))?;
    let (scope, ids) = ClassifyMessage::parse(body)?;
    memorable::classify::classify(app, &scope, &ids, now).await
}

fn failure(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
