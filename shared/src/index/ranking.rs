//! How well each memory of a view answers a query: lexical and vector scores, fused, with what stands around it.
//!
//! Every signal is scaled to 0..1 within the query and added by weight. Weights and parts are those that held on
//! conversations they were not tuned on (see ARCHITECTURE.md, "Ranking").

use std::collections::HashSet;

use serde::Serialize;

use crate::index::embedding::{Fingerprint, QueryVector};
use crate::index::terms::{Term, terms, words};
use crate::index::view::View;

/// What each signal adds, and the two constants of BM25.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Words in common (BM25).
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness of the vector of the text with both neighbours.
    pub window: f32,
    /// The two neighbours' own sums of the three above.
    pub neighbours: f32,
    /// The mean of the best three of the same session.
    pub session: f32,
    /// Said by somebody whom the query names.
    pub speaker: f32,
    /// Taken off where the text is itself a question.
    pub question: f32,
    /// BM25: how soon repeats of a word stop counting.
    pub k1: f32,
    /// BM25: how much a long text's words count less.
    pub b: f32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            lexical: 1.0,
            semantic: 1.0,
            window: 1.0,
            neighbours: 0.1,
            session: 0.2,
            speaker: 0.4,
            question: 0.1,
            k1: 0.9,
            b: 0.4,
        }
    }
}

/// How many of a session's best scores stand for the session.
const SESSION_BEST: usize = 3;

/// What was found for one memory, each part 0..1 and as weighted in the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Signals {
    /// Words in common.
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness with its neighbours.
    pub window: f32,
    /// How well the neighbours match.
    pub neighbours: f32,
    /// How well its session matches.
    pub session: f32,
    /// 1 where the query names who said it.
    pub speaker: f32,
    /// 1 where the text is a question.
    pub question: f32,
}

/// One row of the view with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Place in [`View::rows`].
    pub row: usize,
    /// 0..1, comparable within one recall.
    pub score: f32,
    /// What it is made of.
    pub signals: Signals,
}

/// A query, split into whom it names and what it asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The query without the names of those who speak in the view: in short turns a name outweighs what was said.
    pub text: String,
    /// The first names of speakers it names, folded.
    pub named: HashSet<String>,
}

impl Question {
    /// Reads the query against the speakers of the view.
    pub fn new(query: &str, view: &View<'_>) -> Question {
        let speakers: HashSet<&str> = view.rows().iter().filter_map(|row| row.entry.speaker.as_deref()).collect();
        let names: HashSet<String> = speakers.into_iter().filter_map(first_name).collect();
        let named: HashSet<String> = words(query).filter(|word| names.contains(word)).collect();
        let kept: Vec<&str> = query
            .split_inclusive(|c: char| !is_inside_word(c))
            .filter(|piece| !words(piece).next().is_some_and(|word| named.contains(&word)))
            .collect();
        let text = kept.concat();
        let text = if text.chars().any(char::is_alphanumeric) { text } else { query.to_owned() };
        Question { text, named }
    }
}

fn is_inside_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\'' || c == '\u{2019}'
}

fn first_name(speaker: &str) -> Option<String> {
    words(speaker).next()
}

/// Scores every row, in the order of the view.
///
/// `vectors`: the question's, at most one of each model; each row is compared with that of its own model.
pub fn score(view: &View<'_>, question: &Question, vectors: &[QueryVector], weights: &Weights) -> Vec<Scored> {
    let lexical = unit(&bm25(view, &terms(&question.text), weights));
    let mut semantic = vec![0.0; lexical.len()];
    let mut window = vec![0.0; lexical.len()];
    for vector in vectors {
        // Each model's cosines have a scale of their own, so each is brought to 0..1 by itself.
        // A row that it did not embed takes no part: where cosines are negative, nothing in common is not 0 any more.
        let cosines: Vec<Option<f32>> = view.rows().iter().map(|row| cosine(row.entry, vector)).collect();
        let own: Vec<f32> = cosines.iter().map(|cosine| cosine.unwrap_or(0.0)).collect();
        let windows = windows(view, &own, vector.fingerprint);
        add(&mut semantic, &unit(&own), |row| cosines[row].is_some());
        add(&mut window, &unit(&windows), |row| has_window(view, row, &cosines));
    }
    let parts = |i: usize| weights.lexical * lexical[i] + weights.semantic * semantic[i] + weights.window * window[i];
    let fused = unit(&(0..lexical.len()).map(parts).collect::<Vec<_>>());
    let session = session_best(view, &fused);
    let most = 1.0 + 2.0 * weights.neighbours + weights.session + weights.speaker;
    let rows = view.rows().iter().enumerate();
    rows.map(|(i, row)| {
        let around = view.neighbours(i).into_iter().flatten().fold(0.0, |sum, other| sum + fused[other]);
        let says = row.entry.speaker.as_deref().and_then(first_name).is_some_and(|name| question.named.contains(&name));
        let signals = Signals {
            lexical: lexical[i],
            semantic: semantic[i],
            window: window[i],
            neighbours: around / 2.0,
            session: session[row.session],
            speaker: f32::from(u8::from(says)),
            question: f32::from(u8::from(row.entry.is_question)),
        };
        let sum = fused[i]
            + weights.neighbours * around
            + weights.session * signals.session
            + weights.speaker * signals.speaker
            - weights.question * signals.question;
        Scored { row: i, score: (sum / most).clamp(0.0, 1.0), signals }
    })
    .collect()
}

/// Best first; equal scores by latest stored, so that the order is the same every time.
pub fn sort(scored: &mut [Scored], view: &View<'_>) {
    let order = |s: &Scored| (view.rows()[s.row].entry.order, view.rows()[s.row].entry.id);
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| order(b).cmp(&order(a))));
}

fn cosine(entry: &crate::index::Entry, vector: &QueryVector) -> Option<f32> {
    entry.embedding.as_ref()?.cosine(vector)
}

/// BM25 as Lucene has it, over all rows of the view.
fn bm25(view: &View<'_>, query: &[Term], weights: &Weights) -> Vec<f32> {
    let rows = view.rows();
    let n = rows.len() as f32;
    let mean = rows.iter().map(|row| f32::from(row.entry.length)).sum::<f32>() / n.max(1.0);
    let mut scores = vec![0.0; rows.len()];
    for term in query {
        let found: Vec<(usize, f32)> = (rows.iter().enumerate())
            .filter_map(|(i, row)| {
                let place = row.entry.terms.binary_search_by_key(term, |(term, _)| *term).ok()?;
                Some((i, f32::from(row.entry.terms[place].1)))
            })
            .collect();
        let having = found.len() as f32;
        let rarity = (1.0 + (n - having + 0.5) / (having + 0.5)).ln();
        for (i, times) in found {
            let length = f32::from(rows[i].entry.length) / mean.max(1.0);
            scores[i] += rarity * times / (times + weights.k1 * (1.0 - weights.b + weights.b * length));
        }
    }
    scores
}

fn add(sum: &mut [f32], part: &[f32], takes_part: impl Fn(usize) -> bool) {
    let rows = sum.iter_mut().zip(part).enumerate();
    rows.filter(|(row, _)| takes_part(*row)).for_each(|(_, (sum, part))| *sum += part);
}

/// Whether the row or one of its neighbours has a cosine.
fn has_window(view: &View<'_>, row: usize, cosines: &[Option<f32>]) -> bool {
    cosines[row].is_some() || view.neighbours(row).into_iter().flatten().any(|other| cosines[other].is_some())
}

/// Each row's cosine, among the vectors of one model, with its neighbours' text added to its own. A sum of vectors needs no vector of its own: its
/// product with the query is the sum of the products, and its length comes from the products among the three.
fn windows(view: &View<'_>, own: &[f32], model: Fingerprint) -> Vec<f32> {
    let rows = view.rows();
    let embedding = |i: usize| rows[i].entry.embedding.as_ref().filter(|e| e.fingerprint == model);
    let weight = |i: usize| embedding(i).map_or(0.0, |e| e.weight);
    let between = |i: usize, j: usize| {
        let cosine = embedding(i).zip(embedding(j)).and_then(|(a, b)| a.cosine_between(b)).unwrap_or(0.0);
        weight(i) * weight(j) * cosine
    };
    (0..rows.len())
        .map(|i| {
            let mut members = vec![i];
            members.extend(view.neighbours(i).into_iter().flatten());
            let product: f32 = members.iter().map(|j| weight(*j) * own[*j]).sum();
            let mut square: f32 = members.iter().map(|j| weight(*j).powi(2)).sum();
            for (a, i) in members.iter().enumerate() {
                square += 2.0 * members[a + 1..].iter().map(|j| between(*i, *j)).sum::<f32>();
            }
            if square > 0.0 { product / square.sqrt() } else { 0.0 }
        })
        .collect()
}

/// Scaled so that the best is 1 and having nothing in common is 0.
fn unit(scores: &[f32]) -> Vec<f32> {
    let low = scores.iter().copied().fold(0.0_f32, f32::min);
    let high = scores.iter().copied().fold(low, f32::max);
    let range = high - low;
    scores.iter().map(|score| if range > 0.0 { (score - low) / range } else { 0.0 }).collect()
}

/// Each session's mean of its best few scores.
fn session_best(view: &View<'_>, scores: &[f32]) -> Vec<f32> {
    let mut best: Vec<Vec<f32>> = vec![Vec::new(); view.sessions()];
    for (row, score) in view.rows().iter().zip(scores) {
        best[row.session].push(*score);
    }
    best.into_iter()
        .map(|mut scores| {
            scores.sort_by(|a, b| b.total_cmp(a));
            scores.truncate(SESSION_BEST);
            scores.iter().sum::<f32>() / scores.len().max(1) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests;
