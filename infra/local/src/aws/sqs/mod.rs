//! SQS: a small server of its JSON 1.0 protocol, standard queues only, the messages in SQLite.
//!
//! What differs from AWS: order is first in, first out as long as nothing is redelivered; counts are
//! exact; a message keeps its receive count when it moves to a dead-letter queue.

mod attributes;
mod batch;
mod error;
mod message;
mod queue;
mod receive;
mod send;
mod settle;

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Storage;
use super::clock::now_ms;
use super::sqlite::Db;
use super::wire::{JsonAnswer, take_body};
use error::SqsError;

/// The tables. Times are milliseconds since 1970.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS queues (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        settings TEXT NOT NULL -- JSON of the attributes that were set
    );
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        queue INTEGER NOT NULL,
        id TEXT NOT NULL,
        body TEXT NOT NULL,
        attributes TEXT NOT NULL, -- JSON as it was sent
        sent INTEGER NOT NULL,
        visible INTEGER NOT NULL, -- delivered from then on
        received INTEGER NOT NULL DEFAULT 0,
        first_received INTEGER,
        source TEXT               -- the queue it was a dead letter of
    );
    CREATE INDEX IF NOT EXISTS messages_visible ON messages (queue, visible, seq);
    CREATE INDEX IF NOT EXISTS messages_sent ON messages (queue, sent);
    CREATE INDEX IF NOT EXISTS messages_received ON messages (queue, received) WHERE received > 0;
";

/// The SQS of this process.
pub(super) struct Sqs {
    db: Db,
    /// Rung when a message may have become visible, for those who wait for one.
    bell: Arc<Notify>,
}

impl Sqs {
    pub fn open(storage: &Storage) -> rusqlite::Result<Sqs> {
        Ok(Sqs { db: Db::open(storage, "queues.db", SCHEMA)?, bell: Arc::new(Notify::new()) })
    }

    pub async fn answer(&self, operation: String, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = take_body(&mut request).await?;
        let answer = match self.call(&operation, &body).await {
            Ok(value) => JsonAnswer::ok(value.to_string()),
            Err(error) => error.into_answer(),
        };
        answer.into_response()
    }

    async fn call(&self, operation: &str, body: &[u8]) -> Result<Value, SqsError> {
        match operation {
            "CreateQueue" => self.run(body, queue::create).await,
            "GetQueueUrl" => self.run(body, queue::url).await,
            "GetQueueAttributes" => self.run(body, queue::attributes).await,
            "SetQueueAttributes" => self.run(body, queue::set_attributes).await,
            "PurgeQueue" => self.run(body, queue::purge).await,
            "SendMessage" => self.run_and_ring(body, send::one).await,
            "SendMessageBatch" => self.run_and_ring(body, send::batch).await,
            "ReceiveMessage" => self.receive(read(body)?).await,
            "DeleteMessage" => self.run(body, settle::delete).await,
            "DeleteMessageBatch" => self.run(body, settle::delete_batch).await,
            "ChangeMessageVisibility" => self.run_and_ring(body, settle::change).await,
            "ChangeMessageVisibilityBatch" => self.run_and_ring(body, settle::change_batch).await,
            _ => Err(SqsError::unknown_operation(operation)),
        }
    }

    /// Reads the request, and runs `operation` on the database.
    async fn run<Req, Resp>(
        &self,
        body: &[u8],
        operation: fn(&mut Connection, &Req, i64) -> Result<Resp, SqsError>,
    ) -> Result<Value, SqsError>
    where
        Req: DeserializeOwned + Send + 'static,
        Resp: Serialize + Send + 'static,
    {
        let request = read(body)?;
        let response = self.db.run(move |db| operation(db, &request, now_ms())).await?;
        serde_json::to_value(response).map_err(|e| SqsError::internal(&e))
    }

    async fn run_and_ring<Req, Resp>(
        &self,
        body: &[u8],
        operation: fn(&mut Connection, &Req, i64) -> Result<Resp, SqsError>,
    ) -> Result<Value, SqsError>
    where
        Req: DeserializeOwned + Send + 'static,
        Resp: Serialize + Send + 'static,
    {
        let answer = self.run(body, operation).await;
        self.bell.notify_waiters();
        answer
    }

    /// Receives, and waits for a message if there is none and the request or the queue says so.
    async fn receive(&self, request: receive::Receive) -> Result<Value, SqsError> {
        let request = Arc::new(request);
        let mut give_up: Option<Instant> = None;
        loop {
            // Listen before looking: a message that comes in between rings this bell.
            let bell = self.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();

            let asked = Arc::clone(&request);
            let took = self.db.run(move |db| receive::receive(db, &asked, now_ms())).await?;
            if took.moved {
                self.bell.notify_waiters();
            }
            if !took.messages.is_empty() {
                return Ok(json!({ "Messages": took.messages }));
            }
            let now = Instant::now();
            let give_up = *give_up.get_or_insert(now + took.wait);
            if now >= give_up {
                return Ok(json!({}));
            }
            let next_visible = took.next_visible_ms.map(|ms| now + duration_ms(ms));
            let until = next_visible.map_or(give_up, |at| at.min(give_up));
            // Which of the two it was does not matter: look again.
            let _ = tokio::time::timeout_at(until, bell).await;
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body).map_err(|e| SqsError::unreadable(&e))
}

/// At least a millisecond, so that waiting for the clock to pass a moment is not a busy loop.
fn duration_ms(ms: i64) -> Duration {
    Duration::from_millis(ms.max(1).unsigned_abs())
}

#[cfg(test)]
mod tests;
