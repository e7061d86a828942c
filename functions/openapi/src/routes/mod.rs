//! What is said of each route: a file for each function that answers some.

mod chat;
mod ingest;
mod mcp;
mod mem0;
mod recall;
mod transfer;
mod webhooks;

use serde_json::{Map, Value, json};

use crate::route::Route;

/// All of them, in the order in which they are read.
pub fn all() -> Vec<Route> {
    let own = [ingest::routes(), recall::routes(), webhooks::routes(), chat::routes(), transfer::routes()];
    own.into_iter().chain([mcp::routes(), mem0::routes()]).flatten().collect()
}

/// Shapes that only one of the files knows.
pub fn schemas() -> Map<String, Value> {
    webhooks::schemas()
}

/// The headings they stand under.
pub fn tags() -> Value {
    json!([
        { "name": "Storing", "description": "Memories go in, change, and are forgotten." },
        { "name": "Recalling", "description": "What was remembered comes out." },
        { "name": "Classifying", "description": "What kind of thing a text is, and what people say of that." },
        { "name": "Webhooks", "description": "Others are told of what happens." },
        { "name": "Conversation", "description": "Messages answered from memory." },
        { "name": "Transfer", "description": "Files of memories in and out." },
        { "name": "Agents", "description": "Other protocols that agents speak." },
        { "name": "Service", "description": "The service itself." },
        { "name": "mem0", "description": "mem0's API, for mem0's clients: functions/mem0/README.md says what differs." },
    ])
}
