//! How well each memory of a view answers a question: words and vectors, each with what stands around it, fused, and with
//! who said it and when.
//!
//! Parts and weights are those that held on conversations they were not fitted on; each part earns its place (see
//! ARCHITECTURE.md, "Ranking").

mod calibration;
pub mod fit;
mod lexical;

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::index::Entry;
use crate::index::atlas::Atlas;
use crate::index::embedding::{Fingerprint, QueryVector};
use crate::index::question::{Question, first_name};
use crate::index::terms::Term;
use crate::index::view::View;
use crate::memory::MemoryId;
pub use calibration::ABSTAIN_BELOW;
use calibration::Evidence;

/// What each signal adds, and the two constants of BM25.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// Words in common (BM25), with those of the turns around it.
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness of the vectors around it.
    pub window: f32,
    /// The mean of the best three of the same session.
    pub session: f32,
    /// Said by somebody whom the query names.
    pub speaker: f32,
    /// Taken off where the text is itself a question.
    pub question: f32,
    /// The query asks for a time and the text tells one.
    pub asked_time: f32,
    /// Said at, or about, a time that the query names.
    pub date: f32,
    /// Lately, as against the latest of the view. Nothing unless a tenant's own recalls show that it helps.
    pub recency: f32,
    /// Days after which recency is half of what it was.
    pub half_life_days: f32,
    /// How much classifying took it to matter. Nothing unless a tenant's own recalls show that it helps.
    pub importance: f32,
    /// BM25: how soon repeats of a word stop counting.
    pub k1: f32,
    /// BM25: how much a long text's words count less.
    pub b: f32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            lexical: 1.5,
            semantic: 1.0,
            window: 1.0,
            session: 0.2,
            speaker: 0.3,
            question: 0.1,
            asked_time: 0.25,
            date: 0.5,
            recency: 0.0,
            half_life_days: 30.0,
            importance: 0.0,
            k1: 0.9,
            b: 0.4,
        }
    }
}

impl Weights {
    /// What each signal adds to the sum.
    pub fn of(&self, signals: &Signals) -> Signals {
        // Words and vectors share one place among the signals.
        let fused = self.lexical + self.semantic + self.window;
        Signals {
            lexical: self.lexical * signals.lexical / fused,
            semantic: self.semantic * signals.semantic / fused,
            window: self.window * signals.window / fused,
            session: self.session * signals.session,
            speaker: self.speaker * signals.speaker,
            question: -self.question * signals.question,
            asked_time: self.asked_time * signals.asked_time,
            date: self.date * signals.date,
            recency: self.recency * signals.recency,
            importance: self.importance * signals.importance,
        }
    }

    /// What is left, of 0 to 1, of a recency of so many days.
    pub fn recency_of(&self, days: f32) -> f32 {
        (-days.max(0.0) / self.half_life_days.max(1.0)).exp2()
    }
}

impl Signals {
    /// All of them together.
    pub fn sum(&self) -> f32 {
        let Signals { lexical, semantic, window, session, speaker, question, asked_time, date, recency, importance } =
            *self;
        lexical + semantic + window + session + speaker + question + asked_time + date + recency + importance
    }
}

const SECONDS_A_DAY: f32 = 86_400.0;
/// How many of a session's best scores stand for the session.
const SESSION_BEST: usize = 3;
/// How far the turns around a turn count as its company.
const REACH: usize = 2;

/// What was found for one memory, each part 0..1, before its weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Signals {
    /// Words in common.
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness with its company.
    pub window: f32,
    /// How well its session matches.
    pub session: f32,
    /// 1 where the query names who said it.
    pub speaker: f32,
    /// 1 where the text is a question.
    pub question: f32,
    /// 1 where the query asks for a time and the text tells one.
    pub asked_time: f32,
    /// 1 where it was said at, or about, a time that the query names.
    pub date: f32,
    /// 1 for the latest of the view, half of it for each half-life before.
    pub recency: f32,
    /// How much classifying took it to matter.
    pub importance: f32,
}

/// One row of the view with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Place in [`View::rows`].
    pub row: usize,
    /// The weighted sum that decides the order.
    pub sum: f32,
    /// The chance that it is evidence, 0..1.
    pub score: f32,
    /// What the sum is made of.
    pub signals: Signals,
}

/// The memories of a view in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Best first; equal ones by latest stored, so that the order is the same every time.
    pub scored: Vec<Scored>,
    /// The chance that the evidence is among the best ten, where it is as likely as not that there is any.
    pub confidence: f32,
    /// How many memories were looked at, those that do not pass among them.
    pub considered: usize,
}

/// Memories that are not in the view but in the collection it comes from: large scopes, of which it holds candidates.
#[derive(Debug, Clone, Default)]
pub struct Background<'a> {
    /// What is known of each large scope.
    pub atlases: Vec<&'a Atlas>,
    /// Candidates of which only the code of a model's vector is known: that model, and the cosine with the question as the
    /// code tells it.
    pub coded: HashMap<MemoryId, (Fingerprint, f32)>,
}

impl Background<'_> {
    /// The row's cosine with the question in that model; none where it is of another one.
    fn cosine(&self, entry: &Entry, vector: &QueryVector) -> Option<f32> {
        match self.coded.get(&entry.id) {
            Some((model, cosine)) => (*model == vector.fingerprint).then_some(*cosine),
            None => entry.embedding.as_ref()?.cosine(vector),
        }
    }

    fn memories(&self) -> f32 {
        self.atlases.iter().map(|atlas| atlas.entries() as f32).sum()
    }

    fn having(&self, term: Term) -> f32 {
        self.atlases.iter().map(|atlas| atlas.rarity.memories(term)).sum()
    }

    /// The first names of those who speak in the view or the background, folded.
    pub fn speakers(&self, view: &View<'_>) -> HashSet<String> {
        let speakers: HashSet<&str> = view.rows().iter().filter_map(|row| row.entry.speaker.as_deref()).collect();
        let mut names: HashSet<String> = speakers.into_iter().filter_map(first_name).collect();
        names.extend(self.atlases.iter().flat_map(|atlas| atlas.speakers.iter().cloned()));
        names
    }
}

/// Ranks those rows of the view that `passes`; the others only count as company.
///
/// `vectors`: the question's, at most one of each model; each row is compared with that of its own model.
pub fn rank(
    view: &View<'_>,
    question: &Question,
    vectors: &[QueryVector],
    weights: &Weights,
    background: &Background<'_>,
    passes: impl Fn(&Entry) -> bool,
) -> Ranked {
    let words = lexical::score(view, &question.terms, weights, background);
    let lexical = unit(&words.raw);
    let count = view.rows().len();
    let (mut semantic, mut window) = (vec![0.0; count], vec![0.0; count]);
    let mut nearest: Vec<Option<f32>> = vec![None; count];
    for vector in vectors {
        // Each model's cosines have a scale of their own, so each is brought to 0..1 by itself.
        let own: Vec<Option<f32>> = view.rows().iter().map(|row| background.cosine(row.entry, vector)).collect();
        add(&mut semantic, &unit_of_some(&own));
        add(&mut window, &unit_of_some(&windows(view, &own)));
        if vector.is_familiar {
            nearest.iter_mut().zip(own).for_each(|(nearest, own)| *nearest = nearest.or(own));
        }
    }
    let own =
        |i: usize| Signals { lexical: lexical[i], semantic: semantic[i], window: window[i], ..Signals::default() };
    let session = session_best(view, &(0..count).map(|i| weights.of(&own(i)).sum()).collect::<Vec<f32>>());
    let flag = |holds: bool| f32::from(u8::from(holds));
    let latest = view.rows().iter().map(|row| row.entry.time().seconds()).max().unwrap_or(0);
    let days = |entry: &Entry| (latest - entry.time().seconds()) as f32 / SECONDS_A_DAY;
    let mut scored: Vec<Scored> = Vec::new();
    for (i, row) in view.rows().iter().enumerate().filter(|(_, row)| passes(row.entry)) {
        let signals = Signals {
            session: session[row.session],
            speaker: flag(question.names_speaker(row.entry)),
            question: flag(row.entry.is_question),
            asked_time: flag(question.asks_when && row.entry.event_time.is_some()),
            date: flag(question.agrees(row.entry)),
            recency: weights.recency_of(days(row.entry)),
            importance: row.entry.importance,
            ..own(i)
        };
        scored.push(Scored { row: i, sum: weights.of(&signals).sum(), score: 0.0, signals });
    }
    let order = |s: &Scored| (view.rows()[s.row].entry.order, view.rows()[s.row].entry.id);
    scored.sort_unstable_by(|a, b| b.sum.total_cmp(&a.sum).then_with(|| order(b).cmp(&order(a))));
    let most = |values: &mut dyn Iterator<Item = f32>| values.reduce(f32::max);
    let evidence = Evidence {
        coverage: most(&mut scored.iter().map(|s| words.raw[s.row])).unwrap_or(0.0) / words.most.max(f32::MIN_POSITIVE),
        cosine: most(&mut scored.iter().filter_map(|s| nearest[s.row])),
        sums: scored.iter().map(|s| s.sum).collect(),
    };
    let strength = evidence.strength();
    for (scored, sum) in scored.iter_mut().zip(&evidence.sums) {
        scored.score = calibration::chance(strength, evidence.sums[0] - sum);
    }
    Ranked { scored, confidence: calibration::confidence(strength), considered: count }
}

fn add(sum: &mut [f32], part: &[f32]) {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
}

/// Each row's and its company's mean cosine, a longer text with the larger share: about the cosine of the texts together,
/// without a vector for it. None where none of them has a vector.
fn windows(view: &View<'_>, cosines: &[Option<f32>]) -> Vec<Option<f32>> {
    let share = |i: usize| match (cosines[i], &view.rows()[i].entry.embedding) {
        (Some(cosine), Some(embedding)) => (embedding.weight * cosine, embedding.weight),
        _ => (0.0, 0.0),
    };
    let mean = |i: usize| {
        let company = view.company(i, REACH).map(|(j, _)| share(j));
        let (sum, weights) = company.fold(share(i), |(sum, weights), (more, weight)| (sum + more, weights + weight));
        (weights > 0.0).then(|| sum / weights)
    };
    (0..cosines.len()).map(mean).collect()
}

/// As [`unit`], of those there are; the others take no part, and have 0.
fn unit_of_some(scores: &[Option<f32>]) -> Vec<f32> {
    let scaled = unit(&scores.iter().map(|score| score.unwrap_or(0.0)).collect::<Vec<f32>>());
    scaled.into_iter().zip(scores).map(|(scaled, score)| if score.is_some() { scaled } else { 0.0 }).collect()
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
