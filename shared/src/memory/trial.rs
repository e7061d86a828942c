//! A trial: what a change does on cases that it was not fitted on, and whether that is enough to promote it.
//!
//! One gate for rankings, classifiers and routes: each case is measured with what is there and with what is proposed, and
//! the proposal is promoted only where it is better by more than chance would have it.

use serde::{Deserialize, Serialize};

use crate::memory::standing::Sums;

/// Least cases on which anything is promoted: below, one lucky case decides.
pub const LEAST_CASES: usize = 20;
/// Least mean gain worth a change, of measures between 0 and 1.
pub const LEAST_GAIN: f64 = 0.005;
/// The gain must exceed so many standard errors: one-sided, 95 in 100.
const STANDARD_ERRORS: f64 = 1.645;

/// Numbers of a trial, kept with every decision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Cases measured, none of which the proposal was fitted on.
    pub cases: u32,
    /// Mean measure with what is there, 0 to 1.
    pub before: f64,
    /// Mean measure with what is proposed.
    pub after: f64,
    /// Mean of the differences, case by case.
    pub gain: f64,
    /// What the gain is at least, by 95 chances in 100.
    pub at_least: f64,
}

impl Trial {
    /// Of a measure of each case, before and after, in the same order.
    pub fn of(before: &[f64], after: &[f64]) -> Trial {
        let count = before.len().min(after.len());
        let gains: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        let gain = mean(&gains);
        let squares: f64 = gains.iter().map(|one| (one - gain).powi(2)).sum();
        let error = if count > 1 { (squares / (count - 1) as f64 / count as f64).sqrt() } else { f64::INFINITY };
        Trial {
            cases: u32::try_from(count).unwrap_or(u32::MAX),
            before: mean(&before[..count]),
            after: mean(&after[..count]),
            gain,
            // Where there is no case there is no bound either; a number all the same, since JSON has no infinity.
            at_least: if error.is_finite() { gain - STANDARD_ERRORS * error } else { -1.0 },
        }
    }

    /// Of cases of two sorts: those that had what is there, and others that had what is proposed.
    pub fn apart(before: Sums, after: Sums) -> Trial {
        let gain = after.mean() - before.mean();
        let error = (before.error_squared() + after.error_squared()).sqrt();
        Trial {
            cases: u32::try_from(before.count.min(after.count)).unwrap_or(u32::MAX),
            before: before.mean(),
            after: after.mean(),
            gain,
            at_least: if error.is_finite() { gain - STANDARD_ERRORS * error } else { -1.0 },
        }
    }

    /// Whether the proposal is worse by more than chance would have it.
    pub fn is_surely_worse(&self) -> bool {
        let at_most = 2.0 * self.gain - self.at_least;
        self.cases > 1 && self.gain < 0.0 && at_most < 0.0
    }

    /// Whether the proposal may take the place of what is there.
    pub fn passes(&self) -> bool {
        self.cases as usize >= LEAST_CASES && self.gain >= LEAST_GAIN && self.at_least > 0.0
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests;
