//! What was distilled, in a recall: facts that answer it, beside the turns and never in their place, and a note on turns of
//! which what they said has given way.

use std::collections::HashMap;

use crate::index::View;
use crate::index::terms::{Term, terms};
use crate::index::view::Row;
use crate::memory::lesson::{is_candidate, is_tagged};
use crate::memory::{Memory, MemoryId, Time};
use crate::recall::search::Ranking;

/// Most facts of one answer.
const MOST: usize = 3;
/// Least share of the question's words that a fact must have.
const LEAST_WORDS: f32 = 0.5;
/// Or else least nearness.
const LEAST_COSINE: f32 = 0.6;

/// A fact that answers.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its scope.
    pub scope: String,
    /// The fact.
    pub memory: Memory,
}

/// The facts of the view that answer the question, best first.
pub(super) fn answering<'v, 'a>(ranking: &Ranking<'_>, view: &'v View<'a>) -> Vec<&'v Row<'a>> {
    let (request, question) = (ranking.request, ranking.question);
    let named: Vec<Term> = question.named.iter().flat_map(|name| terms(name)).collect();
    let mut scored: Vec<(f32, &Row<'a>)> = Vec::new();
    for row in view.derived() {
        let entry = row.entry;
        // What was revised may have been other then, and its history is not read for a fact.
        let is_certain = request.known_at.is_none() || entry.revision == 1;
        if entry.is_stale || is_candidate(&entry.tags) || !is_certain || !request.admits(entry, ranking.now) {
            continue;
        }
        let has = |term: &Term| entry.terms.binary_search_by_key(term, |(term, _)| *term).is_ok();
        if !named.is_empty() && !named.iter().any(has) {
            continue;
        }
        let words = question.terms.iter().filter(|term| has(term)).count() as f32 / question.terms.len().max(1) as f32;
        let cosines = ranking.vectors.iter().filter_map(|vector| entry.embedding.as_ref()?.cosine(vector));
        let cosine = cosines.fold(0.0_f32, f32::max);
        if words >= LEAST_WORDS || cosine >= LEAST_COSINE {
            scored.push((words + cosine, row));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.entry.order.cmp(&a.1.entry.order)));
    scored.truncate(MOST);
    scored.into_iter().map(|(_, row)| row).collect()
}

/// By turn, what took the place of what it said and from when on, where nothing that was distilled from it holds any more.
#[derive(Debug, Default)]
pub(super) struct Notes(HashMap<(usize, MemoryId), Option<(MemoryId, Time)>>);

impl Notes {
    /// Of the view's turns, as things stood at `at`.
    pub(super) fn new(view: &View<'_>, at: Time) -> Notes {
        let mut notes: HashMap<(usize, MemoryId), Option<(MemoryId, Time)>> = HashMap::new();
        for row in view.derived() {
            // That a lesson holds says nothing of what the turn said.
            if is_tagged(&row.entry.tags) {
                continue;
            }
            let Some(turn) = row.entry.derived_from else { continue };
            let gave_way = row.entry.superseded_by.zip(row.entry.superseded_at).filter(|(_, when)| *when <= at);
            let note = notes.entry((row.source, turn)).or_insert(gave_way);
            *note = note.zip(gave_way).map(|(one, other)| if one.1 < other.1 { other } else { one });
        }
        Notes(notes)
    }

    /// Writes the note on a turn that was found.
    pub(super) fn write(&self, source: usize, memory: &mut Memory) {
        if let Some(Some((by, at))) = self.0.get(&(source, memory.id))
            && memory.superseded_by.is_none()
        {
            (memory.superseded_by, memory.superseded_at) = (Some(*by), Some(*at));
        }
    }
}
