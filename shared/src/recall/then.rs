//! The candidates of a recall read from the table, each as it is, or as it stood when `known_at` asks for then.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};

use crate::app::App;
use crate::aws::memories::{Hydrated, Version};
use crate::error::Result;
use crate::index::Entry;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::Request;

/// A memory that may be shown.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    /// Which.
    pub id: MemoryId,
    /// As the index has it.
    pub version: Version,
    /// Its entry, where it was ranked by one; a large scope's candidates are ranked by what is read here.
    pub entry: Option<&'a Entry>,
    /// Whether it stands in the tail: stored or changed so lately that a read may not show it yet unless it waits for all
    /// copies, at twice the price. What is forgotten or changed later is known from the index, which is read so.
    pub is_late: bool,
}

/// Those of the scope's candidates that are to be shown, by id. One batch read of those not read lately; and where some were revised after
/// `known_at`, the histories of those, all at once.
///
/// What is forgotten or past its end is not shown, whatever was known then: erasure wins over time travel.
pub(super) async fn read(
    app: &App,
    request: &Request,
    scope: &Scope,
    candidates: &[Candidate<'_>],
    now: Time,
) -> Result<HashMap<MemoryId, Arc<Hydrated>>> {
    let memories = memories(app, scope, candidates).await?;
    let mut shown = HashMap::with_capacity(candidates.len());
    let mut earlier = Vec::new();
    for (candidate, hydrated) in candidates.iter().zip(memories) {
        let Some(hydrated) = hydrated.filter(|hydrated| hydrated.memory.is_visible(now)) else { continue };
        let memory = &hydrated.memory;
        match request.known_at {
            Some(known_at) if memory.updated_at > known_at => {
                earlier.push(revision_at(app, scope, hydrated, known_at));
            }
            // Revised since the index was read, it no longer says what was ranked.
            _ => {
                let holds = match candidate.entry {
                    Some(entry) => memory.revision == entry.revision && request.holds_for(entry, now),
                    None => !request.is_selective() || request.holds_for(hydrated.entry(), now),
                };
                if holds {
                    shown.insert(memory.id, hydrated);
                }
            }
        }
    }
    for memory in try_join_all(earlier).await?.into_iter().flatten() {
        if request.holds_for(&Entry::of(&memory, None), now) {
            shown.insert(memory.id, Arc::new(Hydrated::new(memory)));
        }
    }
    Ok(shown)
}

/// The candidates' memories, in their order: those that this container read lately, and the others from the table.
async fn memories(app: &App, scope: &Scope, candidates: &[Candidate<'_>]) -> Result<Vec<Option<Arc<Hydrated>>>> {
    let known = |candidate: &Candidate<'_>| app.memories.get(scope, candidate.id, &candidate.version);
    let mut memories: Vec<Option<Arc<Hydrated>>> = candidates.iter().map(known).collect();
    let places: Vec<usize> = (0..candidates.len()).filter(|place| memories[*place].is_none()).collect();
    let unread: Vec<&Candidate<'_>> = places.iter().map(|place| &candidates[*place]).collect();
    for (place, memory) in places.into_iter().zip(from_table(app, scope, &unread).await?) {
        let Some(hydrated) = memory.map(|memory| Arc::new(Hydrated::new(memory))) else { continue };
        let Candidate { version, entry, .. } = &candidates[place];
        if entry.is_none_or(|entry| entry.revision == hydrated.memory.revision) {
            app.memories.keep(scope, version.clone(), &hydrated);
        }
        memories[place] = Some(hydrated);
    }
    Ok(memories)
}

/// In their order. What a cheaper read does not show as the index has it is read again.
async fn from_table(app: &App, scope: &Scope, candidates: &[&Candidate<'_>]) -> Result<Vec<Option<Memory>>> {
    let places = |late: bool| (0..candidates.len()).filter(move |place| candidates[*place].is_late == late);
    let (late, other): (Vec<usize>, Vec<usize>) = (places(true).collect(), places(false).collect());
    let ids = |places: &[usize]| places.iter().map(|place| candidates[*place].id).collect::<Vec<MemoryId>>();
    let (late_ids, other_ids) = (ids(&late), ids(&other));
    let (late_read, other_read) =
        try_join(app.records.memories(scope, &late_ids), app.records.memories_of_late(scope, &other_ids)).await?;
    let mut memories: Vec<Option<Memory>> = vec![None; candidates.len()];
    let mut behind = Vec::new();
    for (place, memory) in late.into_iter().zip(late_read).chain(other.into_iter().zip(other_read)) {
        let Candidate { entry, is_late, .. } = candidates[place];
        let is_as_indexed = |memory: &Memory| entry.is_none_or(|entry| memory.revision == entry.revision);
        if !is_late && !memory.as_ref().is_some_and(is_as_indexed) {
            behind.push(place);
        }
        memories[place] = memory;
    }
    let again = app.records.memories(scope, &ids(&behind)).await?;
    behind.into_iter().zip(again).for_each(|(place, memory)| memories[place] = memory);
    Ok(memories)
}

/// What the memory said at that time. None where it was not there yet: a memory that took the place of an ended one
/// has its id, but not its past.
async fn revision_at(app: &App, scope: &Scope, now: Arc<Hydrated>, known_at: Time) -> Result<Option<Memory>> {
    let memory = &now.memory;
    if memory.recorded_at > known_at {
        return Ok(None);
    }
    let history = app.records.history(scope, memory.id).await?;
    let known = |old: &Memory| old.updated_at <= known_at && old.recorded_at == memory.recorded_at;
    Ok(history.into_iter().rev().find(known))
}
