//! Forgets what is past its end: hidden until now, gone from here on, with its history and its place in the index.

use crate::app::App;
use crate::error::Result;
use crate::forget::forget_ended;
use crate::memory::{MemoryId, Scope, Time};
use crate::night::each::each_live;

/// Forgets them; gives how many.
pub async fn expire(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let state = app.records.index(scope).await?;
    let mut ended: Vec<MemoryId> = Vec::new();
    each_live(app, &state, |entry| ended.extend(entry.is_expired(now).then_some(entry.id))).await?;
    for id in &ended {
        forget_ended(app, scope, *id, now).await?;
    }
    Ok(ended.len())
}
