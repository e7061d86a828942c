//! What is sent to the queues: names only, never text.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::aws::errors::from_sdk;
use crate::error::{Error, Result};
use crate::memory::event::Event;
use crate::memory::{MemoryId, Scope, Tenant, Time};

/// Version of the messages' shape.
pub const VERSION: u8 = 1;
/// Most ids in one message: one read of the table per message, and little repeated when one of them fails.
pub const IDS_TOGETHER: usize = 25;
/// Most messages of one call.
const BATCH: usize = 10;
/// Longest that SQS hides a message.
const MOST_HIDDEN: SignedDuration = SignedDuration::from_hours(12);

/// Memories of one scope that wait to be classified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifyMessage {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: String,
    /// In which scope.
    pub scope: String,
    /// Which.
    pub ids: Vec<MemoryId>,
}

/// One scope's share of a night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightMessage {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: String,
    /// Which scope.
    pub scope: String,
    /// The day that ends with it, UTC.
    pub night: Date,
    /// When it was planned: a message that comes again, or is handed on, belongs to the same round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

/// An event that a webhook, or the bus, is to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverMessage {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: String,
    /// Which webhook; none for the bus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// What happened.
    pub event: Event,
}

impl DeliverMessage {
    /// For that webhook and event.
    pub fn of(tenant: &Tenant, webhook: &str, event: &Event) -> DeliverMessage {
        DeliverMessage { webhook: Some(webhook.to_owned()), ..DeliverMessage::to_bus(tenant, event) }
    }

    /// For the bus, which did not take that event.
    pub fn to_bus(tenant: &Tenant, event: &Event) -> DeliverMessage {
        DeliverMessage { v: VERSION, tenant: tenant.as_str().to_owned(), webhook: None, event: event.clone() }
    }

    /// Back from a message's body. Corrupt where it is not ours.
    pub fn parse(body: &str) -> Result<(Tenant, DeliverMessage)> {
        let message: DeliverMessage = parse(body)?;
        check_version(message.v)?;
        Ok((Tenant::parse(&message.tenant)?, message))
    }
}

impl ClassifyMessage {
    /// Messages for all these memories.
    pub fn of(scope: &Scope, ids: &[MemoryId]) -> Vec<ClassifyMessage> {
        let message = |ids: &[MemoryId]| ClassifyMessage {
            v: VERSION,
            tenant: scope.tenant().as_str().to_owned(),
            scope: scope.subject().to_owned(),
            ids: ids.to_vec(),
        };
        ids.chunks(IDS_TOGETHER).map(message).collect()
    }

    /// Back from a message's body. Corrupt where it is not ours.
    pub fn parse(body: &str) -> Result<(Scope, Vec<MemoryId>)> {
        let message: ClassifyMessage = parse(body)?;
        Ok((scope(message.v, &message.tenant, &message.scope)?, message.ids))
    }
}

impl NightMessage {
    /// For that scope and night, planned now.
    pub fn of(scope: &Scope, night: Date, now: Time) -> NightMessage {
        NightMessage {
            v: VERSION,
            tenant: scope.tenant().as_str().to_owned(),
            scope: scope.subject().to_owned(),
            night,
            at: Some(now),
        }
    }

    /// Back from a message's body. Corrupt where it is not ours.
    pub fn parse(body: &str) -> Result<NightMessage> {
        parse(body)
    }

    /// The scope it names. Corrupt where it is of another version.
    pub fn scope(&self) -> Result<Scope> {
        scope(self.v, &self.tenant, &self.scope)
    }
}

/// What sort of job it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// A file comes in.
    Import,
    /// A scope goes out.
    Export,
}

/// A turn at an import or an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferMessage {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: String,
    /// Which sort.
    pub kind: TransferKind,
    /// Which.
    pub id: String,
}

impl TransferMessage {
    /// For that job.
    pub fn of(tenant: &Tenant, kind: TransferKind, id: &str) -> TransferMessage {
        TransferMessage { v: VERSION, tenant: tenant.as_str().to_owned(), kind, id: id.to_owned() }
    }

    /// Back from a message's body. Corrupt where it is not ours.
    pub fn parse(body: &str) -> Result<TransferMessage> {
        parse(body)
    }

    /// The tenant it names. Corrupt where it is of another version.
    pub fn tenant(&self) -> Result<Tenant> {
        check_version(self.v)?;
        Tenant::parse(&self.tenant)
    }
}

fn parse<T: for<'a> Deserialize<'a>>(body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|error| Error::corrupt("a message", error))
}

fn scope(version: u8, tenant: &str, subject: &str) -> Result<Scope> {
    check_version(version)?;
    Scope::parse(&Tenant::parse(tenant)?, subject)
}

fn check_version(version: u8) -> Result<()> {
    if version == VERSION {
        return Ok(());
    }
    Err(Error::corrupt("a message", format!("version {version} is not known here")))
}

/// Sends messages to one queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at that URL.
    pub fn new(client: Client, url: impl Into<String>) -> Queue {
        Queue { client, url: url.into() }
    }

    /// About how many messages wait, or are worked on.
    pub async fn waiting(&self) -> Result<u64> {
        use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
        let names = [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible];
        let call = self.client.get_queue_attributes().queue_url(&self.url).set_attribute_names(Some(names.to_vec()));
        let answer = call.send().await.map_err(|error| from_sdk("look at a queue", &error))?;
        let count = |name| answer.attributes().and_then(|all| all.get(name)).and_then(|n| n.parse::<u64>().ok());
        Ok(names.iter().filter_map(count).sum())
    }

    /// Sends all messages. Where some cannot be sent, the error says so and the others are sent: receivers do not mind
    /// getting one twice.
    pub async fn send(&self, messages: &[impl Serialize]) -> Result<()> {
        let mut left_out = 0;
        for batch in messages.chunks(BATCH) {
            let mut entries = Vec::with_capacity(batch.len());
            for (number, message) in batch.iter().enumerate() {
                let body = serde_json::to_string(message);
                let body = body.map_err(|error| Error::internal(format!("a message cannot be encoded: {error}")))?;
                let entry = SendMessageBatchRequestEntry::builder().id(number.to_string()).message_body(body).build();
                entries.push(entry.map_err(|error| Error::internal(format!("a message cannot be built: {error}")))?);
            }
            let call = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| from_sdk("send messages", &error))?;
            left_out += answer.failed().len();
        }
        match left_out {
            0 => Ok(()),
            n => Err(Error::unavailable(format!("{n} messages were not taken by the queue"))),
        }
    }

    /// Has a message that was received come again after that long; up to twelve hours.
    pub async fn hide(&self, receipt_handle: &str, wait: SignedDuration) -> Result<()> {
        let seconds = i32::try_from(wait.as_secs().clamp(0, MOST_HIDDEN.as_secs())).unwrap_or(0);
        let call = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt_handle);
        let answer = call.visibility_timeout(seconds).send().await;
        answer.map(|_| ()).map_err(|error| from_sdk("put a message off", &error))
    }
}
