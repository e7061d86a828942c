//! The candidates of a recall read from the table, each as it is, or as it stood when `known_at` asks for then.

use std::collections::HashMap;

use futures_util::future::try_join_all;

use crate::app::App;
use crate::error::Result;
use crate::index::Entry;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::Request;

/// A memory that may be shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// Which.
    pub id: MemoryId,
    /// Its entry, where it was ranked by one; a large scope's candidates are ranked by what is read here.
    pub entry: Option<&'a Entry>,
}

/// Those of the scope's candidates that are to be shown, by id. One batch read; and where some were revised after
/// `known_at`, the histories of those, all at once.
///
/// What is forgotten or past its end is not shown, whatever was known then: erasure wins over time travel.
pub(super) async fn read(
    app: &App,
    request: &Request,
    scope: &Scope,
    candidates: &[Candidate<'_>],
    now: Time,
) -> Result<HashMap<MemoryId, Memory>> {
    let ids: Vec<MemoryId> = candidates.iter().map(|candidate| candidate.id).collect();
    let memories = app.records.memories(scope, &ids).await?;
    let mut shown = HashMap::with_capacity(candidates.len());
    let mut earlier = Vec::new();
    for (candidate, memory) in candidates.iter().zip(memories) {
        let Some(memory) = memory.filter(|memory| memory.is_visible(now)) else { continue };
        match request.known_at {
            Some(known_at) if memory.updated_at > known_at => earlier.push(revision_at(app, scope, memory, known_at)),
            // Revised since the index was read, it no longer says what was ranked.
            _ => {
                let holds = match candidate.entry {
                    Some(entry) => memory.revision == entry.revision && request.holds_for(entry),
                    None => request.holds_for(&Entry::of(&memory, None)),
                };
                if holds {
                    shown.insert(memory.id, memory);
                }
            }
        }
    }
    for memory in try_join_all(earlier).await?.into_iter().flatten() {
        if request.holds_for(&Entry::of(&memory, None)) {
            shown.insert(memory.id, memory);
        }
    }
    Ok(shown)
}

/// What the memory said at that time. None where it was not there yet: a memory that took the place of an ended one
/// has its id, but not its past.
async fn revision_at(app: &App, scope: &Scope, memory: Memory, known_at: Time) -> Result<Option<Memory>> {
    if memory.recorded_at > known_at {
        return Ok(None);
    }
    let history = app.records.history(scope, memory.id).await?;
    let known = |old: &Memory| old.updated_at <= known_at && old.recorded_at == memory.recorded_at;
    Ok(history.into_iter().rev().find(known))
}
