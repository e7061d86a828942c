//! What depends on a memory that changed, gave way or was forgotten may no longer hold, and says so from then on.

use std::collections::{HashSet, VecDeque};

use crate::app::App;
use crate::distill::write::put_in_place;
use crate::error::Result;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// Most memories that are flagged for one cause while somebody waits.
const MOST: usize = 100;

/// Flags what was said to depend on that memory, or was made from it, and what depends on those in turn; gives how many.
/// What somebody changes under it is left as they left it.
pub async fn flag(app: &App, scope: &Scope, cause: MemoryId, now: Time) -> Result<usize> {
    let mut flagged = 0;
    let mut seen: HashSet<MemoryId> = [cause].into();
    let mut open: VecDeque<MemoryId> = [cause].into();
    while let Some(changed) = open.pop_front() {
        let relatives = app.records.relatives(scope, changed).await?;
        let unseen: Vec<MemoryId> = relatives.into_iter().filter(|id| seen.insert(*id)).take(MOST).collect();
        for memory in app.records.memories(scope, &unseen).await?.into_iter().flatten() {
            let hangs = memory.depends_on.contains(&changed) || memory.derived_from.contains(&changed);
            if !hangs || !memory.is_visible(now) || memory.superseded_by.is_some() || flagged >= MOST {
                continue;
            }
            open.push_back(memory.id);
            flagged += usize::from(mark(app, scope, &memory, cause, now).await?);
        }
    }
    Ok(flagged)
}

/// Flags one memory, unless it is flagged already; whether it is news.
pub async fn mark(app: &App, scope: &Scope, memory: &Memory, cause: MemoryId, now: Time) -> Result<bool> {
    if memory.stale_because.is_some() {
        return Ok(false);
    }
    let new = Memory { stale_because: Some(cause), ..memory.clone() };
    Box::pin(put_in_place(app, scope, memory, new, now))
        .await
        .map(|outcome| outcome == crate::aws::writes::Outcome::Done)
}
