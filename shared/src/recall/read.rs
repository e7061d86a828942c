//! Plain reads: one memory, a list of them, a memory's history, a digest.

use jiff::civil::Date;
use serde::Serialize;

use crate::app::App;
pub use crate::aws::listing::Which;
use crate::error::{Error, Result};
use crate::memory::digest::Page;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::web::visible;

/// A page of a scope's memories, latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The memories.
    pub memories: Vec<Memory>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

/// What a memory said, and from when to when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revision {
    /// Its number, from 1.
    pub revision: u32,
    /// When it was stored.
    pub from: Time,
    /// When the next one took its place; none for the current one.
    pub until: Option<Time>,
    /// What it said.
    pub content: String,
    /// The caller's fields then.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// The caller's labels then.
    pub tags: Vec<String>,
}

/// One memory. Not found where there is none, it is forgotten or past its end.
pub async fn get(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<Memory> {
    let memory = app.records.memory(scope, id).await?.filter(|memory| memory.is_visible(now));
    memory.ok_or_else(|| Error::not_found(format!("there is no memory {id} in {scope}")))
}

/// Several memories, in the order asked; none for each that [`get`] would not find.
pub async fn several(app: &App, scope: &Scope, ids: &[MemoryId], now: Time) -> Result<Vec<Option<Memory>>> {
    let memories = app.records.memories(scope, ids).await?;
    Ok(memories.into_iter().map(|memory| memory.filter(|memory| memory.is_visible(now))).collect())
}

/// A page of the scope's memories, latest first. A page may hold fewer than `limit` and still have a next one: what is
/// past its end is left out, and what is not among `which`.
pub async fn list(
    app: &App,
    scope: &Scope,
    which: Which,
    limit: usize,
    cursor: Option<&str>,
    now: Time,
) -> Result<Listing> {
    let page = app.records.list(scope, which, limit, cursor).await?;
    let memories = app.records.memories(scope, &page.items).await?;
    let visible = memories.into_iter().flatten().filter(|memory| memory.is_visible(now));
    Ok(Listing { memories: visible.collect(), next_cursor: page.next })
}

/// All that a memory ever said, the current revision first. Not found as [`get`].
pub async fn history(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<Vec<Revision>> {
    let current = get(app, scope, id, now).await?;
    let mut revisions = app.records.history(scope, id).await?;
    // A memory that took the place of an ended one has its id, but not its past.
    revisions.retain(|earlier| earlier.recorded_at == current.recorded_at);
    revisions.push(current);
    let mut until = None;
    let mut history = Vec::with_capacity(revisions.len());
    for memory in revisions.into_iter().rev() {
        let from = memory.updated_at;
        let Memory { revision, content, metadata, tags, .. } = memory;
        history.push(Revision { revision, from, until, content, metadata, tags });
        until = Some(from);
    }
    Ok(history)
}

/// What a night wrote about the day, with the texts that are still to be read. Not found where it wrote nothing.
pub async fn digest(app: &App, scope: &Scope, date: Date, now: Time) -> Result<Page> {
    let digest = app.records.digest(scope, date).await?;
    let digest = digest.ok_or_else(|| Error::not_found(format!("there is no digest of {date} for {scope}")))?;
    let memories = visible(app, scope, &digest.names(), now).await?;
    Ok(Page::new(digest, &memories, now))
}
