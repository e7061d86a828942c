//! How a model stands at a task: what its calls came to, and how often people agreed with it.
//!
//! Kept as sums, so that containers add to them without reading. Half of the calls count for what a proposal is made from,
//! the others for what judges it.

use serde::{Deserialize, Serialize};

/// What an answer after ten seconds loses of its worth, and one that costs a cent: half as quick or as cheap never makes up
/// for an answer that does not come.
const SLOW: f64 = 0.2;
const DEAR: f64 = 0.2;
/// Seconds, and dollars, from which nothing more is lost.
const SLOWEST: f64 = 10.0;
const DEAREST: f64 = 0.01;
/// As what part of 1 worth is counted: sums are whole numbers, which a table can add to.
const PARTS: f64 = 1_000.0;

/// What a call was worth, 0 to 1: nothing without an answer, and the less the longer and dearer it was.
pub fn worth(is_ok: bool, micros: u64, nanodollars: u64) -> f64 {
    if !is_ok {
        return 0.0;
    }
    let slow = (micros as f64 / 1e6 / SLOWEST).min(1.0);
    let dear = (nanodollars as f64 / 1e9 / DEAREST).min(1.0);
    1.0 - SLOW * slow - DEAR * dear
}

/// Sums of a measure between 0 and 1, in thousandths and millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many.
    pub count: u64,
    /// Their sum, in thousandths.
    pub sum: u64,
    /// The sum of their squares, in millionths.
    pub squares: u64,
}

impl Sums {
    /// Counts one.
    pub fn add(&mut self, measure: f64) {
        let parts = (measure.clamp(0.0, 1.0) * PARTS).round() as u64;
        self.count += 1;
        self.sum += parts;
        self.squares += parts * parts;
    }

    /// Counts all of the others.
    pub fn join(&mut self, other: Sums) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Of so many, of which so many are 1 and the others 0.
    pub fn of_share(right: u64, count: u64) -> Sums {
        let one = PARTS as u64;
        Sums { count, sum: right * one, squares: right * one * one }
    }

    /// The mean, 0 of nothing.
    pub fn mean(self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum as f64 / PARTS / self.count as f64 }
    }

    /// The square of the mean's standard error; without bound where there are too few to tell.
    pub fn error_squared(self) -> f64 {
        if self.count < 2 {
            return f64::INFINITY;
        }
        let (count, mean) = (self.count as f64, self.mean());
        let spread = self.squares as f64 / (PARTS * PARTS) - count * mean * mean;
        // What was alike every time so far may still differ once: as if one more had come out half.
        let least = 0.25 / (count + 1.0);
        (spread.max(least) / (count - 1.0)) / count
    }
}

/// What a model's calls came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Calls that were made, with those that failed.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// Microseconds of all of them.
    pub micros: u64,
    /// What they cost, in billionths of a dollar, as far as prices are known.
    pub nanodollars: u64,
    /// What half of the calls were worth: what proposals are made from.
    pub fitted: Sums,
    /// What the others were worth: what judges.
    pub held: Sums,
    /// What it said that people spoke of afterwards, 1 where they agreed.
    #[serde(default)]
    pub agreed: Sums,
}

impl Standing {
    /// Counts a call. Its half is that of its last microsecond, which nothing else depends on: a container that makes one
    /// call and ends adds to either.
    pub fn count(&mut self, is_ok: bool, micros: u64, nanodollars: u64) {
        let half = if micros.is_multiple_of(2) { &mut self.fitted } else { &mut self.held };
        half.add(worth(is_ok, micros, nanodollars));
        self.calls += 1;
        self.errors += u64::from(!is_ok);
        self.micros += micros;
        self.nanodollars += nanodollars;
    }

    /// Counts all of the other's calls.
    pub fn join(&mut self, mut other: Standing) {
        self.agreed.join(other.agreed);
        for ((_, sum), (_, more)) in self.parts().into_iter().zip(other.parts()) {
            *sum += *more;
        }
    }

    /// The sums that are added up, by name.
    pub fn parts(&mut self) -> [(&'static str, &mut u64); 10] {
        let Standing { calls, errors, micros, nanodollars, fitted, held, .. } = self;
        [
            ("calls", calls),
            ("errors", errors),
            ("micros", micros),
            ("nanodollars", nanodollars),
            ("fitted", &mut fitted.count),
            ("fitted_sum", &mut fitted.sum),
            ("fitted_squares", &mut fitted.squares),
            ("held", &mut held.count),
            ("held_sum", &mut held.sum),
            ("held_squares", &mut held.squares),
        ]
    }
}

#[cfg(test)]
mod tests;
