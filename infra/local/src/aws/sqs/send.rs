//! Sending messages, one or a batch.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::attributes::MAX_BYTES;
use super::batch::{self, Entry, Results};
use super::error::SqsError;
use super::message::{Attributes, md5, md5_of_attributes, measure};
use super::queue::{Queue, begin};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    queue_url: String,
    #[serde(flatten)]
    message: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessageBatch {
    queue_url: String,
    entries: Vec<Entry<Message>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: Attributes,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sent {
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    md5_of_body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<String>,
}

pub(super) fn one(db: &mut Connection, request: &SendMessage, now: i64) -> Result<Sent, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    let sent = store(&write, &queue, &request.message, now)?;
    write.commit()?;
    Ok(sent)
}

pub(super) fn batch(db: &mut Connection, request: &SendMessageBatch, now: i64) -> Result<Results<Sent>, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    batch::check(&request.entries)?;
    let lengths = request.entries.iter().map(|entry| {
        let message = &entry.what;
        // What is no message fails on its own, below.
        measure(&message.message_body, &message.message_attributes).unwrap_or_default()
    });
    let length: usize = lengths.sum();
    if length > MAX_BYTES {
        return Err(SqsError::batch_too_long(length));
    }
    let results = batch::each(&request.entries, |message| store(&write, &queue, message, now))?;
    write.commit()?;
    Ok(results)
}

fn store(db: &Connection, queue: &Queue, message: &Message, now: i64) -> Result<Sent, SqsError> {
    let body = &message.message_body;
    let length = measure(body, &message.message_attributes)?;
    let limit = queue.settings.max_bytes();
    if length > limit {
        return Err(SqsError::invalid_parameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
        )));
    }
    let delay = match message.delay_seconds {
        None => queue.settings.delay_ms(),
        Some(seconds @ 0..=900) => seconds * 1000,
        Some(seconds) => {
            return Err(SqsError::invalid_parameter(format!(
                "Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be from 0 to 900."
            )));
        }
    };
    let attributes = json!(message.message_attributes).to_string();
    let message_id: String = db
        .prepare_cached(
            "INSERT INTO messages (queue, id, body, attributes, sent, visible)
             VALUES (?1, lower(hex(randomblob(16))), ?2, ?3, ?4, ?5) RETURNING id",
        )?
        .query_row(params![queue.id, body, attributes, now, now + delay], |row| row.get(0))?;
    Ok(Sent {
        message_id: dashed(&message_id),
        md5_of_body: md5(body),
        md5_of_attributes: md5_of_attributes(&message.message_attributes),
    })
}

/// An id of 32 hex digits in the form of a UUID, as SQS writes it.
pub(super) fn dashed(id: &str) -> String {
    let part = |range: std::ops::Range<usize>| id.get(range).unwrap_or_default();
    let (a, b, c, d, e) = (part(0..8), part(8..12), part(12..16), part(16..20), part(20..32));
    format!("{a}-{b}-{c}-{d}-{e}")
}
