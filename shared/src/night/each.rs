//! Going through all of a scope, a segment at a time: however large it is, little of it is in memory at once.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::app::App;
use crate::aws::records::IndexState;
use crate::error::Result;
use crate::index::Entry;
use crate::memory::MemoryId;

/// What makes an earlier entry dead: a later one of the same memory, or the mark that it is forgotten.
#[derive(Debug, Default)]
pub struct Later(HashMap<MemoryId, u32, FixedState>);

impl Later {
    /// Of the tail and what was forgotten. Only what is older than the tail's entries is dead: a segment that was published
    /// since these were read holds the very same.
    pub fn of_tail(state: &IndexState) -> Later {
        let mut later = Later::default();
        state.gone.iter().for_each(|gone| later.kills(gone.id, gone.revision));
        state.tail.iter().for_each(|entry| later.kills(entry.id, entry.revision.saturating_sub(1)));
        later
    }

    /// Takes these into account, too.
    pub fn add<'a>(&mut self, entries: impl Iterator<Item = &'a Entry>) {
        entries.for_each(|entry| self.kills(entry.id, entry.revision));
    }

    /// What is of the memory up to that revision is dead.
    fn kills(&mut self, id: MemoryId, revision: u32) {
        let known = self.0.entry(id).or_default();
        *known = (*known).max(revision);
    }

    /// Whether the entry, which is older than all of these, is dead.
    pub fn supersedes(&self, entry: &Entry) -> bool {
        self.0.get(&entry.id).is_some_and(|revision| *revision >= entry.revision)
    }
}

/// Shows each live entry of the scope to `visit`, in no order.
pub async fn each_live(app: &App, state: &IndexState, mut visit: impl FnMut(&Entry)) -> Result<()> {
    let later = each_fresh(app, state, &mut visit).await?;
    each_mapped(app, state, &later, visit).await
}

/// Shows each live entry of segments and tail; gives what of the atlas is dead. The newest segment comes first: of two
/// entries of a memory the later revision stands in the newer one, so what was seen once is dead from there on.
pub async fn each_fresh(app: &App, state: &IndexState, mut visit: impl FnMut(&Entry)) -> Result<Later> {
    let mut later = Later::of_tail(state);
    let mut show = |later: &mut Later, entries: &[&Entry]| {
        entries.iter().filter(|entry| !later.supersedes(entry)).for_each(|entry| visit(entry));
        later.add(entries.iter().copied());
    };
    // What is pending comes last: a segment that was published since may hold it as it was classified.
    let (complete, pending): (Vec<&Entry>, Vec<&Entry>) = state.tail.iter().partition(|entry| entry.is_complete());
    show(&mut later, &complete);
    for segment in state.manifest.segments.iter().rev() {
        let entries = app.segments.read(&segment.name).await?;
        show(&mut later, &entries.iter().collect::<Vec<&Entry>>());
    }
    show(&mut later, &pending);
    Ok(later)
}

/// Shows each entry of the atlas's leaves that nothing of `later` makes dead.
pub async fn each_mapped(app: &App, state: &IndexState, later: &Later, mut visit: impl FnMut(&Entry)) -> Result<()> {
    let Some(atlas) = &state.manifest.atlas else { return Ok(()) };
    let atlas = app.atlases.get(&atlas.name).await?;
    for leaf in &atlas.leaves {
        let entries = app.segments.read(&leaf.name).await?;
        entries.iter().filter(|entry| !later.supersedes(entry)).for_each(&mut visit);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
