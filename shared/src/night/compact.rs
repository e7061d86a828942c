//! Makes one segment of many, or the atlas of a scope too large for one, and drops what is forgotten or revised.

use crate::app::App;
use crate::classify::publish_merged;
use crate::error::{Error, Result};
use crate::index::Entry;
use crate::index::manifest::FLUSH_MOST;
use crate::index::view::Gone;
use crate::memory::{Scope, Time};
use crate::night::step::next_night;
use crate::night::{Worked, map};

/// How often compaction is tried again when a flush changed the manifest under it.
const ATTEMPTS: u32 = 4;

/// Compacts the scope. `digested`: the marks that the digests have heeded. Those that came since stay for another night, so
/// that it writes their days' digests again; where any stay, or anything classified is left in the tail, the scope is due.
pub async fn compact(app: &App, scope: &Scope, digested: &[Gone], now: Time) -> Result<Worked> {
    let mut attempts = 0;
    let (mut before_all, mut dropped_all) = (None, 0);
    let worked = |before: usize, after: usize, dropped: usize| {
        let worked = Worked::default().counted("segments_before", before).counted("segments_after", after);
        worked.counted("dropped", dropped)
    };
    while attempts < ATTEMPTS {
        let state = app.records.index(scope).await?;
        let segments = state.manifest.segments.len();
        let before_all = *before_all.get_or_insert(segments);
        let mut complete: Vec<&Entry> = state.tail.iter().filter(|entry| entry.is_complete()).collect();
        complete.sort_unstable_by_key(|entry| (entry.order, entry.id));
        let classified = complete.len();
        complete.truncate(FLUSH_MOST);
        let is_large =
            state.manifest.atlas.is_some() || state.manifest.fresh() + complete.len() > app.config.atlas_from;
        // What the last round left beside the atlas is no news.
        let whole = match (&state.manifest.atlas, state.manifest.segments.first()) {
            (None, _) => 1,
            (Some(_), first) => {
                usize::from(first.is_some_and(|first| Some(&first.name) == state.manifest.beside.as_ref()))
            }
        };
        let is_mapped = state.manifest.atlas.is_some();
        if segments <= whole && complete.is_empty() && state.gone.is_empty() && (!is_large || is_mapped) {
            return Ok(worked(before_all, segments, dropped_all));
        }
        let (done, all) = if !is_large {
            let before = state.manifest.fresh();
            let next = publish_merged(app, scope, &state, &complete, segments, now).await?;
            let dropped = |after: usize| (before + complete.len()).saturating_sub(after);
            (next.map(|next| (dropped(next.fresh()), next)), true)
        } else if !complete.is_empty() {
            // The tail becomes a fresh segment first: the map is made of segments.
            if publish_merged(app, scope, &state, &complete, 0, now).await?.is_none() {
                attempts += 1;
            }
            continue;
        } else {
            let mapped = map::round(app, scope, &state, now).await?;
            let all = mapped.as_ref().is_some_and(|mapped| mapped.all);
            (mapped.map(|mapped| (mapped.dropped, mapped.manifest)), all)
        };
        let Some((dropped, next)) = done else {
            attempts += 1;
            continue;
        };
        dropped_all += dropped;
        if all {
            // These marks have done their work: no live segment holds what they name.
            let done: Vec<Gone> = state.gone.iter().copied().filter(|gone| digested.contains(gone)).collect();
            app.records.remove_gone(scope, &done).await?;
            let is_left = done.len() < state.gone.len() || classified > FLUSH_MOST;
            let worked = worked(before_all, next.segments.len(), dropped_all);
            return Ok(worked.due_at(is_left.then(|| next_night(now))));
        }
    }
    Err(Error::conflict(format!("the manifest of {scope} keeps changing under its compaction")))
}
