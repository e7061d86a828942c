//! What happens to the relatives of a memory that is forgotten: what was made from it alone goes with it, what it had
//! superseded holds again, what depends on it is stale.

use crate::app::App;
use crate::distill::settle::{settle, slots};
use crate::distill::stale;
use crate::distill::write::put_in_place;
use crate::error::{Kind, Result};
use crate::forget::forget;
use crate::memory::lesson::goes_with;
use crate::memory::{Memory, MemoryId, Scope, State, Time};

/// Forgets what was made from that memory alone, and what was learned from it, before the memory itself.
pub async fn forget_derived(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<()> {
    for memory in relatives(app, scope, id).await? {
        if goes_with(&memory, id) {
            forget_one(app, scope, memory.id, now).await?;
        }
    }
    Ok(())
}

/// Once it is forgotten, and nothing can be made from it any more: forgets what was made meanwhile, and frees the others of
/// what they had to do with it. `gone`: the memory as it was.
pub async fn release(app: &App, scope: &Scope, gone: &Memory, now: Time) -> Result<()> {
    let id = gone.id;
    let mut open = slots(&gone.claims);
    let relatives = relatives(app, scope, id).await?;
    for memory in &relatives {
        if goes_with(memory, id) {
            forget_one(app, scope, memory.id, now).await?;
            continue;
        }
        let mut new = memory.clone();
        if new.superseded_by == Some(id) {
            (new.superseded_by, new.superseded_at) = (None, None);
        }
        new.merged_into = new.merged_into.filter(|head| *head != id);
        new.merged.retain(|one| *one != id);
        new.sources = u32::try_from(new.merged.len()).unwrap_or(u32::MAX - 1) + 1;
        if new != *memory {
            Box::pin(put_in_place(app, scope, memory, new, now)).await?;
            open.extend(slots(&memory.claims));
        }
    }
    if !relatives.is_empty() {
        Box::pin(stale::flag(app, scope, id, now)).await?;
    }
    if !open.is_empty() {
        Box::pin(settle(app, scope, &open, now)).await?;
    }
    Ok(())
}

async fn forget_one(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<()> {
    match Box::pin(forget(app, scope, id, now)).await {
        Err(error) if error.kind != Kind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn relatives(app: &App, scope: &Scope, id: MemoryId) -> Result<Vec<Memory>> {
    let ids = app.records.relatives(scope, id).await?;
    let found = app.records.memories(scope, &ids).await?;
    Ok(found.into_iter().flatten().filter(|memory| memory.state != State::Forgotten).collect())
}
