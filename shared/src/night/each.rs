//! Going through all of a scope, a segment at a time: however large it is, little of it is in memory at once.

use std::collections::HashMap;

use crate::app::App;
use crate::aws::records::IndexState;
use crate::error::Result;
use crate::index::view::{self, Gone, Source};
use crate::index::{Entry, SegmentRef};
use crate::memory::MemoryId;

/// What makes an entry of a leaf dead: a later one of the same memory, or the mark that it is forgotten.
#[derive(Debug, Default)]
pub struct Later {
    revisions: HashMap<MemoryId, u32>,
    gone: HashMap<MemoryId, u32>,
}

impl Later {
    /// Of those entries and marks.
    pub fn new<'a>(entries: impl Iterator<Item = &'a Entry>, gone: &[Gone]) -> Later {
        let mut revisions: HashMap<MemoryId, u32> = HashMap::new();
        for entry in entries {
            let revision = revisions.entry(entry.id).or_default();
            *revision = (*revision).max(entry.revision);
        }
        Later { revisions, gone: gone.iter().map(|gone| (gone.id, gone.revision)).collect() }
    }

    /// Whether the entry, which is older than all of these, is dead.
    pub fn supersedes(&self, entry: &Entry) -> bool {
        self.revisions.get(&entry.id).is_some_and(|revision| *revision >= entry.revision)
            || self.gone.get(&entry.id).is_some_and(|revision| *revision >= entry.revision)
    }
}

/// Shows each live entry of the scope to `visit`, in no order.
pub async fn each_live(app: &App, state: &IndexState, mut visit: impl FnMut(&Entry)) -> Result<()> {
    let blocks = read(app, &state.manifest.segments).await?;
    let mut parts: Vec<&[Entry]> = blocks.iter().map(Vec::as_slice).collect();
    parts.push(&state.tail);
    let later = Later::new(parts.iter().copied().flatten(), &state.gone);
    view::live(&Source { blocks: parts, gone: &state.gone }).into_iter().for_each(&mut visit);
    let Some(atlas) = &state.manifest.atlas else { return Ok(()) };
    let atlas = app.atlases.get(&atlas.name).await?;
    for leaf in &atlas.leaves {
        let entries = app.segments.read(&leaf.name).await?;
        entries.iter().filter(|entry| !later.supersedes(entry)).for_each(&mut visit);
    }
    Ok(())
}

/// Those segments' entries.
pub async fn read(app: &App, segments: &[SegmentRef]) -> Result<Vec<Vec<Entry>>> {
    let mut blocks = Vec::with_capacity(segments.len());
    for segment in segments {
        blocks.push(app.segments.read(&segment.name).await?);
    }
    Ok(blocks)
}
