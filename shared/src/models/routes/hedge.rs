//! Asking a second time where the first answer takes longer than usual: only for vectors, which change nothing.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::timeout;

use super::{Health, Task};
use crate::error::Result;
use crate::models::{Model, Place};

/// How long an answer is waited for alone, where too few calls were made to know what is usual.
const BOUND: Duration = Duration::from_millis(150);
/// Never sooner: a few milliseconds more are no sign of anything.
const SOONEST: Duration = Duration::from_millis(20);
/// Never later than this, though most calls may take longer.
const LATEST: Duration = Duration::from_secs(2);

/// How long the model is waited for before it is asked once more; none for one on this machine or in this process, which a
/// second call makes slower still.
pub fn after(model: &Model, health: &Health) -> Option<Duration> {
    let is_far = model.place() == Place::Account;
    let usual = health.usual_wait(&model.name(), Task::Embed).unwrap_or(BOUND);
    is_far.then(|| usual.clamp(SOONEST, LATEST))
}

/// The first good answer of one call, or of two where the first takes longer than `after`. `was_hedged` says which.
pub async fn hedged<T, F: Future<Output = Result<T>>>(
    after: Option<Duration>,
    was_hedged: &AtomicBool,
    ask: impl Fn() -> F,
) -> Result<T> {
    let mut first = pin!(ask());
    let Some(after) = after else { return first.await };
    if let Ok(answer) = timeout(after, &mut first).await {
        return answer;
    }
    was_hedged.store(true, Ordering::Relaxed);
    let second = pin!(ask());
    match select(first, second).await {
        Either::Left((Err(_), second)) => second.await,
        Either::Right((Err(_), first)) => first.await,
        Either::Left((answer, _)) | Either::Right((answer, _)) => answer,
    }
}

#[cfg(test)]
mod tests;
