//! Something of the service's own that failed, as an import or a model may, and what helped in the end: so that whoever
//! meets the like is told.
//!
//! Nothing here is anybody's text: of a message that is kept which everybody may read.

use std::collections::BTreeSet;

use crate::index::terms::{Term, terms};
use crate::memory::{MemoryId, Time};

/// Least share of their words that two messages of one sort of failure have in common.
const ALIKE: f32 = 0.6;
/// Messages that a lesson names at most, the latest.
const MOST_MESSAGES: usize = 3;
/// What stands for a word that may be somebody's.
const LEFT_OUT: &str = "...";

/// One failure that something helped against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What failed, as a sentence begins: `An import`.
    pub what: String,
    /// What was wrong.
    pub message: String,
    /// When.
    pub at: Time,
    /// What helped: `the same again with format set to jsonl`.
    pub helped: String,
}

/// Failures that were alike, against which the same helped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    /// What failed.
    pub what: String,
    /// What was wrong, in words that anybody may read; the latest last.
    pub messages: Vec<String>,
    /// What helped.
    pub helped: String,
    /// On which occasions: the hours, so that what fails over and over at once is one.
    pub occasions: BTreeSet<String>,
}

/// Those that are alike together, the earliest first.
pub fn alike(mut failures: Vec<Failure>) -> Vec<Failures> {
    failures.sort_by_key(|failure| failure.at);
    let mut all: Vec<Failures> = Vec::new();
    for failure in failures {
        let message = plain(&failure.message);
        let occasion = failure.at.to_string().chars().take("2026-11-20T10".len()).collect();
        let is_like = |known: &&mut Failures| {
            known.what == failure.what
                && known.helped == failure.helped
                && known.messages.first().is_some_and(|first| share(first, &message) >= ALIKE)
        };
        match all.iter_mut().find(is_like) {
            Some(known) => {
                known.occasions.insert(occasion);
                if !known.messages.contains(&message) {
                    known.messages.push(message);
                }
            }
            None => all.push(Failures {
                what: failure.what,
                messages: vec![message],
                helped: failure.helped,
                occasions: [occasion].into(),
            }),
        }
    }
    for known in &mut all {
        // The first one names the sort of failure from night to night.
        let later = known.messages.split_off(1);
        known.messages.extend(later.into_iter().rev().take(MOST_MESSAGES - 1).rev());
    }
    all
}

/// The message without what may be of somebody: what is quoted, and words that are no plain words, as names of files,
/// addresses, ids and numbers are.
pub fn plain(message: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut quoted: Option<char> = None;
    for word in message.split_whitespace() {
        let begins = word.trim_start_matches(['(', '[']).chars().next().filter(|c| is_quote(*c));
        let mark = quoted.or(begins);
        let word = match mark {
            Some(mark) => {
                let end = word.trim_end_matches(['.', ',', ';', ':', ')', ']', '?', '!']);
                let closes = end.ends_with(closing(mark)) && (quoted.is_some() || end.chars().count() > 1);
                quoted = if closes { None } else { Some(mark) };
                LEFT_OUT
            }
            None if is_plain(word) => word,
            None => LEFT_OUT,
        };
        if word != LEFT_OUT || words.last() != Some(&LEFT_OUT) {
            words.push(word);
        }
    }
    words.join(" ")
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{201c}' | '\u{2018}' | '\u{ab}')
}

fn closing(mark: char) -> char {
    match mark {
        '\u{201c}' => '\u{201d}',
        '\u{2018}' => '\u{2019}',
        '\u{ab}' => '\u{bb}',
        mark => mark,
    }
}

/// Letters, with what may stand around a word in a sentence, and in the middle a hyphen or an apostrophe. One in four hundred
/// ids has letters only.
fn is_plain(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '.' | '?' | '!'));
    let is_id = inner.parse::<MemoryId>().is_ok();
    inner.is_empty() || !is_id && inner.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}'))
}

/// Of the words that tell in either, how many tell in both.
fn share(one: &str, other: &str) -> f32 {
    let of = |text: &str| terms(text).into_iter().collect::<BTreeSet<Term>>();
    let (one, other) = (of(one), of(other));
    let all = one.union(&other).count();
    if all == 0 { 1.0 } else { one.intersection(&other).count() as f32 / all as f32 }
}

#[cfg(test)]
mod tests;
