//! Storing whole conversations through the service's own door: in this process, or over HTTP into one that runs.

use http::Request;
use memorable::error::{Error, Result};
use serde_json::{Value, json};

use crate::console;
use crate::conversation::Conversation;
use crate::gateway;
use crate::house::{House, LOCAL};

/// Turns of one call.
const TURNS_TOGETHER: usize = 50;

/// Where calls go.
#[derive(Debug)]
pub enum Service<'a> {
    /// Into this process.
    House(&'a House),
    /// Into one that runs: its URL and a token.
    Url(String, String),
}

/// Stores all turns; gives how many memories were answered for. Loading again stores nothing twice. `scope` may hold
/// `{id}`, which gives each conversation a scope of its own.
pub async fn load(service: &Service<'_>, conversations: &[Conversation], scope: &str) -> Result<usize> {
    let total: usize = conversations.iter().map(|conversation| conversation.turns.len()).sum();
    let bar = console::bar(total as u64, "storing");
    let mut stored = 0;
    for conversation in conversations {
        let scope = scope.replace("{id}", &conversation.id);
        for turns in conversation.turns.chunks(TURNS_TOGETHER) {
            let answer = post(service, "/v1/memories", &json!({ "scope": scope, "items": turns })).await?;
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

impl Service<'_> {
    /// Sends a body and gives the status and the JSON of the answer, null where it has none.
    pub async fn send(&self, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Result<(u16, Value)> {
        let (status, body) = match self {
            Service::House(house) => {
                let mut request = Request::post(path).header("authorization", format!("Bearer {LOCAL}"));
                for (name, value) in headers {
                    request = request.header(*name, value);
                }
                let request = request.body(body).map_err(|error| Error::internal(error.to_string()))?;
                let (parts, body) = gateway::call(house, request).await.into_parts();
                (parts.status.as_u16(), body.to_vec())
            }
            Service::Url(url, token) => {
                let url = format!("{}{path}", url.trim_end_matches('/'));
                let unreached = |error: reqwest::Error| Error::unavailable(format!("{url} does not answer: {error}"));
                let mut call = reqwest::Client::new().post(&url).bearer_auth(token).body(body);
                for (name, value) in headers {
                    call = call.header(*name, value);
                }
                let response = call.send().await.map_err(unreached)?;
                let status = response.status().as_u16();
                (status, response.bytes().await.map_err(unreached)?.to_vec())
            }
        };
        Ok((status, if body.is_empty() { Value::Null } else { memorable::json::read(&body)? }))
    }
}

/// Sends a JSON body and gives the JSON answer; an error where the service refuses.
pub async fn post(service: &Service<'_>, path: &str, body: &Value) -> Result<Value> {
    let headers = [("content-type", "application/json".to_owned())];
    let (status, answer) = service.send(path, &headers, body.to_string().into_bytes()).await?;
    if (200..300).contains(&status) { Ok(answer) } else { Err(Error::unavailable(format!("{status}: {answer}"))) }
}
