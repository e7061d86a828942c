//! Conversations.

use serde_json::json;

use crate::route::{Route, idempotency_key, schema};
use crate::schemas::{body, list, maybe, object};

/// What is said of `functions/chat`.
pub fn routes() -> Vec<Route> {
    let answer = object(
        json!({
            "reply": { "type": "string" },
            "session": { "type": "string" },
            "scope": schema("Scope"),
            "message_id": schema("MemoryId"),
            "reply_id": maybe("string", "The reply as a memory; null where no model answered"),
            "memories": list(object(json!({ "id": schema("MemoryId"), "cited": { "type": "boolean" } }), &[])),
            "summaries": list(object(
                json!({
                    "session": { "type": "string" },
                    "level": { "type": "string", "enum": ["sentence", "paragraph", "detailed"] },
                    "by": { "type": "string" }, "tokens": { "type": "integer" }, "memories": list(schema("MemoryId")),
                }),
                &[],
            )),
            "tokens": { "type": "integer" },
            "model": maybe("string", "Which model answered"),
            "no_model": { "type": "object", "description": "Why none did, where none did" },
            "repeated": { "type": "boolean" },
            "receipt": schema("Receipt"),
        }),
        &["no_model", "repeated"],
    );
    vec![
        Route::new(
            "POST /v1/chat",
            "Conversation",
            "chat",
            "A message in, an answer from memory out; both are stored",
            answer,
        )
        .about("The message is durable before any model is asked. Without a model, the reply is the evidence itself.")
        .with([idempotency_key()])
        .taking(
            body(
                json!({
                    "scope": schema("Scope"),
                    "session": { "type": "string", "minLength": 1, "maxLength": 256 },
                    "message": { "type": "string", "minLength": 1, "maxLength": 32768 },
                    "stream": { "type": "boolean", "default": false, "description": "Whether the reply comes as a model says it, as server-sent events" },
                }),
                &["scope", "session", "message"],
            ),
            [("message", json!({"scope": "user:alice", "session": "travel", "message": "Where does Clara move?", "stream": false}))],
        )
        .or_as("text/event-stream")
.or([409]),
    ]
}
