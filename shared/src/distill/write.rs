//! A memory with changed relations in place of the one before, which becomes history.

use std::time::Duration;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::error::Result;
use crate::index::Entry;
use crate::ingest::embed;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// How long the embedding chain may take for a fact that is new, where nobody waits.
const NEW_WITHIN: Duration = Duration::from_secs(20);
/// And for one whose relations changed: somebody may wait, but what falls back to another model is found less well.
const CHANGED_WITHIN: Duration = Duration::from_secs(5);

/// Puts `new`, of which only relations changed, in place of `old`. Refused where that changed meanwhile.
pub async fn put_in_place(app: &App, scope: &Scope, old: &Memory, new: Memory, now: Time) -> Result<Outcome> {
    let new = Memory { revision: old.revision + 1, updated_at: now, ..new };
    let related = new_relations(old, &new);
    let entry = embedded(app, scope, &new, CHANGED_WITHIN, now).await;
    app.records.relate(scope, old, &(new, entry), &related).await
}

/// The entry of a new memory, embedded by the route.
pub async fn indexed(app: &App, scope: &Scope, memory: &Memory, now: Time) -> Entry {
    embedded(app, scope, memory, NEW_WITHIN, now).await
}

async fn embedded(app: &App, scope: &Scope, memory: &Memory, within: Duration, now: Time) -> Entry {
    let embeddings = embed(app, scope, &[memory], within, now).await;
    Entry::of(memory, embeddings.into_iter().flatten().next())
}

fn new_relations(old: &Memory, new: &Memory) -> Vec<MemoryId> {
    let of = |memory: &Memory| -> Vec<MemoryId> {
        let single = [memory.superseded_by, memory.merged_into];
        single.into_iter().flatten().chain(memory.merged.iter().copied()).collect()
    };
    let known = of(old);
    of(new).into_iter().filter(|id| !known.contains(id)).collect()
}
