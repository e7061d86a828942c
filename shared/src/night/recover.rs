//! Queues again what stayed pending: the queue did not take its name, or gave it up to the DLQ.

use jiff::SignedDuration;

use crate::app::App;
use crate::aws::queue::ClassifyMessage;
use crate::error::Result;
use crate::memory::{MemoryId, Scope, Time};
use crate::night::Worked;
use crate::night::step::next_night;

/// What was stored this lately may still be on its way through the queue.
const STILL_ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(15);

/// Queues again. A scope where anything is pending is due the next night: what is classified until then marks nothing.
pub async fn requeue(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let state = app.records.index(scope).await?;
    let stuck = |recorded_at: Time| recorded_at.plus(STILL_ON_ITS_WAY) <= now;
    let pending = state.tail.iter().filter(|entry| !entry.is_complete());
    let due = pending.clone().next().map(|_| next_night(now));
    let ids: Vec<MemoryId> = pending.filter(|entry| stuck(entry.recorded_at)).map(|entry| entry.id).collect();
    if !ids.is_empty() {
        app.classify_queue()?.send(&ClassifyMessage::of(scope, &ids)).await?;
    }
    Ok(Worked::default().counted("requeued", ids.len()).due_at(due))
}
