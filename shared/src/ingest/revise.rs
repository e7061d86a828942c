//! Changing what a memory says: a new revision, the old one kept as history.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::classify::closed::keeping_seen;
use crate::distill::stale;
use crate::error::{Error, Result};
use crate::index::Entry;
use crate::ingest::draft::{check_content, check_depends, check_expiry, check_metadata, check_tags};
use crate::ingest::{Stored, embed, queue};
use crate::json;
use crate::memory::feedback::PERSON;
use crate::memory::{Classification, Memory, MemoryId, Scope, State, Time};

/// How often a change is tried again when the memory changed under it.
const ATTEMPTS: u32 = 5;

/// Longest body: the longest content, metadata and tags, with every character escaped.
const MOST_BODY_BYTES: usize = 256 * 1024;

/// What to change; what is not named stays.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A new text.
    pub content: Option<String>,
    /// New fields in place of all old ones, but for how a reply came about.
    pub metadata: Option<Map<String, Value>>,
    /// New labels in place of all old ones.
    pub tags: Option<Vec<String>>,
    /// Memories that it depends on, in place of all old ones.
    pub depends_on: Option<Vec<MemoryId>>,
    /// The memory that takes the place of what this one says, from when on that one is; null where none does.
    #[serde(default, deserialize_with = "json::present")]
    pub superseded_by: Option<Option<MemoryId>>,
    /// A new end; null for none.
    #[serde(default, deserialize_with = "json::present")]
    pub expires_at: Option<Option<Time>>,
}

impl Change {
    /// From a request's body. Invalid, naming the field, where something in it is wrong or nothing is to change; too large
    /// above 256 KiB.
    pub fn parse(body: &[u8], now: Time) -> Result<Change> {
        let change: Change = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        if let Some(content) = &change.content {
            check_content(content)?;
        }
        check_metadata(change.metadata.as_ref().unwrap_or(&Map::new()))?;
        check_tags(change.tags.as_deref().unwrap_or_default())?;
        check_depends(change.depends_on.as_deref().unwrap_or_default())?;
        check_expiry(change.expires_at.flatten(), now)?;
        let names_nothing = change.content.is_none() && change.metadata.is_none() && change.tags.is_none();
        let relates_nothing = change.depends_on.is_none() && change.superseded_by.is_none();
        if names_nothing && relates_nothing && change.expires_at.is_none() {
            let expected = "at least one of content, metadata, tags, depends_on, superseded_by, expires_at";
            return Err(Error::invalid("body", "nothing is to change", expected));
        }
        Ok(change)
    }

    fn of(&self, old: &Memory) -> Memory {
        let mut new = old.clone();
        if let Some(content) = &self.content {
            new.content.clone_from(content);
        }
        if let Some(metadata) = &self.metadata {
            new.metadata = keeping_seen(&old.metadata, metadata.clone());
        }
        if let Some(tags) = &self.tags {
            new.tags.clone_from(tags);
        }
        if let Some(superseded_by) = self.superseded_by
            && new.superseded_by != superseded_by
        {
            (new.superseded_by, new.superseded_at) = (superseded_by, None);
        }
        if let Some(depends_on) = &self.depends_on {
            new.depends_on.clone_from(depends_on);
        }
        if let Some(expires_at) = self.expires_at {
            new.expires_at = expires_at;
        }
        new
    }
}

/// Changes the memory. A change that is already so changes nothing. Not found where there is no such memory.
pub async fn revise(app: &App, scope: &Scope, id: MemoryId, change: &Change, now: Time) -> Result<Stored> {
    for _ in 0..ATTEMPTS {
        let old = app.records.memory(scope, id).await?.filter(|memory| memory.is_visible(now));
        let old = old.ok_or_else(|| Error::not_found(format!("there is no memory {id} in {scope}")))?;
        let mut new = change.of(&old);
        new.superseded_at = superseded_at(app, scope, &new, now).await?;
        if new == old {
            return Ok(Stored { id, state: old.state, repeated: true });
        }
        if replace(app, scope, &old, new, now).await? {
            return Ok(Stored { id, state: State::Pending, repeated: false });
        }
    }
    Err(Error::conflict(format!("memory {id} keeps changing under this change")))
}

/// Puts the new revision in the place of the old one, which becomes history; where they say the same, nothing. Whether
/// it was the old one that stood there: if not, it changed meanwhile, and nothing is written.
pub async fn replace(app: &App, scope: &Scope, old: &Memory, mut new: Memory, now: Time) -> Result<bool> {
    if new == *old {
        return Ok(true);
    }
    app.register(scope, now).await?;
    if new.content != old.content {
        // What it was taken apart into is what it said before; and who changes it has seen to what it depends on.
        (new.claims, new.stale_because) = (Vec::new(), None);
    }
    let depends = new.depends_on.iter().filter(|of| !old.depends_on.contains(of)).chain(&new.superseded_by);
    let relations: Vec<(MemoryId, MemoryId)> = depends.map(|of| (*of, new.id)).collect();
    app.records.note_relations(scope, &relations).await?;
    new.revision += 1;
    new.updated_at = now;
    new.state = State::Pending;
    let found = old.classification.clone().filter(|_| new.content == old.content);
    // What a person said of this text still holds, and what it has from the memory that it was made of.
    let is_given = |class: &Classification| class.by == PERSON || !new.derived_from.is_empty();
    new.classification = found.clone().filter(is_given);
    // Until it is classified again the text counts as closed as it was found to be.
    let judged = Memory { classification: found, ..new.clone() };
    let embeddings = embed(app, scope, &[&judged], app.config.embed_within, now).await;
    // What waits to be classified stays in the tail.
    let waiting = Memory { classification: None, ..new.clone() };
    let entry = Entry::of(&waiting, embeddings.into_iter().flatten().next());
    let written = app.records.revise(scope, old, &new, &entry).await? == Outcome::Done;
    if written {
        if new.content != old.content || new.superseded_by != old.superseded_by {
            Box::pin(stale::flag(app, scope, new.id, now)).await?;
        }
        queue(app, scope, &[new.id]).await;
        // Answers that were made of what it said are not found any more; nor are they to lie there until they end.
        if new.content != old.content
            && let Err(error) = app.records.drop_memos(scope, new.id).await
        {
            tracing::warn!(%error, "memos of what a memory said before stay until they end");
        }
    }
    Ok(written)
}

/// Since when another memory has held in place of this one: since that one's own time, and not before this one's.
async fn superseded_at(app: &App, scope: &Scope, memory: &Memory, now: Time) -> Result<Option<Time>> {
    let Some(by) = memory.superseded_by else { return Ok(None) };
    if memory.superseded_at.is_some() {
        return Ok(memory.superseded_at);
    }
    let later = app.records.memory(scope, by).await?.filter(|later| later.is_visible(now) && later.id != memory.id);
    let later = later.ok_or_else(|| {
        Error::invalid(
            "superseded_by",
            "there is no such memory in this scope",
            "the id of another memory of the scope",
        )
    })?;
    Ok(Some(later.time().max(memory.time())))
}
