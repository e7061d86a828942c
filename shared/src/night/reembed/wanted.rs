//! Which memories should have another vector.

use std::collections::HashSet;

use super::Known;
use crate::app::App;
use crate::aws::records::IndexState;
use crate::error::Result;
use crate::index::renewal::Renewal;
use crate::index::{Entry, Fingerprint};
use crate::memory::{MemoryId, Sensitivity};
use crate::night::each::{each_fresh, each_mapped};

/// A memory as the index has it.
#[derive(Debug, Clone, Copy)]
pub struct Want {
    /// Which memory, at which revision.
    pub known: Known,
    /// How closed it is.
    pub sensitivity: Sensitivity,
    /// Whose vector it has.
    pub has: Option<Fingerprint>,
}

/// What a scope wants.
#[derive(Debug, Default)]
pub struct Wanted {
    /// These memories, in the order of the index.
    pub entries: Vec<Want>,
    /// The atlas that stays as it is, since most of what it maps cannot have another vector.
    pub settles: Option<String>,
}

/// Looks through segments and atlas. What is in the tail is left to classifying and compaction, which come first.
pub async fn wanted(app: &App, state: &IndexState, at: &Renewal) -> Result<Wanted> {
    let in_tail: HashSet<MemoryId> = state.tail.iter().map(|entry| entry.id).collect();
    let left: HashSet<Known> = at.left.iter().map(|left| (left.id, left.revision)).collect();
    let want = |entry: &Entry| {
        let sensitivity = entry.sensitivity?;
        let has = entry.embedding.as_ref().map(|embedding| embedding.fingerprint);
        let known = (entry.id, entry.revision);
        let is_wanted = app.embed.best(sensitivity).is_some_and(|best| has != Some(best))
            && !left.contains(&known)
            && !in_tail.contains(&entry.id);
        is_wanted.then_some(Want { known, sensitivity, has })
    };
    let mut wanted = Wanted::default();
    let later = each_fresh(app, state, |entry| wanted.entries.extend(want(entry))).await?;
    let Some(named) = state.manifest.atlas.as_ref().filter(|named| at.settled.as_ref() != Some(&named.name)) else {
        return Ok(wanted);
    };
    let atlas = app.atlases.get(&named.name).await?;
    if app.embed.first() == Some(atlas.fingerprint) {
        return Ok(wanted);
    }
    let (mut mapped, mut movable) = (0, Vec::new());
    each_mapped(app, state, &later, |entry| {
        mapped += 1;
        movable.extend(want(entry));
    })
    .await?;
    // An atlas maps the vectors of one model: that of most.
    if 2 * movable.len() > mapped {
        wanted.entries.extend(movable);
    } else {
        wanted.settles = Some(named.name.clone());
    }
    Ok(wanted)
}
