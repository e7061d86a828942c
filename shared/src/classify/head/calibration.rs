//! What a score is worth: chances as often right as they say, fitted on examples that the head had not seen.

use serde::Serialize;

use super::train::{Example, softmax};
use super::{KINDS, Scores};

/// Temperatures that are tried: the right one lies well within, or the head is broken.
const TEMPERATURES: (f32, f32) = (0.2, 5.0);
/// Most steps of the map from a softmax's share to the chance of being right.
const STEPS: usize = 10;
/// Fewest examples that a step stands on: fewer would follow chance.
const STEP: usize = 40;

/// From scores to chances.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Scores of kinds are divided by it before the softmax.
    pub temperature: f32,
    /// The same of sensitivity.
    pub closeness: f32,
    /// From the largest share to how often it is right: points of a rising line, between which is filled in.
    pub steps: Vec<(f32, f32)>,
}

impl Default for Calibration {
    fn default() -> Calibration {
        Calibration { temperature: 1.0, closeness: 1.0, steps: Vec::new() }
    }
}

impl Calibration {
    /// By scores of examples that were held out.
    pub fn fit(scores: &[Scores], examples: &[Example]) -> Calibration {
        let pairs = || scores.iter().zip(examples);
        let kinds: Vec<(&[f32], usize)> =
            pairs().filter_map(|(scores, example)| Some((&scores.kinds[..], example.kind? as usize))).collect();
        let sensitivities: Vec<(&[f32], usize)> = (pairs()
            .filter_map(|(scores, example)| Some((&scores.sensitivities[..], example.sensitivity? as usize))))
        .collect();
        let (of_kinds, closeness) = (temperature(&kinds), temperature(&sensitivities));
        let mut judged: Vec<(f32, bool)> =
            kinds.iter().map(|(scores, right)| judge(scores, *right, of_kinds)).collect();
        Calibration { temperature: of_kinds, closeness, steps: isotonic(&mut judged) }
    }

    /// Chances of the kinds; the largest is how often such an answer is right.
    pub fn kinds(&self, scores: &[f32; KINDS]) -> [f32; KINDS] {
        let mut shares = scores.map(|score| score / self.temperature);
        softmax(&mut shares);
        let largest = shares.iter().copied().fold(0.0, f32::max);
        let chance = self.chance(largest);
        // What the largest gains or loses, the others lose or gain.
        let rest = if largest < 1.0 { (1.0 - chance) / (1.0 - largest) } else { 0.0 };
        shares.map(|share| if share == largest { chance } else { share * rest })
    }

    fn chance(&self, share: f32) -> f32 {
        let Some((first, last)) = self.steps.first().zip(self.steps.last()) else { return share };
        let after = self.steps.partition_point(|(from, _)| *from <= share);
        match (after.checked_sub(1).and_then(|before| self.steps.get(before)), self.steps.get(after)) {
            (Some(low), Some(high)) => {
                let part = (share - low.0) / (high.0 - low.0).max(f32::EPSILON);
                low.1 + part * (high.1 - low.1)
            }
            (None, _) => first.1,
            (_, None) => last.1,
        }
    }
}

fn judge(scores: &[f32], right: usize, temperature: f32) -> (f32, bool) {
    let mut shares: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
    softmax(&mut shares);
    let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or_default();
    (shares[best], best == right)
}

/// The temperature at which the right classes are likeliest, by halving the span in which it lies.
fn temperature(examples: &[(&[f32], usize)]) -> f32 {
    if examples.is_empty() {
        return 1.0;
    }
    let loss = |temperature: f32| -> f64 {
        let each = examples.iter().map(|(scores, right)| {
            let mut shares: Vec<f32> = scores.iter().map(|score| score / temperature).collect();
            softmax(&mut shares);
            -f64::from(shares[*right].max(1e-12)).ln()
        });
        each.sum()
    };
    let (mut low, mut high) = TEMPERATURES;
    for _ in 0..40 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    (low + high) / 2.0
}

/// Groups of examples in the order of their shares, joined where a later one is right less often.
fn isotonic(judged: &mut [(f32, bool)]) -> Vec<(f32, f32)> {
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = judged.len().div_ceil(STEPS).max(STEP);
    // Of each group: sum of shares, right ones, examples. One more counts as half right: no group is ever sure.
    let mut groups: Vec<(f32, f32, f32)> = Vec::new();
    for group in judged.chunks(size) {
        let right = group.iter().filter(|(_, right)| *right).count() as f32;
        groups.push((group.iter().map(|(share, _)| share).sum(), right + 0.5, group.len() as f32 + 1.0));
        while let [.., before, last] = groups[..] {
            if before.1 / before.2 <= last.1 / last.2 {
                break;
            }
            groups.truncate(groups.len() - 2);
            groups.push((before.0 + last.0, before.1 + last.1, before.2 + last.2));
        }
    }
    groups.into_iter().map(|(shares, right, count)| (shares / (count - 1.0), right / count)).collect()
}

/// How far stated chances lie from what is found, and of what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Stated from, stated on average, found, examples: a row for each tenth.
    pub rows: Vec<(f32, f32, f32, usize)>,
    /// The expected calibration error: the mean distance, each tenth by its examples.
    pub error: f32,
}

/// The table of stated confidence against observed accuracy.
pub fn reliability(judged: &[(f32, bool)]) -> Reliability {
    let mut rows = Vec::new();
    let mut error = 0.0;
    for tenth in 0..10 {
        let within = |share: f32| ((share * 10.0) as usize).min(9) == tenth;
        let those: Vec<&(f32, bool)> = judged.iter().filter(|(share, _)| within(*share)).collect();
        if those.is_empty() {
            continue;
        }
        let count = those.len() as f32;
        let stated = those.iter().map(|(share, _)| share).sum::<f32>() / count;
        let found = those.iter().filter(|(_, right)| *right).count() as f32 / count;
        error += (stated - found).abs() * count / judged.len() as f32;
        rows.push((tenth as f32 / 10.0, stated, found, those.len()));
    }
    Reliability { rows, error }
}

#[cfg(test)]
mod tests;
