//! What kind of thing a text tells: rules of the language give each kind a score, likeness to prototypes adds to it.

mod marks;
mod prototypes;

use super::event_time::tense::{self, Tense};
use super::rules::straight;
use crate::memory::classification::Span;
use crate::memory::{Kind, Sensitivity, Time};

/// A score for each kind, in the order of `Kind::ALL`.
type Scores = [f32; Kind::ALL.len()];

/// How much likeness to the prototypes counts beside the rules. Found on half of the labelled examples.
const LIKENESS: f32 = 0.4;
/// How far two scores must lie apart to be told apart surely: the temperature of the softmax.
const TEMPERATURE: f32 = 0.9;

/// The likeliest kind, and how sure that is, 0 to 1: about the share of such answers that are right.
///
/// A text that no model may see is judged by the rules alone.
pub fn kind(text: &str, sensitivity: Sensitivity, said_at: Time, event: Option<Span>) -> (Kind, f32) {
    let lower = straight(text).trim().to_lowercase();
    if lower.is_empty() {
        return (Kind::Note, 1.0);
    }
    let mut scores = marks::scores(text.trim(), &lower);
    by_time(&mut scores, &lower, said_at, event);
    if sensitivity != Sensitivity::UltraSecret {
        for (score, likeness) in scores.iter_mut().zip(prototypes::likeness(text)) {
            *score += LIKENESS * likeness;
        }
    }
    best(&scores)
}

/// What is over happened; what is dated ahead and not told of the past is to be done.
fn by_time(scores: &mut Scores, lower: &str, said_at: Time, event: Option<Span>) {
    let tense = tense::of(lower);
    let ahead = event.is_some_and(|span| span.from > said_at);
    let over = event.is_some_and(|span| span.from <= said_at);
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

/// The highest score, with its share in a softmax as the confidence.
fn best(scores: &Scores) -> (Kind, f32) {
    let mut best = (Kind::Note, f32::MIN);
    for (kind, score) in Kind::ALL.into_iter().zip(scores) {
        if *score > best.1 {
            best = (kind, *score);
        }
    }
    let sum: f32 = scores.iter().map(|score| ((score - best.1) / TEMPERATURE).exp()).sum();
    (best.0, 1.0 / sum)
}

#[cfg(test)]
mod tests;
