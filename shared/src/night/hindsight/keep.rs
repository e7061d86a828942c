//! Keeping a lesson as a memory, on what it stands on.

use serde_json::json;

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::classify::closed::closed;
use crate::classify::rules;
use crate::classify::sensitivity::sensitivity;
use crate::distill::{indexed, put_in_place};
use crate::error::Result;
use crate::forget::forget;
use crate::memory::id::Identity;
use crate::memory::lesson::{CANDIDATE, FIELD, Kept, Lesson, TAG};
use crate::memory::{Classification, Kind, Memory, MemoryId, Scope, Sensitivity, State, Time};

/// A lesson that has something new in it.
pub struct Keeping {
    id: MemoryId,
    old: Option<Memory>,
    /// With what was known of it before.
    pub kept: Kept,
}

impl Keeping {
    /// The `nth` lesson made from that memory; none where nothing is new in it, or somebody forgot it.
    pub async fn of(app: &App, scope: &Scope, source: &Memory, nth: usize, lesson: &Lesson) -> Result<Option<Keeping>> {
        let id = MemoryId::derive(scope, Identity::Derived { from: source.id, revision: source.revision, nth });
        let old = app.records.memory(scope, id).await?;
        // Whoever forgot it did not want it.
        if old.as_ref().is_some_and(|old| old.state == State::Forgotten) {
            return Ok(None);
        }
        let kept = old.as_ref().map(Kept::of).unwrap_or_default().with(lesson);
        if old.as_ref().is_some_and(|old| Kept::of(old) == kept) {
            return Ok(None);
        }
        Ok(Some(Keeping { id, old, kept }))
    }

    /// Keeps it in those words, to go with each memory that it stands on, where it is no more closed than `most`; none
    /// where it may not be kept, or something changed meanwhile.
    pub async fn put(
        self,
        app: &App,
        scope: &Scope,
        source: &Memory,
        evidence: Vec<MemoryId>,
        content: String,
        (most, now): (Sensitivity, Time),
    ) -> Result<Option<Kept>> {
        let Keeping { id, old, kept } = self;
        let new = made_of(id, source, &evidence, &kept, content, now);
        if new.classification.as_ref().is_none_or(|class| class.sensitivity > most) {
            return Ok(None);
        }
        // Notes first: who forgets one of these meanwhile finds what was made from it.
        let notes: Vec<(MemoryId, MemoryId)> = evidence.iter().map(|of| (*of, id)).collect();
        app.records.note_relations(scope, &notes).await?;
        let outcome = match &old {
            Some(old) => {
                put_in_place(app, scope, old, Memory { recorded_at: old.recorded_at, order: old.order, ..new }, now)
                    .await?
            }
            None => {
                let entry = indexed(app, scope, &new, now).await;
                app.records.derive(scope, source, &[(new, entry)]).await?
            }
        };
        if outcome != Outcome::Done {
            return Ok(None);
        }
        // One of these may have been forgotten before its note was there.
        let still = app.records.memories(scope, &evidence).await?;
        if still.iter().any(|memory| memory.as_ref().is_none_or(|memory| memory.state == State::Forgotten)) {
            Box::pin(forget(app, scope, id, now)).await?;
            return Ok(None);
        }
        Ok(Some(kept))
    }
}

/// The lesson as a memory.
fn made_of(id: MemoryId, source: &Memory, evidence: &[MemoryId], kept: &Kept, content: String, now: Time) -> Memory {
    let class = rules::classify(&content, None, now);
    let classification = Classification {
        kind: Kind::Procedure,
        sensitivity: sensitivity(&content).max(closed(source)),
        confidence: kept.confidence(),
        relevant_until: None,
        by: TAG.to_owned(),
        ..class
    };
    let candidate = (!kept.is_supported()).then(|| CANDIDATE.to_owned());
    Memory {
        expires_at: source.expires_at,
        metadata: [(FIELD.to_owned(), json!(kept))].into_iter().collect(),
        tags: std::iter::once(TAG.to_owned()).chain(candidate).collect(),
        ..Memory::new(id, content, now).derived(evidence.to_vec(), classification)
    }
}
