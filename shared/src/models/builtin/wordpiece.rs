//! Splits a text into the tokens of BERT's uncased WordPiece, as `tokenizers` does for all-MiniLM-L6-v2.
//!
//! Our own, since the crate takes several times the 50 microseconds a whole embedding may take, and brings a regex
//! engine written in C or 3 MB of code into every function; a test compares the two on texts of all scripts.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A longer word is unknown as a whole.
const LONGEST_WORD: usize = 100;

/// The tokens' texts and numbers. Holds its words as `&'static str` where they are compiled in, as `Box<str>` where they
/// were read from a file.
pub struct Vocabulary<W> {
    words: Vec<W>,
    /// Tokens that begin a word, and those that continue one (without their `##`).
    beginnings: HashMap<W, u32, FoldHash>,
    continuations: HashMap<W, u32, FoldHash>,
    unknown: u32,
}

type FoldHash = foldhash::fast::FixedState;

impl<W: Borrow<str> + Eq + Hash> Vocabulary<W> {
    /// Of the tokens in order of their numbers; `##` marks those that continue a word.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Vocabulary<W>
    where
        W: From<&'a str>,
    {
        let words: Vec<&'a str> = words.collect();
        let mut beginnings = HashMap::with_capacity_and_hasher(words.len(), FoldHash::default());
        let mut continuations = HashMap::with_capacity_and_hasher(words.len() / 4, FoldHash::default());
        for (number, word) in (0..).zip(&words) {
            match word.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => continuations.insert(W::from(rest), number),
                _ => beginnings.insert(W::from(word), number),
            };
        }
        let unknown = beginnings.get("[UNK]").copied().unwrap_or(0);
        let words = words.into_iter().map(W::from).collect();
        Vocabulary { words, beginnings, continuations, unknown }
    }

    /// All tokens in order of their numbers.
    pub fn words(&self) -> &[W] {
        &self.words
    }

    /// The number of a token that begins a word, or stands for itself as `[CLS]` does.
    pub fn number(&self, word: &str) -> Option<u32> {
        self.beginnings.get(word).copied()
    }

    /// Gives each token of the text in order.
    pub fn tokens(&self, text: &str, mut token: impl FnMut(u32)) {
        let mut word = String::new();
        for c in Normalized::new(text) {
            if c.is_whitespace() {
                self.split(&mut word, &mut token);
            } else if is_punctuation(c) {
                self.split(&mut word, &mut token);
                word.push(c);
                self.split(&mut word, &mut token);
            } else {
                word.push(c);
            }
        }
        self.split(&mut word, &mut token);
    }

    /// The longest token that the word begins with, then the longest that continues it, and so on; a word that cannot
    /// be split so is unknown. Empties the word.
    fn split(&self, word: &mut String, token: &mut impl FnMut(u32)) {
        if word.is_empty() {
            return;
        }
        if let Some(&whole) = self.beginnings.get(word.as_str()) {
            token(whole);
        } else {
            match self.pieces(word) {
                Some(pieces) => pieces.into_iter().for_each(token),
                None => token(self.unknown),
            }
        }
        word.clear();
    }

    fn pieces(&self, word: &str) -> Option<Vec<u32>> {
        if word.chars().count() > LONGEST_WORD {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = word;
        let mut known = &self.beginnings;
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let (end, piece) = ends.into_iter().find_map(|end| Some((end, *known.get(&rest[..end])?)))?;
            pieces.push(piece);
            rest = &rest[end..];
            known = &self.continuations;
        }
        Some(pieces)
    }
}

/// The text's characters after BERT's clean-up: no control characters, spaces around Chinese characters, no accents,
/// lower case. ASCII, nearly all there is, takes the short way.
struct Normalized<'a> {
    text: std::str::Chars<'a>,
    ready: std::vec::IntoIter<char>,
}

impl<'a> Normalized<'a> {
    fn new(text: &'a str) -> Normalized<'a> {
        Normalized { text: text.chars(), ready: Vec::new().into_iter() }
    }

    /// All that is not ASCII from here to the next ASCII character: accents may be of several characters.
    fn run(&mut self, first: char) -> Vec<char> {
        let rest = self.text.as_str();
        let end = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        self.text = rest[end..].chars();
        let mut spaced = String::new();
        for c in std::iter::once(first).chain(rest[..end].chars()) {
            if c == '\u{fffd}' || is_control(c) {
                continue;
            }
            if is_chinese(c) {
                spaced.extend([' ', c, ' ']);
            } else {
                spaced.push(if c.is_whitespace() { ' ' } else { c });
            }
        }
        let bare = spaced.nfd().filter(|c| c.general_category() != GeneralCategory::NonspacingMark);
        bare.flat_map(char::to_lowercase).collect()
    }
}

impl Iterator for Normalized<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(c) = self.ready.next() {
                return Some(c);
            }
            let c = self.text.next()?;
            if !c.is_ascii() {
                self.ready = self.run(c).into_iter();
            } else if matches!(c, '\t' | '\n' | '\r') {
                return Some(' ');
            } else if !c.is_ascii_control() {
                return Some(c.to_ascii_lowercase());
            }
        }
    }
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation();
    }
    c.general_category_group() == GeneralCategoryGroup::Punctuation
}

fn is_control(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Other && c.general_category() != GeneralCategory::Unassigned
}

fn is_chinese(c: char) -> bool {
    matches!(c as u32,
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B73F | 0x2B740..=0x2B81F
        | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

#[cfg(test)]
mod tests;
