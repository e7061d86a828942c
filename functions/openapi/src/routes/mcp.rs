//! The Model Context Protocol.

use serde_json::{Value, json};

use crate::route::{Route, Security};
use crate::schemas::object;

const TAG: &str = "Agents";

/// What is said of `functions/mcp`.
pub fn routes() -> Vec<Route> {
    let ways = [
        ("POST /mcp", "mcpByKey", "GET /mcp", "mcpStreamByKey", Security::Key),
        ("POST /v1/mcp", "mcpByToken", "GET /v1/mcp", "mcpStreamByToken", Security::Token),
    ];
    ways.into_iter().flat_map(|(post, name, get, stream, security)| both(post, name, get, stream, security)).collect()
}

fn both(
    post: &'static str,
    name: &'static str,
    get: &'static str,
    stream: &'static str,
    security: Security,
) -> [Route; 2] {
    let answer = object(
        json!({
            "jsonrpc": { "type": "string", "const": "2.0" },
            "id": {},
            "result": { "type": "object" },
        }),
        &[],
    );
    let message = json!({ "type": "object", "description": "One message of JSON-RPC 2.0" });
    let ping = ("ping", json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}));
    let none: Value = json!({ "contentMediaType": "application/problem+json" });
    [
        Route::new(post, TAG, name, "The Model Context Protocol over Streamable HTTP", answer)
            .taking(message, [ping])
            .secured(security)
            .as_rpc(),
        Route::new(get, TAG, stream, "There is no stream: each message is answered by itself", none)
            .answering(405, "There is no stream")
            .secured(security),
    ]
}
