//! All that a recall may find, joined from segments and tails of one or more scopes: each memory once, as it is now.

use std::collections::HashMap;

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

/// Each live memory once, ordered by source, session and time of storing: a row's neighbours are its conversation.
#[derive(Debug)]
pub struct View<'a> {
    rows: Vec<Row<'a>>,
    sessions: usize,
}

impl<'a> View<'a> {
    /// Joins the sources.
    pub fn new(sources: &[Source<'a>]) -> View<'a> {
        let mut rows: Vec<Row<'a>> = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            rows.extend(live(source).into_iter().map(|entry| Row { source: number, entry, session: 0 }));
        }
        rows.sort_unstable_by_key(|row| (row.source, row.entry.session.as_deref(), row.entry.order, row.entry.id));
        let mut sessions = 0;
        for i in 0..rows.len() {
            let continues = i > 0 && same_session(&rows[i - 1], &rows[i]);
            sessions += usize::from(!continues);
            rows[i].session = sessions - 1;
        }
        View { rows, sessions }
    }

    /// The rows in order.
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
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

/// The source's live entries: the latest revision of each memory, less the forgotten.
pub fn live<'a>(source: &Source<'a>) -> Vec<&'a Entry> {
    let mut latest: HashMap<MemoryId, &'a Entry> = HashMap::new();
    for entry in source.blocks.iter().copied().flatten() {
        let known = latest.entry(entry.id).or_insert(entry);
        // Of equal revisions the classified one holds: classifying changes no text and so no revision.
        if (entry.revision, entry.kind.is_some()) > (known.revision, known.kind.is_some()) {
            *known = entry;
        }
    }
    for gone in source.gone {
        if latest.get(&gone.id).is_some_and(|entry| entry.revision <= gone.revision) {
            latest.remove(&gone.id);
        }
    }
    latest.into_values().collect()
}

fn same_session(a: &Row<'_>, b: &Row<'_>) -> bool {
    a.source == b.source && a.entry.session.is_some() && a.entry.session == b.entry.session
}

#[cfg(test)]
mod tests;
