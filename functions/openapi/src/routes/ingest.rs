//! HTTP writes.

use serde_json::{Value, json};

use crate::route::{Route, id, idempotency_key, schema, scope};
use crate::schemas::{body, content, depends_on, kind, list, metadata, object, settings, tags, time};

const TAG: &str = "Storing";

/// What is said of `functions/ingest`.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/memories", TAG, "remember", "Store one memory, a list, or the turns of a session", schema("StoredAnswer"))
            .about("All items are checked before any is stored. What is stored twice is one memory: known by its key, its \
                    time, or its words. It is durable and found by recall when this has answered; classifying comes later.")
            .with([idempotency_key()])
            .taking(
                json!({ "oneOf": [one(), items(), turns()] }),
                [
                    ("one", json!({"scope": "user:alice", "content": "My sister Clara moves to Porto in May.", "speaker": "Alice", "role": "user", "session": "travel", "occurred_at": "2026-11-18T19:02:00Z", "expires_at": "2099-01-01", "metadata": {"team": "payments"}, "tags": ["family"]})),
                    ("list", json!({"scope": "user:alice", "items": [{"content": "The night train was cancelled."}, {"scope": "agent:planner", "content": "Standups are at nine."}]})),
                    ("session", json!({"scope": "user:alice", "session": "dinner", "messages": [{"role": "user", "name": "Alice", "content": "Can you book a table for Saturday?", "time": "2026-11-19T17:40:00Z"}, {"role": "assistant", "content": "Booked for three.", "metadata": {"booking": "GR-2281"}}]})),
                ],
            )
            .answering(202, "Stored; each item is answered for in its place")
            .or([409]),
        Route::new("PATCH /v1/memories/{id}", TAG, "change", "Change content, metadata, tags or expiry", schema("StoredAnswer"))
            .about("A new revision; the old one stays as history. What is not named stays; metadata and tags take the place of all old ones, but for `chat` of a reply: how it came about stays, and what its model had seen can only be raised.")
            .with([id(), scope()])
            .taking(
                json!({ "allOf": [body(json!({
                    "content": content(), "metadata": metadata(), "tags": tags(), "depends_on": depends_on(),
                    "superseded_by": { "type": ["string", "null"], "description": "The memory that holds in its place; null for none" },
                    "expires_at": { "type": ["string", "null"], "description": "A new end; null for none" },
                }), &[])], "minProperties": 1 }),
                [("all", json!({"content": "My sister Clara moves to Lisbon in May.", "metadata": {"team": "payments"}, "tags": ["family"], "expires_at": null}))],
            )
            .answering(202, "Changed, or so already")
            .or([404, 409]),
        Route::new(
            "POST /v1/memories/{id}/feedback",
            "Classifying",
            "giveFeedback",
            "Correct how a memory is classified, or say whether it helped",
            object(json!({
                "id": schema("MemoryId"), "revision": { "type": "integer" },
                "classification": { "type": ["object", "null"], "description": "How it is classified from now on" },
                "repeated": { "type": "boolean" }, "receipt": schema("Receipt"),
            }), &[]),
        )
        .with([id(), scope()])
        .taking(
            json!({ "allOf": [body(json!({
                "kind": kind(),
                "sensitivity": { "type": "string", "enum": ["general", "confidential", "secret", "ultra_secret"] },
                "importance": { "type": "number", "minimum": 0, "maximum": 1 },
                "topics": { "type": "array", "maxItems": 8, "items": { "type": "string", "minLength": 1, "maxLength": 64 } },
                "helpful": { "type": "boolean", "description": "Whether it helped" },
                "receipt": { "type": "string", "description": "The `receipt.id` of the recall that found it" },
            }), &[])], "minProperties": 1 }),
            [("kind", json!({"kind": "episodic", "importance": 0.4, "helpful": true}))],
        )
        .or([404, 409]),
        Route::new(
            "DELETE /v1/memories/{id}", TAG, "forget", "Forget a memory",
            object(json!({
                "id": schema("MemoryId"), "state": { "type": "string", "const": "forgotten" },
                "forgotten_at": schema("Time"), "receipt": schema("Receipt"),
            }), &[]),
        )
        .about("From the moment it answers, no answer holds the memory. A stub without text stays as the proof; forgetting again gives the same one.")
        .with([id(), scope()])
        .or([404, 409]),
        Route::new(
            "POST /v1/files",
            "Agents",
            "files",
            "Files as Claude's memory tool keeps them",
            object(json!({ "content": { "type": "string" }, "is_error": { "type": "boolean" }, "receipt": schema("Receipt") }), &[]),
        )
        .about("The tool's commands, and its answers, to hand on as they are.")
        .taking(files(), [("view", json!({"scope": "user:alice", "command": "view", "path": "/memories"}))])
        .or([404, 409]),
        Route::new(
            "POST /v1/tuning/rollback",
            "Service",
            "rollBackTuning",
            "Take back what a night promoted",
            object(json!({ "proposal": { "type": "object" }, "receipt": schema("Receipt") }), &[]),
        )
        .taking(
            body(
                json!({
                    "night": { "type": "string", "format": "date" },
                    "what": { "type": "string", "default": "ranking", "description": "`ranking`, `head`, or `route.` and a task, such as `route.classify`" },
                }),
                &["night"],
            ),
            [("night", json!({"night": "2026-11-20"})), ("head", json!({"night": "2026-11-20", "what": "head"}))],
        )
        .or([404, 409])
        .refused_at_first(404),
        Route::new("PATCH /v1/settings", "Service", "set", "Change how long memories are kept, and when they become cold", settings())
            .about("What is not named stays; null is what the service has. It holds from the next night on, for all of the tenant's scopes.")
            .taking(
                json!({ "allOf": [body(json!({
                    "retention_days": days("Days after which a memory is forgotten; 0 for never"),
                    "cold_after_days": days("Days after which a memory may become cold; 0 for never"),
                    "cold_below": { "type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "What is at least this important never does" },
                }), &[])], "minProperties": 1 }),
                [("cold", json!({"cold_after_days": 90, "cold_below": 0.7}))],
            )
            .or([409]),
    ]
}

fn days(description: &str) -> Value {
    json!({ "type": ["integer", "null"], "minimum": 0, "maximum": 36_525, "description": description })
}

fn files() -> Value {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer" });
    body(
        json!({
            "scope": schema("Scope"),
            "command": { "type": "string", "enum": ["view", "create", "str_replace", "insert", "delete", "rename"] },
            "path": text(),
            "view_range": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "integer" } },
            "file_text": text(),
            "old_str": text(),
            "new_str": text(),
            "insert_line": number(),
            "insert_text": text(),
            "old_path": text(),
            "new_path": text(),
        }),
        &["scope", "command"],
    )
}

fn item() -> Value {
    json!({
        "scope": schema("Scope"),
        "content": content(),
        "session": { "type": "string", "minLength": 1, "maxLength": 256, "description": "The conversation" },
        "speaker": { "type": "string", "minLength": 1, "maxLength": 256, "description": "Who said it" },
        "role": { "type": "string", "enum": ["user", "assistant", "system", "tool"] },
        "occurred_at": time("When it was said"),
        "expires_at": time("When it ends; to come"),
        "metadata": metadata(),
        "tags": tags(),
        "depends_on": depends_on(),
    })
}

fn one() -> Value {
    body(item(), &["scope", "content"])
}

fn items() -> Value {
    let mut items = list(body(item(), &["content"]));
    items["minItems"] = json!(1);
    items["maxItems"] = json!(100);
    body(json!({ "scope": schema("Scope"), "items": items }), &["items"])
}

fn turns() -> Value {
    let message = body(
        json!({
            "role": { "type": "string", "enum": ["user", "assistant", "system", "tool"] },
            "name": { "type": "string", "minLength": 1, "maxLength": 256, "description": "Who speaks" },
            "content": content(),
            "time": time("When it was said"),
            "metadata": metadata(),
            "depends_on": depends_on(),
        }),
        &["role", "content"],
    );
    let mut messages = list(message);
    messages["minItems"] = json!(1);
    messages["maxItems"] = json!(100);
    let session = json!({ "type": "string", "minLength": 1, "maxLength": 256 });
    body(
        json!({ "scope": schema("Scope"), "session": session, "messages": messages }),
        &["scope", "session", "messages"],
    )
}
