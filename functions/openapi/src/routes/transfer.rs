//! Imports and exports.

use memorable::transfer::MOST_INLINE_BYTES;
use serde_json::{Value, json};

use crate::route::{Route, idempotency_key, in_path, in_query, schema};
use crate::schemas::{body, list, maybe, object, or_null};

const TAG: &str = "Transfer";
/// Stands in examples for the id of a job that is not there.
const JOB: &str = "5d41402abc4b2a76b9719d911017c592";

/// What is said of `functions/transfer`.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/imports", TAG, "beginImport", "Begin an import", import())
            .about(
                "With `content` the file goes in the body. Without, the answer's `upload` says where to put it by `PUT`, \
                 and `POST /v1/imports/{id}/start` begins. The format is detected where none is given. Importing the same \
                 file again changes nothing; what was forgotten stays so. Under an idempotency key the call is the same \
                 import for a month.",
            )
            .with([idempotency_key()])
            .taking(
                body(
                    json!({
                        "scope": schema("Scope"),
                        "format": { "type": "string", "enum": FORMATS, "description": "What the file is written in" },
                        "timezone": timezone("The zone of times that name none"),
                        "session": { "type": "string", "minLength": 1, "maxLength": 200, "description": "The conversation of lines that name none; a chat of WhatsApp's gets the day behind it" },
                        "content": { "type": "string", "minLength": 1, "maxLength": MOST_INLINE_BYTES, "description": "The file's text" },
                    }),
                    &["scope"],
                ),
                [
                    ("lines", json!({"scope": "user:alice", "format": "jsonl", "content": "{\"content\": \"Clara moves to Porto in May.\", \"speaker\": \"Alice\", \"occurred_at\": \"2026-05-01\"}"})),
                    ("chat", json!({"scope": "user:alice", "timezone": "Europe/Vienna", "session": "family", "content": "[31.12.23, 21:45:10] Clara: Happy new year!"})),
                    ("upload", json!({"scope": "user:alice"})),
                ],
            )
            .answering(202, "Noted")
            .or([409]),
        Route::new("GET /v1/imports/{id}", TAG, "getImport", "How far an import is", import())
            .with([job()])
            .refused_at_first(404)
            .or([404]),
        Route::new("POST /v1/imports/{id}/start", TAG, "startImport", "Begin an import whose file is uploaded, or have one go on", import())
            .about("One that failed goes on where it stopped. Beginning one twice does no harm.")
            .with([job()])
            .answering(202, "It will be gone on with")
            .refused_at_first(404)
            .or([404, 409]),
        Route::new("POST /v1/exports", TAG, "beginExport", "Begin an export of a scope", export())
            .about(
                "`jsonl` is all there is, and imports to the same; `markdown` is a page a day, for people; `parquet` has \
                 the columns of the cold tier. Secret texts are yours, and so are in it.",
            )
            .taking(
                body(
                    json!({
                        "scope": schema("Scope"),
                        "format": { "type": "string", "enum": ["jsonl", "markdown", "parquet"], "default": "jsonl" },
                        "history": { "type": "boolean", "default": true, "description": "Whether earlier revisions go with it, in jsonl" },
                        "timezone": timezone("The zone of a diary's days"),
                    }),
                    &["scope"],
                ),
                [("diary", json!({"scope": "user:alice", "format": "markdown", "history": false, "timezone": "UTC"}))],
            )
            .answering(202, "Noted"),
        Route::new("GET /v1/exports/{id}", TAG, "getExport", "How far an export is, and its files", export())
            .about("A hundred files an answer; `next_cursor` asks for more. Files of jsonl, put one behind the other, are one.")
            .with([job(), in_query("cursor", "`next_cursor` of the answer before", json!({ "type": "string" }), false, Value::Null)])
            .refused_at_first(404)
            .or([404]),
        Route::new("POST /v1/exports/{id}/start", TAG, "startExport", "Have an export go on", export())
            .about("One that failed goes on behind its last file. Beginning one twice does no harm.")
            .with([job()])
            .answering(202, "It will be gone on with")
            .refused_at_first(404)
            .or([404, 409]),
    ]
}

const FORMATS: [&str; 6] = ["jsonl", "markdown", "whatsapp", "chatgpt", "claude", "mem0"];

fn job() -> Value {
    let id = json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" });
    in_path("id", "The job, as an answer named it", id, JOB)
}

fn timezone(description: &str) -> Value {
    json!({ "type": "string", "default": "UTC", "description": format!("{description}: an IANA name"), "examples": ["Europe/Vienna"] })
}

fn state() -> Value {
    json!({ "type": "string", "enum": ["waiting", "queued", "running", "done", "failed"] })
}

fn import() -> Value {
    let whole = || json!({ "type": "integer" });
    object(
        json!({
            "id": { "type": "string" },
            "scope": schema("Scope"),
            "state": state(),
            "format": or_null(json!({ "type": "string", "enum": FORMATS })),
            "timezone": { "type": "string" },
            "dates": or_null(object(json!({
                "order": { "type": "string", "enum": ["day_first", "month_first", "year_first"] },
                "decided_by": { "type": "string", "enum": ["numbers", "sequence", "guess"] },
            }), &[])),
            "created_at": schema("Time"),
            "updated_at": schema("Time"),
            "progress": object(json!({
                "pass": { "type": "string", "enum": ["look", "read"], "description": "Whether it still learns how dates are written" },
                "bytes": whole(), "of_bytes": whole(), "lines": whole(), "messages": whole(),
            }), &[]),
            "counts": object(json!({
                "stored": whole(), "repeated": whole(), "forgotten": whole(), "errors": whole(),
                "skipped": { "type": "object", "additionalProperties": whole(), "description": "How many were left out, by reason" },
            }), &["skipped"]),
            "errors": list(object(json!({
                "line": whole(), "wrong": { "type": "string" }, "expected": { "type": "string" },
            }), &[])),
            "problem": maybe("string", "Why it failed"),
            "upload": object(json!({
                "method": { "type": "string", "const": "PUT" }, "url": { "type": "string" }, "expires_at": schema("Time"),
            }), &[]),
            "receipt": schema("Receipt"),
        }),
        &["upload"],
    )
}

fn export() -> Value {
    let whole = |description: &str| json!({ "type": "integer", "description": description });
    object(
        json!({
            "id": { "type": "string" },
            "scope": schema("Scope"),
            "state": state(),
            "format": { "type": "string", "enum": ["jsonl", "markdown", "parquet"] },
            "history": { "type": "boolean" },
            "timezone": { "type": "string" },
            "created_at": schema("Time"),
            "updated_at": schema("Time"),
            "memories": whole("Memories in the files so far"),
            "secrets": whole("Those of them that are secret or closer"),
            "bytes": whole("Bytes of the files so far"),
            "files": list(object(json!({
                "name": { "type": "string" }, "bytes": { "type": "integer" },
                "url": { "type": "string" }, "expires_at": schema("Time"),
            }), &[])),
            "next_cursor": maybe("string", "Asks for more files"),
            "lapses_at": schema("Time"),
            "problem": maybe("string", "Why it failed"),
            "receipt": schema("Receipt"),
        }),
        &[],
    )
}
