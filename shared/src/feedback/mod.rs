//! What people say of memories: it corrects how one is classified, at once, and is kept to learn from.

mod body;
mod requests;

pub use body::Said;
pub use requests::{Request, requests};

use futures_util::future::try_join;
use serde::Serialize;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::classify::{closed::closed, rules};
use crate::error::{Error, Result};
use crate::index::{Embedding, Entry};
use crate::ingest::{embed, queue};
use crate::memory::feedback::{Correction, Feedback};
use crate::memory::{Classification, Memory, MemoryId, Scope, Sensitivity, State, Time};

/// How often it is tried again when the memory changed under it.
const ATTEMPTS: u32 = 5;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Given {
    /// The memory.
    pub id: MemoryId,
    /// Its revision from now on.
    pub revision: u32,
    /// How it is classified from now on; null while that is still to be found.
    pub classification: Option<Classification>,
    /// Whether all of it had been said before.
    pub repeated: bool,
}

/// Keeps what a person says of a memory, and corrects its classification. A correction is a new revision, of the same text:
/// what the index holds of the earlier one is dead, wherever it lies, and a late message to classify that one changes
/// nothing. Saying it again changes nothing. Not found where there is no such memory.
pub async fn give(app: &App, scope: &Scope, id: MemoryId, said: &Said, now: Time) -> Result<Given> {
    app.register(scope, now).await?;
    for _ in 0..ATTEMPTS {
        let reads = try_join(app.records.memory(scope, id), app.records.feedback(scope, id));
        let (old, kept) = reads.await?;
        let old = old.filter(|memory| memory.is_visible(now));
        let old = old.ok_or_else(|| Error::not_found(format!("there is no memory {id} in {scope}")))?;
        let before = match &kept {
            Some(kept) if kept.is_of(&old) => kept.clone(),
            Some(kept) => Feedback { revision: kept.revision, ..Feedback::none_of(&old) },
            None => Feedback::none_of(&old),
        };
        let feedback = before.with(&said.correction, said.vote.clone(), old.classification.as_ref(), now);
        let corrected = corrected(&old, &said.correction, now);
        if corrected.is_none() && kept.as_ref() == Some(&feedback) {
            let Memory { revision, classification, .. } = old;
            return Ok(Given { id, revision, classification, repeated: true });
        }
        let entry = match &corrected {
            Some(new) => Some(entry(app, scope, &old, new, now).await?),
            None => None,
        };
        let written = corrected.as_ref().zip(entry.as_ref());
        let was = kept.map(|kept| kept.revision);
        if app.records.keep_feedback(scope, &old, written, &feedback, was).await? == Outcome::Done {
            let new = corrected.unwrap_or(old);
            if new.state == State::Pending {
                // The message that is on its way names a revision that is no more.
                queue(app, scope, &[id]).await;
            }
            return Ok(Given { id, revision: new.revision, classification: new.classification, repeated: false });
        }
    }
    Err(Error::conflict(format!("memory {id} keeps changing while it is corrected")))
}

/// The memory as a person says it is; none where it is so already. What is still to be classified keeps waiting for it,
/// with what the person says standing already.
fn corrected(old: &Memory, correction: &Correction, now: Time) -> Option<Memory> {
    if correction.is_empty() {
        return None;
    }
    let found = old.classification.clone();
    let found = found.unwrap_or_else(|| rules::classify(&old.content, old.speaker.as_deref(), old.time()));
    let classification = Some(correction.applied_to(found));
    let new = Memory { revision: old.revision + 1, updated_at: now, classification, ..old.clone() };
    (new.classification != old.classification).then_some(new)
}

/// What the index is to know of it. What waits to be classified stays in the tail, so its entry is that of a memory which
/// does.
async fn entry(app: &App, scope: &Scope, old: &Memory, new: &Memory, now: Time) -> Result<Entry> {
    let embedding = match closed(new) {
        Sensitivity::UltraSecret => None,
        _ => embedding(app, scope, old, new, now).await?,
    };
    Ok(match new.state {
        State::Pending => Entry::of(&Memory { classification: None, ..new.clone() }, embedding),
        _ => Entry::of(new, embedding),
    })
}

/// The vector that the tail still has, or one made anew: the text is the same.
async fn embedding(app: &App, scope: &Scope, old: &Memory, new: &Memory, now: Time) -> Result<Option<Embedding>> {
    let tail = app.records.tail(scope, &[old.id]).await?;
    if let Some(entry) = tail.into_iter().find(|entry| entry.revision == old.revision && entry.embedding.is_some()) {
        return Ok(entry.embedding);
    }
    let embeddings = embed(app, scope, &[new], app.config.embed_within, now).await;
    Ok(embeddings.into_iter().flatten().next())
}
