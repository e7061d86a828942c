//! When what a text tells of happened or will: its dates, resolved against when it was said, in UTC.

mod absolute;
mod calendar;
mod relative;
pub(super) mod tense;

use std::ops::Range;

use jiff::civil::Date;
use regex::{Captures, Regex};

use super::rules::straight;
use crate::memory::Time;
use crate::memory::classification::Span;
use tense::Tense;

/// The span of the text's first date of an event, as wide as the text is vague: a day, a week, a summer.
///
/// A weekday, a day or a month without a year is the one before or after `said_at` by the tense of its sentence.
pub fn event_time(text: &str, said_at: Time) -> Option<Span> {
    dated(text, said_at).map(|(span, _)| span)
}

/// [`event_time`], and which bytes of the text say so.
pub fn dated(text: &str, said_at: Time) -> Option<(Span, Range<usize>)> {
    let straight = straight(text);
    let lower = straight.to_ascii_lowercase();
    let said = Said { straight: &straight, lower: &lower, at: said_at, today: said_at.date() };
    let rules = absolute::RULES.iter().chain(relative::RULES.iter());
    // The first; of two that begin together the longer, which has read more of what is written.
    let mut first: Option<(Range<usize>, Span)> = None;
    for (pattern, resolve) in rules {
        for found in pattern.captures_iter(&lower) {
            let Some(place) = found.get(0).map(|whole| whole.range()) else { continue };
            let before =
                |other: &Range<usize>| (other.start, usize::MAX - other.end) <= (place.start, usize::MAX - place.end);
            if first.as_ref().is_some_and(|(other, _)| before(other)) {
                break;
            }
            if let Some(span) = resolve(&found, &said) {
                first = Some((place, span));
                break;
            }
        }
    }
    let (place, span) = first.filter(|(_, span)| span.from < span.until)?;
    // Some patterns look at the sign before and after.
    let words = &straight[place.clone()];
    let start = place.start + words.len() - words.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let end = place.end - (words.len() - words.trim_end_matches(|c: char| !c.is_alphanumeric()).len());
    Some((span, in_original(text, &straight, start)..in_original(text, &straight, end)))
}

/// The place in the text of a place in the straight one, which has a sign for each of its signs, of other lengths.
fn in_original(text: &str, straight: &str, place: usize) -> usize {
    let signs = straight[..place].chars().count();
    text.char_indices().nth(signs).map_or(text.len(), |(place, _)| place)
}

/// How an expression is found, and what it means when somebody says it.
type Rule = (Regex, fn(&Captures<'_>, &Said<'_>) -> Option<Span>);

/// A text and when it was said.
struct Said<'a> {
    straight: &'a str,
    lower: &'a str,
    at: Time,
    today: Date,
}

impl Said<'_> {
    /// The tense of the sentence around the match.
    fn tense(&self, found: &Captures<'_>) -> Tense {
        found.get(0).map_or(Tense::Unclear, |whole| tense::around(self.lower, whole.range()))
    }

    /// The word after the match; empty where the sentence or its part ends there.
    fn next_word(&self, found: &Captures<'_>) -> &str {
        let rest = &self.lower[found.get(0).map_or(0, |whole| whole.end())..];
        let Some(rest) = rest.strip_prefix(' ') else { return "" };
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').next().unwrap_or_default()
    }

    /// Whether a group of the match is written with a capital.
    fn is_capital(&self, found: &Captures<'_>, group: usize) -> bool {
        found
            .get(group)
            .is_some_and(|group| self.straight[group.start()..].starts_with(|c: char| c.is_ascii_uppercase()))
    }
}

#[cfg(test)]
mod tests;
