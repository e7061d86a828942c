//! The builtin embedder: a table distilled from all-MiniLM-L6-v2, compiled in. No download, no second process.
//!
//! A text's vector is the sum of its tokens' vectors; infra/distill says how the table is made.

pub mod wordpiece;

use std::sync::LazyLock;

use crate::index::{Embedding, Fingerprint, QueryVector};
use wordpiece::Vocabulary;

static BYTES: &[u8] = include_bytes!("builtin/table.bin");
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(BYTES));

/// The builtin model's name in routes and receipts.
pub const NAME: &str = "builtin";

/// The table's parts within its bytes; infra/distill/README.md gives the layout.
struct Table {
    vocabulary: Vocabulary<&'static str>,
    fingerprint: Fingerprint,
    dimensions: usize,
    scales: &'static [u8],
    codes: &'static [u8],
}

impl Table {
    /// A table that was not made by infra/distill is a broken build: every test would fail on it.
    fn read(bytes: &'static [u8]) -> Table {
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        assert_eq!(&bytes[..8], b"MEMTBL01", "the builtin table's format");
        let (rows, dimensions, vocabulary_bytes) = (number(8), number(12), number(16));
        let (words, rest) = bytes[20..].split_at(vocabulary_bytes);
        let (scales, codes) = rest.split_at(4 * rows);
        assert_eq!(codes.len(), rows * dimensions, "the builtin table's size");
        let words = std::str::from_utf8(words).unwrap_or_default();
        // The first bytes differ between any two tables, and hashing eight megabytes would cost a cold start its time.
        let sample = blake3::hash(&bytes[bytes.len() - 65_536..]).to_hex();
        Table {
            vocabulary: Vocabulary::new(words.split('\n')),
            fingerprint: Fingerprint::of(&format!("{NAME} {rows}x{dimensions} {sample}")),
            dimensions,
            scales,
            codes,
        }
    }

    fn sum(&self, text: &str) -> Vec<f32> {
        let mut sum = vec![0.0; self.dimensions];
        self.vocabulary.tokens(text, |token| {
            let at = 4 * token as usize;
            let scale =
                f32::from_le_bytes([self.scales[at], self.scales[at + 1], self.scales[at + 2], self.scales[at + 3]]);
            let row = &self.codes[token as usize * self.dimensions..][..self.dimensions];
            for (total, code) in sum.iter_mut().zip(row) {
                *total += scale * f32::from(*code as i8);
            }
        });
        sum
    }
}

/// Names this table's vectors.
pub fn fingerprint() -> Fingerprint {
    TABLE.fingerprint
}

/// The text's vector to store; none where it holds no known token.
pub fn embed(text: &str) -> Option<Embedding> {
    let sum = TABLE.sum(text);
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    Embedding::new(TABLE.fingerprint, length, &sum)
}

/// The text's vector to search with.
pub fn embed_query(text: &str) -> QueryVector {
    QueryVector::new(TABLE.fingerprint, TABLE.sum(text)).familiar()
}

/// How many WordPiece tokens the text has: the measure of token budgets.
pub fn count_tokens(text: &str) -> usize {
    let mut count = 0;
    TABLE.vocabulary.tokens(text, |_| count += 1);
    count
}

/// The numbers of the text's tokens in their order, of the first so many.
pub fn numbers(text: &str, most: usize) -> Vec<u32> {
    let mut numbers = Vec::new();
    TABLE.vocabulary.tokens(text, |token| {
        if numbers.len() < most {
            numbers.push(token);
        }
    });
    numbers
}

/// The text's tokens as the vocabulary writes them.
pub fn tokens(text: &str) -> Vec<&'static str> {
    let mut tokens = Vec::new();
    TABLE.vocabulary.tokens(text, |token| tokens.push(TABLE.vocabulary.words()[token as usize]));
    tokens
}

/// The vocabulary's tokens in order of their numbers; `##` marks those that continue a word.
pub fn vocabulary() -> &'static [&'static str] {
    TABLE.vocabulary.words()
}

#[cfg(test)]
mod tests;
