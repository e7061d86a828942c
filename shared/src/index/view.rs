//! All that a recall may find, joined from segments and tails of one or more scopes: each memory once, as it is now.

use std::borrow::Borrow;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::civil::Date;

use crate::index::entry::Entry;
use crate::memory::MemoryId;

/// A forgotten memory: entries of it up to this revision are dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Which memory.
    pub id: MemoryId,
    /// The last dead revision.
    pub revision: u32,
    /// The day it was stored: that day's digest must be written again.
    pub day: Date,
}

/// One scope's entries and what was forgotten of them.
#[derive(Debug, Default)]
pub struct Source<'a> {
    /// Blocks of entries in any order: segments and tail.
    pub blocks: Vec<&'a [Entry]>,
    /// What was forgotten and may still stand in a block.
    pub gone: &'a [Gone],
}

/// One memory of the view.
#[derive(Debug)]
pub struct Row<'a> {
    /// Which of the sources it comes from.
    pub source: usize,
    /// What is known of it.
    pub entry: &'a Entry,
    /// Number of its session among the view's, or of itself where it has none.
    pub session: usize,
}

/// Each live memory once, but for what another one stands for, by source and session, in each by time of storing: a row's neighbours are its conversation.
#[derive(Debug)]
pub struct View<'a> {
    rows: Vec<Row<'a>>,
    derived: Vec<Row<'a>>,
    sessions: usize,
}

impl<'a> View<'a> {
    /// Joins the sources.
    pub fn new(sources: &[Source<'a>]) -> View<'a> {
        let (mut rows, mut derived): (Vec<Row<'a>>, Vec<Row<'a>>) = (Vec::new(), Vec::new());
        let mut sessions = 0;
        for (source, entries) in sources.iter().map(live).enumerate() {
            let mut numbers: HashMap<&str, usize, FixedState> = HashMap::default();
            rows.reserve(entries.len());
            for entry in entries {
                if entry.is_merged {
                    continue;
                }
                if entry.derived_from.is_some() {
                    derived.push(Row { source, entry, session: 0 });
                    continue;
                }
                let known = entry.session.as_deref().map(|name| *numbers.entry(name).or_insert(sessions));
                let session = known.unwrap_or(sessions);
                sessions += usize::from(session == sessions);
                rows.push(Row { source, entry, session });
            }
        }
        // Segments are in order of storing, so most of this is in order already.
        rows.sort_by_key(|row| (row.session, row.entry.order, row.entry.id));
        derived.sort_by_key(|row| (row.source, row.entry.order, row.entry.id));
        View { rows, derived, sessions }
    }

    /// The rows in order.
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// What was derived from rows, by source and time of storing. It is no row: it must not take the place of what somebody
    /// said, nor weigh in how rare a word is or what stands around a turn.
    pub fn derived(&self) -> &[Row<'a>] {
        &self.derived
    }

    /// How many sessions there are, rows without one counted as their own.
    pub fn sessions(&self) -> usize {
        self.sessions
    }

    /// The rows around a row within the same session, at most `reach` away, each with its distance.
    pub fn company(&self, row: usize, reach: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let session = self.rows[row].session;
        let before = (row.saturating_sub(reach)..row).map(move |other| (other, row - other));
        let after = (row + 1..(row + 1 + reach).min(self.rows.len())).map(move |other| (other, other - row));
        before.chain(after).filter(move |(other, _)| self.rows[*other].session == session)
    }
}

/// The source's live entries, in the order of its blocks: the latest revision of each memory, less the forgotten.
pub fn live<'a>(source: &Source<'a>) -> Vec<&'a Entry> {
    let count = source.blocks.iter().map(|block| block.len()).sum();
    latest(source.blocks.iter().copied().flatten(), count, source.gone)
}

/// Of these entries, lent or owned, the live ones, in their order. `count`: how many there are.
pub fn latest<E: Borrow<Entry>>(entries: impl Iterator<Item = E>, count: usize, gone: &[Gone]) -> Vec<E> {
    let mut latest: Vec<E> = Vec::with_capacity(count);
    let mut places: HashMap<MemoryId, usize, FixedState> =
        HashMap::with_capacity_and_hasher(count, FixedState::default());
    for entry in entries {
        let of = |entry: &E| (entry.borrow().revision, entry.borrow().kind.is_some());
        let place = *places.entry(entry.borrow().id).or_insert(latest.len());
        match latest.get_mut(place) {
            None => latest.push(entry),
            // Of equal revisions the classified one holds: classifying changes no text and so no revision.
            Some(known) if of(&entry) > of(known) => *known = entry,
            Some(_) => {}
        }
    }
    let gone: HashMap<MemoryId, u32, FixedState> = gone.iter().map(|gone| (gone.id, gone.revision)).collect();
    if !gone.is_empty() {
        let lives = |entry: &Entry| gone.get(&entry.id).is_none_or(|revision| entry.revision > *revision);
        latest.retain(|entry| lives(entry.borrow()));
    }
    latest
}

#[cfg(test)]
mod tests;
