//! The words of a text as the lexical index knows them: folded, stemmed, hashed.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

/// Words too common in English to tell texts apart: the list Lucene has used since 2001.
const STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// A term: 32 bits of its stem's hash. Among a scope's words a clash is rare, and costs one false point of overlap.
pub type Term = u32;

/// The text's terms in order, repeats kept. Single letters and stop words are left out; single digits stay.
pub fn terms(text: &str) -> Vec<Term> {
    let stemmer = Stemmer::create(Algorithm::English);
    words(text).filter(|word| is_telling(word)).map(|word| hash(&stemmer.stem(&word))).collect()
}

/// The text's words: folded to lower case without accents, split at what is neither letter, digit nor apostrophe
/// inside a word; possessive endings fall off.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = if text.is_ascii() { text.to_ascii_lowercase() } else { fold(text) };
    let split: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .flat_map(|word| word.trim_matches('\'').split('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    split.into_iter()
}

fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == '\u{2019}' { '\'' } else { c })
        .collect()
}

fn is_telling(word: &str) -> bool {
    let one_letter = word.chars().nth(1).is_none() && word.chars().all(|c| c.is_ascii_alphabetic());
    !one_letter && !STOP_WORDS.contains(&word)
}

fn hash(stem: &str) -> Term {
    let digest = blake3::hash(stem.as_bytes());
    let mut first = [0; 4];
    first.copy_from_slice(&digest.as_bytes()[..4]);
    u32::from_le_bytes(first)
}

/// Terms with how often each occurs, ordered by term.
pub fn counted(mut terms: Vec<Term>) -> Vec<(Term, u8)> {
    terms.sort_unstable();
    let mut counts: Vec<(Term, u8)> = Vec::with_capacity(terms.len());
    for term in terms {
        match counts.last_mut() {
            Some((last, count)) if *last == term => *count = count.saturating_add(1),
            _ => counts.push((term, 1)),
        }
    }
    counts
}

#[cfg(test)]
mod tests;
