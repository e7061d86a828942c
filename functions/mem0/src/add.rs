//! `add`: messages become memories as they are; and what became of them, asked by the event's id.

use door::Call;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{Scope, State, Tenant, Time};
use memorable::{ingest, recall};
use serde_json::{Map, Value, json};

use crate::action::Shape;
use crate::entities::{Entities, Kind};
use crate::{filters, names, page, text};

/// Stores the messages of a call, each as a memory.
pub async fn add(app: &App, call: &Call, body: Value, shape: Shape, now: Time) -> Result<Value> {
    let tenant = call.tenant()?;
    let ids = Entities::read(|field| body.get(field).or_else(|| body.get("filters")?.get(field)).cloned())?;
    let home = match ids.home(&tenant)? {
        Some(home) => home,
        None => call.scope_of_key()?.ok_or_else(|| {
            let expected = "at least one of user_id, agent_id, app_id and run_id";
            Error::invalid("user_id", "this does not say whose memory it is", expected)
        })?,
    };
    let native = json!({ "scope": home.subject(), "items": items(&body, &ids, &home)? });
    // One form of body for all doors: what may be stored is checked in one place.
    let drafts = ingest::parse(&tenant, native.to_string().as_bytes(), now).map_err(in_messages)?;
    let contents: Vec<String> = drafts.iter().map(|draft| draft.content.clone()).collect();
    let stored = ingest::store(app, drafts, call.header("idempotency-key")?, now).await?;
    let results = stored.iter().zip(contents).map(|(stored, content)| {
        json!({
            "id": names::memory(home.subject(), stored.id),
            "memory": content,
            "event": if stored.repeated { "NOOP" } else { "ADD" },
        })
    });
    let results: Vec<Value> = results.collect();
    let stored_ids: Vec<_> = stored.iter().map(|stored| stored.id).collect();
    Ok(match shape {
        Shape::List if text(&body, "output_format")? != Some("v1.1") => Value::Array(results),
        _ => json!({
            "message": "The messages are stored and can be searched; they will be classified.",
            "status": "PENDING",
            "event_id": names::event(&home, &stored_ids),
            "results": results,
        }),
    })
}

fn items(body: &Value, ids: &Entities, home: &Scope) -> Result<Vec<Value>> {
    let messages = match body.get("messages") {
        Some(Value::Array(messages)) => messages.clone(),
        Some(Value::String(said)) => vec![json!({ "role": "user", "content": said })],
        Some(one @ Value::Object(_)) => vec![one.clone()],
        _ => return Err(Error::invalid("messages", "there are no messages", "a list of messages, or one text")),
    };
    let mut metadata = match body.get("metadata") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(metadata)) => metadata.clone(),
        Some(_) => return Err(Error::invalid("metadata", "this is not an object", "an object, or nothing")),
    };
    metadata.extend(ids.beside(home).map(|(field, id)| (field.to_owned(), json!(id))));
    let occurred_at = match body.get("timestamp") {
        None | Some(Value::Null) => None,
        Some(time) => Some(filters::time(time, "timestamp")?),
    };
    let expires_at = text(body, "expiration_date")?.map(|day| expiry(day).map(page::end_of)).transpose()?;
    let mut items = Vec::with_capacity(messages.len());
    for (place, message) in messages.iter().enumerate() {
        let path = format!("messages[{place}]");
        // What an application tells its model is nobody's memory: mem0 leaves it out, too.
        if message.get("role").and_then(Value::as_str) == Some("system") {
            continue;
        }
        let mut item = json!({
            "content": said(message, &path)?,
            "role": message.get("role").unwrap_or(&Value::Null),
            "speaker": message.get("name").unwrap_or(&Value::Null),
            "session": ids.id(Kind::Run),
            "metadata": metadata,
        });
        if let Some(time) = occurred_at {
            item["occurred_at"] = json!(time);
        }
        if let Some(expires_at) = expires_at {
            item["expires_at"] = json!(expires_at);
        }
        items.push(item);
    }
    Ok(items)
}

/// The text of a message, whose content may come in parts.
fn said(message: &Value, path: &str) -> Result<String> {
    let wrong = || Error::invalid(format!("{path}.content"), "this is not a text", "a text, or parts of type `text`");
    let part = |part: &Value| {
        let is_text = part.get("type").and_then(Value::as_str) == Some("text");
        part.get("text").and_then(Value::as_str).filter(|_| is_text).map(str::to_owned).ok_or_else(wrong)
    };
    match message.get("content") {
        Some(Value::String(said)) => Ok(said.clone()),
        Some(Value::Array(parts)) => Ok(parts.iter().map(part).collect::<Result<Vec<_>>>()?.join("\n")),
        Some(one @ Value::Object(_)) => part(one),
        _ => Err(wrong()),
    }
}

/// The day that a memory expires on.
pub fn expiry(day: &str) -> Result<Time> {
    day.parse().map_err(|_| Error::invalid("expiration_date", "this is not a day", "a day to come, as 2027-01-31"))
}

/// The field at fault under the name that the caller knows it by.
fn in_messages(error: Error) -> Error {
    let field = error.field.as_deref().map(|field| {
        let field = field.replacen("items", "messages", 1);
        field.replace("expires_at", "expiration_date")
    });
    Error { field, ..error }
}

/// What became of the call: pending until each of its memories is classified.
pub async fn event(app: &App, tenant: &Tenant, name: &str, now: Time) -> Result<Value> {
    let (scope, ids) = names::to_event(tenant, name)?;
    let memories = recall::several(app, &scope, &ids, now).await?;
    let found: Vec<_> = memories.iter().flatten().collect();
    let first = found.iter().map(|memory| memory.recorded_at).min();
    let first = first.ok_or_else(|| Error::not_found("there is no event of that id"))?;
    let is_done = found.iter().all(|memory| memory.state == State::Ready);
    let results = found.iter().map(|memory| {
        json!({
            "id": names::memory(scope.subject(), memory.id),
            "event": "ADD",
            "data": { "memory": memory.content },
            "memory": memory.content,
        })
    });
    Ok(json!({
        "id": name,
        "event_type": "ADD",
        "status": if is_done { "SUCCEEDED" } else { "RUNNING" },
        "results": results.collect::<Vec<_>>(),
        "created_at": first,
        "updated_at": found.iter().map(|memory| memory.updated_at).max(),
    }))
}
