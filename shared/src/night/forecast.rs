//! What the next night is likely to bring: a simple forecast with an interval, by whichever of three rules did best lately.
//!
//! The rules: as the last night; as the same weekday before; as nights usually are. Each is asked about nights that are
//! known by then, and the one that lay nearest is believed for the next. How far it lay off is how wide the interval is.

use serde::Serialize;

/// Fewer nights tell nothing of the next.
const LEAST: usize = 5;
/// Nights that rules are compared by: a week, so that each weekday counts once.
const COMPARED: usize = 7;
const WEEK: usize = 7;
/// Of what was forecast lately, this share lay within the interval.
const WITHIN: f64 = 0.9;

/// The next night's value of one metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Forecast {
    /// What is expected.
    pub expected: f64,
    /// Nine times in ten it is no less,
    pub at_least: f64,
    /// and no more.
    pub at_most: f64,
    /// By which rule: `last`, `weekday`, `mean`.
    pub by: &'static str,
    /// How far that rule lay off on average, on the nights that it was compared by.
    pub error: f64,
    /// How many those are.
    pub nights: usize,
}

/// Gives the value that follows these, the latest last; none where it cannot say.
type Rule = fn(&[f64]) -> Option<f64>;

/// The rules with their names.
const RULES: [(&str, Rule); 3] = [("last", last), ("weekday", weekday), ("mean", mean)];

fn last(before: &[f64]) -> Option<f64> {
    before.last().copied()
}

/// The mean of that weekday, of the last four weeks.
fn weekday(before: &[f64]) -> Option<f64> {
    let same: Vec<f64> = before.iter().rev().skip(WEEK - 1).step_by(WEEK).take(4).copied().collect();
    mean(&same)
}

fn mean(before: &[f64]) -> Option<f64> {
    (!before.is_empty()).then(|| before.iter().sum::<f64>() / before.len() as f64)
}

/// What follows these, one value for each night in turn, the latest last; none where there are too few.
pub fn forecast(nights: &[f64]) -> Option<Forecast> {
    if nights.len() < LEAST {
        return None;
    }
    let compared = COMPARED.min(nights.len() - 1);
    let mut best: Option<Forecast> = None;
    for (by, rule) in RULES {
        let mut off: Vec<f64> = Vec::with_capacity(compared);
        for place in nights.len() - compared..nights.len() {
            off.extend(rule(&nights[..place]).map(|expected| (nights[place] - expected).abs()));
        }
        // A rule that could not say of each of these nights is not compared with those that could.
        let (Some(expected), Some(error)) = (rule(nights), mean(&off).filter(|_| off.len() == compared)) else {
            continue;
        };
        if best.is_none_or(|best| error < best.error) {
            off.sort_by(f64::total_cmp);
            let wide = off[((off.len() as f64 * WITHIN).ceil() as usize).clamp(1, off.len()) - 1];
            let (at_least, at_most) = ((expected - wide).max(0.0), expected + wide);
            best = Some(Forecast { expected, at_least, at_most, by, error, nights: compared });
        }
    }
    best
}

#[cfg(test)]
mod tests;
