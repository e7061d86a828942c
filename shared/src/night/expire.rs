//! Forgets what is past its end, or older than its tenant keeps: hidden or not until now, gone from here on, with its
//! history and its place in the index.

use jiff::SignedDuration;

use crate::error::Result;
use crate::forget::{forget_ended, forget_stored_before};
use crate::memory::{MemoryId, Time};
use crate::night::each::each_live;
use crate::night::{Night, Settings, Worked};

/// How much longer than its retention a memory may wait for a scope that nothing else calls for: a month's go together.
const TOGETHER_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Forgets them. The scope is due when the next one ends.
pub async fn expire(night: &Night<'_>, settings: &Settings) -> Result<Worked> {
    let Night { app, scope, now, .. } = *night;
    let kept = settings.retention_hours().map(SignedDuration::from_hours);
    let before = kept.map(|kept| now.plus(-kept));
    let state = app.records.index(scope).await?;
    let (mut ended, mut old): (Vec<MemoryId>, Vec<MemoryId>) = (Vec::new(), Vec::new());
    let (mut next, mut oldest): (Option<Time>, Option<Time>) = (None, None);
    each_live(app, &state, |entry| {
        if entry.is_expired(now) {
            ended.push(entry.id);
        } else if before.is_some_and(|before| entry.recorded_at < before) {
            old.push(entry.id);
        } else {
            next = next.into_iter().chain(entry.expires_at).min();
            oldest = oldest.into_iter().chain([entry.recorded_at]).min();
        }
    })
    .await?;
    for id in &ended {
        forget_ended(app, scope, *id, now).await?;
    }
    for id in &old {
        forget_stored_before(app, scope, *id, before.unwrap_or(now), now).await?;
    }
    let retained = kept.and_then(|kept| Some(oldest?.plus(kept).plus(TOGETHER_FOR)));
    Ok(Worked::default().counted("ended", ended.len()).counted("retired", old.len()).due_at(next).due_at(retained))
}
