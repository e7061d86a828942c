//! Classifying what was stored, off the caller's path: kind, sensitivity, importance, names and event time.

pub mod closed;
pub mod emotion;
pub mod entities;
pub mod event_time;
mod flush;
pub mod gist;
pub mod head;
mod kinds;
mod lapse;
mod model;
pub mod preview;
pub mod relations;
pub mod rules;
pub mod sensitivity;
mod topics;
pub mod trained;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join;

use crate::app::App;
use crate::aws::writes::{Outcome, STORED_TOGETHER};
use crate::distill::distill;
use crate::error::Result;
use crate::index::{Embedding, Entry};
use crate::ingest;
use crate::learned;
use crate::memory::{Classification, Kind, Memory, MemoryId, Scope, State, Time};

pub use flush::{Pace, flush, publish_changed, publish_merged};

/// How long the embedding chain may take for one message, where nobody waits: four messages at a time, of ten, must end
/// within the function's 120 seconds.
const EMBED_WITHIN: Duration = Duration::from_secs(20);

/// Classifies those of the memories that are still pending, then flushes the tail where it has grown long. Doing it
/// again changes nothing.
pub async fn classify(app: &App, scope: &Scope, ids: &[MemoryId], now: Time) -> Result<()> {
    // What nights chose, and what models came to, is read and written while the memories are read.
    let beside = join(learned::refresh(app, scope.tenant(), now), app.budgets.write_due(now));
    let (found, _) = join(app.records.memories(scope, ids), Box::pin(beside)).await;
    let found = found?;
    // What is not there was removed by its expiry; what is forgotten has no text to classify.
    let pending: Vec<Memory> = found.into_iter().flatten().filter(|memory| memory.state == State::Pending).collect();
    if !pending.is_empty() {
        let found = classify_each(app, scope, &pending, now).await;
        let classified = pending.into_iter().zip(found).map(|(memory, classification)| Memory {
            state: State::Ready,
            classification: Some(classification),
            ..memory
        });
        let classified: Vec<Memory> = classified.collect();
        // Once they are classified: what was found decides who may see them.
        let embeddings = embed(app, scope, &classified, now).await?;
        let classified = classified.into_iter().map(|memory| {
            let embedding = embeddings.get(&(memory.id, memory.revision)).cloned();
            let entry = Entry::of(&memory, embedding);
            (memory, entry)
        });
        let classified: Vec<(Memory, Entry)> = classified.collect();
        Box::pin(distill(app, scope, &classified, now)).await?;
        write(app, scope, classified, now).await?;
    }
    // Reading the tail to see whether it is long costs more than classifying: it is read when it may be.
    if app.pace.is_due(scope, ids.len()) {
        let left = flush(app, scope, now).await?;
        app.pace.looked(scope, left);
    }
    Ok(())
}

/// Writes them together, without those that were changed, forgotten or classified meanwhile: whoever did that has seen
/// to it.
async fn write(app: &App, scope: &Scope, mut classified: Vec<(Memory, Entry)>, now: Time) -> Result<()> {
    while !classified.is_empty() {
        let mut chunk = classified.split_off(classified.len().saturating_sub(STORED_TOGETHER));
        while let Outcome::Refused(places) = app.records.classified(scope, &chunk, now).await? {
            tracing::debug!(%scope, refused = places.len(), "classified elsewhere");
            let mut place = 0..;
            chunk.retain(|_| place.next().is_some_and(|place| !places.contains(&place)));
            if chunk.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

async fn classify_each(app: &App, scope: &Scope, pending: &[Memory], now: Time) -> Vec<Classification> {
    let head = learned::head(app, scope.tenant(), now).await;
    let by_rules = pending.iter().map(|memory| {
        // What a person said while it waited holds, and what it has from the memory that it was made of.
        let said = memory.classification.clone();
        let (text, speaker) = (&memory.content, memory.speaker.as_deref());
        said.unwrap_or_else(|| rules::classify_by(&head, text, speaker, memory.time()).0)
    });
    let found = Box::pin(model::improve(app, scope, pending, by_rules.collect(), now)).await;
    // A file is a note, whatever its text is like.
    let of_file = |(memory, found): (&Memory, Classification)| match memory.is_file() {
        true => Classification { kind: Kind::Note, ..found },
        false => found,
    };
    pending.iter().zip(found).map(of_file).collect()
}

/// The vectors that ingest gave, and new ones for what has none of the route's first model: it may have been away, or
/// slower than a caller waits.
async fn embed(
    app: &App,
    scope: &Scope,
    classified: &[Memory],
    now: Time,
) -> Result<HashMap<(MemoryId, u32), Embedding>> {
    let ids: Vec<MemoryId> = classified.iter().map(|memory| memory.id).collect();
    let tail = app.records.tail(scope, &ids).await?;
    let mut known: HashMap<(MemoryId, u32), Embedding> =
        tail.into_iter().filter_map(|entry| Some(((entry.id, entry.revision), entry.embedding?))).collect();
    let first = app.embed.first();
    let is_of_first = |embedding: &Embedding| Some(embedding.fingerprint) == first;
    let bare: Vec<&Memory> = (classified.iter())
        .filter(|memory| !known.get(&(memory.id, memory.revision)).is_some_and(is_of_first))
        .collect();
    if bare.is_empty() {
        return Ok(known);
    }
    let embeddings = ingest::embed(app, scope, &bare, EMBED_WITHIN, now).await;
    for (memory, embedding) in bare.into_iter().zip(embeddings) {
        known.extend(embedding.map(|embedding| ((memory.id, memory.revision), embedding)));
    }
    Ok(known)
}
