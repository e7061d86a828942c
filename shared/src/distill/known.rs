//! Facts of the scope that turns may touch: shown to a model beside them, so that it can say what they put an end to.

use crate::app::App;
use crate::distill::model::KNOWN;
use crate::error::Result;
use crate::index::Entry;
use crate::index::view::live;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// Least nearness to one of the turns.
const NEAR: f32 = 0.3;

/// The nearest facts that hold, nearest first.
pub async fn near(app: &App, scope: &Scope, turns: &[&(Memory, Entry)], now: Time) -> Result<Vec<Memory>> {
    if turns.is_empty() {
        return Ok(Vec::new());
    }
    let state = app.records.index(scope).await?;
    let blocks = app.segments.get_all(&state.manifest.segments).await?;
    let nearness = |entry: &Entry| {
        let own = entry.embedding.as_ref()?;
        let cosines = turns.iter().filter_map(|(_, turn)| own.cosine_between(turn.embedding.as_ref()?));
        cosines.reduce(f32::max).filter(|cosine| *cosine >= NEAR)
    };
    let holds = |entry: &&Entry| {
        entry.derived_from.is_some() && entry.superseded_at.is_none() && !entry.is_merged && !entry.is_expired(now)
    };
    let facts = live(&state.source(&blocks)).into_iter().filter(holds);
    let mut near: Vec<(f32, MemoryId)> = facts.filter_map(|entry| Some((nearness(entry)?, entry.id))).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    near.truncate(KNOWN);
    let ids: Vec<MemoryId> = near.into_iter().map(|(_, id)| id).collect();
    let read = app.records.memories(scope, &ids).await?;
    Ok(read.into_iter().flatten().filter(|fact| fact.is_visible(now)).collect())
}
