//! Turning a long tail into a segment: bytes first, pointer last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::App;
use crate::aws::records::IndexState;
use crate::aws::writes::Outcome;
use crate::error::{Kind, Result};
use crate::index::manifest::{FLUSH_AT, FLUSH_MOST};
use crate::index::view;
use crate::index::{Entry, Manifest};
use crate::memory::{MemoryId, Scope, Time};

/// How often a flush is tried again when the manifest changed under it: whoever changed it flushed, too.
const ATTEMPTS: u32 = 4;

/// When a container looks at a scope's tail again. It counts what it classified itself; what others did makes the tail
/// longer than it thinks, until it looks.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<HashMap<String, usize>>>);

/// Scopes that a container keeps count of; beyond that it starts over, which costs a look each.
const COUNTED_SCOPES: usize = 10_000;

impl Pace {
    /// Counts `classified` more; whether the tail may be long enough to flush.
    pub fn is_due(&self, scope: &Scope, classified: usize) -> bool {
        let mut due = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wait) = due.get_mut(&scope.path()) else { return true };
        *wait = wait.saturating_sub(classified);
        *wait == 0
    }

    /// The tail holds `complete` classified entries.
    pub fn looked(&self, scope: &Scope, complete: usize) {
        let mut due = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() >= COUNTED_SCOPES {
            due.clear();
        }
        due.insert(scope.path(), FLUSH_AT.saturating_sub(complete).max(1));
    }
}

/// Flushes while the tail holds enough classified entries; gives how many are left in it. What is pending stays.
pub async fn flush(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let mut left = 0;
    for _ in 0..ATTEMPTS {
        let state = app.records.index(scope).await?;
        let mut complete: Vec<&Entry> = state.tail.iter().filter(|entry| entry.is_complete()).collect();
        left = complete.len();
        if left < FLUSH_AT {
            return Ok(left);
        }
        complete.sort_unstable_by_key(|entry| (entry.order, entry.id));
        complete.truncate(FLUSH_MOST);
        let merged = state.manifest.merged_by_flush(complete.len());
        let published = match publish_merged(app, scope, &state, &complete, merged, now).await {
            // A broken segment must not hold up what is new: it is left for the night, and this flush stands alone.
            Err(error) if error.kind == Kind::Internal && merged > 0 => {
                tracing::error!(%error, "a flush leaves a segment aside");
                publish_merged(app, scope, &state, &complete, 0, now).await?
            }
            published => published?,
        };
        if published.is_none() {
            tracing::debug!(%scope, "the manifest changed under a flush");
        }
    }
    Ok(left)
}

/// Writes `moved` entries of the tail and the newest `merged` segments as one segment, without what is forgotten
/// or revised since, and publishes it in their place. What is past its end stays until the night has forgotten it: by its
/// entry the night finds it. None where somebody else was quicker: the object that
/// nobody names is swept by a later night.
pub async fn publish_merged(
    app: &App,
    scope: &Scope,
    state: &IndexState,
    moved: &[&Entry],
    merged: usize,
    now: Time,
) -> Result<Option<Manifest>> {
    publish_changed(app, scope, state, moved, merged, now, |_| {}).await
}

/// The same, each entry as `change` makes it.
pub async fn publish_changed(
    app: &App,
    scope: &Scope,
    state: &IndexState,
    moved: &[&Entry],
    merged: usize,
    now: Time,
    change: impl FnMut(&mut Entry),
) -> Result<Option<Manifest>> {
    let segments = &state.manifest.segments;
    let mut blocks = app.segments.read_all(&segments[segments.len() - merged..]).await?;
    blocks.push(moved.iter().map(|entry| (*entry).clone()).collect());
    // Moved and not copied: of what is read whole there is one in memory.
    let count = blocks.iter().map(Vec::len).sum();
    let live = view::latest(blocks.into_iter().flatten(), count, &state.gone);
    let mut entries: Vec<Entry> = state.without_superseded(live);
    entries.iter_mut().for_each(change);
    entries.sort_unstable_by_key(|entry| (entry.order, entry.id));
    let segment = if entries.is_empty() { None } else { Some(app.segments.put(scope, &entries, now).await?) };
    let next = state.manifest.with(merged, segment);
    let moved: Vec<(MemoryId, u32)> = moved.iter().map(|entry| (entry.id, entry.revision)).collect();
    let outcome = app.records.publish(scope, &state.manifest, &next, &moved, now).await?;
    Ok((outcome == Outcome::Done).then_some(next))
}
