//! A memory with changed relations in place of the one before, which becomes history.

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::classify::sensitivity::sensitivity;
use crate::error::Result;
use crate::index::Entry;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::models::routes::Text;
use crate::receipt::meter;

/// Puts `new`, of which only relations changed, in place of `old`. Refused where that changed meanwhile.
pub async fn put_in_place(app: &App, scope: &Scope, old: &Memory, new: Memory, now: Time) -> Result<Outcome> {
    let new = Memory { revision: old.revision + 1, updated_at: now, ..new };
    let related = new_relations(old, &new);
    let entry = indexed(app, scope, &new, now).await;
    app.records.relate(scope, old, &(new, entry), &related).await
}

/// The memory's entry, embedded by the route.
pub async fn indexed(app: &App, scope: &Scope, memory: &Memory, now: Time) -> Entry {
    let texts = [Text { text: &memory.content, sensitivity: sensitivity(&memory.content) }];
    let embedded = app.paid(&app.embed, scope, now).embed(&texts, app.config.embed_within).await;
    meter().models(embedded.calls);
    Entry::of(memory, embedded.embeddings.into_iter().flatten().next())
}

fn new_relations(old: &Memory, new: &Memory) -> Vec<MemoryId> {
    let of = |memory: &Memory| -> Vec<MemoryId> {
        let single = [memory.superseded_by, memory.merged_into];
        single.into_iter().flatten().chain(memory.merged.iter().copied()).collect()
    };
    let known = of(old);
    of(new).into_iter().filter(|id| !known.contains(id)).collect()
}
