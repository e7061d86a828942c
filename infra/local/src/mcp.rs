//! The Model Context Protocol over standard input and output: each line is a message, passed on to the same door that
//! answers over HTTP, in this process or in a service that runs.

use std::io::{BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use memorable::error::Result;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::service::Service;

/// Lines that wait to be answered before the client has to wait, too.
const WAITING: usize = 64;
/// Where a message of the stateless revision carries its version.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// The request did not come as far as the protocol.
const NOT_ANSWERED: i64 = -32000;

/// Answers the lines of standard input, one after the other, until it ends or `stop` is done. `scope`: binds the
/// connection to one.
pub async fn run(service: &Service<'_>, scope: Option<&str>, stop: impl Future<Output = ()>) -> Result<()> {
    let path = scope.map_or_else(
        || "/mcp".to_owned(),
        |scope| {
            format!("/mcp?{}", form_urlencoded::Serializer::new(String::new()).append_pair("scope", scope).finish())
        },
    );
    let mut lines = lines();
    tokio::pin!(stop);
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            () = &mut stop => None,
        };
        let Some(line) = line else { return Ok(()) };
        if line.trim().is_empty() {
            continue;
        }
        if let Some(answer) = answer(service, &path, &line).await {
            let mut out = std::io::stdout().lock();
            if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
                // Nobody reads any more.
                return Ok(());
            }
        }
    }
}

/// Standard input by lines. A thread of its own: a read that waits cannot be taken back, and must not hold up the end.
fn lines() -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel(WAITING);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            // What is not UTF-8 is no message; the door says so of an empty object just as well.
            let line = line.unwrap_or_else(|_| "{}".to_owned());
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receive
}

/// The answer to one message as one line; none where it wants none.
async fn answer(service: &Service<'_>, path: &str, line: &str) -> Option<String> {
    let message: Value = serde_json::from_str(line).unwrap_or_default();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json, text/event-stream".to_owned()),
    ];
    headers.extend(mirrored(&message));
    let failed = |detail: String| {
        let id = message.get("id").filter(|id| !id.is_null())?;
        let error = json!({ "code": NOT_ANSWERED, "message": detail });
        Some(json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
    };
    let answer = service.call(Method::POST, path, &headers, line.as_bytes().to_vec()).await;
    match answer.and_then(|answer| Ok((answer.status, answer.json()?))) {
        Ok((202, _)) => None,
        Ok((_, body)) if body["jsonrpc"] == "2.0" => Some(body.to_string()),
        Ok((status, body)) => {
            let title = body["title"].as_str().or(body["message"].as_str()).unwrap_or("this is no answer of MemoRable");
            failed(format!("{status}: {title}"))
        }
        Err(error) => failed(error.to_string()),
    }
}

/// What a stateless request says in headers, too, when it goes over HTTP.
fn mirrored(message: &Value) -> Vec<(&'static str, String)> {
    let params = &message["params"];
    let Some(version) = params["_meta"][VERSION].as_str() else { return Vec::new() };
    let mut headers = vec![("mcp-protocol-version", as_header(version))];
    if let Some(method) = message["method"].as_str() {
        headers.push(("mcp-method", as_header(method)));
    }
    if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
        headers.push(("mcp-name", as_header(name)));
    }
    headers
}

/// A text as a header can carry it: in base64 where it could not stand there as it is.
fn as_header(text: &str) -> String {
    let stands = text.trim() == text && text.bytes().all(|b| (0x20..0x7f).contains(&b)) && !text.starts_with("=?");
    if stands { text.to_owned() } else { format!("=?base64?{}?=", STANDARD.encode(text)) }
}
