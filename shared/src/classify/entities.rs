//! Whom and what a text names, by the rules of the language alone: capitals, and the company that names keep.

mod company;
mod words;

use std::ops::Range;

use company::Sides;
use words::{is_connector, is_never_a_name, is_opening, is_title};

use super::rules::straight;
use crate::memory::classification::{Entity, EntityKind};

/// As many as a memory is found by.
const MOST: usize = 8;
/// A longer run of capitals is a headline.
const LONGEST: usize = 5;

/// The people, places and organisations the text names, in its order; at most eight.
///
/// At the start of a sentence a capital says nothing, so there a word counts as a name only by what follows it, or
/// where it is the name of the one who speaks.
pub fn entities(text: &str, speaker: Option<&str>) -> Vec<Entity> {
    let text = straight(text);
    let tokens = tokens(&text);
    if is_headline(&text, &tokens) {
        return Vec::new();
    }
    let mut found: Vec<Entity> = Vec::new();
    let mut last: Option<(usize, EntityKind)> = None;
    for run in runs(&text, &tokens) {
        let sides = Sides::new(&text, &tokens, run.clone());
        let name = sides.name();
        let kind = company::kind(&sides);
        let spoken = speaker.is_some_and(|speaker| speaker == name);
        if !spoken && kind.is_none() && tokens[run.start].opens && (run.len() == 1 || is_opening(name)) {
            continue;
        }
        // `Anouk and Bas`, `in Lyon, Geneva`: what stands in a row is of one kind.
        let row = last.filter(|(end, _)| joined(&text[tokens[*end].range.end..tokens[run.start].range.start]));
        let kind = match kind {
            _ if spoken => EntityKind::Person,
            Some(kind) => kind,
            None => row.map_or_else(|| company::unsaid(&sides), |(_, kind)| kind),
        };
        last = Some((run.end - 1, kind));
        let known = found.iter().any(|other| other.name == name || other.name.split(' ').any(|part| part == name));
        if !known {
            found.push(Entity { name: name.to_owned(), kind });
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// A word of the text.
struct Token {
    range: Range<usize>,
    /// Whether it begins a sentence, where every word has a capital.
    opens: bool,
    capital: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '-' | '&' | '.' | '_' | '@' | '/');
    let mut rest = 0;
    while let Some(from) = text[rest..].find(|c: char| c.is_alphanumeric()).map(|at| rest + at) {
        let until = text[from..].find(|c| !is_part(c)).map_or(text.len(), |at| from + at);
        let mut word = text[from..until].trim_end_matches(['\'', '-', '&', '.', '/', '_']);
        if word.len() == 1 && text[from + 1..until].starts_with('.') || is_title(word) {
            // An initial or a title keeps its dot.
            word = &text[from..from + word.len()];
        }
        // The owner of something is named by the word without its ending.
        let word = word.strip_suffix("'s").unwrap_or(word);
        let gap = tokens.last().map_or("\n", |last| &text[last.range.end..from]);
        let ended = gap.contains(['.', '!', '?', ':', ';', '\n', '"', '(', '*', '•']);
        let after_title = tokens
            .last()
            .is_some_and(|last| gap == ". " && (is_title(&text[last.range.clone()]) || last.range.len() == 1));
        let capital = word.starts_with(char::is_uppercase) && !word.contains(['_', '@', '/']);
        tokens.push(Token { range: from..from + word.len(), opens: ended && !after_title, capital });
        rest = until.max(from + 1);
    }
    tokens
}

/// Runs of capitalised words, as ranges of tokens, without the words that have a capital for another reason.
fn runs(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let word = |at: usize| &text[tokens[at].range.clone()];
    let is_name = |at: usize| {
        let first = tokens[at].opens && is_opening(word(at));
        tokens[at].capital && !first && !is_never_a_name(word(at)) && !is_code(word(at))
    };
    let adjoins =
        |at: usize| matches!(&text[tokens[at - 1].range.end..tokens[at].range.start], " " | ". ") && !tokens[at].opens;
    let mut at = 0;
    while at < tokens.len() {
        if !is_name(at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < tokens.len() && adjoins(end) {
            if is_name(end) {
                end += 1;
            } else if is_connector(word(end)) && end + 1 < tokens.len() && adjoins(end + 1) && is_name(end + 1) {
                end += 2;
            } else {
                break;
            }
        }
        // A title alone is nobody's name.
        if end - at <= LONGEST && !(end - at == 1 && is_title(word(at))) {
            runs.push(at..end);
        }
        at = end;
    }
    runs
}

fn joined(gap: &str) -> bool {
    matches!(gap.trim(), "and" | "," | "&" | ", and" | "or" | "to")
}

/// Capitals and digits together are a number of something, not its name.
fn is_code(word: &str) -> bool {
    let single = word.split('-').next().is_none_or(|first| first.chars().count() == 1);
    single || word.bytes().filter(u8::is_ascii_digit).count() > 1
}

/// Whether capitals say nothing here, because nearly all words have one.
fn is_headline(text: &str, tokens: &[Token]) -> bool {
    let capital = tokens.iter().filter(|token| token.capital).count();
    let loud = tokens.iter().filter(|token| text[token.range.clone()].chars().all(|c| !c.is_lowercase())).count();
    tokens.len() > 4 && (capital * 5 > tokens.len() * 4 || loud * 2 > tokens.len())
}

#[cfg(test)]
mod tests;
