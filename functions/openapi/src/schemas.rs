//! The shapes that several routes share.

use memorable::ingest::MOST_CONTENT_BYTES;
use memorable::memory::{Kind, Role, Sensitivity, State};
use serde_json::{Map, Value, json};

use crate::route::schema;

const SENSITIVITIES: [Sensitivity; 4] =
    [Sensitivity::General, Sensitivity::Confidential, Sensitivity::Secret, Sensitivity::UltraSecret];
const ROLES: [Role; 4] = [Role::User, Role::Assistant, Role::System, Role::Tool];
const STATES: [State; 3] = [State::Pending, State::Ready, State::Forgotten];

/// Text, or null.
pub fn maybe(kind: &str, description: &str) -> Value {
    json!({ "type": [kind, "null"], "description": description })
}

/// One of these texts.
fn names(names: impl IntoIterator<Item = &'static str>, description: &str) -> Value {
    let names: Vec<&str> = names.into_iter().collect();
    json!({ "type": "string", "enum": names, "description": description })
}

/// Or null.
pub fn or_null(mut schema: Value) -> Value {
    if let Some(names) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        names.push(Value::Null);
        schema["type"] = json!([schema["type"], "null"]);
        return schema;
    }
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// An object of these fields, all of them there but the optional ones.
pub fn object(fields: Value, optional: &[&str]) -> Value {
    let required: Vec<&String> = fields.as_object().map(Map::keys).into_iter().flatten().collect();
    let required: Vec<&&String> = required.iter().filter(|name| !optional.contains(&name.as_str())).collect();
    json!({ "type": "object", "required": required, "properties": fields })
}

/// A list of these.
pub fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A body: an object that takes these fields and no others.
pub fn body(fields: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "required": required, "properties": fields, "additionalProperties": false })
}

/// What holds for a tenant.
pub fn settings() -> Value {
    let fields = || json!({ "retention_days": { "type": "integer" }, "cold_after_days": { "type": "integer" }, "cold_below": { "type": "number" } });
    object(
        json!({
            "settings": object(fields(), &[]),
            "own": { "type": "object", "properties": fields(), "description": "Those that the tenant set; the others are the service's" },
            "changed_at": or_null(schema("Time")),
            "receipt": schema("Receipt"),
        }),
        &[],
    )
}

/// The names of kinds.
pub fn kind() -> Value {
    names(Kind::ALL.map(Kind::name), "What kind of thing is remembered")
}

/// A text that can be remembered.
pub fn content() -> Value {
    json!({
        "type": "string", "minLength": 1, "maxLength": MOST_CONTENT_BYTES,
        "description": format!("The text: 1 to {MOST_CONTENT_BYTES} bytes, not only white space"),
    })
}

/// A time to send.
pub fn time(description: &str) -> Value {
    json!({
        "type": "string", "description": format!("{description}: RFC 3339, without a zone UTC, a date its midnight"),
        "examples": ["2026-11-18T19:02:00Z", "2026-11-18"],
    })
}

/// The caller's own fields.
pub fn metadata() -> Value {
    json!({ "type": "object", "description": "Fields of your own: at most 4,096 bytes as JSON" })
}

/// The caller's own labels.
pub fn tags() -> Value {
    json!({
        "type": "array", "maxItems": 32, "items": { "type": "string", "minLength": 1, "maxLength": 64 },
        "description": "Labels of your own",
    })
}

/// The memories that one rests on.
pub fn depends_on() -> Value {
    json!({
        "type": "array", "items": schema("MemoryId"),
        "description": "Memories of the same scope that this one rests on: when one of them changes, this one is stale",
    })
}

fn memory() -> Map<String, Value> {
    let fields = json!({
        "id": schema("MemoryId"),
        "scope": schema("Scope"),
        "content": { "type": "string", "description": "The text" },
        "state": names(STATES.map(State::name), "How far it has come: found at once, later classified"),
        "revision": { "type": "integer", "minimum": 1, "description": "One more with every change" },
        "kind": or_null(kind()),
        "sensitivity": or_null(names(SENSITIVITIES.map(Sensitivity::name), "Which models may see it")),
        "importance": maybe("number", "How much it is likely to matter, 0 to 1"),
        "confidence": maybe("number", "How sure the classifier is of the kind, 0 to 1"),
        "entities": or_null(list(object(json!({ "name": { "type": "string" }, "kind": { "type": "string" } }), &[]))),
        "event_time": or_null(object(json!({ "from": schema("Time"), "until": schema("Time") }), &[])),
        "session": maybe("string", "The conversation it belongs to"),
        "speaker": maybe("string", "Who said it"),
        "role": or_null(names(ROLES.map(Role::name), "In which role")),
        "occurred_at": or_null(schema("Time")),
        "recorded_at": schema("Time"),
        "updated_at": schema("Time"),
        "expires_at": or_null(schema("Time")),
        "metadata": { "type": "object" },
        "tags": list(json!({ "type": "string" })),
        "topics": or_null(list(json!({ "type": "string" }))),
        "relevant_until": or_null(schema("Time")),
        "emotion": or_null(object(
            json!({
                "valence": { "type": "number", "description": "From -1, bad, to 1, good" },
                "arousal": { "type": "number", "description": "From 0, calm, to 1, stirred up" },
                "feelings": { "type": "array", "description": "What is felt, strongest first" },
            }),
            &["feelings"],
        )),
        "classified_by": maybe("string", "Which classifier said so"),
        "superseded_at": schema("Time"),
        "claims": { "type": "array", "description": "What it says of whom, where that was found out" },
        "sources": { "type": "integer", "description": "How many memories say the same" },
        "derived_from": list(schema("MemoryId")),
        "depends_on": list(schema("MemoryId")),
        "merged": list(schema("MemoryId")),
        "superseded_by": schema("MemoryId"),
        "stale_because": schema("MemoryId"),
        "merged_into": schema("MemoryId"),
    });
    fields.as_object().cloned().unwrap_or_default()
}

fn signals() -> Value {
    let names = [
        "lexical",
        "semantic",
        "window",
        "session",
        "speaker",
        "question",
        "asked_time",
        "date",
        "recency",
        "importance",
    ];
    Value::Object(names.iter().map(|name| ((*name).to_owned(), json!({ "type": "number" }))).collect())
}

/// Fields of a memory that are there only where it has to do with others.
const RELATIONS: [&str; 9] = [
    "superseded_at",
    "claims",
    "sources",
    "derived_from",
    "depends_on",
    "merged",
    "superseded_by",
    "stale_because",
    "merged_into",
];

/// All of them, by name.
pub fn all() -> Value {
    let memory = Value::Object(memory());
    let with = |more: Value| {
        let mut fields = memory.clone();
        for (name, value) in more.as_object().into_iter().flatten() {
            fields[name] = value.clone();
        }
        fields
    };
    let found = with(json!({
        "score": { "type": "number", "description": "The chance that it is evidence for what was asked, 0 to 1" },
        "signals": object(signals(), &["recency", "importance"]),
        "contributions": {
            "type": "object", "description": "What each signal adds to the sum that the order goes by",
            "additionalProperties": { "type": "number" },
        },
    }));
    let answered = with(json!({ "receipt": schema("Receipt") }));
    json!({
        "MemoryId": { "type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{16}$", "description": "16 letters and digits" },
        "Scope": {
            "type": "string", "maxLength": 161,
            "description": "`org`, or kind:name such as `user:alice`; kind is 1 to 32 of a-z 0-9 _ -, name 1 to 128 bytes of letters, digits and . _ @ + = | : -",
            "pattern": "^(org|[a-z0-9_-]{1,32}:[A-Za-z0-9._@+=|:-]{1,128})$",
        },
        "Time": { "type": "string", "format": "date-time", "description": "RFC 3339, UTC" },
        "Memory": object(memory.clone(), &RELATIONS),
        "MemoryAnswer": object(answered, &RELATIONS),
        "Found": object(found, &[&RELATIONS[..], &["signals", "contributions"]].concat()),
        "Stored": object(
            json!({
                "id": schema("MemoryId"),
                "state": names(STATES.map(State::name), "How far it has come"),
                "repeated": { "type": "boolean", "description": "There where an earlier write stored it already" },
            }),
            &["repeated"],
        ),
        "StoredAnswer": object(json!({ "memories": list(schema("Stored")), "receipt": schema("Receipt") }), &[]),
        "Receipt": object(
            json!({
                "id": { "type": "string", "description": "Names what this recall and those before it returned, for `exclude_receipt`" },
                "requests": {
                    "type": "object", "additionalProperties": { "type": "integer" },
                    "description": "Requests to AWS by service and operation",
                },
                "stages": { "type": "integer", "description": "How many of them had to wait for one another" },
                "bytes_sent": { "type": "integer" },
                "bytes_received": { "type": "integer" },
                "cache_hits": { "type": "integer" },
                "cache_misses": { "type": "integer" },
                "models": list(json!({ "type": "object", "description": "A call of a model, with its outcome" })),
                "dollars": maybe("number", "What the models cost; null where a price is not known"),
                "memo_hits": { "type": "integer" },
                "memo_misses": { "type": "integer" },
                "dollars_saved": { "type": "number" },
                "warnings": list(json!({ "type": "string" })),
                "micros": { "type": "integer", "description": "Microseconds from parsed request to answer" },
            }),
            &["id", "warnings"],
        ),
        "Filter": {
            "type": "object",
            "description": "Conditions by field: `{\"kind\": \"fact\"}`, `{\"occurred_at\": {\"gte\": \"2026-01-01\"}}`, and AND, OR and NOT of them. \
                Fields are id, kind, sensitivity, importance, entities, event_time, session, speaker, role, tags, occurred_at, recorded_at and metadata.KEY; \
                operators eq, ne, in, gt, gte, lt, lte, contains and exists.",
        },
        "Problem": object(
            json!({
                "type": { "type": "string", "description": "urn:memorable:problem: and the kind of problem" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string", "description": "What is wrong, in a sentence" },
                "field": { "type": "string", "description": "The field at fault, as a path" },
                "expected": { "type": "string", "description": "What would be right there" },
            }),
            &["field", "expected"],
        ),
        "Mem0Memory": object(
            json!({
                "id": { "type": "string" },
                "memory": { "type": "string" },
                "hash": { "type": "string" },
                "user_id": maybe("string", ""), "agent_id": maybe("string", ""),
                "app_id": maybe("string", ""), "run_id": maybe("string", ""),
                "metadata": { "type": "object" },
                "categories": list(json!({ "type": "string" })),
                "created_at": schema("Time"),
                "updated_at": schema("Time"),
                "expiration_date": maybe("string", "The last day"),
                "actor_id": maybe("string", "Who said it"),
                "role": maybe("string", ""),
                "score": { "type": "number" },
                "text": { "type": "string" },
                "message": { "type": "string" },
                "receipt": schema("Receipt"),
            }),
            // A search gives only the fields that it was asked for.
            &[
                "hash", "user_id", "agent_id", "app_id", "run_id", "metadata", "categories", "created_at", "updated_at",
                "expiration_date", "actor_id", "role", "score", "text", "message", "receipt",
            ],
        ),
        "Message": object(json!({ "message": { "type": "string" }, "receipt": schema("Receipt") }), &[]),
    })
}
