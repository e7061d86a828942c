//! Each tool is one call of a verb; its arguments go through the same checks as a body over HTTP.

use door::page;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::{MemoryId, Scope, Time};
use memorable::recall::Which;
use memorable::{forget, ingest, json as reading, recall};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::text::{lean, lines};
use crate::tools::Output;

/// Memories of a page where nobody says how many.
const DEFAULT_LIMIT: usize = 20;
/// Most memories of a page.
const MOST_LIMIT: usize = 100;

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Named {
    fn of(arguments: Map<String, Value>) -> Result<MemoryId> {
        let named: Named = reading::shaped(Value::Object(arguments))?;
        named.id.parse()
    }
}

#[derive(Deserialize)]
struct Page {
    limit: Option<usize>,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Session {
    session: String,
}

#[derive(Deserialize)]
struct Day {
    date: String,
}

/// Calls the tool of that name, which is one of ours.
pub async fn call(app: &App, scope: &Scope, name: &str, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    // Boxed: one call is to lay out the work of its own tool, not of all.
    match name {
        "search_memories" => Box::pin(search(app, scope, arguments, now)).await,
        "add_memory" | "add_conversation" => Box::pin(add(app, scope, arguments, now)).await,
        "get_memory" => Box::pin(get(app, scope, arguments, now)).await,
        "list_memories" => Box::pin(list(app, scope, arguments, now)).await,
        "update_memory" => Box::pin(update(app, scope, arguments, now)).await,
        "delete_memory" => Box::pin(delete(app, scope, arguments, now)).await,
        "memory_history" => Box::pin(history(app, scope, arguments, now)).await,
        "get_session" => Box::pin(session(app, scope, arguments, now)).await,
        "get_digest" => Box::pin(digest(app, scope, arguments, now)).await,
        other => Err(Error::internal(format!("the tool {other} is listed, but not there"))),
    }
}

async fn search(app: &App, scope: &Scope, mut arguments: Map<String, Value>, now: Time) -> Result<Output> {
    arguments.insert("scopes".to_owned(), json!([scope.subject()]));
    let request = recall::Request::parse(scope.tenant(), &body(arguments))?;
    let recalled = recall::recall(app, &request, now).await?;
    let text = if recalled.found.is_empty() {
        "Nothing was found.".to_owned()
    } else if recalled.abstain() {
        format!("This is probably not known. What comes nearest:\n\n{}", recalled.context)
    } else {
        recalled.context.clone()
    };
    let memories: Vec<Value> = recalled.found.iter().map(|found| lean(page::found(found, None))).collect();
    let structured = json!({
        "memories": memories,
        "context": recalled.context,
        "tokens": recalled.tokens,
        "confidence": recalled.confidence,
        "abstain": recalled.abstain(),
        "receipt_id": request.receipt_id(&recalled.found),
    });
    Ok(Output { structured, text })
}

async fn add(app: &App, scope: &Scope, mut arguments: Map<String, Value>, now: Time) -> Result<Output> {
    arguments.insert("scope".to_owned(), json!(scope.subject()));
    let drafts = ingest::parse(scope.tenant(), &body(arguments), now)?;
    stored(&ingest::store(app, drafts, None, now).await?)
}

async fn update(app: &App, scope: &Scope, mut arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let id = Named::of(arguments.remove_entry("id").into_iter().collect())?;
    let change = ingest::Change::parse(&body(arguments), now)?;
    stored(&[ingest::revise(app, scope, id, &change, now).await?])
}

async fn get(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let id = Named::of(arguments)?;
    let memory = recall::get(app, scope, id, now).await?;
    Ok(as_json(lean(page::memory(scope, &memory))))
}

async fn list(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let page: Page = reading::shaped(Value::Object(arguments))?;
    let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MOST_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", format!("this is {limit}"), format!("1 to {MOST_LIMIT}")));
    }
    let listing = recall::list(app, scope, Which::All, limit, page.cursor.as_deref(), now).await?;
    let memories: Vec<Value> = listing.memories.iter().map(|memory| lean(page::memory(scope, memory))).collect();
    let mut text = lines(memories.iter());
    if memories.is_empty() {
        text.push_str("No memories on this page.\n");
    }
    if let Some(cursor) = &listing.next_cursor {
        text.push_str(&format!("More with cursor {cursor}\n"));
    }
    Ok(Output { structured: json!({ "memories": memories, "next_cursor": listing.next_cursor }), text })
}

async fn delete(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let id = Named::of(arguments)?;
    let forgotten = forget::forget(app, scope, id, now).await?;
    let text = format!("{} is forgotten.", forgotten.id);
    Ok(Output { structured: value(&forgotten)?, text })
}

async fn history(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let id = Named::of(arguments)?;
    let revisions = recall::history(app, scope, id, now).await?;
    let revisions = revisions.iter().map(|revision| value(revision).map(lean)).collect::<Result<Vec<Value>>>()?;
    Ok(as_json(json!({ "id": id, "scope": scope.subject(), "revisions": revisions })))
}

async fn session(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let named: Session = reading::shaped(Value::Object(arguments))?;
    let turns = recall::session(app, scope, &named.session, now).await?;
    let turns: Vec<Value> = turns.iter().map(|turn| lean(page::memory(scope, turn))).collect();
    let text =
        if turns.is_empty() { "No turns of this session are remembered.".to_owned() } else { lines(turns.iter()) };
    Ok(Output { structured: json!({ "session": named.session, "scope": scope.subject(), "memories": turns }), text })
}

async fn digest(app: &App, scope: &Scope, arguments: Map<String, Value>, now: Time) -> Result<Output> {
    let day: Day = reading::shaped(Value::Object(arguments))?;
    let date =
        day.date.parse().map_err(|_| Error::invalid("date", "this is not a date", "a date such as 2026-11-20"))?;
    let page = recall::digest(app, scope, date, now).await?;
    Ok(Output { structured: page::digest(scope, &page), text: page.markdown() })
}

fn stored(stored: &[ingest::Stored]) -> Result<Output> {
    let word = |one: &ingest::Stored| if one.repeated { "is remembered already" } else { "is remembered" };
    let text = stored.iter().map(|one| format!("{} {}.", one.id, word(one))).collect::<Vec<_>>().join("\n");
    Ok(Output { structured: json!({ "memories": value(&stored)? }), text })
}

fn as_json(structured: Value) -> Output {
    Output { text: structured.to_string(), structured }
}

fn value(of: &impl Serialize) -> Result<Value> {
    serde_json::to_value(of).map_err(|error| Error::internal(format!("an answer cannot be encoded: {error}")))
}

fn body(arguments: Map<String, Value>) -> Vec<u8> {
    Value::Object(arguments).to_string().into_bytes()
}
