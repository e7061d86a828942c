//! The HTTP surface as OpenAPI 3.1, and as a page to read.
//!
//! Each route is described once, in `routes/`; names of kinds and limits come from the code that holds them. The tests of
//! the house hold the rest: that the routes are those of the gateway, that each body has the fields that the code reads,
//! that each example is answered, and that the answer has the documented shape and no field beside it.
#![expect(
    clippy::needless_pass_by_value,
    reason = "the document is written with values that are made where they stand"
)]

mod page;
pub mod route;
mod routes;
mod schemas;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

pub use page::page;
use route::Route;

static DOCUMENT: LazyLock<Value> = LazyLock::new(make);

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// All routes with what is said of them.
pub fn routes() -> Vec<Route> {
    routes::all()
}

fn make() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes::all() {
        let item = paths.entry(route.path()).or_insert_with(|| json!({}));
        item[route.method().to_lowercase()] = route.operation();
    }
    let mut schemas = schemas::all();
    if let Value::Object(known) = &mut schemas {
        known.extend(routes::schemas());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "MemoRable",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Long-term memory for AI agents, in your own AWS account.",
            "description": "Conversation turns, notes and facts go in; ranked, cited context that fits a token budget \
                comes out. The token or key of a call decides the tenant; within it, memories belong to a scope such as \
                `user:alice`. Every answer carries a receipt of what it cost. Unknown fields and parameters are refused.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": routes::tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": route::problems(),
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "A token of the configured issuer, whose claim names the tenant. In the local house \
                        `local`, or a token given with `--token`.",
                },
                "key": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "An access key, as `Token KEY` or `Bearer KEY`. In the local house also `Token local`.",
                },
            },
        },
    })
}
