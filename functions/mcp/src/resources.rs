//! Memories and digests as resources: `memorable://memory/ID` and `memorable://digest/DATE`.

use door::page;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Memory, Scope, Time};
use memorable::recall::{self, Which};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::text::lean;

/// Memories of a page of the list.
const PAGE: usize = 50;
/// Letters of a memory's text that stand as its title.
const TITLE: usize = 80;
const EXPECTED: &str = "`memorable://memory/ID` or `memorable://digest/DATE`, with `?scope=user:alice` where the \
    connection is bound to no scope";

/// The kinds of resources there are.
pub fn templates(caller: &Caller) -> Value {
    let scope = if caller.bound.is_some() { "" } else { "{?scope}" };
    json!({ "resourceTemplates": [
        {
            "uriTemplate": format!("memorable://memory/{{id}}{scope}"),
            "name": "memory",
            "title": "A memory",
            "description": "One memory by its id, with all that is known of it.",
            "mimeType": "application/json",
        },
        {
            "uriTemplate": format!("memorable://digest/{{date}}{scope}"),
            "name": "digest",
            "title": "A day's digest",
            "description": "What was written about a day in the night after it: people, themes, open commitments.",
            "mimeType": "text/markdown",
        },
    ] })
}

/// A page of the latest memories. Without a scope there are none to list; they can be read by their URIs.
pub async fn list(app: &App, caller: &Caller, cursor: Option<&str>, now: Time) -> Result<Value> {
    let Some(scope) = &caller.bound else { return Ok(json!({ "resources": [] })) };
    let listing = recall::list(app, scope, Which::All, PAGE, cursor, now).await?;
    let mut result = json!({ "resources": listing.memories.iter().map(listed).collect::<Vec<_>>() });
    if let Some(next) = listing.next_cursor {
        result["nextCursor"] = json!(next);
    }
    Ok(result)
}

/// The contents of one resource.
pub async fn read(app: &App, caller: &Caller, uri: &str, now: Time) -> Result<Value> {
    let wrong = || Error::invalid("uri", "this is no resource of this server", EXPECTED);
    let path = uri.strip_prefix("memorable://").ok_or_else(wrong)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut subject = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "scope" || subject.is_some() {
            return Err(wrong());
        }
        subject = Some(json!(value));
    }
    let scope = caller.named(subject.as_ref())?;
    let (kind, text) = match path.split_once('/').ok_or_else(wrong)? {
        ("memory", id) => ("application/json", memory(app, &scope, id, now).await?),
        ("digest", date) => ("text/markdown", digest(app, &scope, date, now).await?),
        _ => return Err(wrong()),
    };
    Ok(json!({ "contents": [{ "uri": uri, "mimeType": kind, "text": text }] }))
}

async fn memory(app: &App, scope: &Scope, id: &str, now: Time) -> Result<String> {
    let memory = recall::get(app, scope, id.parse()?, now).await?;
    Ok(lean(page::memory(scope, &memory)).to_string())
}

async fn digest(app: &App, scope: &Scope, date: &str, now: Time) -> Result<String> {
    let date = date.parse().map_err(|_| Error::invalid("uri", "there is no such day", "a date such as 2026-11-20"))?;
    Ok(recall::digest(app, scope, date, now).await?.markdown())
}

fn listed(memory: &Memory) -> Value {
    let speaker = memory.speaker.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let text: String = memory.content.split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = format!("{speaker}{text}").chars().take(TITLE).collect();
    json!({
        "uri": format!("memorable://memory/{}", memory.id),
        "name": memory.id,
        "title": title,
        "mimeType": "application/json",
        "annotations": { "lastModified": memory.updated_at },
    })
}
