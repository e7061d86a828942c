//! Queues: their names, addresses and attributes.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::attributes::{Settings, check_setting, is_setting};
use super::error::SqsError;

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "000000000000";

/// A queue as it is stored.
#[derive(Debug)]
pub(super) struct Queue {
    pub id: i64,
    pub name: String,
    pub settings: Settings,
    created: i64,
    modified: i64,
}

impl Queue {
    /// Finds a queue by its URL; only the last part of it counts.
    pub fn by_url(db: &Connection, url: &str) -> Result<Queue, SqsError> {
        let name = url.rsplit('/').next().unwrap_or_default();
        Queue::by_name(db, name)?.ok_or_else(SqsError::no_such_queue)
    }

    /// Finds a queue by its name.
    pub fn by_name(db: &Connection, name: &str) -> Result<Option<Queue>, SqsError> {
        let row = db
            .prepare_cached("SELECT id, name, settings, created, modified FROM queues WHERE name = ?1")?
            .query_row([name], |row| {
                let settings: String = row.get(2)?;
                Ok((row.get(0)?, row.get(1)?, settings, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        let Some((id, name, settings, created, modified)) = row else {
            return Ok(None);
        };
        let settings = serde_json::from_str(&settings).map_err(|e| SqsError::internal(&e))?;
        Ok(Some(Queue { id, name, settings: Settings(settings), created, modified }))
    }

    fn url(&self) -> String {
        format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{}", self.name)
    }
}

/// The ARN of the queue of this name.
pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// Starts a transaction that writes.
pub(super) fn begin(db: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    db.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Forgets the messages that are older than the queue keeps them.
pub(super) fn expire(db: &Connection, queue: &Queue, now: i64) -> rusqlite::Result<()> {
    let oldest = now - queue.settings.retention_ms();
    db.prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent < ?2")?.execute(params![queue.id, oldest])?;
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Url {
    queue_url: String,
}

pub(super) fn create(db: &mut Connection, request: &Create, now: i64) -> Result<Url, SqsError> {
    let name = &request.queue_name;
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if name.is_empty() || name.len() > 80 || !letters {
        return Err(SqsError::invalid_parameter(format!(
            "queue name {name:?}: 1 to 80 letters, digits, hyphens and underscores (no FIFO queues here)"
        )));
    }
    for (attribute, value) in &request.attributes {
        check_setting(attribute, value)?;
    }
    let write = begin(db)?;
    require_graveyard(&write, &request.attributes)?;
    if let Some(queue) = Queue::by_name(&write, name)? {
        let mut asked = request.attributes.iter();
        if asked.any(|(attribute, value)| queue.settings.get(attribute) != Some(value.clone())) {
            return Err(SqsError::queue_exists(name));
        }
        return Ok(Url { queue_url: queue.url() });
    }
    let settings = json!(request.attributes).to_string();
    write.execute(
        "INSERT INTO queues (name, created, modified, settings) VALUES (?1, ?2, ?2, ?3)",
        params![name, now, settings],
    )?;
    let queue = Queue::by_name(&write, name)?.ok_or_else(SqsError::no_such_queue)?;
    write.commit()?;
    Ok(Url { queue_url: queue.url() })
}

/// Refuses a redrive policy whose dead-letter queue does not exist.
fn require_graveyard(db: &Connection, attributes: &BTreeMap<String, String>) -> Result<(), SqsError> {
    let Some(redrive) = Settings(attributes.clone()).redrive() else {
        return Ok(());
    };
    if Queue::by_name(db, &redrive.queue)?.is_some() {
        return Ok(());
    }
    Err(SqsError::invalid_parameter(format!(
        "Value for parameter RedrivePolicy is invalid. Reason: Dead letter target {} does not exist.",
        redrive.queue
    )))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUrl {
    queue_name: String,
}

pub(super) fn url(db: &mut Connection, request: &GetUrl, _now: i64) -> Result<Url, SqsError> {
    let queue = Queue::by_url(db, &request.queue_name)?;
    Ok(Url { queue_url: queue.url() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

pub(super) fn attributes(db: &mut Connection, request: &GetAttributes, now: i64) -> Result<Value, SqsError> {
    let read = begin(db)?;
    let queue = Queue::by_url(&read, &request.queue_url)?;
    expire(&read, &queue, now)?;
    let (visible, in_flight, delayed): (i64, i64, i64) = read.query_row(
        "SELECT count(*) FILTER (WHERE visible <= ?2),
                count(*) FILTER (WHERE visible > ?2 AND received > 0),
                count(*) FILTER (WHERE visible > ?2 AND received = 0)
         FROM messages WHERE queue = ?1",
        params![queue.id, now],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    read.commit()?;

    let mut all = queue.settings.all();
    let computed = [
        ("ApproximateNumberOfMessages", visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
        ("CreatedTimestamp", (queue.created / 1000).to_string()),
        ("LastModifiedTimestamp", (queue.modified / 1000).to_string()),
        ("QueueArn", arn(&queue.name)),
    ];
    all.extend(computed.map(|(name, value)| (name.to_owned(), value)));

    let names = &request.attribute_names;
    for name in names {
        if name != "All" && !is_setting(name) && !all.contains_key(name) {
            return Err(SqsError::invalid_attribute_name(name));
        }
    }
    if !names.iter().any(|name| name == "All") {
        all.retain(|name, _| names.contains(name));
    }
    Ok(if all.is_empty() { json!({}) } else { json!({ "Attributes": all }) })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetAttributes {
    queue_url: String,
    attributes: BTreeMap<String, String>,
}

pub(super) fn set_attributes(db: &mut Connection, request: &SetAttributes, now: i64) -> Result<Value, SqsError> {
    for (attribute, value) in &request.attributes {
        check_setting(attribute, value)?;
    }
    let write = begin(db)?;
    let mut queue = Queue::by_url(&write, &request.queue_url)?;
    require_graveyard(&write, &request.attributes)?;
    queue.settings.0.extend(request.attributes.clone());
    write.execute(
        "UPDATE queues SET settings = ?2, modified = ?3 WHERE id = ?1",
        params![queue.id, json!(queue.settings.0).to_string(), now],
    )?;
    write.commit()?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Purge {
    queue_url: String,
}

pub(super) fn purge(db: &mut Connection, request: &Purge, _now: i64) -> Result<Value, SqsError> {
    let write = begin(db)?;
    let queue = Queue::by_url(&write, &request.queue_url)?;
    write.execute("DELETE FROM messages WHERE queue = ?1", [queue.id])?;
    write.commit()?;
    Ok(json!({}))
}
