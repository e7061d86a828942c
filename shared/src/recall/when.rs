//! The time that a query asks about: `What did we cook last May?`

use std::ops::Range;

use crate::classify::event_time::dated;
use crate::memory::Time;
use crate::memory::classification::Span;

/// Longest part of a query that may be one end of a stretch, as `3 May 2023`, in bytes.
const LONGEST_END: usize = 40;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A time that a query asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub span: Span,
    /// Which bytes of the query say so.
    pub words: Range<usize>,
}

/// The time that the query asks about, where it names one, as somebody would mean it who asks at `now`.
///
/// As wide as the words are: a day, a month, a summer. `since` reaches up to now, `before` back to the beginning of
/// time; `between May and July` is both and all between. Without a year it is the one that the tense says, else the
/// nearest. That a time is asked for, as in `When did she move?`, names none.
pub fn asked_time(query: &str, now: Time) -> Option<Span> {
    asked(query, now).map(|asked| asked.span)
}

/// [`asked_time`], and which words say so.
pub fn asked(query: &str, now: Time) -> Option<Asked> {
    stretch(query, now).or_else(|| single(query, now))
}

fn single(query: &str, now: Time) -> Option<Asked> {
    let (span, words) = dated(query, now)?;
    if is_verb(query, &words) {
        // Something else in the query may be a time; what is in its place is as long.
        let blanked = format!("{}{}{}", &query[..words.start], " ".repeat(words.len()), &query[words.end..]);
        return single(&blanked, now);
    }
    let lower = query.to_ascii_lowercase();
    let first = lower[words.clone()].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let before = lower[..words.start].trim_end();
    let lead_at = before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (lead, words) = match &before[lead_at..] {
        _ if is_bound(first) => (first, words),
        lead if is_bound(lead) => (lead, lead_at..words.end),
        _ => return Some(Asked { span, words }),
    };
    // `two weeks before Christmas` is not all the time before it.
    let counted = lower[..words.start].trim_end().ends_with(|c: char| c.is_ascii_alphanumeric())
        && is_unit(lower[..words.start].split_whitespace().next_back().unwrap_or_default());
    let span = if counted { span } else { bounded(lead, span, now) };
    (span.from < span.until).then_some(Asked { span, words })
}

/// `this may take long` is no month.
fn is_verb(query: &str, words: &Range<usize>) -> bool {
    let rest = query[words.end..].trim_start_matches(' ');
    query[words.clone()].eq_ignore_ascii_case("this may")
        && query[words.clone()].ends_with("may")
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
}

fn is_bound(word: &str) -> bool {
    matches!(word, "since" | "after" | "before")
}

fn is_unit(word: &str) -> bool {
    matches!(word.trim_end_matches('s'), "hour" | "day" | "night" | "evening" | "morning" | "week" | "month" | "year")
}

fn bounded(lead: &str, span: Span, now: Time) -> Span {
    match lead {
        "since" => Span { from: span.from, until: span.until.max(now) },
        "before" => Span { from: Time::from_micros(i64::MIN), until: span.from },
        _ if span.until < now => Span { from: span.until, until: now },
        _ => Span { from: span.until, until: Time::from_micros(i64::MAX) },
    }
}

/// `between A and B`, `from A to B`.
fn stretch(query: &str, now: Time) -> Option<Asked> {
    let lower = query.to_ascii_lowercase();
    let joined = [("between ", " and "), ("from ", " to "), ("from ", " until "), ("from ", " till ")];
    joined.into_iter().find_map(|(open, joint)| {
        let open_at = lower.match_indices(open).map(|(at, _)| at).find(|at| is_word_start(&lower, *at))?;
        let from = open_at + open.len();
        let until = from + lower[from..].find(joint).filter(|length| (1..=LONGEST_END).contains(length))?;
        let second_at = until + joint.len();
        let (last, end) = starting(&query[..open_at], &query[second_at..], now)?;
        let first = &query[from..until];
        // `between 3 and 7 May`, `between May and July 2023`: what the first leaves out the second says.
        let reference = if names_month(first) && !has_year(first) { last.from } else { now };
        let first = match first.trim().parse::<u8>() {
            Ok(day) => {
                let rest = query[second_at..second_at + end].trim_start_matches(|c: char| c.is_ascii_digit());
                let rest =
                    ["st ", "nd ", "rd ", "th "].iter().find_map(|ending| rest.strip_prefix(ending)).unwrap_or(rest);
                starting("", &format!("{day} {}", rest.trim_start()), last.from)?.0
            }
            Err(_) => starting("", first, reference)?.0,
        };
        let span = Span { from: first.from, until: last.until };
        (span.from < span.until && first.from <= last.from).then_some(Asked { span, words: open_at..second_at + end })
    })
}

/// The time that the text begins with, and how long its words are. What stands before tells the tense.
fn starting(before: &str, text: &str, now: Time) -> Option<(Span, usize)> {
    ["", "in ", "on "].into_iter().find_map(|lead| {
        let whole = format!("{before}{lead}{text}");
        let (span, words) = dated(&whole, now)?;
        let at = before.len() + lead.len();
        (before.len()..=at).contains(&words.start).then(|| (span, words.end.saturating_sub(at)))
    })
}

fn is_word_start(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|c: char| c.is_alphanumeric())
}

fn names_month(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.split(|c: char| !c.is_ascii_alphabetic()).any(|word| MONTHS.iter().any(|month| word.starts_with(month)))
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4)
}

#[cfg(test)]
mod tests;
