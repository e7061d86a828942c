//! mem0's API. Behind one greedy route of the gateway, so `functions/mem0/src/action.rs` is what these must agree with.

use serde_json::{Value, json};

use crate::route::{PLACEHOLDER, Route, Security, idempotency_key, in_path, in_query, schema};
use crate::schemas::{list, maybe, object};

/// The id for mem0 of the memory that stands in examples, in `user:alice`.
const ID: &str = "0000000000000000.dXNlcjphbGljZQ";

/// What is said of `functions/mem0`.
pub fn routes() -> Vec<Route> {
    debug_assert!(ID.starts_with(PLACEHOLDER));
    let get = |path: &'static str, name: &'static str, summary: &'static str, answer: Value| {
        Route::new(path, "mem0", name, summary, answer).secured(Security::Key)
    };
    let receipt = || schema("Receipt");
    let memories = || list(schema("Mem0Memory"));
    let filters = || json!({ "type": "object", "description": "As mem0 has them; at least one of user_id, agent_id, app_id and run_id" });
    let page = |items: Value| {
        object(
            json!({
                "count": { "type": "integer" }, "next": maybe("string", ""), "previous": maybe("string", ""),
                "results": list(items), "receipt": receipt(),
            }),
            &[],
        )
    };
    let paging = || [number("page"), number("page_size")];
    let by_id = |route: Route| {
        route
            .with([in_path("id", "The memory, as an answer named it", json!({ "type": "string", "minLength": 1 }), ID)])
            .or([404])
    };
    vec![
        get("GET /mem0/v1/ping/", "mem0Ping", "Whether the key is known", object(json!({
            "status": { "type": "string" }, "org_id": maybe("string", ""), "project_id": maybe("string", ""),
            "user_email": maybe("string", ""), "receipt": receipt(),
        }), &[])),
        get("POST /mem0/v3/memories/add/", "mem0Add", "Store messages", added())
            .with([idempotency_key()])
            .taking(messages(), [("message", json!({"messages": [{"role": "user", "content": "I am allergic to walnuts."}], "user_id": "alice", "agent_id": "cook", "run_id": "lunch", "metadata": {"source": "chat"}, "infer": false, "timestamp": 1_763_600_000, "expiration_date": "2099-01-31"}))])
            .or([409]),
        get("POST /mem0/v3/memories/search/", "mem0Search", "Find memories", object(json!({ "results": memories(), "receipt": receipt() }), &[]))
            .taking(
                json!({ "type": "object", "required": ["query", "filters"], "properties": {
                    "query": { "type": "string", "minLength": 1 }, "filters": filters(),
                    "top_k": { "type": "integer", "minimum": 1 }, "threshold": { "type": "number", "minimum": 0, "maximum": 1 },
                    "reference_date": { "type": ["string", "integer"] }, "fields": list(json!({ "type": "string" })),
                } }),
                [("search", json!({"query": "Which nuts must Alice avoid?", "filters": {"AND": [{"user_id": "alice"}, {"metadata": {"source": "chat"}}]}, "top_k": 3, "threshold": 0.0}))],
            ),
        get("POST /mem0/v3/memories/", "mem0GetAll", "Memories by a filter, a page at a time", page(schema("Mem0Memory")))
            .with(paging())
            .taking(json!({ "type": "object", "required": ["filters"], "properties": { "filters": filters() } }), [("all", json!({"filters": {"user_id": "alice"}}))]),
        by_id(get("GET /mem0/v1/memories/{id}/", "mem0Get", "One memory", schema("Mem0Memory"))),
        by_id(get("PUT /mem0/v1/memories/{id}/", "mem0Update", "Change a memory", schema("Mem0Memory")))
            .taking(
                json!({ "type": "object", "properties": {
                    "text": { "type": "string", "minLength": 1 }, "metadata": { "type": "object" },
                    "expiration_date": { "type": ["string", "null"] },
                } }),
                [("change", json!({"text": "My sister Clara moves to Faro in May.", "metadata": {"source": "form"}, "expiration_date": null}))],
            )
            .or([409]),
        by_id(get("GET /mem0/v1/memories/{id}/history/", "mem0History", "What a memory said", list(json!({ "type": "object" })))),
        by_id(get("DELETE /mem0/v1/memories/{id}/", "mem0Delete", "Forget a memory", schema("Message"))).or([409]),
        get("DELETE /mem0/v1/memories/", "mem0DeleteAll", "Forget all that some ids name", schema("Message"))
            .with(["user_id", "agent_id", "app_id", "run_id"].map(|name| {
                let example = if name == "user_id" { json!("carl") } else { Value::Null };
                in_query(name, "", json!({ "type": "string", "minLength": 1 }), false, example)
            }))
            .or([409]),
        get("PUT /mem0/v1/batch/", "mem0BatchUpdate", "Change several memories, or none", schema("Message"))
            .taking(batch(json!({ "text": { "type": "string" }, "metadata": { "type": "object" } })), [("one", json!({"memories": [{"memory_id": ID, "text": "My sister Clara moves to Braga in May."}]}))])
            .or([404, 409]),
        get("DELETE /mem0/v1/batch/", "mem0BatchDelete", "Forget several memories, or none", schema("Message"))
            .taking(batch(json!({})), [("one", json!({"memories": [{"memory_id": ID}]}))])
            .or([404, 409]),
        get("GET /mem0/v1/entities/", "mem0Users", "Users, agents, apps and runs that have memories", page(json!({ "type": "object" }))).with(paging()),
        get("DELETE /mem0/v2/entities/{type}/{name}/", "mem0DeleteEntity", "Forget all of one of them", schema("Message"))
            .with([
                in_path("type", "Its type", json!({ "type": "string", "enum": ["user", "agent", "app", "run"] }), "user"),
                in_path("name", "Its id", json!({ "type": "string", "minLength": 1 }), "alice"),
            ])
            .or([404, 409]),
        get("GET /mem0/v1/event/{id}/", "mem0Event", "What became of an add", json!({ "type": "object" }))
            .with([in_path("id", "`event_id` of the answer", json!({ "type": "string", "minLength": 1 }), "event")])
            .or([404]),
        get("POST /mem0/v1/feedback/", "mem0Feedback", "Say whether a memory helped", object(json!({ "id": { "type": "string" }, "feedback": { "type": "string" }, "feedback_reason": maybe("string", ""), "receipt": receipt() }), &[]))
            .taking(
                json!({ "type": "object", "required": ["memory_id", "feedback"], "properties": {
                    "memory_id": { "type": "string", "minLength": 1 }, "feedback": { "type": "string", "enum": ["POSITIVE", "NEGATIVE", "VERY_NEGATIVE"] },
                    "feedback_reason": { "type": ["string", "null"] },
                } }),
                [("helped", json!({"memory_id": ID, "feedback": "POSITIVE", "feedback_reason": "It names the month."}))],
            )
            .or([404, 409]),
        get("POST /mem0/v1/exports/", "mem0CreateExport", "Name an export by its filter", object(json!({ "id": { "type": "string" }, "message": { "type": "string" }, "receipt": receipt() }), &[]))
            .taking(json!({ "type": "object", "required": ["filters"], "properties": { "filters": filters(), "schema": {} } }), [("export", json!({"schema": {}, "filters": {"user_id": "alice"}}))])
            .answering(201, "Its name"),
        get("POST /mem0/v1/exports/get/", "mem0GetExport", "The memories of an export", object(json!({ "memories": memories(), "receipt": receipt() }), &[]))
            .taking(json!({ "type": "object", "properties": { "filters": filters(), "memory_export_id": { "type": "string" } } }), [("export", json!({"filters": {"user_id": "alice"}}))])
            .or([404]),
    ]
}

fn number(name: &str) -> Value {
    in_query(name, "", json!({ "type": "integer", "minimum": 1 }), false, json!(1))
}

fn batch(more: Value) -> Value {
    let mut fields = more;
    fields["memory_id"] = json!({ "type": "string" });
    let row = json!({ "type": "object", "required": ["memory_id"], "properties": fields });
    let rows = json!({ "type": "array", "minItems": 1, "maxItems": 1000, "items": row });
    json!({ "type": "object", "required": ["memories"], "properties": { "memories": rows } })
}

fn added() -> Value {
    let result = object(
        json!({ "id": { "type": "string" }, "memory": { "type": "string" }, "event": { "type": "string", "enum": ["ADD", "NOOP"] } }),
        &[],
    );
    object(
        json!({
            "message": { "type": "string" }, "status": { "type": "string" }, "event_id": { "type": "string" },
            "results": list(result), "receipt": schema("Receipt"),
        }),
        &[],
    )
}

fn messages() -> Value {
    let message = json!({ "type": "object", "required": ["role", "content"], "properties": {
        "role": { "type": "string", "enum": ["user", "assistant", "system", "tool"] },
        "content": { "type": "string", "minLength": 1 },
        "name": { "type": "string", "minLength": 1, "maxLength": 256 },
    } });
    let id = || json!({ "type": "string", "minLength": 1, "maxLength": 128 });
    json!({ "type": "object", "required": ["messages"], "properties": {
        "messages": { "type": "array", "minItems": 1, "maxItems": 100, "items": message },
        "user_id": id(), "agent_id": id(), "app_id": id(), "run_id": id(),
        "metadata": { "type": "object" }, "infer": { "type": "boolean" },
        "timestamp": { "type": ["integer", "string"] }, "expiration_date": { "type": "string" },
    } })
}
