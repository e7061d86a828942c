//! Trying a model again that says it is busy or broke: seldom, soon, and not all callers at once.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How often a call is made at most. What fails three times in a row is not having a bad moment.
pub const ATTEMPTS: u32 = 3;
/// The longest wait before the second try; the next may be twice as long. Both fit into the time that a recall has.
pub const FIRST_WAIT: Duration = Duration::from_millis(50);

/// The waits before the second try and those after it: each a random part of twice the one before, so that callers who
/// were refused together do not come again together.
pub fn waits() -> impl Iterator<Item = Duration> + Send {
    (0..ATTEMPTS - 1).map(|retry| FIRST_WAIT * 2_u32.pow(retry)).map(|longest| longest.mul_f64(part()))
}

/// A number from 0 to 1 that differs between callers: the hasher's keys do.
fn part() -> f64 {
    (RandomState::new().hash_one(0) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests;
