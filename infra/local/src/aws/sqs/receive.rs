//! Receiving: hide what is delivered, and move what was delivered too often to the dead-letter queue.

use std::time::Duration;

use rusqlite::{Connection, Row, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::SqsError;
use super::message::{Attributes, md5, md5_of_attributes};
use super::queue::{Queue, arn, begin, expire};
use super::send::dashed;
use super::settle::Handle;

/// Who sent every message, as far as receivers are told.
const SENDER: &str = "AIDALOCALLOCALLOCALL";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receive {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

/// What one look at the queue gave.
pub(super) struct Took {
    pub messages: Vec<Value>,
    /// Whether messages went to another queue.
    pub moved: bool,
    /// How long the receiver wants to wait for a message, in all.
    pub wait: Duration,
    /// In how many milliseconds the next message becomes visible by itself.
    pub next_visible_ms: Option<i64>,
}

/// A message as it is stored, before this delivery.
struct Stored {
    seq: i64,
    id: String,
    body: String,
    attributes: String,
    sent: i64,
    received: i64,
    first_received: Option<i64>,
    source: Option<String>,
}

pub(super) fn receive(db: &mut Connection, asked: &Receive, now: i64) -> Result<Took, SqsError> {
    let most = within("MaxNumberOfMessages", asked.max_number_of_messages, 1, 10)?.unwrap_or(1);
    let timeout = within("VisibilityTimeout", asked.visibility_timeout, 0, 43_200)?;
    let wait = within("WaitTimeSeconds", asked.wait_time_seconds, 0, 20)?;

    let write = begin(db)?;
    let queue = Queue::by_url(&write, &asked.queue_url)?;
    expire(&write, &queue, now)?;
    let moved = bury(&write, &queue, now)?;
    let hidden_until = now + timeout.map_or(queue.settings.visibility_ms(), |s| s * 1000);
    let mut messages = Vec::new();
    for stored in visible(&write, &queue, now, most)? {
        let first_received = stored.first_received.unwrap_or(now);
        write
            .prepare_cached(
                "UPDATE messages SET visible = ?2, received = received + 1, first_received = ?3
                 WHERE seq = ?1",
            )?
            .execute(params![stored.seq, hidden_until, first_received])?;
        messages.push(delivered(stored, asked, now)?);
    }
    let next_visible: Option<i64> = write
        .prepare_cached("SELECT min(visible) FROM messages WHERE queue = ?1 AND visible > ?2")?
        .query_row(params![queue.id, now], |row| row.get(0))?;
    write.commit()?;
    Ok(Took {
        messages,
        moved,
        wait: wait.map_or(queue.settings.wait(), |s| Duration::from_secs(s.unsigned_abs())),
        next_visible_ms: next_visible.map(|at| at - now),
    })
}

/// Moves visible messages that were received as often as they may be to the dead-letter queue.
fn bury(db: &Connection, queue: &Queue, now: i64) -> Result<bool, SqsError> {
    let Some(redrive) = queue.settings.redrive() else {
        return Ok(false);
    };
    let Some(graveyard) = Queue::by_name(db, &redrive.queue)? else {
        return Ok(false);
    };
    let moved = db
        .prepare_cached(
            "UPDATE messages SET queue = ?4, source = ?5, visible = ?2
             WHERE queue = ?1 AND visible <= ?2 AND received > 0 AND received >= ?3",
        )?
        .execute(params![queue.id, now, redrive.max_receives, graveyard.id, queue.name])?;
    Ok(moved > 0)
}

fn visible(db: &Connection, queue: &Queue, now: i64, most: i64) -> rusqlite::Result<Vec<Stored>> {
    let read = |row: &Row<'_>| {
        Ok(Stored {
            seq: row.get(0)?,
            id: row.get(1)?,
            body: row.get(2)?,
            attributes: row.get(3)?,
            sent: row.get(4)?,
            received: row.get(5)?,
            first_received: row.get(6)?,
            source: row.get(7)?,
        })
    };
    db.prepare_cached(
        "SELECT seq, id, body, attributes, sent, received, first_received, source FROM messages
         WHERE queue = ?1 AND visible <= ?2 ORDER BY visible, seq LIMIT ?3",
    )?
    .query_map(params![queue.id, now, most], read)?
    .collect()
}

/// A message as the receiver gets it, with the attributes it asked for.
fn delivered(stored: Stored, asked: &Receive, now: i64) -> Result<Value, SqsError> {
    let received = stored.received + 1;
    let handle = Handle { seq: stored.seq, received };
    let mut system = Map::new();
    let mut tell = |name: &str, value: String| {
        let names = asked.attribute_names.iter();
        let mut names = names.chain(&asked.message_system_attribute_names);
        if names.any(|asked| asked == name || asked == "All") {
            system.insert(name.to_owned(), Value::String(value));
        }
    };
    let first_received = stored.first_received.unwrap_or(now);
    tell("ApproximateFirstReceiveTimestamp", first_received.to_string());
    tell("ApproximateReceiveCount", received.to_string());
    tell("SenderId", SENDER.to_owned());
    tell("SentTimestamp", stored.sent.to_string());
    if let Some(source) = stored.source {
        tell("DeadLetterQueueSourceArn", arn(&source));
    }

    let mut message = json!({
        "MessageId": dashed(&stored.id),
        "ReceiptHandle": handle.write(),
        "MD5OfBody": md5(&stored.body),
        "Body": stored.body,
    });
    if !system.is_empty() {
        message["Attributes"] = Value::Object(system);
    }
    let mut attributes: Attributes = serde_json::from_str(&stored.attributes).map_err(|e| SqsError::internal(&e))?;
    attributes.retain(|name, _| {
        let mut wanted = asked.message_attribute_names.iter();
        wanted.any(|wanted| names(wanted, name))
    });
    if let Some(md5) = md5_of_attributes(&attributes) {
        message["MD5OfMessageAttributes"] = json!(md5);
        message["MessageAttributes"] = json!(attributes);
    }
    Ok(message)
}

/// Whether `wanted` names the attribute: itself, `All`, or a prefix such as `trace.*`.
fn names(wanted: &str, name: &str) -> bool {
    let prefix = wanted.strip_suffix(".*").filter(|prefix| !prefix.is_empty());
    wanted == name || wanted == "All" || wanted == ".*" || prefix.is_some_and(|prefix| name.starts_with(prefix))
}

fn within(name: &str, value: Option<i64>, least: i64, most: i64) -> Result<Option<i64>, SqsError> {
    match value {
        Some(number) if !(least..=most).contains(&number) => Err(SqsError::invalid_parameter(format!(
            "Value {number} for parameter {name} is invalid. Reason: Must be between {least} and {most}, if provided."
        ))),
        _ => Ok(value),
    }
}
