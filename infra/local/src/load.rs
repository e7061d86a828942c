//! Storing whole conversations through the service's own door: in this process, or over HTTP into one that runs.

use http::Method;
use memorable::error::{Error, Result};
use serde_json::json;

use crate::console;
use crate::conversation::Conversation;
use crate::service::Service;

/// Turns of one call.
const TURNS_TOGETHER: usize = 50;

/// Stores all turns; gives how many memories were answered for. Loading again stores nothing twice. `scope` may hold
/// `{id}`, which gives each conversation a scope of its own.
pub async fn load(service: &Service<'_>, conversations: &[Conversation], scope: &str) -> Result<usize> {
    let total: usize = conversations.iter().map(|conversation| conversation.turns.len()).sum();
    let bar = console::bar(total as u64, "storing");
    let mut stored = 0;
    for conversation in conversations {
        let scope = scope.replace("{id}", &conversation.id);
        for turns in conversation.turns.chunks(TURNS_TOGETHER) {
            let answer =
                service.ask(Method::POST, "/v1/memories", Some(&json!({ "scope": scope, "items": turns }))).await?;
            let answered = answer["memories"].as_array().map_or(0, Vec::len);
            if answered != turns.len() {
                return Err(Error::internal(format!("{answered} of {} turns were answered for", turns.len())));
            }
            stored += answered;
            bar.inc(answered as u64);
        }
    }
    bar.finish();
    Ok(stored)
}
