//! Puts the new vectors in place of the old ones: one change of the manifest.

use std::collections::HashMap;

use super::{Known, each};
use crate::app::App;
use crate::aws::records::IndexState;
use crate::classify::publish_changed;
use crate::error::{Error, Result};
use crate::index::renewal::Renewal;
use crate::index::{Atlas, Embedding, Entry, Fingerprint};
use crate::memory::{MemoryId, Scope, Time};
use crate::night::each::Later;
use crate::night::fresh::Fresh;
use crate::night::map;

/// How often it is tried again when the manifest changed under it.
const ATTEMPTS: u32 = 4;

/// Publishes what was gathered; gives how many vectors were replaced. What came meanwhile keeps what it has.
pub async fn switch(app: &App, scope: &Scope, at: &Renewal, now: Time) -> Result<usize> {
    for _ in 0..ATTEMPTS {
        let state = app.records.index(scope).await?;
        let atlas = match state.manifest.atlas.as_ref().filter(|named| at.settled.as_ref() != Some(&named.name)) {
            Some(named) => Some(app.atlases.get(&named.name).await?),
            None => None,
        };
        let published = match (app.embed.first(), atlas) {
            (Some(model), Some(atlas)) if atlas.fingerprint != model => {
                mapped(app, scope, &state, &atlas, model, at, now).await?
            }
            _ => whole(app, scope, &state, at, now).await?,
        };
        if let Some(replaced) = published {
            return Ok(replaced);
        }
    }
    Err(Error::conflict(format!("the manifest of {scope} keeps changing under its new vectors")))
}

/// Of a scope that is read whole, and of what stands beside an atlas: all segments become one.
async fn whole(app: &App, scope: &Scope, state: &IndexState, at: &Renewal, now: Time) -> Result<Option<usize>> {
    let mut vectors: HashMap<Known, Embedding> = HashMap::new();
    each(app, at, |renewed| {
        vectors.insert((renewed.id, renewed.revision), renewed.embedding);
    })
    .await?;
    let mut replaced = 0;
    let change = |entry: &mut Entry| {
        if let Some(embedding) = vectors.remove(&(entry.id, entry.revision)) {
            entry.embedding = Some(embedding);
            replaced += 1;
        }
    };
    let segments = state.manifest.segments.len();
    let published = publish_changed(app, scope, state, &[], segments, now, change).await?;
    Ok(published.map(|_| replaced))
}

/// Of a large scope: a new atlas of that model's vectors, made in rounds as a night maps what is fresh. Each round takes
/// a part of the ids, which are hashes, so that the first cells are learned from a fair sample; and only the last one's
/// atlas is published.
async fn mapped(
    app: &App,
    scope: &Scope,
    state: &IndexState,
    old: &Atlas,
    model: Fingerprint,
    at: &Renewal,
    now: Time,
) -> Result<Option<usize>> {
    let taken = state.manifest.segments.len();
    let fresh = Fresh::read(app, state, taken).await?;
    let before = fresh.entries + old.entries();
    let rounds = before.div_ceil(map::ROUND_MOST).max(1);
    let (mut atlas, mut others, mut replaced): (Option<Atlas>, Vec<Entry>, usize) = (None, Vec::new(), 0);
    for round in 0..rounds {
        let is_of_round = |entry: &Entry| entry.id.part_of(rounds) == round;
        let mut entries: Vec<Entry> = Vec::new();
        for place in &fresh.live {
            entries.extend(Some(fresh.entry(*place)?).filter(is_of_round));
        }
        for leaf in &old.leaves {
            let held = app.segments.read(&leaf.name).await?;
            entries.extend(held.into_iter().filter(|entry| is_of_round(entry) && !fresh.later.supersedes(entry)));
        }
        let places: HashMap<MemoryId, usize> = entries.iter().enumerate().map(|(i, entry)| (entry.id, i)).collect();
        each(app, at, |renewed| {
            let Some(place) = places.get(&renewed.id) else { return };
            let entry = &mut entries[*place];
            if entry.revision == renewed.revision {
                entry.embedding = Some(renewed.embedding);
                replaced += 1;
            }
        })
        .await?;
        let (takes, rest): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| map::takes(entry, model));
        others.extend(rest);
        if !takes.is_empty() {
            let entry = |entry: &Entry| Ok(entry.clone());
            atlas = map::write(app, scope, model, atlas.as_ref(), &takes, entry, &Later::default(), now).await?;
        }
    }
    let others: Vec<&Entry> = others.iter().collect();
    let published = map::publish(app, scope, state, taken, atlas, &others, before, now).await?;
    Ok(published.map(|_| replaced))
}
