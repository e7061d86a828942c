//! Forgetting: the text goes from every place it stands, and a stub without text stays as the proof.

use serde::Serialize;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::distill::cascade;
use crate::error::{Error, Kind, Result};
use crate::memory::{Memory, MemoryId, Scope, State, Time};

/// How often forgetting is tried again when the memory changed under it.
const ATTEMPTS: u32 = 5;
/// Most histories removed in the transaction itself; the ones before go first.
const WITH_STUB: usize = 79;

/// The proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// The memory that was.
    pub id: MemoryId,
    /// Always `forgotten`.
    pub state: State,
    /// When.
    pub forgotten_at: Time,
}

/// Forgets a memory, and what was made from it alone: from the moment it returns, no answer holds it. Segments still hold its entry, which nothing reads,
/// until the next night compacts them. Forgetting again gives the same proof. Not found where there never was one.
pub async fn forget(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<Forgotten> {
    app.register(scope, now).await?;
    forget_if(app, scope, id, now, |_| true).await
}

/// Forgets a memory that is past its end; leaves one that was given a new end, or took its place, as it is.
pub async fn forget_ended(app: &App, scope: &Scope, id: MemoryId, now: Time) -> Result<()> {
    match forget_if(app, scope, id, now, |memory| !memory.is_visible(now)).await {
        Err(error) if error.kind == Kind::NotFound => Ok(()),
        forgotten => forgotten.map(|_| ()),
    }
}

/// Forgets a memory that was stored before that time; leaves one that took its place since as it is.
pub async fn forget_stored_before(app: &App, scope: &Scope, id: MemoryId, before: Time, now: Time) -> Result<()> {
    match forget_if(app, scope, id, now, |memory| memory.recorded_at < before).await {
        Err(error) if error.kind == Kind::NotFound => Ok(()),
        forgotten => forgotten.map(|_| ()),
    }
}

async fn forget_if(
    app: &App,
    scope: &Scope,
    id: MemoryId,
    now: Time,
    applies: impl Fn(&Memory) -> bool,
) -> Result<Forgotten> {
    for _ in 0..ATTEMPTS {
        let old = app.records.stub(scope, id).await?.filter(&applies);
        let old = old.ok_or_else(|| Error::not_found(format!("there is no memory {id} in {scope}")))?;
        // What was made from it goes first: if this is interrupted, only what can be made again is gone.
        Box::pin(cascade::forget_derived(app, scope, id, now)).await?;
        let history = app.records.history(scope, id).await?;
        let revisions: Vec<u32> = history.iter().map(|memory| memory.revision).collect();
        let (early, last) = revisions.split_at(revisions.len().saturating_sub(WITH_STUB));
        app.records.remove_history(scope, id, early).await?;
        if old.state == State::Forgotten {
            // An earlier try got as far as the stub.
            if let Some(cold) = &old.cold {
                app.cold.remove(&cold.object, id).await?;
            }
            app.records.remove_history(scope, id, last).await?;
            app.records.drop_memos(scope, id).await?;
            Box::pin(cascade::release(app, scope, &old, now)).await?;
            return Ok(Forgotten { id, state: State::Forgotten, forgotten_at: old.updated_at });
        }
        let stub = old.forgotten(now);
        if app.records.forget(scope, &old, &stub, last).await? == Outcome::Done {
            // Its record in the cold tier goes with it; after the stub, so that nobody looks for it there.
            if let Some(cold) = &stub.cold {
                app.cold.remove(&cold.object, id).await?;
            }
            // What models said of it goes, too; after the stub, since from then on no such answer is kept.
            app.records.drop_memos(scope, id).await?;
            Box::pin(cascade::release(app, scope, &old, now)).await?;
            return Ok(Forgotten { id, state: State::Forgotten, forgotten_at: now });
        }
    }
    Err(Error::conflict(format!("memory {id} keeps changing while it is to be forgotten")))
}
