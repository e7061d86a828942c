//! What the words of a text say in their order: a small net over its tokens, whose scores of the kinds stand beside those
//! of the head's weights.
//!
//! A sum over words and runs of words cannot tell what a word does to another some words away. This can: each token's vector
//! is mixed with its neighbours', block after block, and the whole is pooled. `infra/kinds` makes `head/net.bin` from the
//! labelled texts and from what a larger model, taught by the same texts, says of them. It is never trained further: a
//! tenant's head moves weights only.

mod file;
mod layers;

use std::sync::LazyLock;

use layers::{Dense, Norm};

use super::KINDS;
use crate::models::builtin;

/// Tokens of a text that are looked at, with the marks of its beginning and its end.
const LONGEST: usize = 64;
/// Vectors after those of the tokens: of a text's beginning and of its end.
const MARKS: usize = 2;

static BYTES: &[u8] = include_bytes!("net.bin");
static BUILTIN: LazyLock<Net> = LazyLock::new(|| match Net::decode(BYTES) {
    Ok(net) => net,
    // The file is compiled in: every test would fail on it.
    Err(error) => panic!("the builtin net cannot be read: {error}"),
});

/// A net of blocks: each looks at a token, at one before and one after it and at the mean of all, and adds what it makes of
/// them to the token.
struct Net {
    /// A vector for each token, and the marks; bytes by a scale for each of a vector's numbers.
    table: &'static [u8],
    scales: Vec<f32>,
    widen: Dense,
    /// Added by the token's place.
    places: Vec<f32>,
    blocks: Vec<Block>,
    norm: Norm,
    /// How much each token counts in means of several sorts.
    heed: Dense,
    /// From those means, the largest of each number and the first token to scores of the kinds.
    judge: Dense,
}

struct Block {
    /// How far before and after the token those stand.
    away: usize,
    norm: Norm,
    mix: Dense,
    /// Of the mean of all tokens; the same for each.
    whole: Dense,
}

/// What the builtin net says of each kind, in the order of `Kind::ALL`.
pub fn scores(text: &str) -> [f32; KINDS] {
    BUILTIN.scores(&builtin::numbers(text, LONGEST - MARKS))
}

impl Net {
    /// Of the first tokens of a text, by their numbers.
    fn scores(&self, numbers: &[u32]) -> [f32; KINDS] {
        let (begin, end) = (self.rows() - MARKS, self.rows() - 1);
        let rows =
            [&[begin], numbers.iter().map(|number| *number as usize).collect::<Vec<_>>().as_slice(), &[end]].concat();
        let mut tokens = self.widen.of(&self.vectors(&rows));
        tokens.iter_mut().zip(&self.places).for_each(|(x, place)| *x += place);
        let even = vec![1.0 / rows.len() as f32; rows.len()];
        for block in &self.blocks {
            let rows = block.norm.of(&tokens);
            let mixed = block.mix.of(&layers::windows(&rows, self.width(), block.away));
            let whole = block.whole.of(&layers::mean(&rows, self.width(), &even));
            for (tokens, mixed) in tokens.chunks_mut(self.width()).zip(mixed.chunks(self.width())) {
                tokens.iter_mut().zip(mixed).zip(&whole).for_each(|((x, more), whole)| *x += (more + whole).max(0.0));
            }
        }
        let tokens = self.norm.of(&tokens);
        let pooled = layers::pool(&tokens, self.width(), &self.heed.of(&tokens));
        let mut scores = [0.0; KINDS];
        scores.copy_from_slice(&self.judge.of(&pooled));
        scores
    }

    fn vectors(&self, rows: &[usize]) -> Vec<f32> {
        let size = self.scales.len();
        let row = |row: &usize| &self.table[row * size..][..size];
        let number = |(byte, scale): (&u8, &f32)| f32::from(*byte as i8) * scale;
        rows.iter().flat_map(|at| row(at).iter().zip(&self.scales).map(number)).collect()
    }

    fn rows(&self) -> usize {
        self.table.len() / self.scales.len()
    }

    fn width(&self) -> usize {
        self.widen.outputs()
    }
}

#[cfg(test)]
mod tests;
