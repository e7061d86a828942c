//! Forgets what is past its end: hidden until now, gone from here on, with its history and its place in the index.

use futures_util::future::try_join_all;

use crate::app::App;
use crate::error::Result;
use crate::forget::forget_ended;
use crate::index::Entry;
use crate::index::view::{self, Source};
use crate::memory::{MemoryId, Scope, Time};

/// Forgets them; gives how many.
pub async fn expire(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let state = app.records.index(scope).await?;
    let blocks = try_join_all(state.manifest.segments.iter().map(|segment| app.segments.get(&segment.name))).await?;
    let mut parts: Vec<&[Entry]> = blocks.iter().map(AsRef::as_ref).collect();
    parts.push(&state.tail);
    let entries = view::live(&Source { blocks: parts, gone: &state.gone });
    let ended: Vec<MemoryId> =
        entries.into_iter().filter(|entry| entry.is_expired(now)).map(|entry| entry.id).collect();
    for id in &ended {
        forget_ended(app, scope, *id, now).await?;
    }
    Ok(ended.len())
}
