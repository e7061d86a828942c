//! Turning a long tail into a segment: bytes first, pointer last.

use std::collections::HashMap;

use crate::app::App;
use crate::aws::records::IndexState;
use crate::aws::writes::Outcome;
use crate::error::{Kind, Result};
use crate::index::manifest::{FLUSH_AT, FLUSH_MOST};
use crate::index::view::{self, Source};
use crate::index::{Entry, Manifest};
use crate::memory::{MemoryId, Scope, Time};

/// How often a flush is tried again when the manifest changed under it: whoever changed it flushed, too.
const ATTEMPTS: u32 = 4;

/// Flushes while the tail holds enough classified entries. What is pending stays in the tail.
pub async fn flush(app: &App, scope: &Scope, now: Time) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let state = app.records.index(scope).await?;
        let mut complete: Vec<&Entry> = state.tail.iter().filter(|entry| entry.is_complete()).collect();
        if complete.len() < FLUSH_AT {
            return Ok(());
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
    Ok(())
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
    let segments = &state.manifest.segments;
    let blocks = app.segments.get_all(&segments[segments.len() - merged..]).await?;
    let tail: Vec<Entry> = moved.iter().map(|entry| (*entry).clone()).collect();
    let mut sources: Vec<&[Entry]> = blocks.iter().map(AsRef::as_ref).collect();
    sources.push(&tail);
    // A newer revision that waits in the tail makes the segments' older one dead already.
    let newer: HashMap<MemoryId, u32> = state.tail.iter().map(|entry| (entry.id, entry.revision)).collect();
    let is_superseded = |entry: &Entry| newer.get(&entry.id).is_some_and(|revision| *revision > entry.revision);
    let mut entries: Vec<Entry> = view::live(&Source { blocks: sources, gone: &state.gone })
        .into_iter()
        .filter(|entry| !is_superseded(entry))
        .cloned()
        .collect();
    entries.sort_unstable_by_key(|entry| (entry.order, entry.id));
    let segment = if entries.is_empty() { None } else { Some(app.segments.put(scope, &entries, now).await?) };
    let next = state.manifest.with(merged, segment, now);
    let moved: Vec<(MemoryId, u32)> = moved.iter().map(|entry| (entry.id, entry.revision)).collect();
    let outcome = app.records.publish(scope, state.manifest.generation, &next, &moved).await?;
    Ok((outcome == Outcome::Done).then_some(next))
}
