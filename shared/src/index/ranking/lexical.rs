//! BM25 over each text with its company: a word said just before or after counts, but less.

use crate::index::ranking::{Background, REACH, Weights};
use crate::index::terms::Term;
use crate::index::view::View;

/// What a word counts at each distance: 1 at none, half next to it, a quarter beyond.
const SHARE: [f32; REACH + 1] = [1.0, 0.5, 0.25];

/// What the rows have in common with the query.
pub struct Lexical {
    /// Each row's BM25, in the order of the view.
    pub raw: Vec<f32>,
    /// What a row would score at most: the sum of the terms' rarities.
    pub most: f32,
}

/// BM25 as Lucene has it, in a collection of the view's rows and the background's memories.
pub fn score(view: &View<'_>, query: &[Term], weights: &Weights, background: &Background<'_>) -> Lexical {
    let rows = view.rows();
    let n = rows.len() as f32 + background.memories();
    let length = |i: usize| f32::from(rows[i].entry.length);
    let company = |i: usize| view.company(i, REACH).map(|(j, distance)| (j, SHARE[distance]));
    let lengths: Vec<f32> =
        (0..rows.len()).map(|i| length(i) + company(i).map(|(j, share)| share * length(j)).sum::<f32>()).collect();
    let mean = lengths.iter().sum::<f32>() / (rows.len() as f32).max(1.0);
    let mut raw = vec![0.0; rows.len()];
    let mut most = 0.0;
    for term in query {
        let mut having = background.having(*term);
        let mut times = vec![0.0; rows.len()];
        for (i, row) in rows.iter().enumerate() {
            let Ok(place) = row.entry.terms.binary_search_by_key(term, |(term, _)| *term) else { continue };
            let own = f32::from(row.entry.terms[place].1);
            having += 1.0;
            times[i] += own;
            company(i).for_each(|(j, share)| times[j] += share * own);
        }
        let rarity = (1.0 + (n - having + 0.5).max(0.0) / (having + 0.5)).ln();
        most += rarity;
        for (i, times) in times.into_iter().enumerate().filter(|(_, times)| *times > 0.0) {
            let length = lengths[i] / mean.max(1.0);
            raw[i] += rarity * times / (times + weights.k1 * (1.0 - weights.b + weights.b * length));
        }
    }
    Lexical { raw, most }
}
