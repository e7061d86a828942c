//! Forgets what is past its end: hidden until now, gone from here on, with its history and its place in the index.

use crate::app::App;
use crate::error::Result;
use crate::forget::forget_ended;
use crate::index::view;
use crate::memory::{MemoryId, Scope, Time};

/// Forgets them; gives how many.
pub async fn expire(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let state = app.records.index(scope).await?;
    let blocks = app.segments.get_all(&state.manifest.segments).await?;
    let entries = view::live(&state.source(&blocks));
    let ended: Vec<MemoryId> =
        entries.into_iter().filter(|entry| entry.is_expired(now)).map(|entry| entry.id).collect();
    for id in &ended {
        forget_ended(app, scope, *id, now).await?;
    }
    Ok(ended.len())
}
