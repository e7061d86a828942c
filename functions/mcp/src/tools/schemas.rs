//! What tools take and give, as JSON Schema. Answers may hold more than is written here.

use serde_json::{Value, json};

/// Whose memory, where the connection does not say.
pub fn scope() -> Value {
    json!({
        "type": "string",
        "description": "Whose memory: `org`, or kind:name such as `user:alice`, `agent:planner`, `team:payments`.",
        "examples": ["user:alice"],
    })
}

fn time(what: &str) -> Value {
    let text = format!("{what} RFC 3339, such as 2026-11-20T14:39:00Z, or a date alone for its midnight UTC.");
    json!({ "type": "string", "description": text })
}

fn metadata() -> Value {
    json!({
        "type": "object",
        "description": "Fields of your own, at most 4 KB as JSON; searches can filter by them.",
        "additionalProperties": true,
    })
}

fn tags() -> Value {
    json!({
        "type": "array",
        "items": { "type": "string", "minLength": 1, "maxLength": 64 },
        "maxItems": 32,
        "description": "Labels; searches can filter by them.",
    })
}

/// Arguments of `search_memories`.
pub fn search() -> Value {
    json!({
        "query": { "type": "string", "minLength": 1, "description": "The question, in plain words." },
        "top_k": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10, "description": "Most memories to return." },
        "max_tokens": { "type": "integer", "minimum": 1, "default": 2000, "description": "Budget of `context`." },
        "min_score": { "type": "number", "minimum": 0, "maximum": 1, "default": 0, "description": "Least score to return." },
        "filters": {
            "type": "object",
            "description": "Conditions that must hold exactly, such as {\"kind\": [\"commitment\"], \"tags\": \"travel\", \
                \"speaker\": \"Alice\", \"occurred_at\": {\"gte\": \"2026-11-01\"}}; AND, OR and NOT combine them.",
            "additionalProperties": true,
        },
        "as_of": time("What was true then:"),
        "known_at": time("What was known then:"),
        "exclude_receipt": {
            "type": "string",
            "description": "`receipt_id` of an earlier search: leave out what it returned.",
        },
    })
}

/// Arguments of `add_memory`.
pub fn add() -> Value {
    json!({
        "content": { "type": "string", "minLength": 1, "description": "What to remember: a statement that stands by itself." },
        "speaker": { "type": "string", "description": "Who said it." },
        "role": { "type": "string", "enum": ["user", "assistant", "system", "tool"] },
        "session": { "type": "string", "description": "The conversation it belongs to." },
        "occurred_at": time("When it was said, or happened."),
        "expires_at": time("When it ends: it is forgotten then."),
        "metadata": metadata(),
        "tags": tags(),
    })
}

/// Arguments of `add_conversation`.
pub fn conversation() -> Value {
    json!({
        "session": { "type": "string", "minLength": 1, "description": "The conversation's name, the same for all its turns." },
        "messages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "properties": {
                    "role": { "type": "string", "enum": ["user", "assistant", "system", "tool"] },
                    "name": { "type": "string", "description": "Who speaks." },
                    "content": { "type": "string", "minLength": 1 },
                    "time": time("When."),
                    "metadata": metadata(),
                },
                "required": ["role", "content"],
                "additionalProperties": false,
            },
        },
    })
}

/// Arguments of what names one memory.
pub fn id() -> Value {
    json!({
        "id": {
            "type": "string",
            "minLength": 16,
            "maxLength": 16,
            "description": "The memory's id, as a search or a list gave it.",
        },
    })
}

/// Arguments of `update_memory`.
pub fn change() -> Value {
    let mut arguments = id();
    arguments["content"] = json!({ "type": "string", "minLength": 1, "description": "What it says from now on." });
    arguments["metadata"] = metadata();
    arguments["tags"] = tags();
    arguments["expires_at"] =
        json!({ "type": ["string", "null"], "description": "A new end, as RFC 3339; null takes it away." });
    arguments
}

/// Arguments of `list_memories`.
pub fn page() -> Value {
    json!({
        "limit": { "type": "integer", "minimum": 1, "maximum": 100, "default": 20 },
        "cursor": { "type": "string", "description": "`next_cursor` of the page before." },
    })
}

/// Arguments of `get_session`.
pub fn session() -> Value {
    json!({ "session": { "type": "string", "minLength": 1, "description": "The conversation's name." } })
}

/// Arguments of `get_digest`.
pub fn date() -> Value {
    json!({ "date": { "type": "string", "format": "date", "description": "The day, UTC, such as 2026-11-20." } })
}

fn object(properties: Value, required: &[&str]) -> Value {
    let mut schema = json!({ "type": "object", "required": required });
    schema["properties"] = properties;
    schema
}

fn list_of(items: Value) -> Value {
    let mut schema = json!({ "type": "array" });
    schema["items"] = items;
    schema
}

/// One memory.
pub fn memory() -> Value {
    let text = json!({ "type": "string" });
    let properties = json!({
        "id": text, "scope": text, "content": text, "speaker": text, "role": text, "session": text,
        "state": { "enum": ["pending", "ready"] },
        "revision": { "type": "integer" },
        "score": { "type": "number", "description": "The chance that it is evidence for what was asked." },
        "kind": { "type": "string", "description": "Absent until it is classified, a moment after it was stored." },
        "sensitivity": text, "importance": { "type": "number" }, "confidence": { "type": "number" },
        "entities": list_of(json!({ "type": "object" })),
        "event_time": { "type": "object" },
        "occurred_at": text, "recorded_at": text, "updated_at": text, "expires_at": text,
        "metadata": { "type": "object" },
        "tags": list_of(json!({ "type": "string" })),
    });
    object(properties, &["id", "scope", "content", "state", "recorded_at"])
}

/// What `search_memories` gives.
pub fn found() -> Value {
    let properties = json!({
        "memories": list_of(memory()),
        "context": { "type": "string", "description": "The memories as a conversation reads, cited by id." },
        "tokens": { "type": "integer" },
        "confidence": { "type": "number", "description": "The chance that the answer is among them." },
        "abstain": { "type": "boolean", "description": "Better to say that it is not known." },
        "receipt_id": { "type": "string", "description": "Names what was returned, for `exclude_receipt`." },
    });
    object(properties, &["memories", "context", "tokens", "confidence", "abstain", "receipt_id"])
}

/// What storing and changing give.
pub fn stored() -> Value {
    let one = object(
        json!({
            "id": { "type": "string" },
            "state": { "enum": ["pending", "ready", "forgotten"] },
            "repeated": { "type": "boolean", "description": "It was there already: nothing changed." },
        }),
        &["id", "state"],
    );
    object(json!({ "memories": list_of(one) }), &["memories"])
}

/// What `delete_memory` gives.
pub fn forgotten() -> Value {
    let properties =
        json!({ "id": { "type": "string" }, "state": { "const": "forgotten" }, "forgotten_at": { "type": "string" } });
    object(properties, &["id", "state", "forgotten_at"])
}

/// What `list_memories` gives.
pub fn listed() -> Value {
    let cursor = json!({ "type": ["string", "null"], "description": "Where the next page begins; null at the end." });
    object(json!({ "memories": list_of(memory()), "next_cursor": cursor }), &["memories", "next_cursor"])
}

/// What `memory_history` gives.
pub fn history() -> Value {
    let revision = object(
        json!({
            "revision": { "type": "integer" },
            "from": { "type": "string" },
            "until": { "type": "string", "description": "Absent for what it says now." },
            "content": { "type": "string" },
            "metadata": { "type": "object" },
            "tags": list_of(json!({ "type": "string" })),
        }),
        &["revision", "from", "content"],
    );
    let properties =
        json!({ "id": { "type": "string" }, "scope": { "type": "string" }, "revisions": list_of(revision) });
    object(properties, &["id", "scope", "revisions"])
}

/// What `get_session` gives.
pub fn turns() -> Value {
    let properties =
        json!({ "session": { "type": "string" }, "scope": { "type": "string" }, "memories": list_of(memory()) });
    object(properties, &["session", "scope", "memories"])
}

/// What `get_digest` gives.
pub fn digest() -> Value {
    let counts = list_of(object(
        json!({ "name": { "type": "string" }, "memories": { "type": "integer" } }),
        &["name", "memories"],
    ));
    let properties = json!({
        "scope": { "type": "string" },
        "date": { "type": "string" },
        "memories": { "type": "integer", "description": "How many were stored that day." },
        "kinds": { "type": "object" },
        "people": counts, "themes": counts,
        "commitments": list_of(json!({ "type": "object" })),
        "markdown": { "type": "string", "description": "All of it as a page." },
    });
    object(properties, &["scope", "date", "memories", "markdown"])
}
