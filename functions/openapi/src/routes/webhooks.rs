//! Webhooks: what `functions/ingest` writes of them, and `functions/recall` reads.

use memorable::memory::event::Happening;
use serde_json::{Map, Value, json};

use crate::route::{PLACEHOLDER, Route, in_path, in_query, schema};
use crate::schemas::{body, list, maybe, object, or_null};

const TAG: &str = "Webhooks";

/// What is said of them.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new("POST /v1/webhooks", TAG, "createWebhook", "Be told of what happens", created())
            .about("Messages are signed as Standard Webhooks has it, with the secret that this answers: it is shown this \
                    once. They name memories and never hold their text. They come at least once, and in no promised \
                    order: the revision says which of two is later. Containers of the service know of a webhook within a minute.")
            .taking(
                body(fields(), &["url"]),
                [("some", json!({ "url": "https://example.com/hooks/memory", "events": ["memory.created", "memory.forgotten"], "scopes": ["user:*"], "description": "the diary's cache", "enabled": true, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }))],
            )
            .answering(201, "Made")
            .or([409]),
        Route::new("GET /v1/webhooks", TAG, "listWebhooks", "List webhooks", object(json!({
            "webhooks": list(schema("Webhook")), "receipt": schema("Receipt"),
        }), &[])),
        Route::new("GET /v1/webhooks/{id}", TAG, "getWebhook", "Get a webhook", one()).with([id()]).or([404]),
        Route::new("PATCH /v1/webhooks/{id}", TAG, "changeWebhook", "Change a webhook", one())
            .about("What is not named stays; events and scopes take the place of all old ones. Enabling one that was disabled \
                    begins anew with it.")
            .with([id()])
            .taking(
                json!({ "allOf": [body(fields(), &[])], "minProperties": 1 }),
                [("enable", json!({ "enabled": true, "events": [], "scopes": ["user:alice", "team:*"], "description": "", "url": "https://example.com/hooks/all" }))],
            )
            .or([404, 409]),
        Route::new("DELETE /v1/webhooks/{id}", TAG, "removeWebhook", "Remove a webhook", object(json!({
            "id": schema("MemoryId"), "removed": { "type": "boolean", "const": true }, "receipt": schema("Receipt"),
        }), &[]))
        .with([id()])
        .or([404]),
        Route::new("POST /v1/webhooks/{id}/test", TAG, "testWebhook", "Send a webhook a ping", object(json!({
            "event": event_id(), "type": { "type": "string", "const": "webhook.ping" }, "receipt": schema("Receipt"),
        }), &[]))
        .about("It is sent once, also where the webhook is disabled; the log tells how that went.")
        .with([id()])
        .answering(202, "On its way")
        .or([404]),
        Route::new("GET /v1/webhooks/{id}/deliveries", TAG, "listDeliveries", "The log of a webhook", object(json!({
            "deliveries": list(schema("Delivery")), "next_cursor": maybe("string", "Where the next page begins"),
            "receipt": schema("Receipt"),
        }), &[]))
        .about("Latest first, for thirty days. What is on its way for the first time is not in it yet.")
        .with([
            id(),
            in_query("limit", "How many", json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 }), false, json!(10)),
            in_query("cursor", "The `next_cursor` of the page before", json!({ "type": "string" }), false, Value::Null),
        ])
        .or([404]),
        Route::new("POST /v1/webhooks/{id}/deliveries/{event}/redeliver", TAG, "redeliver", "Tell a webhook once more", told())
            .about("With all tries, whatever became of it before, under the same `webhook-id`.")
            .with([id(), in_path("event", "The event, as the log names it", event_id(), "event")])
            .answering(202, "On its way")
            .or([404, 409]),
    ]
}

/// The shapes that these share.
pub fn schemas() -> Map<String, Value> {
    let mut webhook = shown();
    webhook["description"] = json!("Who is told of what happens");
    let mut delivery = delivered();
    delivery["description"] = json!("An event on its way to a webhook");
    Map::from_iter([("Webhook".to_owned(), webhook), ("Delivery".to_owned(), delivery)])
}

fn id() -> Value {
    in_path("id", "The webhook, as an answer named it", schema("MemoryId"), PLACEHOLDER)
}

fn event_id() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_]{1,64}$" })
}

fn happenings() -> Value {
    list(json!({ "type": "string", "enum": Happening::ALL.map(Happening::name) }))
}

fn fields() -> Value {
    let mut events = happenings();
    events["description"] = json!("Of what; of all where none is named");
    events["maxItems"] = json!(Happening::ALL.len());
    json!({
        "url": { "type": "string", "maxLength": 2048, "description": "https, with a host's name that means an address on the internet" },
        "events": events,
        "scopes": { "type": "array", "maxItems": 50, "items": { "type": "string", "minLength": 1 }, "description": "user:alice, or user:* for all that begin so; all where none is named" },
        "secret": { "type": "string", "description": "One of your own: whsec_ and 24 to 64 bytes in base64" },
        "enabled": { "type": "boolean", "default": true },
        "description": { "type": "string", "maxLength": 500 },
    })
}

fn page() -> Value {
    json!({
        "id": schema("MemoryId"),
        "url": { "type": "string" },
        "events": happenings(),
        "scopes": list(json!({ "type": "string" })),
        "description": { "type": "string" },
        "enabled": { "type": "boolean" },
        "created_at": schema("Time"),
        "updated_at": schema("Time"),
        "failing_since": or_null(schema("Time")),
        "disabled_because": maybe("string", "Why it was disabled, where its owner did not"),
    })
}

fn shown() -> Value {
    object(page(), &[])
}

fn one() -> Value {
    let mut fields = page();
    fields["receipt"] = schema("Receipt");
    object(fields, &[])
}

fn created() -> Value {
    let mut fields = page();
    fields["secret"] = json!({ "type": "string", "description": "What messages are signed with. Shown this once" });
    fields["receipt"] = schema("Receipt");
    object(fields, &[])
}

fn delivery() -> Value {
    json!({
        "event": event_id(),
        "type": { "type": "string", "description": "What happened" },
        "timestamp": schema("Time"),
        "data": { "type": "object", "description": "Its scope, and the memory's id and revision, or the digest's date" },
        "status": { "type": "string", "enum": ["waiting", "delivered", "failed"] },
        "attempts": list(object(json!({
            "at": schema("Time"),
            "status": { "type": "integer", "description": "What the endpoint answered with" },
            "error": { "type": "string" },
            "ms": { "type": "integer" },
        }), &["status", "error"])),
        "next_attempt_at": or_null(schema("Time")),
    })
}

fn delivered() -> Value {
    object(delivery(), &[])
}

fn told() -> Value {
    let mut fields = delivery();
    fields["receipt"] = schema("Receipt");
    object(fields, &[])
}
