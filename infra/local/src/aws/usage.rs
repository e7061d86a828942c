//! What requests consume, in the units AWS bills: DynamoDB's request units, S3's and SQS's requests.
//!
//! DynamoDB is asked itself, as it would be on AWS: each request gets `ReturnConsumedCapacity`, and the answer tells. The
//! emulator knows what the bytes of a request do not show: what was overwritten, what an index stores, what a
//! projection hid.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Bytes of a message or a batch of them that SQS bills as one request.
const SQS_CHUNK: u64 = 64 * 1024;
/// A transaction writes everything twice: once to prepare, once to commit.
const TRANSACTIONAL: f64 = 2.0;

/// What the requests of one operation consumed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Consumed {
    /// Requests that were sent.
    pub requests: u64,
    /// Requests as they are billed: SQS bills one for each 64 KB.
    pub billed: u64,
    /// Bytes of their bodies.
    pub sent: u64,
    /// Bytes of the answers' bodies.
    pub received: u64,
    /// DynamoDB's read request units.
    pub read_units: f64,
    /// DynamoDB's write request units, with those of the table's indexes.
    pub write_units: f64,
}

impl Consumed {
    fn add(&mut self, other: &Consumed) {
        self.requests += other.requests;
        self.billed += other.billed;
        self.sent += other.sent;
        self.received += other.received;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }
}

/// What all requests consumed, by `Service.Operation`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    by_operation: BTreeMap<String, Consumed>,
}

impl Usage {
    /// By `Service.Operation`, such as `DynamoDB.Query`.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &Consumed)> {
        self.by_operation.iter().map(|(name, consumed)| (name.as_str(), consumed))
    }

    /// What one operation consumed; nothing where it was never called.
    #[must_use]
    pub fn of(&self, operation: &str) -> Consumed {
        self.by_operation.get(operation).copied().unwrap_or_default()
    }

    /// What all operations consumed.
    #[must_use]
    pub fn total(&self) -> Consumed {
        let mut total = Consumed::default();
        self.by_operation.values().for_each(|consumed| total.add(consumed));
        total
    }

    /// Adds what one or more requests of an operation consumed.
    pub fn add(&mut self, operation: &str, consumed: &Consumed) {
        self.by_operation.entry(operation.to_owned()).or_default().add(consumed);
    }

    /// Adds all of another.
    pub fn add_all(&mut self, other: &Usage) {
        other.operations().for_each(|(operation, consumed)| self.add(operation, consumed));
    }
}

/// Which of DynamoDB's units an operation consumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    Read,
    Write,
}

fn units(name: &str) -> Option<Units> {
    match name.strip_prefix("DynamoDB.")? {
        "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan" => Some(Units::Read),
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems" => Some(Units::Write),
        _ => None,
    }
}

/// One request under way, from when it is sent to when its answer tells what it consumed.
#[derive(Debug)]
pub(super) struct Metering {
    name: String,
    sent: u64,
    /// The body of a write: where it is refused, nobody else tells what it consumed.
    write: Option<SdkBody>,
}

impl Metering {
    /// Looks at a request before it is sent, and has DynamoDB tell what it consumes.
    pub fn begin(name: String, request: &mut HttpRequest) -> Metering {
        let sent = request.body().content_length().unwrap_or(0);
        let units = units(&name);
        if units.is_some() {
            ask_for_capacity(request);
        }
        let write = if units == Some(Units::Write) { request.body().try_clone() } else { None };
        Metering { name, sent, write }
    }

    /// What it consumed; `answer` is none where none came.
    pub fn end(self, answer: Option<&HttpResponse>) -> (String, Consumed) {
        let body = answer.and_then(|answer| answer.body().bytes()).unwrap_or_default();
        let received = body.len() as u64;
        let billed = if self.name.starts_with("SQS.") { self.sent.max(received).div_ceil(SQS_CHUNK).max(1) } else { 1 };
        let mut consumed = Consumed { requests: 1, billed, sent: self.sent, received, ..Consumed::default() };
        match units(&self.name) {
            Some(Units::Read) => consumed.read_units = told(body),
            Some(Units::Write) if answer.is_some_and(|answer| answer.status().is_success()) => {
                consumed.write_units = told(body);
            }
            Some(Units::Write) => consumed.write_units = refused(self.write.as_ref(), body),
            None => {}
        }
        (self.name, consumed)
    }
}

/// Puts the question into the JSON of the request, unless the caller has asked already.
fn ask_for_capacity(request: &mut HttpRequest) {
    const QUESTION: &[u8] = br#""ReturnConsumedCapacity":"#;
    let Some(fields) = request.body().bytes().and_then(|body| body.strip_suffix(b"}")) else { return };
    // Within a text its quotes would be escaped, so this finds the field and nothing else.
    if fields.windows(QUESTION.len()).any(|bytes| bytes == QUESTION) {
        return;
    }
    let comma: &[u8] = if fields == b"{" { b"" } else { b"," };
    let asked = [fields, comma, QUESTION, br#""TOTAL"}"#].concat();
    request.headers_mut().insert("content-length", asked.len().to_string());
    *request.body_mut() = SdkBody::from(asked);
}

/// The units an answer tells of; none where it tells of none.
fn told(body: &[u8]) -> f64 {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(rename = "ConsumedCapacity")]
        capacity: Option<Tables>,
    }
    /// An operation on one table tells of it, one on several has a list.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Tables {
        One(Capacity),
        Several(Vec<Capacity>),
    }
    #[derive(Deserialize)]
    struct Capacity {
        #[serde(rename = "CapacityUnits")]
        units: f64,
    }
    let answer: Option<Answer> = serde_json::from_slice(body).ok();
    match answer.and_then(|answer| answer.capacity) {
        Some(Tables::One(capacity)) => capacity.units,
        Some(Tables::Several(tables)) => tables.iter().map(|capacity| capacity.units).sum(),
        None => 0.0,
    }
}

/// What a write consumes whose condition did not hold: a unit for each item at the least, though nothing is written.
/// AWS bills more for items above 1 KB, and its answer does not tell.
fn refused(request: Option<&SdkBody>, answer: &[u8]) -> f64 {
    #[derive(Deserialize)]
    struct Transaction {
        #[serde(rename = "TransactItems")]
        items: Vec<IgnoredAny>,
    }
    let says = |kind: &str| answer.windows(kind.len()).any(|bytes| bytes == kind.as_bytes());
    if says("TransactionCanceledException") {
        let body = request.and_then(SdkBody::bytes).unwrap_or_default();
        let items = serde_json::from_slice(body).map_or(1, |transaction: Transaction| transaction.items.len());
        return TRANSACTIONAL * items as f64;
    }
    if says("ConditionalCheckFailedException") { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests;
