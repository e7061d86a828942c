//! A query, taken apart: whom it names, which of its words tell what is sought, and which time it speaks of.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::index::Entry;
use crate::index::dates::{Named, named_dates};
use crate::index::terms::{Term, terms, words};
use crate::memory::classification::Span;

/// Words that a question is made of and that no answer is found by: English's closed classes, and verbs that say little.
const ASIDE: &str = "what which who whom whose when where why how do does did done doing has have had having would could \
should can may might must shall been being were am i you he she him her his hers your yours my mine me we our ours us \
them its so too very about from during after before between through over under again some any each both all more most \
other than just get got gets getting go goes went gone going make makes made making take takes took taken give gave given \
come came say says said tell told use used like kind kinds type types sort thing things";

static ASIDE_TERMS: LazyLock<HashSet<Term>> = LazyLock::new(|| terms(ASIDE).into_iter().collect());

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The query without the names of those who speak: in short turns a name outweighs what was said.
    pub text: String,
    /// The first names of speakers it names, folded.
    pub named: HashSet<String>,
    /// The terms to look for: those of the text, less the words of asking.
    pub terms: Vec<Term>,
    /// Whether it asks for a time.
    pub asks_when: bool,
    /// The dates it names, each as far as it is named.
    pub dates: Vec<Named>,
    /// The stretch of time it names relative to now: "last week".
    pub span: Option<Span>,
}

impl Question {
    /// Reads the query; `speakers`: first names of those who speak, folded. `span`: the time that it names relative to now.
    pub fn new(query: &str, speakers: &HashSet<String>, span: Option<Span>) -> Question {
        let named: HashSet<String> = words(query).filter(|word| speakers.contains(word)).collect();
        let kept: Vec<&str> = query
            .split_inclusive(|c: char| !is_inside_word(c))
            .filter(|piece| !words(piece).next().is_some_and(|word| named.contains(&word)))
            .collect();
        let text = kept.concat();
        let text = if text.chars().any(char::is_alphanumeric) { text } else { query.to_owned() };
        let all = terms(&text);
        let telling: Vec<Term> = all.iter().copied().filter(|term| !ASIDE_TERMS.contains(term)).collect();
        let terms = if telling.is_empty() { all } else { telling };
        Question { asks_when: asks_when(query), dates: named_dates(query), text, named, terms, span }
    }

    /// Whether the entry's speaker is one that the question names.
    pub fn names_speaker(&self, entry: &Entry) -> bool {
        let speaker = entry.speaker.as_deref().filter(|_| !self.named.is_empty());
        speaker.and_then(first_name).is_some_and(|name| self.named.contains(&name))
    }

    /// Whether the entry's time is one that the question names: said then, or about then.
    pub fn agrees(&self, entry: &Entry) -> bool {
        let said = entry.occurred_at;
        let about = entry.event_time;
        let in_span = |span: &Span| {
            said.is_some_and(|at| span.from <= at && at < span.until)
                || about.is_some_and(|about| about.from < span.until && span.from < about.until)
        };
        let on = |date: &Named| {
            said.is_some_and(|at| date.agrees(at.date())) || about.is_some_and(|about| date.agrees(about.from.date()))
        };
        self.dates.iter().any(on) || self.span.as_ref().is_some_and(in_span)
    }
}

/// The first word of a speaker's name, folded.
pub fn first_name(speaker: &str) -> Option<String> {
    words(speaker).next()
}

/// The query without words in capitals, as far as names can be told before it is known who speaks: all but its first
/// word, "I", months and days.
pub fn without_capitals(query: &str) -> String {
    let is_name = |piece: &str| {
        let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let first = word.split(['\'', '\u{2019}']).next().unwrap_or(word);
        first.chars().next().is_some_and(char::is_uppercase) && first != "I" && !is_calendar(&first.to_lowercase())
    };
    let mut kept = String::new();
    for (place, piece) in query.split_inclusive(char::is_whitespace).enumerate() {
        if place == 0 || !is_name(piece) {
            kept.push_str(piece);
        }
    }
    if kept.chars().any(char::is_alphanumeric) { kept } else { query.to_owned() }
}

fn is_calendar(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    DAYS.contains(&word) || crate::index::dates::month(word).is_some()
}

fn is_inside_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\'' || c == '\u{2019}'
}

/// "When ...", "which day ...", and not "how long ...".
fn asks_when(query: &str) -> bool {
    let words: Vec<String> = words(query).collect();
    let pair = |first: &[&str], second: &[&str]| {
        words.windows(2).any(|pair| first.contains(&pair[0].as_str()) && second.contains(&pair[1].as_str()))
    };
    let starts = words.first().is_some_and(|word| word == "when");
    (starts || pair(&["what", "which"], &["date", "day", "month", "year", "time"]))
        && !pair(&["how"], &["long", "many", "much", "old"])
}

#[cfg(test)]
mod tests;
