//! Changing and forgetting: one, several by their ids, or all that some ids name.

use std::collections::HashSet;

use door::Call;
use futures_util::future::try_join_all;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{MemoryId, Scope, Tenant, Time};
use memorable::{forget, ingest, recall};
use serde_json::{Map, Value, json};

use crate::entities::Kind;
use crate::search::filter;
use crate::select::Part;
use crate::{add, entities, names, page, select, text};

/// Most memories of a batch.
const MOST_OF_BATCH: usize = 1_000;
/// Most memories that one call forgets: some ten seconds' work.
const MOST_FORGOTTEN: usize = 2_000;
/// Memories forgotten at a time.
const AT_ONCE: usize = 16;

/// Changes a memory's text, metadata or end, and gives it as it is then.
pub async fn update(app: &App, tenant: &Tenant, name: &str, body: &Value, now: Time) -> Result<Value> {
    let (scope, id) = names::to_memory(tenant, name)?;
    let change = change(app, &scope, id, body, now).await?;
    ingest::revise(app, &scope, id, &change, now).await?;
    let memory = recall::get(app, &scope, id, now).await?;
    let mut answer = page::memory(scope.subject(), &memory, None);
    answer["text"] = json!(memory.content);
    answer["message"] = json!("Memory updated successfully!");
    Ok(answer)
}

/// The change that a body asks for. The ids that stand in a memory's metadata stay, whatever takes its place.
async fn change(app: &App, scope: &Scope, id: MemoryId, body: &Value, now: Time) -> Result<ingest::Change> {
    if body.get("timestamp").is_some_and(|time| !time.is_null()) {
        return Err(Error::invalid("timestamp", "when something was said cannot change", "no timestamp"));
    }
    let old = recall::get(app, scope, id, now).await?;
    let mut native = Map::new();
    if let Some(text) = text(body, "text")? {
        native.insert("content".to_owned(), json!(text));
    }
    match body.get("metadata") {
        None | Some(Value::Null) => {}
        Some(Value::Object(metadata)) => {
            let (_, own) = entities::of_memory(scope.subject(), &old);
            let kept = old.metadata.iter().filter(|(key, _)| !own.contains_key(*key));
            let whole: Map<String, Value> =
                metadata.iter().chain(kept).map(|(key, value)| (key.clone(), value.clone())).collect();
            native.insert("metadata".to_owned(), Value::Object(whole));
        }
        Some(_) => return Err(Error::invalid("metadata", "this is not an object", "an object, or nothing")),
    }
    if let Some(day) = body.get("expiration_date") {
        let end = match day {
            Value::Null => Value::Null,
            _ => json!(page::end_of(add::expiry(text(body, "expiration_date")?.unwrap_or_default())?)),
        };
        native.insert("expires_at".to_owned(), end);
    }
    ingest::Change::parse(Value::Object(native).to_string().as_bytes(), now).map_err(in_their_words)
}

fn in_their_words(error: Error) -> Error {
    let field = error.field.as_deref().map(|field| match field {
        "content" => "text".to_owned(),
        "expires_at" => "expiration_date".to_owned(),
        other => other.to_owned(),
    });
    Error { field, ..error }
}

/// Forgets a memory.
pub async fn delete(app: &App, tenant: &Tenant, name: &str, now: Time) -> Result<Value> {
    let (scope, id) = names::to_memory(tenant, name)?;
    recall::get(app, &scope, id, now).await?;
    forget::forget(app, &scope, id, now).await?;
    Ok(json!({ "message": "Memory deleted successfully!" }))
}

/// Changes several memories. All are looked at before any is changed.
pub async fn batch_update(app: &App, tenant: &Tenant, body: &Value, now: Time) -> Result<Value> {
    let mut changes = Vec::new();
    for (place, (row, (scope, id))) in rows(tenant, body)?.into_iter().enumerate() {
        let change = change(app, &scope, id, row, now).await;
        changes.push((scope, id, change.map_err(|error| error.under(&format!("memories[{place}]")))?));
    }
    for (scope, id, change) in &changes {
        ingest::revise(app, scope, *id, change, now).await?;
    }
    Ok(json!({ "message": format!("Successfully updated {} memories", changes.len()) }))
}

/// Forgets several memories. All are looked for before any is forgotten.
pub async fn batch_delete(app: &App, tenant: &Tenant, body: &Value, now: Time) -> Result<Value> {
    let named: Vec<(Scope, MemoryId)> = rows(tenant, body)?.into_iter().map(|(_, memory)| memory).collect();
    for (place, (scope, id)) in named.iter().enumerate() {
        let there = recall::get(app, scope, *id, now).await;
        there.map_err(|error| error.under(&format!("memories[{place}].memory_id")))?;
    }
    forget_all(app, &named, now).await?;
    Ok(json!({ "message": format!("Successfully deleted {} memories", named.len()) }))
}

/// What each row of a batch says, with the memory it names.
fn rows<'a>(tenant: &Tenant, body: &'a Value) -> Result<Vec<(&'a Value, (Scope, MemoryId))>> {
    let rows = body.get("memories").and_then(Value::as_array).filter(|rows| (1..=MOST_OF_BATCH).contains(&rows.len()));
    let expected = format!("a list of 1 to {MOST_OF_BATCH} memories");
    let rows = rows.ok_or_else(|| Error::invalid("memories", "this is not a batch", expected))?;
    let mut seen = HashSet::new();
    let mut named = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        let field = format!("memories[{place}].memory_id");
        let name = text(row, "memory_id").map_err(|error| error.under(&format!("memories[{place}]")))?;
        let name = name.ok_or_else(|| Error::invalid(&field, "there is no id", "the id of a memory"))?;
        if !seen.insert(name) {
            return Err(Error::invalid(&field, "this memory is named twice", "each memory once"));
        }
        named.push((row, names::to_memory(tenant, name).map_err(|error| error.under(&field))?));
    }
    Ok(named)
}

/// Forgets all that the ids in the query name. What else stands there is refused: nobody means to forget more.
pub async fn delete_all(app: &App, call: &Call, now: Time) -> Result<Value> {
    call.only(&["user_id", "agent_id", "app_id", "run_id", "filters", "org_id", "project_id"])?;
    let tenant = call.tenant()?;
    let mut body = Map::new();
    for field in Kind::ALL.map(Kind::field) {
        if let Some(id) = call.query(field) {
            body.insert(field.to_owned(), json!(id));
        }
    }
    if let Some(filters) = call.query("filters") {
        body.insert("filters".to_owned(), literal(&filters)?);
    }
    let parts = select::parts(app, &tenant, &filter(&tenant, &Value::Object(body))?).await?;
    let forgotten = forget_selected(app, &parts, now).await?;
    Ok(json!({ "message": format!("{forgotten} memories deleted successfully!") }))
}

/// The filter that mem0's Python client puts into a query: not JSON, but the object as Python prints it. Taken only where
/// both would say the same but for the quotes.
fn literal(filters: &str) -> Result<Value> {
    let same = !filters.contains(['"', '\\']);
    let read = serde_json::from_str(filters).ok();
    let read = read.or_else(|| serde_json::from_str(&filters.replace('\'', "\"")).ok().filter(|_| same));
    read.ok_or_else(|| Error::invalid("filters", "this cannot be read", "an object as JSON, or ids as parameters"))
}

/// Forgets all that is selected; gives how many. Unavailable where that is more than one call does: what it did is done,
/// and the same call goes on.
pub async fn forget_selected(app: &App, parts: &[Part], now: Time) -> Result<usize> {
    let mut named = Vec::new();
    let mut more = false;
    select::walk(app, parts, now, |scope, memory| {
        more = named.len() == MOST_FORGOTTEN;
        if !more {
            named.push((scope.clone(), memory.id));
        }
        !more
    })
    .await?;
    forget_all(app, &named, now).await?;
    if more {
        return Err(Error::unavailable(format!(
            "{MOST_FORGOTTEN} memories are forgotten, and there are more: call again"
        )));
    }
    Ok(named.len())
}

async fn forget_all(app: &App, named: &[(Scope, MemoryId)], now: Time) -> Result<()> {
    for some in named.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|(scope, id)| forget::forget(app, scope, *id, now))).await?;
    }
    Ok(())
}
