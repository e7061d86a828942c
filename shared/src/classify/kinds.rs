//! What the rules of language tell of a text's kind: marks give each kind a score, likeness to prototypes stands beside.

mod marks;
mod prototypes;

use super::event_time::tense::{self, Tense};
use super::rules::straight;
use crate::memory::classification::Span;
use crate::memory::{Kind, Time};

/// A score for each kind, in the order of `Kind::ALL`.
pub(super) type Scores = [f32; Kind::ALL.len()];

/// What the rules found out about a text's kind. The head weighs it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KindSigns {
    /// What the marks and the times say of each kind.
    pub scores: Scores,
    /// How near the text lies to prototypes of each kind, -1 to 1.
    pub likeness: Scores,
    /// Which marks it bears.
    pub marks: Vec<bool>,
    /// Told of the past, told of the future, of something over, of something ahead; the first and last together.
    pub times: [bool; 6],
}

/// What the rules say of the text. What no model may see (`is_closed`) is held against no prototypes.
pub(super) fn signs(text: &str, is_closed: bool, said_at: Time, event: Option<Span>) -> KindSigns {
    let lower = straight(text).trim().to_lowercase();
    let (marks, mut scores) = marks::marks(text.trim(), &lower);
    let tense = tense::of(&lower);
    let ahead = event.is_some_and(|span| span.from > said_at);
    let over = event.is_some_and(|span| span.from <= said_at);
    by_time(&mut scores, tense, over, ahead);
    let likeness = if is_closed { Scores::default() } else { prototypes::likeness(text) };
    let (past, future) = (tense == Tense::Past, tense == Tense::Future);
    KindSigns { scores, likeness, marks, times: [past, future, over, ahead, past && over, future && ahead] }
}

/// What is over happened; what is dated ahead and not told of the past is to be done.
fn by_time(scores: &mut Scores, tense: Tense, over: bool, ahead: bool) {
    scores[Kind::Episodic as usize] += match (tense, over) {
        (Tense::Past, true) => 2.2,
        (Tense::Past, false) => 1.3,
        (_, true) => 0.6,
        _ => 0.0,
    };
    if ahead {
        scores[Kind::Commitment as usize] += if tense == Tense::Past { 0.3 } else { 1.2 };
    }
}

#[cfg(test)]
mod tests;
