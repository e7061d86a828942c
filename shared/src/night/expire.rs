//! Forgets what is past its end: hidden until now, gone from here on, with its history and its place in the index.

use crate::app::App;
use crate::error::Result;
use crate::forget::forget_ended;
use crate::memory::{MemoryId, Scope, Time};
use crate::night::Worked;
use crate::night::each::each_live;

/// Forgets them. The scope is due when the next one ends.
pub async fn expire(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let state = app.records.index(scope).await?;
    let mut ended: Vec<MemoryId> = Vec::new();
    let mut next: Option<Time> = None;
    each_live(app, &state, |entry| {
        if entry.is_expired(now) {
            ended.push(entry.id);
        } else {
            next = next.into_iter().chain(entry.expires_at).min();
        }
    })
    .await?;
    for id in &ended {
        forget_ended(app, scope, *id, now).await?;
    }
    Ok(Worked::default().counted("ended", ended.len()).due_at(next))
}
