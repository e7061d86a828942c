//! Lambda's event source for the queues: batches in, finished messages deleted, failed ones left to be delivered again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::Select;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName};
use memorable::aws::errors::from_sdk;
use memorable::aws::items::text;
use memorable::aws::{keys, outbox};
use memorable::error::{Error, Result};

use crate::house::House;

/// Most messages of a batch, as template.yaml has it for the classify queue.
const CLASSIFY_BATCH: i32 = 10;
/// Scopes are gone through one by one, and so are imports and exports.
const ONE_BY_ONE: i32 = 1;
/// Most messages of a batch, as template.yaml has it for the deliver queue.
const DELIVER_BATCH: i32 = 10;
/// How often the outbox is looked into: what the table's stream does on AWS.
const OUTBOX_EVERY: Duration = Duration::from_millis(500);
/// How long a worker of the night may take at once, as template.yaml has it.
const NIGHT_TIMEOUT: Duration = Duration::from_secs(900);
/// How long a turn at an import or export may take, as template.yaml has it.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(120);
/// Longest wait of one receive, in seconds: SQS allows 20.
const WAIT_SECONDS: i32 = 20;
/// The same where the end is waited for.
const SHORT_WAIT_SECONDS: i32 = 1;
/// How soon a failed receive is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// One of the queues, with the function behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Memories to classify.
    Classify,
    /// Scopes to go through at night.
    Night,
    /// Imports and exports.
    Transfer,
    /// What webhooks are to be told.
    Deliver,
}

impl Source {
    fn url(self, house: &House) -> &str {
        let config = &house.app.config;
        let url = match self {
            Source::Classify => &config.classify_queue_url,
            Source::Night => &config.night_queue_url,
            Source::Transfer => &config.transfer_queue_url,
            Source::Deliver => &config.deliver_queue_url,
        };
        url.as_deref().unwrap_or_default()
    }
}

/// Works on a queue for good.
pub async fn run(house: &House, source: Source) {
    loop {
        if let Err(error) = batch(house, source, WAIT_SECONDS).await {
            tracing::error!(%error, ?source, "a queue could not be read");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Works on a queue until that is over. What it is at then, it ends.
pub async fn run_until(house: &House, source: Source, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        if let Err(error) = batch(house, source, SHORT_WAIT_SECONDS).await {
            tracing::error!(%error, ?source, "a queue could not be read");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Looks into the outbox for good.
pub async fn run_outbox(house: &House) {
    loop {
        if let Err(error) = empty_outbox(house).await {
            tracing::error!(%error, "the outbox could not be looked into");
        }
        tokio::time::sleep(OUTBOX_EVERY).await;
    }
}

/// Hands what waits in the outbox to the function behind the table's stream; gives how much less is in it now.
async fn empty_outbox(house: &House) -> Result<usize> {
    let mut emptied = 0;
    for shard in (0..outbox::SHARDS).map(keys::outbox) {
        let before = posts(house, &shard).await?;
        if before > 0 {
            let keys = deliver::Keys { pk: deliver::Text { text: shard.clone() } };
            let item = deliver::StreamItem { sequence_number: "1".to_owned(), keys };
            let records = vec![deliver::StreamRecord { dynamodb: item }];
            // What fails is logged there, and stays where it is.
            Box::pin(deliver::handle(&house.app, deliver::Event::Stream(deliver::StreamEvent { records }))).await;
            emptied += before.saturating_sub(posts(house, &shard).await?);
        }
    }
    Ok(emptied)
}

async fn posts(house: &House, shard: &str) -> Result<usize> {
    let query = aws_sdk_dynamodb::Client::new(&house.sdk).query().table_name(&house.app.config.table);
    let query = query.key_condition_expression("#pk = :pk").expression_attribute_names("#pk", keys::PK);
    let query = query.expression_attribute_values(":pk", text(shard)).select(Select::Count);
    let counted = Box::pin(query.send()).await.map_err(|error| from_sdk("look into the outbox", &error))?;
    Ok(usize::try_from(counted.count).unwrap_or(0))
}

/// Works on all queues and the outbox until none has a message that can be delivered now; gives how many were delivered.
pub async fn drain(house: &House) -> Result<usize> {
    let mut delivered = 0;
    loop {
        let mut worked = batch(house, Source::Transfer, 0).await? + batch(house, Source::Night, 0).await?;
        worked += batch(house, Source::Classify, 0).await?;
        let told = empty_outbox(house).await? + batch(house, Source::Deliver, 0).await?;
        if worked == 0 && told > 0 {
            // Of use to nobody who counts messages of memories.
            continue;
        }
        if worked == 0 {
            return Ok(delivered);
        }
        delivered += worked;
    }
}

/// Messages that wait or are being worked on.
pub async fn waiting(house: &House, source: Source) -> Result<u64> {
    use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
    let names = [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible];
    let call = client(house).get_queue_attributes().queue_url(source.url(house));
    let call = call.set_attribute_names(Some(names.to_vec())).send().await;
    let read = call.map_err(|error| from_sdk("read a queue", &error))?;
    let count = |name| read.attributes().and_then(|a| a.get(name)).and_then(|n| n.parse::<u64>().ok());
    Ok(names.iter().filter_map(count).sum())
}

/// Receives one batch, has the function work on it, deletes what it finished; gives how many were delivered.
async fn batch(house: &House, source: Source, wait_seconds: i32) -> Result<usize> {
    let sqs = client(house);
    let most = match source {
        Source::Classify => CLASSIFY_BATCH,
        Source::Night | Source::Transfer => ONE_BY_ONE,
        Source::Deliver => DELIVER_BATCH,
    };
    let received = sqs
        .receive_message()
        .queue_url(source.url(house))
        .max_number_of_messages(most)
        .wait_time_seconds(wait_seconds)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .send()
        .await
        .map_err(|error| from_sdk("receive messages", &error))?;
    let messages = received.messages.unwrap_or_default();
    if messages.is_empty() {
        return Ok(0);
    }
    let failed: Vec<String> = match invoke(house, source, &messages).await {
        Ok(response) => response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect(),
        Err(error) => {
            tracing::error!(%error, ?source, "a function failed; its whole batch will be delivered again");
            return Ok(messages.len());
        }
    };
    delete(house, source, &messages, &failed).await?;
    Ok(messages.len())
}

async fn invoke(house: &House, source: Source, messages: &[Message]) -> Result<SqsBatchResponse> {
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    match source {
        Source::Classify => Ok(Box::pin(classify::handle(&house.app, event)).await),
        Source::Transfer => Ok(Box::pin(transfer::handle_queue(&house.app, event, TRANSFER_TIMEOUT)).await),
        Source::Deliver => Ok(Box::pin(deliver::handle(&house.app, deliver::Event::Queue(event))).await),
        Source::Night => {
            match Box::pin(optimize::handle(&house.app, optimize::Event::Queue(event), NIGHT_TIMEOUT)).await? {
                optimize::Answer::Worked(response) => Ok(response),
                optimize::Answer::Planned(_) => Err(Error::internal("a queue's event was taken for the schedule's")),
            }
        }
    }
}

fn record(message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id.clone_from(&message.message_id);
    record.receipt_handle.clone_from(&message.receipt_handle);
    record.body.clone_from(&message.body);
    record.md5_of_body.clone_from(&message.md5_of_body);
    record.event_source = Some("aws:sqs".to_owned());
    record.aws_region = Some("us-east-1".to_owned());
    let attributes = message.attributes().into_iter().flatten();
    record.attributes = attributes.map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
    record
}

async fn delete(house: &House, source: Source, messages: &[Message], failed: &[String]) -> Result<()> {
    let is_finished = |message: &&Message| !failed.iter().any(|id| message.message_id() == Some(id));
    let finished: Vec<_> = messages.iter().filter(is_finished).filter_map(Message::receipt_handle).collect();
    if finished.is_empty() {
        return Ok(());
    }
    let entry = |(number, handle): (usize, &str)| {
        DeleteMessageBatchRequestEntry::builder().id(number.to_string()).receipt_handle(handle).build()
    };
    let entries: std::result::Result<Vec<_>, _> = finished.into_iter().enumerate().map(entry).collect();
    let entries = entries.map_err(|error| Error::internal(format!("a deletion cannot be built: {error}")))?;
    let call = client(house).delete_message_batch().queue_url(source.url(house)).set_entries(Some(entries));
    call.send().await.map_err(|error| from_sdk("delete messages", &error))?;
    Ok(())
}

fn client(house: &House) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(&house.sdk)
}
