//! Learning a head from labelled texts: multinomial logistic regression, held near the head it starts from.
//!
//! Pure and deterministic: the same examples in the same order give the same head. A night calls [`fit`] with what a
//! scope's people corrected, starting from [`Head::builtin`], and keeps the result only where its check says so.

mod lbfgs;

use std::collections::BTreeSet;

use super::calibration::Calibration;
use super::features::Features;
use super::report::Report;
use super::{Head, Linear, Reading, SENSITIVITIES, Scores};
use crate::memory::{Kind, Sensitivity};

/// Parts of the examples that take turns in being held out.
pub const FOLDS: usize = 5;
/// Fewest examples that a calibration is fitted on.
const ENOUGH: usize = 200;

/// A text whose labels are known.
#[derive(Debug, Clone)]
pub struct Example {
    /// The text, as [`Features::of`] gives it.
    pub features: Features,
    /// Its kind, where somebody said so.
    pub kind: Option<Kind>,
    /// Its sensitivity, where somebody said so.
    pub sensitivity: Option<Sensitivity>,
    /// How much it counts; 1 for one of many.
    pub weight: f32,
}

/// How closely examples are followed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How much kinds are held to the head that is started from: the weight of L2 on the difference, per example of weight 1.
    pub hold_kind: f32,
    /// The same of sensitivity.
    pub hold_sensitivity: f32,
    /// Most rounds of the search.
    pub rounds: usize,
}

impl Default for Settings {
    /// As the builtin head was trained. Found by cross-validation.
    fn default() -> Settings {
        Settings { hold_kind: 3.0, hold_sensitivity: 3.0, rounds: 150 }
    }
}

/// The head that follows these examples, with the calibration of the one it starts from.
pub fn train(examples: &[Example], start: &Head, settings: &Settings) -> Head {
    let kinds: Vec<Row<'_>> = (examples.iter())
        .filter_map(|example| {
            Some((example.features.all(), example.kind? as usize, example.weight, &example.features.by_net[..]))
        })
        .collect();
    let sensitivities: Vec<Row<'_>> = (examples.iter())
        .filter_map(|example| Some((example.features.common(), example.sensitivity? as usize, example.weight, NOTHING)))
        .collect();
    let mut head = start.clone();
    learn(&kinds, &mut head.kinds, settings.hold_kind, settings.rounds);
    learn(&sensitivities, &mut head.sensitivities, settings.hold_sensitivity, settings.rounds);
    head
}

/// What heads say of examples that they were not trained on, in the order of the examples.
pub fn held_out(examples: &[Example], start: &Head, settings: &Settings) -> Vec<Scores> {
    let mut scores = vec![Scores::default(); examples.len()];
    for fold in 0..FOLDS {
        let (mut held, mut rest) = (Vec::new(), Vec::new());
        for (place, example) in examples.iter().enumerate() {
            if place % FOLDS == fold { held.push(place) } else { rest.push(example.clone()) }
        }
        let head = train(&rest, start, settings);
        for place in held {
            scores[place] = head.scores(&examples[place].features);
        }
    }
    scores
}

/// A head for these examples, calibrated by what its like says of those it was not trained on, and how well that does on
/// them: each judged by a head that had not seen it. The calibration stays that of `start` where there are too few.
pub fn fit(examples: &[Example], start: &Head, settings: &Settings) -> (Head, Report) {
    let scores = held_out(examples, start, settings);
    let mut head = train(examples, start, settings);
    if examples.len() >= ENOUGH {
        head.calibration = Calibration::fit(&scores, examples);
    }
    let judge = |(scores, example): (&Scores, &Example)| head.judge(scores, example.features.by_rules);
    let readings: Vec<Reading> = scores.iter().zip(examples).map(judge).collect();
    let report = Report::of_readings(&readings, examples);
    (head, report)
}

/// Features, the place of the right class, the weight, and scores that stand before any of the features' own.
type Row<'a> = (&'a [(u32, f32)], usize, f32, &'a [f32]);
/// Nothing is known of a sensitivity before its features are weighed.
const NOTHING: &[f32] = &[0.0; SENSITIVITIES];

/// Moves the weights of the places that the rows touch. What holds a head to its start keeps all others exactly there, so
/// the search walks the places of some texts, and not all there are.
fn learn(rows: &[Row<'_>], linear: &mut Linear, hold: f32, rounds: usize) {
    let touched: BTreeSet<u32> = rows.iter().flat_map(|(values, ..)| values.iter().map(|(place, _)| *place)).collect();
    let places: Vec<u32> = touched.into_iter().collect();
    let near: Vec<Vec<(u32, f32)>> = rows.iter().map(|(values, ..)| among(values, &places)).collect();
    let near: Vec<Row<'_>> = (near.iter().zip(rows))
        .map(|(values, (_, right, weight, before))| (&values[..], *right, *weight, *before))
        .collect();
    let start: Vec<f32> = places.iter().flat_map(|place| linear.of(*place)).copied().collect();
    let found = search(&near, start, linear.classes, hold, rounds);
    for (place, weights) in places.iter().zip(found.chunks(linear.classes)) {
        linear.of_mut(*place).copy_from_slice(weights);
    }
}

/// The same features, by where their places stand among these, which are sorted.
fn among(values: &[(u32, f32)], places: &[u32]) -> Vec<(u32, f32)> {
    values.iter().filter_map(|(place, value)| Some((places.binary_search(place).ok()? as u32, *value))).collect()
}

fn search(rows: &[Row<'_>], start: Vec<f32>, classes: usize, hold: f32, rounds: usize) -> Vec<f32> {
    let held_to = start.clone();
    let cost = |point: &[f32], slope: &mut [f32]| {
        let mut height = 0.0;
        for ((x, before), slope) in point.iter().zip(&held_to).zip(slope.iter_mut()) {
            let moved = x - before;
            *slope = hold * moved;
            height += f64::from(0.5 * hold * moved * moved);
        }
        let mut shares = vec![0.0_f32; classes];
        for (values, right, weight, before) in rows {
            shares.copy_from_slice(before);
            for (place, value) in *values {
                let weights = &point[*place as usize * classes..][..classes];
                shares.iter_mut().zip(weights).for_each(|(share, weight)| *share += weight * value);
            }
            softmax(&mut shares);
            height -= f64::from(*weight) * f64::from(shares[*right].max(1e-30)).ln();
            shares[*right] -= 1.0;
            for (place, value) in *values {
                let slope = &mut slope[*place as usize * classes..][..classes];
                slope.iter_mut().zip(&shares).for_each(|(slope, share)| *slope += weight * share * value);
            }
        }
        height
    };
    lbfgs::minimise(start, rounds, cost)
}

/// Shares that add up to 1, in place of scores.
pub(super) fn softmax(scores: &mut [f32]) {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - best).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

#[cfg(test)]
mod tests;
