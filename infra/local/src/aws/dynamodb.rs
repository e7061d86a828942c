//! DynamoDB: the embedded emulator `dynoxide`, behind the JSON 1.0 protocol.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Storage;
use super::wire::{JsonAnswer, take_body};

/// Operations that change nothing, and that the functions use.
const READS: [&str; 3] = ["GetItem", "Query", "BatchGetItem"];

/// The DynamoDB of this process.
pub(super) struct DynamoDb {
    database: Database,
    on_disk: bool,
    /// Writes under way: each waits for the disk, and a read may have to wait for it.
    writes: Arc<AtomicUsize>,
}

impl DynamoDb {
    pub fn open(storage: &Storage) -> dynoxide::Result<DynamoDb> {
        let (database, on_disk) = match storage {
            Storage::Memory => (Database::memory()?, false),
            Storage::Folder(folder) => {
                let file = folder.join("dynamodb.db");
                let path = file.to_str().ok_or_else(|| not_unicode(&file))?;
                (Database::new(path)?, true)
            }
        };
        Ok(DynamoDb { database, on_disk, writes: Arc::default() })
    }

    pub async fn answer(&self, operation: String, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = take_body(&mut request).await?;
        let reads = READS.contains(&operation.as_str());
        if !self.on_disk || (reads && self.writes.load(Ordering::Relaxed) == 0) {
            // Shorter than handing it to another thread would be.
            return call(&self.database, &operation, &body).into_response();
        }
        let database = self.database.clone();
        let under_way = (!reads).then(|| UnderWay::new(&self.writes));
        let task = tokio::task::spawn_blocking(move || {
            let _under_way = under_way;
            call(&database, &operation, &body)
        });
        let answer = task.await.map_err(|e| ConnectorError::other(e.into(), None))?;
        answer.into_response()
    }
}

/// A write that counts itself for as long as it lasts.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(writes: &Arc<AtomicUsize>) -> UnderWay {
        writes.fetch_add(1, Ordering::Relaxed);
        UnderWay(Arc::clone(writes))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn call(db: &Database, operation: &str, body: &[u8]) -> JsonAnswer {
    let result = match operation {
        "CreateTable" => run(body, |r| db.create_table(r)),
        "DescribeTable" => run(body, |r| db.describe_table(r)),
        "UpdateTimeToLive" => run(body, |r| db.update_time_to_live(r)),
        "DescribeTimeToLive" => run(body, |r| db.describe_time_to_live(r)),
        "PutItem" => run(body, |r| db.put_item(r)),
        "GetItem" => run(body, |r| db.get_item(r)),
        "UpdateItem" => run(body, |r| db.update_item(r)),
        "DeleteItem" => run(body, |r| db.delete_item(r)),
        "Query" => run(body, |r| db.query(r)),
        "Scan" => run(body, |r| db.scan(r)),
        "BatchGetItem" => run(body, |r| db.batch_get_item(r)),
        "BatchWriteItem" => run(body, |r| db.batch_write_item(r)),
        "TransactWriteItems" => run(body, |r| db.transact_write_items(r)),
        "TransactGetItems" => run(body, |r| db.transact_get_items(r)),
        _ => return unknown(operation),
    };
    match result {
        Ok(body) => JsonAnswer::ok(body),
        Err(error) => JsonAnswer { status: error.status_code(), body: error.to_json(), query_error: None },
    }
}

fn run<Req, Resp>(body: &[u8], operation: impl FnOnce(Req) -> dynoxide::Result<Resp>) -> dynoxide::Result<String>
where
    Req: DeserializeOwned,
    Resp: Serialize,
{
    let request = serde_json::from_slice(body).map_err(|e| unreadable(&e))?;
    let response = operation(request)?;
    serde_json::to_string(&response).map_err(|e| DynoxideError::InternalServerError(format!("write the answer: {e}")))
}

/// The error for a request the emulator's types refuse. They mark the class of the error in front of
/// their message; an unmarked one is a wrong JSON type, or a value missing or not of the known ones.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let position = text.rfind(" at line ").unwrap_or(text.len());
    let text = &text[..position];
    for mark in ["VALIDATION_REQUEST:", "VALIDATION_AS_READ:", "VALIDATION:"] {
        if let Some(message) = text.strip_prefix(mark) {
            return DynoxideError::ValidationException(message.to_owned());
        }
    }
    for mark in ["SERIALIZATION_AS_READ:", "SERIALIZATION:"] {
        if let Some(message) = text.strip_prefix(mark) {
            return DynoxideError::SerializationException(message.to_owned());
        }
    }
    let invalid = ["missing field", "unknown variant", "AttributeValue"];
    if invalid.iter().any(|words| text.contains(words)) {
        return DynoxideError::ValidationException(text.to_owned());
    }
    DynoxideError::SerializationException(text.to_owned())
}

fn not_unicode(file: &Path) -> DynoxideError {
    DynoxideError::InternalServerError(format!("{}: the path is not Unicode", file.display()))
}

fn unknown(operation: &str) -> JsonAnswer {
    let body = serde_json::json!({
        "__type": "com.amazon.coral.service#UnknownOperationException",
        "message": format!("the local DynamoDB has no operation {operation}"),
    });
    JsonAnswer { status: 400, body: body.to_string(), query_error: None }
}

#[cfg(test)]
mod tests;
