//! Fitting the weights to recalls whose answers were used: on one half of them, judged on the other.
//!
//! A case is one recall with the signals of its best candidates; weighting those anew orders them anew, without the index.
//! The constants of BM25 and how far a turn's company reaches are in the signals already, and stay as they are.

use serde::{Deserialize, Serialize};

use super::{SESSION_BEST, Signals, Weights};
use crate::memory::trial::Trial;

/// Ranks that count: what a recall returns unless told otherwise.
const RANKS: usize = 10;
/// Least that a step must gain on the fitted half to be taken: smaller ones are noise.
const LEAST_STEP: f64 = 0.001;
/// How often all weights are gone through.
const ROUNDS: usize = 4;
/// What a weight is tried at, as a part of what it is.
const FACTORS: [f32; 4] = [0.5, 0.75, 1.4, 2.0];
/// What a weight is tried at that is nothing.
const BEGINNINGS: [f32; 3] = [0.05, 0.15, 0.4];
/// Half-lives of recency that are tried, in days.
const HALF_LIVES: [f32; 4] = [3.0, 10.0, 30.0, 90.0];

/// One memory among those that a recall considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// What was found for it.
    pub signals: Signals,
    /// How many days it is older than the latest candidate.
    pub days: f32,
    /// Which session it is of, by number within the case; none for a memory without one.
    pub session: Option<u16>,
    /// Whether it was used, or said to be of help.
    pub is_used: bool,
}

/// One recall that can be judged: some of its candidates were used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Whether weights may be fitted to it. The others judge them. Decided by the query, so that one asked twice is on
    /// one side.
    pub is_fitted: bool,
    /// The candidates, in no order that means anything.
    pub candidates: Vec<Candidate>,
}

impl Case {
    /// How well the weights order it, 0 to 1: normalised discounted gain of the first ten.
    pub fn measure(&self, weights: &Weights) -> f64 {
        let mut sums: Vec<(f32, usize)> = self.sums(weights).into_iter().zip(0..).collect();
        sums.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
        let gain = sums.iter().take(RANKS).enumerate().filter(|(_, (_, i))| self.candidates[*i].is_used);
        let gain: f64 = gain.map(|(rank, _)| discount(rank)).sum();
        let used = self.candidates.iter().filter(|candidate| candidate.is_used).count();
        let best: f64 = (0..used.min(RANKS)).map(discount).sum();
        if best > 0.0 { gain / best } else { 0.0 }
    }

    fn sums(&self, weights: &Weights) -> Vec<f32> {
        let fused = |candidate: &Candidate| {
            let Signals { lexical, semantic, window, .. } = candidate.signals;
            weights.of(&Signals { lexical, semantic, window, ..Signals::default() }).sum()
        };
        let mut best: Vec<Vec<f32>> = Vec::new();
        for candidate in &self.candidates {
            if let Some(session) = candidate.session.map(usize::from) {
                best.resize(best.len().max(session + 1), Vec::new());
                best[session].push(fused(candidate));
            }
        }
        for scores in &mut best {
            scores.sort_by(|a, b| b.total_cmp(a));
            scores.truncate(SESSION_BEST);
        }
        let mean = |scores: &Vec<f32>| scores.iter().sum::<f32>() / scores.len().max(1) as f32;
        let sum = |candidate: &Candidate| {
            let session =
                candidate.session.map_or_else(|| fused(candidate), |session| mean(&best[usize::from(session)]));
            let recency = weights.recency_of(candidate.days);
            weights.of(&Signals { session, recency, ..candidate.signals }).sum()
        };
        self.candidates.iter().map(sum).collect()
    }
}

/// The weights that order the fitted half best, looked for one weight at a time from `start` on.
pub fn fit(cases: &[Case], start: &Weights) -> Weights {
    let fitted: Vec<&Case> = cases.iter().filter(|case| case.is_fitted).collect();
    let value = |weights: &Weights| fitted.iter().map(|case| case.measure(weights)).sum::<f64>() / fitted.len() as f64;
    let mut best = start.clone();
    if fitted.is_empty() {
        return best;
    }
    let mut best_value = value(&best);
    for _ in 0..ROUNDS {
        let before = best_value;
        let half_lives =
            |from: &Weights| HALF_LIVES.map(|days| with(from, |weights| &mut weights.half_life_days, days));
        let steps = PARTS.into_iter().map(Some).chain([None]);
        for part in steps {
            let proposed = part.map_or_else(|| half_lives(&best).to_vec(), |part| proposals(&best, part));
            for proposed in proposed {
                let value = value(&proposed);
                if value >= best_value + LEAST_STEP {
                    (best, best_value) = (proposed, value);
                }
            }
        }
        if best_value <= before {
            break;
        }
    }
    best
}

/// What `proposed` does on the half that nothing was fitted to, against what `current` does.
pub fn judge(cases: &[Case], current: &Weights, proposed: &Weights) -> Trial {
    let held = || cases.iter().filter(|case| !case.is_fitted);
    let measures = |weights: &Weights| held().map(|case| case.measure(weights)).collect::<Vec<f64>>();
    Trial::of(&measures(current), &measures(proposed))
}

type Part = fn(&mut Weights) -> &mut f32;

/// The weights that are fitted, but for the half-life of recency, which has values of its own.
const PARTS: [Part; 10] = [
    |weights| &mut weights.lexical,
    |weights| &mut weights.semantic,
    |weights| &mut weights.window,
    |weights| &mut weights.session,
    |weights| &mut weights.speaker,
    |weights| &mut weights.question,
    |weights| &mut weights.asked_time,
    |weights| &mut weights.date,
    |weights| &mut weights.recency,
    |weights| &mut weights.importance,
];

fn proposals(from: &Weights, part: Part) -> Vec<Weights> {
    let value = *part(&mut from.clone());
    let values: Vec<f32> =
        if value == 0.0 { BEGINNINGS.to_vec() } else { FACTORS.iter().map(|factor| factor * value).collect() };
    values.into_iter().map(|value| with(from, part, value)).collect()
}

fn with(from: &Weights, part: Part, value: f32) -> Weights {
    let mut weights = from.clone();
    *part(&mut weights) = value;
    weights
}

#[cfg(test)]
mod tests;
