//! Until when a memory is likely to be of use, where it lapses by itself. A suggestion: nothing is hidden by it.

use std::sync::LazyLock;

use jiff::SignedDuration;
use regex::Regex;

use super::rules::{pattern, straight};
use crate::memory::classification::Span;
use crate::memory::{Kind, Time};

/// What holds for the moment only.
static NOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:right now|at the moment|as we speak|just now|for now|for the moment|currently on|on my way|be right back|brb)\b",
    )
});
/// What holds until the day ends.
static TODAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:today|tonight|this (?:morning|afternoon|evening)|so far this week)\b"));
/// What holds until the date that is named.
static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:until|till|'til|valid|expires?|runs out|ends|closes|by|before|deadline|due|through|lasts)\b")
});

/// How long small talk is of use.
const SMALL_TALK: SignedDuration = SignedDuration::from_hours(24);
/// How long what holds "right now" is of use.
const A_MOMENT: SignedDuration = SignedDuration::from_hours(6);

/// The end of its use: of a commitment, and of what holds until a date, when that date is over; of what is said of the
/// moment or the day, when those are. None for what lasts.
pub fn relevant_until(text: &str, kind: Kind, event: Option<Span>, said_at: Time) -> Option<Time> {
    let lower = straight(text).to_lowercase();
    let ahead = event.filter(|span| span.until > said_at);
    if let Some(span) = ahead
        && (kind == Kind::Commitment || UNTIL.is_match(&lower))
    {
        return Some(span.until);
    }
    match kind {
        Kind::Note if is_small_talk(&lower) => Some(said_at.plus(SMALL_TALK)),
        Kind::Fact | Kind::Episodic | Kind::Commitment if NOW.is_match(&lower) => Some(said_at.plus(A_MOMENT)),
        // What happened today stays true; what is so today does not.
        Kind::Fact | Kind::Commitment if TODAY.is_match(&lower) => {
            Some(ahead.map_or(said_at.plus(SMALL_TALK), |span| span.until))
        }
        _ => None,
    }
}

/// Questions, cries and single words, rather than jottings.
fn is_small_talk(lower: &str) -> bool {
    lower.trim_end().ends_with(['?', '!']) || lower.split_whitespace().count() <= 3 && !lower.contains([':', '=', ','])
}

#[cfg(test)]
mod tests;
