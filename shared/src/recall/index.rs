//! What a recall reads of each scope's index: manifest and tail in the first wave, what they name in the second.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::{join, join_all};

use crate::app::App;
use crate::aws::records::IndexState;
use crate::error::Result;
use crate::index::ranking::Background;
use crate::index::view::Source;
use crate::index::{Atlas, Entry, atlas};
use crate::memory::{MemoryId, Scope};
use crate::recall::candidates::present;

/// One scope's index after the first wave.
#[derive(Debug)]
pub struct Read {
    /// Manifest, tail and marks of the forgotten.
    pub state: IndexState,
    /// The map, where the scope is too large to be read whole.
    pub atlas: Option<Arc<Atlas>>,
}

/// The first wave: manifest and tail, and beside them the atlas where the container does not know that it has the live
/// one, or that there is none.
pub async fn read(app: &App, scope: &Scope) -> Result<Read> {
    let state = app.records.index(scope);
    let (state, parts) = if app.atlases.is_at_hand(scope) {
        (state.await?, None)
    } else {
        let (state, parts) = join(state, app.records.atlases(scope)).await;
        (state?, Some(parts?))
    };
    let named = state.manifest.atlas.as_ref().map(|atlas| atlas.name.as_str());
    app.atlases.note(scope, named);
    let Some(name) = named else { return Ok(Read { state, atlas: None }) };
    if let Some(atlas) = app.atlases.cached(name) {
        return Ok(Read { state, atlas: Some(atlas) });
    }
    let part = parts.as_ref().and_then(|parts| parts.get(atlas::hash(name)));
    // Where the parts are those of another atlas, or broken, its object still says it: one more wave, seldom.
    let atlas = match part.map(|bytes| app.atlases.take(name, bytes)) {
        Some(Ok(atlas)) => Some(atlas),
        _ => present(app.atlases.get(name).await)?,
    };
    Ok(Read { state, atlas })
}

/// The scope's segments that are read whole. One whose bytes are wrong is left out, and the receipt says so.
pub async fn segments(app: &App, read: &Read) -> Result<Vec<Arc<[Entry]>>> {
    let segments = &read.state.manifest.segments;
    let blocks = join_all(segments.iter().map(|segment| app.segments.get(&segment.name))).await;
    let blocks: Result<Vec<Option<_>>> = blocks.into_iter().map(present).collect();
    Ok(blocks?.into_iter().flatten().collect())
}

impl Read {
    /// The scope's fresh entries: those blocks and the tail, and `more` where there is more.
    pub fn source<'a>(&'a self, blocks: &'a [Arc<[Entry]>], more: &'a [Entry]) -> Source<'a> {
        let mut source = self.state.source(blocks);
        source.blocks.push(more);
        source
    }

    /// Memories whose entries in the atlas hold no more: forgotten since, or fresh.
    pub fn later(&self, blocks: &[Arc<[Entry]>]) -> HashSet<MemoryId> {
        let fresh = blocks.iter().flat_map(|block| block.iter()).chain(&self.state.tail).map(|entry| entry.id);
        fresh.chain(self.state.gone.iter().map(|gone| gone.id)).collect()
    }
}

/// What the scopes hold beside their fresh entries.
pub fn background(reads: &[Read]) -> Background<'_> {
    Background { atlases: reads.iter().filter_map(|read| read.atlas.as_deref()).collect(), ..Background::default() }
}
