//! Classification without a language model: what the rules of language find out, weighed by a trained head.

use std::collections::HashSet;

use regex::Regex;

use super::emotion::emotion;
use super::entities::entities;
use super::event_time::event_time;
use super::head::features::Features;
use super::head::{Head, Reading};
use super::lapse::relevant_until;
use super::topics::topics;
use crate::memory::classification::{Entity, Span};
use crate::memory::{Classification, Kind, Sensitivity, Time};

/// The classifier's name in a classification.
pub const NAME: &str = "rules";

/// Everything that is found out about a text that `speaker` said at `said_at`, without a language model. Takes well below
/// a millisecond.
pub fn classify(text: &str, speaker: Option<&str>, said_at: Time) -> Classification {
    classify_by(Head::builtin(), text, speaker, said_at).0
}

/// The same by another head, with what it says of each kind.
pub fn classify_by(head: &Head, text: &str, speaker: Option<&str>, said_at: Time) -> (Classification, Reading) {
    let event_time = event_time(text, said_at);
    let reading = head.read(&Features::with(text, said_at, event_time));
    let (kind, sensitivity) = (reading.kind, reading.sensitivity);
    let entities = entities(text, speaker);
    let importance = importance(text, kind, sensitivity, &entities, event_time.filter(|span| span.until > said_at));
    let classification = Classification {
        kind,
        sensitivity,
        importance,
        confidence: reading.confidence,
        entities,
        event_time,
        topics: topics(text),
        relevant_until: relevant_until(text, kind, event_time, said_at),
        emotion: emotion(text),
        by: NAME.to_owned(),
    };
    (classification, reading)
}

/// How much a memory of that kind is likely to matter, and what names, numbers and a date ahead add to it.
fn importance(text: &str, kind: Kind, sensitivity: Sensitivity, entities: &[Entity], ahead: Option<Span>) -> f32 {
    let base = match kind {
        Kind::Commitment => 0.6,
        Kind::Relationship | Kind::Fact | Kind::Preference => 0.5,
        Kind::Procedure | Kind::Insight => 0.45,
        Kind::Episodic => 0.4,
        Kind::Note => 0.1,
    };
    let names = 0.05 * entities.len().min(3) as f32;
    let numbers = if text.bytes().any(|byte| byte.is_ascii_digit()) { 0.05 } else { 0.0 };
    let date = if ahead.is_some() { 0.15 } else { 0.0 };
    // What people keep to themselves they seldom tell twice.
    let closed = if sensitivity > Sensitivity::General { 0.1 } else { 0.0 };
    (base + names + numbers + date + closed).min(1.0)
}

/// A pattern of the code, for texts that went through `straight`. One that does not compile fails every test.
///
/// `\b` is that of ASCII, because the regex crate leaves its quick engine at the first `é` of a text otherwise.
pub(crate) fn pattern(text: &str) -> Regex {
    match Regex::new(&text.replace(r"\b", r"(?-u:\b)")) {
        Ok(regex) => regex,
        Err(error) => panic!("a pattern of the classifier does not compile: {error}"),
    }
}

/// A set of words of the code.
pub(super) type Words = HashSet<&'static str>;

/// The words of a list that is written as one text, since a table of a thousand lines hides the code.
pub(super) fn words_of(list: &'static str) -> Words {
    list.split(' ').collect()
}

/// The text with straight quotes, hyphens and spaces for the typographic ones, so that patterns need only one form.
pub(crate) fn straight(text: &str) -> String {
    let straight = |c| match c {
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        '\u{a0}' | '\u{202f}' | '\t' => ' ',
        other => other,
    };
    text.chars().map(straight).collect()
}

#[cfg(test)]
mod tests;
