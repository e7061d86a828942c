//! Settling what was received: deleting it, or changing when it is delivered again.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::batch::{self, Entry, Results};
use super::error::SqsError;
use super::queue::{Queue, begin};

/// A receipt handle: one delivery of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Handle {
    pub seq: i64,
    /// The message's receive count at that delivery.
    pub received: i64,
}

impl Handle {
    /// The handle as the receiver gets it.
    pub fn write(self) -> String {
        aws_smithy_types::base64::encode(format!("{}:{}", self.seq, self.received))
    }

    pub fn read(text: &str) -> Result<Handle, SqsError> {
        let handle = aws_smithy_types::base64::decode(text).ok();
        let handle = handle.and_then(|bytes| String::from_utf8(bytes).ok());
        let numbers = handle.as_deref().and_then(|handle| {
            let (seq, received) = handle.split_once(':')?;
            Some((seq.parse().ok()?, received.parse().ok()?))
        });
        let (seq, received) = numbers.ok_or_else(|| SqsError::bad_handle(text))?;
        Ok(Handle { seq, received })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Request<T> {
    queue_url: String,
    #[serde(flatten)]
    what: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<T> {
    queue_url: String,
    entries: Vec<Entry<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Change {
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

type Nothing = Map<String, Value>;

pub(super) fn delete(db: &mut Connection, request: &Request<Delete>, _now: i64) -> Result<Nothing, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    let nothing = delete_one(&write, &queue, &request.what)?;
    write.commit()?;
    Ok(nothing)
}

pub(super) fn delete_batch(
    db: &mut Connection,
    request: &Batch<Delete>,
    _now: i64,
) -> Result<Results<Nothing>, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    batch::check(&request.entries)?;
    let results = batch::each(&request.entries, |entry| delete_one(&write, &queue, entry))?;
    write.commit()?;
    Ok(results)
}

pub(super) fn change(db: &mut Connection, request: &Request<Change>, now: i64) -> Result<Nothing, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    let nothing = change_one(&write, &queue, &request.what, now)?;
    write.commit()?;
    Ok(nothing)
}

pub(super) fn change_batch(
    db: &mut Connection,
    request: &Batch<Change>,
    now: i64,
) -> Result<Results<Nothing>, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    batch::check(&request.entries)?;
    let results = batch::each(&request.entries, |entry| change_one(&write, &queue, entry, now))?;
    write.commit()?;
    Ok(results)
}

/// A handle from before the latest delivery deletes nothing, and that is no error.
fn delete_one(db: &Connection, queue: &Queue, delete: &Delete) -> Result<Nothing, SqsError> {
    let handle = Handle::read(&delete.receipt_handle)?;
    db.prepare_cached("DELETE FROM messages WHERE seq = ?1 AND queue = ?2 AND received = ?3")?.execute(params![
        handle.seq,
        queue.id,
        handle.received
    ])?;
    Ok(Map::new())
}

fn change_one(db: &Connection, queue: &Queue, change: &Change, now: i64) -> Result<Nothing, SqsError> {
    let handle = Handle::read(&change.receipt_handle)?;
    let seconds = match change.visibility_timeout {
        Some(seconds @ 0..=43_200) => seconds,
        other => {
            let other = json!(other);
            return Err(SqsError::invalid_parameter(format!(
                "Value {other} for parameter VisibilityTimeout is invalid. Reason: Must be from 0 to 43200."
            )));
        }
    };
    let visible: Option<i64> = db
        .prepare_cached("SELECT visible FROM messages WHERE seq = ?1 AND queue = ?2 AND received = ?3")?
        .query_row(params![handle.seq, queue.id, handle.received], |row| row.get(0))
        .optional()?;
    let Some(visible) = visible else {
        return Err(SqsError::invalid_parameter(format!(
            "Value {} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.",
            change.receipt_handle
        )));
    };
    if visible <= now {
        return Err(SqsError::not_in_flight());
    }
    db.prepare_cached("UPDATE messages SET visible = ?2 WHERE seq = ?1")?
        .execute(params![handle.seq, now + seconds * 1000])?;
    Ok(Map::new())
}
