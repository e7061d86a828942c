//! The sentences of a session that tell most of it: those that hold most of its words that are not told yet, for their
//! length. Without a model, and the same every time.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::index::terms::{Term, terms};
use crate::memory::summary::{LEVELS, Pick};
use crate::memory::{Kind, Memory, MemoryId, Role};
use crate::models::builtin;

/// Most sentences, and tokens, of each level.
const MOST: [(usize, usize); LEVELS] = [(1, 60), (5, 140), (16, 480)];
/// Longest sentence, in bytes: what has no end in sight is cut.
const MOST_BYTES: usize = 320;
/// Terms that a sentence must have to tell anything.
const LEAST_TERMS: usize = 3;
/// What a name or number of the text weighs, against a word.
const NAMED: f32 = 2.0;
/// What a sentence of the assistant's weighs: what it said is no evidence by itself.
const OF_ASSISTANT: f32 = 0.4;
/// What greetings and the like weigh.
const OF_NOTE: f32 = 0.6;
/// Tokens of a line beside its sentence: who says it, and its name.
const BESIDE: usize = 12;

struct Candidate {
    pick: Pick,
    terms: Vec<Term>,
    weight: f32,
    tokens: usize,
}

/// The sentences, best first, and how many of them each level has.
pub fn picks(turns: &[Memory]) -> (Vec<Pick>, [u32; LEVELS]) {
    let weights = weights(turns);
    let mut left: Vec<Candidate> = turns.iter().flat_map(|turn| candidates(turn, LEAST_TERMS)).collect();
    if left.is_empty() {
        // Greetings and questions only: then these are what it held.
        left = turns.iter().flat_map(|turn| candidates(turn, 0)).collect();
    }
    let (most, budget) = MOST[LEVELS - 1];
    let (mut picks, mut spent): (Vec<Pick>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut told: HashSet<Term> = HashSet::new();
    while picks.len() < most {
        let worth = |candidate: &Candidate| {
            let news = candidate.terms.iter().filter(|term| !told.contains(term));
            let gain: f32 = news.map(|term| weights.get(term).copied().unwrap_or_default()).sum();
            candidate.weight * gain / ((candidate.tokens + BESIDE) as f32).sqrt()
        };
        let worths: Vec<f32> = left.iter().map(worth).collect();
        // Of equal ones the first that was said.
        let best = (0..left.len()).rev().max_by(|a, b| worths[*a].total_cmp(&worths[*b]));
        let Some(best) = best.filter(|best| worths[*best] > 0.0 || picks.is_empty()) else { break };
        let candidate = left.remove(best);
        let all = spent.last().copied().unwrap_or(0) + candidate.tokens;
        if all > budget && !picks.is_empty() {
            continue;
        }
        told.extend(&candidate.terms);
        picks.push(candidate.pick);
        spent.push(all);
    }
    let counts = MOST.map(|(most, budget)| {
        let fit = spent.iter().take(most).filter(|all| **all <= budget).count();
        u32::try_from(fit.max(1).min(picks.len())).unwrap_or(u32::MAX)
    });
    (picks, counts)
}

/// What each term of the session weighs: more where more turns have it, and where it names something.
fn weights(turns: &[Memory]) -> HashMap<Term, f32> {
    let mut counts: HashMap<Term, f32> = HashMap::new();
    let mut named: HashSet<Term> = HashSet::new();
    for turn in turns {
        let of_turn: HashSet<Term> = terms(&turn.content).into_iter().collect();
        for term in of_turn {
            *counts.entry(term).or_default() += 1.0;
        }
        let entities = turn.classification.iter().flat_map(|class| &class.entities);
        named.extend(entities.flat_map(|entity| terms(&entity.name)));
        let numbers = turn.content.split_whitespace().filter(|word| word.chars().any(|c| c.is_ascii_digit()));
        named.extend(numbers.flat_map(terms));
    }
    // Those who speak are named all the time.
    let voices: HashSet<Term> = turns.iter().filter_map(|turn| turn.speaker.as_deref()).flat_map(terms).collect();
    let weight = |(term, count): (Term, f32)| {
        let is_named = named.contains(&term) && !voices.contains(&term);
        (term, (1.0 + count).ln() * if is_named { NAMED } else { 1.0 })
    };
    counts.into_iter().map(weight).collect()
}

/// The turn's sentences that state something.
fn candidates(turn: &Memory, least_terms: usize) -> Vec<Candidate> {
    let class = turn.classification.as_ref();
    let importance = class.map_or(0.5, |class| class.importance);
    let is_note = class.is_some_and(|class| class.kind == Kind::Note);
    let weight = (0.5 + importance)
        * if is_note { OF_NOTE } else { 1.0 }
        * if turn.role == Some(Role::Assistant) { OF_ASSISTANT } else { 1.0 };
    let mut found = Vec::new();
    for range in sentences(&turn.content) {
        let text = &turn.content[range.clone()];
        let terms: Vec<Term> = terms(text).into_iter().collect::<HashSet<Term>>().into_iter().collect();
        let asks = text.ends_with(['?', '？', '؟']);
        if terms.len() < least_terms || (asks && least_terms > 0) {
            continue;
        }
        let Some(pick) = pick(turn.id, turn.revision, &range) else { continue };
        found.push(Candidate { pick, terms, weight, tokens: builtin::count_tokens(text) });
    }
    found
}

fn pick(id: MemoryId, revision: u32, range: &Range<usize>) -> Option<Pick> {
    Some(Pick { id, revision, from: u32::try_from(range.start).ok()?, until: u32::try_from(range.end).ok()? })
}

/// Where the text's sentences stand, each without what surrounds it and not longer than a line can be read.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, sign)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match sign {
            '\n' => true,
            '。' | '！' | '？' | '؟' => true,
            // A dot within a word or number, or after one letter, ends nothing.
            '.' => next.is_none_or(char::is_whitespace) && !is_short(&text[begin..at]),
            '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            let end = at + sign.len_utf8();
            found.extend(trimmed(text, begin..end));
            begin = end;
        }
    }
    found.extend(trimmed(text, begin..text.len()));
    found
}

/// Whether what stands before a dot is a title or an initial, with which no sentence ends.
fn is_short(before: &str) -> bool {
    const TITLES: [&str; 8] = ["dr", "mr", "mrs", "ms", "st", "prof", "no", "vs"];
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I"
        || TITLES.contains(&word.to_lowercase().as_str())
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = start + text[start..range.end].trim_end().len();
    if start >= end {
        return None;
    }
    Some(start..start + text[start..end].floor_char_boundary(MOST_BYTES))
}

#[cfg(test)]
mod tests;
