//! HTTP reads.

use serde_json::{Map, Value, json};

use crate::route::{Route, Security, id, in_path, in_query, schema, scope};
use crate::schemas::{body, content, kind, list, maybe, object, or_null, time};

/// As `functions/recall` bounds it.
const MOST_REQUESTS: u32 = 50;
const TAG: &str = "Recalling";

/// What is said of `functions/recall`.
pub fn routes() -> Vec<Route> {
    let receipt = || schema("Receipt");
    vec![
        Route::new("POST /v1/recall", TAG, "recall", "Ranked memories and packed context", recalled())
            .about("Words and vectors together, exact about times, scopes and filters. `context` goes into a prompt as it is.")
            .taking(request(), [
                ("plain", json!({"query": "Where is Clara going to live?", "scopes": ["user:alice"]})),
                ("all", json!({"query": "Where is Clara going to live?", "scopes": ["user:alice", "org"], "top_k": 5, "max_tokens": 300, "filters": {"speaker": "Alice"}, "min_score": 0.0, "as_of": "2099-01-01", "known_at": "2099-01-01", "explain": true})),
            ]),
        Route::new("POST /v1/classify", "Classifying", "classify", "What classifying would find of a text, without storing it",
            object(json!({ "classifications": list(previewed()), "receipt": receipt() }), &[]))
            .taking(json!({ "oneOf": [preview(), previews()] }), [
                ("one", json!({"scope": "user:alice", "content": "I promise to send Clara the keys by Friday.", "speaker": "Alice", "time": "2026-11-18T19:02:00Z"})),
                ("list", json!({"scope": "user:alice", "items": [{"content": "The night train was cancelled."}]})),
            ]),
        Route::new("GET /v1/feedback/requests", "Classifying", "feedbackRequests", "Memories whose label would teach most",
            object(json!({ "requests": list(json!({ "type": "object", "description": "A memory, the `reason` that it is asked about, and the chances of `kinds`" })), "receipt": receipt() }), &[]))
            .with([scope(), in_query("limit", "Most memories", json!({ "type": "integer", "minimum": 1, "maximum": MOST_REQUESTS }), false, json!(10))]),
        Route::new("GET /v1/memories", TAG, "list", "A page of a scope's memories, latest first",
            object(json!({ "memories": list(schema("Memory")), "next_cursor": maybe("string", "Where the next page begins"), "receipt": receipt() }), &[]))
            .with([
                scope(),
                in_query("limit", "Memories of a page", json!({ "type": "integer", "minimum": 1, "maximum": 100 }), false, json!(50)),
                in_query("cursor", "`next_cursor` of an earlier answer", json!({ "type": "string" }), false, Value::Null),
            ]),
        Route::new("GET /v1/memories/{id}", TAG, "get", "One memory", schema("MemoryAnswer")).with([id(), scope()]).or([404]),
        Route::new("GET /v1/memories/{id}/history", TAG, "history", "All that a memory ever said",
            object(json!({ "id": schema("MemoryId"), "scope": schema("Scope"), "revisions": list(revision()), "receipt": receipt() }), &[]))
            .with([id(), scope()])
            .or([404]),
        Route::new("GET /v1/sessions/{id}", TAG, "session", "The last 50 turns of a session",
            object(json!({ "session": { "type": "string" }, "scope": schema("Scope"), "memories": list(schema("Memory")), "receipt": receipt() }), &[]))
            .with([in_path("id", "The session", json!({ "type": "string", "minLength": 1 }), "travel"), scope()]),
        Route::new("GET /v1/sessions/{id}/summary", TAG, "summary", "A session in a sentence, a paragraph and in detail", summary())
            .about("Each level names the memories that say so. What is forgotten is in none of them.")
            .with([in_path("id", "The session", json!({ "type": "string", "minLength": 1 }), "travel"), scope()])
            .with([in_query("level", "One level; all of them where none is named", json!({ "type": "string", "enum": ["sentence", "paragraph", "detailed"] }), false, json!("paragraph"))])
            .or([404]),
        Route::new("GET /v1/digests/{date}", TAG, "digest", "What a night wrote about a day", digest())
            .with([in_path("date", "The day", json!({ "type": "string", "format": "date" }), "2026-11-18"), scope()])
            .with([in_query("format", "The fields, or the page that a person reads", json!({ "type": "string", "enum": ["json", "markdown"] }), false, json!("json"))])
            .or_as("text/markdown; charset=utf-8")
            .or([404]),
        Route::new("GET /v1/nights/{date}", TAG, "night", "What a night did for the tenant", night())
            .with([in_path("date", "The day that it summed up", json!({ "type": "string", "format": "date" }), "2026-11-18")])
            .or([404]),
        Route::new("GET /v1/models", "Service", "models", "The models of all routes, as this process knows them and as the tenant's calls went in all of them",
            object(json!({ "models": list(json!({ "type": "object" })), "prices": { "type": "string", "description": "The day the prices were written down" }, "receipt": receipt() }), &[])),
        Route::new("GET /v1/memories/{id}/links", TAG, "links", "What a memory is linked with, and why",
            object(json!({ "id": schema("MemoryId"), "scope": schema("Scope"), "as_of": or_null(schema("Time")), "links": list(link()), "receipt": receipt() }), &[]))
            .with([id(), scope(), in_query("limit", "Most links", json!({ "type": "integer", "minimum": 1, "maximum": 50 }), false, json!(20))])
            .or([404]),
        Route::new("GET /v1/graph", TAG, "graph", "People, places, topics and how they relate, as a night found them",
            object(json!({
                "scope": schema("Scope"), "as_of": or_null(schema("Time")), "entity": {}, "nodes": { "type": "array" },
                "edges": { "type": "array" }, "next_cursor": maybe("string", "Where the next page begins"), "receipt": receipt(),
            }), &[]))
            .with([
                scope(),
                in_query("entity", "Whose part of it; none for the strongest nodes", json!({ "type": "string", "minLength": 1 }), false, Value::Null),
                in_query("limit", "Most nodes", json!({ "type": "integer", "minimum": 1, "maximum": 50 }), false, json!(20)),
                in_query("cursor", "`next_cursor` of an earlier answer", json!({ "type": "string" }), false, Value::Null),
            ])
            .or([404]),
        Route::new("GET /v1/insights", TAG, "insights", "What recurs, is open or has changed, each with its memories",
            object(json!({ "scope": schema("Scope"), "as_of": or_null(schema("Time")), "insights": list(json!({ "type": "object" })), "receipt": receipt() }), &[]))
            .with([scope()]),
        Route::new("GET /v1/tuning", "Service", "tuning", "How the tenant's recalls are ranked, and what was proposed", tuning()),
        Route::new("GET /v1/settings", "Service", "settings", "How long the tenant's memories are kept, and when they become cold", crate::schemas::settings()),
        Route::new("GET /health", "Service", "health", "Whether the service answers",
            object(json!({ "status": { "type": "string", "const": "ok" }, "version": { "type": "string" }, "receipt": receipt() }), &[]))
            .secured(Security::Open),
        Route::new("GET /openapi.json", "Service", "openapi", "This document", json!({ "type": "object" })).secured(Security::Open),
        Route::new("GET /docs", "Service", "docs", "This document as a page", json!({ "contentMediaType": "text/html; charset=utf-8" })).secured(Security::Open),
    ]
}

fn summary() -> Value {
    let level = object(
        json!({
            "level": { "type": "string", "enum": ["sentence", "paragraph", "detailed"] },
            "text": { "type": "string", "description": "What was said itself, or in a model's words" },
            "memories": list(schema("MemoryId")),
            "by": { "type": "string", "description": "`extract`, or the model" },
        }),
        &[],
    );
    object(
        json!({
            "session": { "type": "string" }, "scope": schema("Scope"),
            "turns": { "type": "integer", "description": "How many it sums up" },
            "from": schema("Time"), "until": schema("Time"), "made_at": schema("Time"),
            "levels": list(level), "receipt": schema("Receipt"),
        }),
        &[],
    )
}

fn request() -> Value {
    let scopes = json!({ "type": "array", "minItems": 1, "maxItems": 16, "items": schema("Scope"), "description": "Where to look" });
    let receipt = json!({ "type": "string", "description": "The `receipt.id` of an earlier recall" });
    body(
        json!({
            "query": { "type": "string", "minLength": 1, "maxLength": 32768, "description": "What is asked" },
            "scopes": scopes,
            "top_k": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10 },
            "max_tokens": { "type": "integer", "minimum": 1, "description": "Most tokens of the context" },
            "filters": schema("Filter"),
            "min_score": { "type": "number", "minimum": 0, "maximum": 1, "default": 0 },
            "as_of": time("What was true then"),
            "known_at": time("What we knew then"),
            "include_superseded": { "type": "boolean", "default": false, "description": "Whether facts that no longer hold are returned, too" },
            "exclude_receipt": {
                "oneOf": [receipt, { "type": "array", "minItems": 1, "maxItems": 16, "items": receipt }],
                "description": "What earlier recalls returned, and this one shall not",
            },
            "explain": { "type": "boolean", "default": false, "description": "Whether the answer says how the order came about" },
        }),
        &["query", "scopes"],
    )
}

fn recalled() -> Value {
    let explain = object(
        json!({
            "question": { "type": "string" },
            "names": list(json!({ "type": "string" })),
            "models": list(json!({ "type": "string" })),
            "candidates": object(json!({ "considered": { "type": "integer" }, "admitted": { "type": "integer" } }), &[]),
            "weights": { "type": "object", "description": "What each signal weighs" },
        }),
        &[],
    );
    object(
        json!({
            "memories": list(schema("Found")),
            "facts": list(schema("Memory")),
            "context": { "type": "string", "description": "What goes into a prompt, each line cited by memory id" },
            "tokens": { "type": "integer", "description": "How many tokens the context has" },
            "confidence": { "type": "number", "description": "The chance that the evidence is among the best ten" },
            "abstain": { "type": "boolean", "description": "Whether one does better to say that it is not known" },
            "explain": explain,
            "receipt": schema("Receipt"),
        }),
        &["explain", "facts"],
    )
}

fn row() -> Map<String, Value> {
    let row = json!({ "content": content(), "speaker": { "type": "string" }, "time": time("When it was said") });
    row.as_object().cloned().unwrap_or_default()
}

fn preview() -> Value {
    let mut fields = row();
    fields.insert("scope".to_owned(), schema("Scope"));
    body(Value::Object(fields), &["scope", "content"])
}

fn previews() -> Value {
    let item = body(Value::Object(row()), &["content"]);
    let items = json!({ "type": "array", "minItems": 1, "maxItems": 100, "items": item });
    body(json!({ "scope": schema("Scope"), "items": items }), &["scope", "items"])
}

fn chances() -> Value {
    list(object(json!({ "kind": kind(), "chance": { "type": "number" } }), &[]))
}

fn previewed() -> Value {
    object(
        json!({
            "kind": kind(), "sensitivity": {}, "importance": { "type": "number" }, "confidence": { "type": "number" },
            "entities": { "type": "array" }, "event_time": {}, "topics": list(json!({ "type": "string" })),
            "relevant_until": or_null(schema("Time")), "emotion": {},
            "classified_by": { "type": "string", "description": "Which classifier said so" },
            "kinds": chances(),
            "unsure": { "type": "boolean", "description": "Whether a language model would be asked" },
        }),
        &[],
    )
}

fn revision() -> Value {
    object(
        json!({
            "revision": { "type": "integer" },
            "from": schema("Time"),
            "until": or_null(schema("Time")),
            "content": { "type": "string" },
            "metadata": { "type": "object" },
            "tags": list(json!({ "type": "string" })),
        }),
        &[],
    )
}

fn link() -> Value {
    object(
        json!({
            "reason": {},
            "via": {},
            "score": { "type": "number" },
            "is": { "type": "string", "enum": ["older", "newer"] },
            "memory": schema("Memory"),
        }),
        &[],
    )
}

fn tuning() -> Value {
    object(
        json!({
            "ranking": { "type": "object", "description": "The weights that rank, and since which night" },
            "proposals": { "type": "array", "description": "The rankings that nights proposed, with their trials" },
            "chosen": { "type": "object", "description": "What nights chose else: `head`, and by `route.TASK` the order of models; what is not there is as delivered and configured" },
            "decisions": { "type": "array", "description": "What nights proposed there, with their trials" },
            "receipt": schema("Receipt"),
        }),
        &[],
    )
}

fn night() -> Value {
    object(
        json!({
            "date": { "type": "string", "format": "date" },
            "planned_at": or_null(schema("Time")),
            "backup": maybe("string", "The object with which a restore to that moment begins"),
            "scopes": { "type": "object", "description": "How many scopes were planned, and how far they came" },
            "steps": { "type": "object", "description": "What each step did" },
            "requests": { "type": "integer" },
            "micros": { "type": "integer" },
            "dollars": { "type": "number" },
            "storage": { "type": "object", "description": "What lies on S3, and what that costs in a month" },
            "baselines": { "type": ["object", "array"], "description": "This night beside those before it" },
            "forecast": { "type": "object", "description": "What the next night is likely to bring, by metric: expected, and between what nine times in ten" },
            "anomalies": { "type": "array", "description": "Which figures are unlike those of earlier nights" },
            "prices": { "type": "string", "description": "The day the prices were written down" },
            "receipt": schema("Receipt"),
        }),
        &["planned_at", "backup"],
    )
}

fn digest() -> Value {
    object(
        json!({
            "scope": schema("Scope"),
            "date": { "type": "string", "format": "date" },
            "memories": { "type": "integer" },
            "kinds": { "type": "object", "additionalProperties": { "type": "integer" } },
            "people": { "type": "array" },
            "themes": { "type": "array" },
            "happened": { "type": "array" },
            "decisions": { "type": "array" },
            "commitments": list(json!({ "type": "object" })),
            "changes": { "type": "array" },
            "questions": { "type": "array" },
            "markdown": { "type": "string", "description": "The page a person reads" },
            "receipt": schema("Receipt"),
        }),
        &[],
    )
}
