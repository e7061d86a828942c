//! A text as the numbers that the head weighs: its vector, what the rules found, its form, its words.

mod grammar;

use super::super::event_time;
use super::super::kinds::{self, KindSigns};
use super::super::rules::straight;
use super::super::sensitivity::{self, Signs};
use super::net;
use crate::memory::classification::Span;
use crate::memory::{Kind, Sensitivity, Time};
use crate::models::builtin;

/// Which features there are, and where each stands. A head of another layout is refused: raise it with every change.
pub const LAYOUT: u16 = 3;

/// Numbers of the builtin embedding.
const VECTOR: usize = 256;
/// Places for what the rules of sensitivity found, and for the text's form.
const SIGNS: usize = 48;
const FORM: usize = 32;
/// Words and pairs of words share so many places: with more, files grow and little is gained.
const BUCKETS: usize = 65_536;
/// Places for what the rules of kinds found.
const KINDS: usize = 128;
/// Places for runs of sorts of words.
const GRAMMAR: usize = 65_536;

const AT_VECTOR: usize = 1;
const AT_SIGNS: usize = AT_VECTOR + VECTOR;
const AT_FORM: usize = AT_SIGNS + SIGNS;
const AT_WORDS: usize = AT_FORM + FORM;
/// Sensitivity is weighed by these, which a door can afford for every text.
pub const COMMON: usize = AT_WORDS + BUCKETS;
const AT_GRAMMAR: usize = COMMON + KINDS;
const AT_BEGINNING: usize = AT_GRAMMAR + GRAMMAR;
/// Kinds are weighed by all.
pub const ALL: usize = AT_BEGINNING + VECTOR;

/// How much the vector and the words count before anything is learned. Found by cross-validation.
const VECTOR_SCALE: f32 = 4.0;
const WORDS_SCALE: f32 = 2.0;
const GRAMMAR_SCALE: f32 = 9.0;
const BEGINNING_SCALE: f32 = 2.0;
/// Words of a text whose vector is taken by itself: how it begins tells much of its kind.
const BEGINNING: usize = 4;
/// Words before and after a code, a number or a quoted word that tell what it is for.
const BEFORE: usize = 6;
const AFTER: usize = 4;
/// Words that are looked at for those: a code stands anywhere in a text.
const CODES_WITHIN: usize = 120;
/// Words of a long text that are looked at: its beginning and its end tell its kind.
const FIRST_WORDS: usize = 48;
const LAST_WORDS: usize = 8;

/// The features of one text, sparse: places and values. Those of sensitivity come first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Features {
    values: Vec<(u32, f32)>,
    common: usize,
    /// What the rules alone say of its sensitivity.
    pub by_rules: Option<Sensitivity>,
    /// What the net says of each kind. It stands beside what a head's weights come to, and no training moves it.
    pub by_net: [f32; Kind::ALL.len()],
}

impl Features {
    /// What sensitivity is weighed by.
    pub fn of_sensitivity(text: &str) -> Features {
        let signs = sensitivity::signs(text);
        let mut features = Features { by_rules: Some(signs.by_rules), ..Features::default() };
        features.add(0, 1.0);
        features.vector(text, &signs);
        for (place, sign) in signs.hits.iter().enumerate() {
            features.add_if(AT_SIGNS + place, *sign);
        }
        features.add(AT_SIGNS + signs.hits.len() + signs.by_rules as usize, 1.0);
        features.form(text);
        features.words(text);
        features.common = features.values.len();
        features
    }

    /// What both are weighed by, of a text that was said then.
    pub fn of(text: &str, said_at: Time) -> Features {
        Features::with(text, said_at, event_time::event_time(text, said_at))
    }

    /// The same, where the text's event time is known already.
    pub fn with(text: &str, said_at: Time, event: Option<Span>) -> Features {
        let mut features = Features::of_sensitivity(text);
        let is_closed = features.by_rules == Some(Sensitivity::UltraSecret);
        let signs = kinds::signs(text, is_closed, said_at, event);
        features.kinds(&signs);
        features.grammar(text);
        if !is_closed {
            features.beginning(text);
            features.by_net = net::scores(text);
        }
        features
    }

    /// The same without what the net says: of texts that it was trained on it is surer than of any other.
    #[must_use]
    pub fn without_net(&self) -> Features {
        Features { by_net: Default::default(), ..self.clone() }
    }

    /// The features that sensitivity is weighed by.
    pub fn common(&self) -> &[(u32, f32)] {
        &self.values[..self.common]
    }

    /// All of them.
    pub fn all(&self) -> &[(u32, f32)] {
        &self.values
    }

    fn add(&mut self, place: usize, value: f32) {
        if value != 0.0 {
            self.values.push((place as u32, value));
        }
    }

    fn add_if(&mut self, place: usize, holds: bool) {
        self.add(place, if holds { 1.0 } else { 0.0 });
    }

    /// What no model may see is weighed without a vector.
    fn vector(&mut self, text: &str, signs: &Signs) {
        if signs.by_rules == Sensitivity::UltraSecret {
            return;
        }
        for (place, x) in builtin::embed_query(text).unit.into_iter().take(VECTOR).enumerate() {
            self.add(AT_VECTOR + place, VECTOR_SCALE * x);
        }
    }

    fn form(&mut self, text: &str) {
        let trimmed = text.trim();
        let count = |wanted: fn(char) -> bool| trimmed.chars().filter(|c| wanted(*c)).count();
        let words = trimmed.split_whitespace().count();
        let digits = count(|c| c.is_ascii_digit());
        let inner = trimmed.trim_end_matches(['.', '!', '?', ' ']);
        let holds = [
            words <= 2,
            (3..=5).contains(&words),
            (6..=9).contains(&words),
            (10..=15).contains(&words),
            (16..=30).contains(&words),
            words > 30,
            trimmed.ends_with('?'),
            trimmed.ends_with('!'),
            trimmed.ends_with('.'),
            !trimmed.ends_with(['.', '!', '?']),
            inner.contains('?'),
            inner.contains(['.', '!']),
            trimmed.starts_with(char::is_lowercase),
            digits > 0,
            digits > 3,
            digits > 8,
            trimmed.contains(':'),
            trimmed.contains('\n'),
            trimmed.contains(['"', '“']),
            trimmed.contains(['$', '€', '£']),
            trimmed.contains('@'),
            trimmed.contains('/'),
            trimmed.contains('='),
            trimmed.contains(','),
            trimmed.contains(';'),
            trimmed.contains(['(', '…']),
            count(char::is_uppercase) > 3,
            count(|c| !c.is_ascii() && !c.is_alphabetic()) > 0,
        ];
        for (place, holds) in holds.into_iter().enumerate() {
            self.add_if(AT_FORM + place, holds);
        }
    }

    fn words(&mut self, text: &str) {
        let lower = straight(text).to_lowercase();
        let mut words: Vec<String> = lower.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
        if words.len() > FIRST_WORDS + LAST_WORDS {
            words.drain(FIRST_WORDS..words.len() - LAST_WORDS);
        }
        let mut places: Vec<u32> = Vec::with_capacity(3 * words.len() + 4);
        for (at, word) in words.iter().enumerate() {
            places.push(bucket(&["w", word]));
            if let Some(next) = words.get(at + 1) {
                places.push(bucket(&["p", word, next]));
            }
            if let Some(after) = words.get(at + 2) {
                places.push(bucket(&["s", word, after]));
            }
        }
        let at = |place: usize| words.get(place).map_or("", String::as_str);
        places.push(bucket(&["1", at(0)]));
        places.push(bucket(&["2", at(0), at(1)]));
        places.push(bucket(&["l", at(words.len().saturating_sub(1))]));
        for word in straight(text).split_whitespace().filter(|word| is_odd(word)) {
            places.push(bucket(&["f", &form_of(word)]));
        }
        codes(text, &mut places);
        places.sort_unstable();
        places.dedup();
        let value = WORDS_SCALE / (places.len() as f32).sqrt();
        self.values.extend(places.into_iter().map(|place| (place, value)));
    }

    /// Runs of one to four sorts of words, with little words as they are, too, and without those that only name things;
    /// and the runs that the text begins and ends with.
    fn grammar(&mut self, text: &str) {
        let straight = straight(text);
        let sorts = grammar::sorts(&straight, FIRST_WORDS);
        let mut places = Vec::with_capacity(12 * sorts.len() + 24);
        for length in 1..=4 {
            for run in sorts.windows(length) {
                places.push(hashed(run, GRAMMAR));
            }
        }
        for length in 1..=5.min(sorts.len()) {
            places.push(hashed(&[&["^"], &sorts[..length]].concat(), GRAMMAR));
        }
        for length in 1..=4.min(sorts.len()) {
            places.push(hashed(&[&["$"], &sorts[sorts.len() - length..]].concat(), GRAMMAR));
        }
        let mixed = grammar::mixed(&straight, FIRST_WORDS);
        runs(&mixed.iter().map(String::as_str).collect::<Vec<_>>(), ["m", "m^"], &mut places);
        runs(&grammar::spine(&sorts), ["sp", "sp^"], &mut places);
        places.sort_unstable();
        places.dedup();
        let value = GRAMMAR_SCALE / (places.len() as f32).sqrt();
        self.values.extend(places.into_iter().map(|place| (AT_GRAMMAR as u32 + place, value)));
    }

    fn beginning(&mut self, text: &str) {
        let words: Vec<&str> = text.split_whitespace().take(BEGINNING).collect();
        for (place, x) in builtin::embed_query(&words.join(" ")).unit.into_iter().take(VECTOR).enumerate() {
            self.add(AT_BEGINNING + place, BEGINNING_SCALE * x);
        }
    }

    fn kinds(&mut self, signs: &KindSigns) {
        let mut place = COMMON;
        for value in signs.scores.iter().map(|score| score / 3.0).chain(signs.likeness) {
            self.add(place, value);
            place += 1;
        }
        for sign in signs.marks.iter().chain(&signs.times) {
            self.add_if(place, *sign);
            place += 1;
        }
        debug_assert!(place <= ALL, "the rules of kinds have {} signs, more than there are places", place - COMMON);
    }
}

/// Places of the runs of two to four, and of those that it begins with, under names of their own.
fn runs(sorts: &[&str], [anywhere, first]: [&str; 2], places: &mut Vec<u32>) {
    for length in 2..=4 {
        places.extend(sorts.windows(length).map(|run| hashed(&[&[anywhere], run].concat(), GRAMMAR)));
    }
    for length in 1..=4.min(sorts.len()) {
        places.push(hashed(&[&[first], &sorts[..length]].concat(), GRAMMAR));
    }
}

/// Places of codes, numbers and quoted words by their form, each with the words around it.
fn codes(text: &str, places: &mut Vec<u32>) {
    let straight = straight(text);
    let written: Vec<&str> = straight.split_whitespace().take(CODES_WITHIN).collect();
    let words: Vec<String> = written.iter().map(|word| plain(&word.to_lowercase())).collect();
    for (at, word) in written.iter().enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let form = if is_odd(word) {
            sized(bare)
        } else if bare.chars().skip(1).any(char::is_uppercase) {
            "C".to_owned()
        } else if word.starts_with(['"', '\'', '`']) {
            "Q".to_owned()
        } else {
            continue;
        };
        places.push(bucket(&["F", &form]));
        for (other, near) in words.iter().enumerate().take(at + 1 + AFTER).skip(at.saturating_sub(BEFORE)) {
            if other != at && !near.is_empty() {
                places.push(bucket(&[if other < at { "b" } else { "a" }, &form, near]));
            }
        }
    }
}

/// The word without the signs around it, numbers as their form alone: no number is learned by heart.
fn plain(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.bytes().any(|byte| byte.is_ascii_digit()) { form_of(bare) } else { bare.to_owned() }
}

/// Letters with digits or signs among them.
fn is_odd(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    bare.chars().any(|c| c.is_ascii_digit() || !(c.is_alphanumeric() || matches!(c, '\'' | '-')))
}

/// `Ab12-3` as `Aa0-0`: the sorts of its signs, each run as one.
fn form_of(word: &str) -> String {
    let mut form = String::new();
    for c in word.chars() {
        let sort = match c {
            c if c.is_ascii_digit() => '0',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c => c,
        };
        if !form.ends_with(sort) {
            form.push(sort);
        }
    }
    form
}

/// `4471-b` as `04-a`: like [`form_of`], with how many digits there are, up to nine.
fn sized(word: &str) -> String {
    let mut form = String::new();
    let mut digits = 0;
    for c in word.chars().chain([' ']) {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        if digits > 0 {
            form.push('0');
            form.push_str(&digits.min(9).to_string());
            digits = 0;
        }
        let sort = if c.is_uppercase() {
            'A'
        } else if c.is_alphabetic() {
            'a'
        } else {
            c
        };
        if !form.ends_with(sort) && c != ' ' {
            form.push(sort);
        }
    }
    form
}

/// Where these words stand among all words.
fn bucket(words: &[&str]) -> u32 {
    AT_WORDS as u32 + hashed(words, BUCKETS)
}

/// FNV-1a, since trained weights need a hash that never changes.
fn hashed(words: &[&str], buckets: usize) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for word in words {
        for byte in word.bytes().chain([0]) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    // The low bits of FNV mix worst.
    let mixed = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    (mixed >> 16) % buckets as u32
}

#[cfg(test)]
mod tests;
