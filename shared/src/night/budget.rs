//! The time that one run of a worker has.

use std::time::Duration;

use tokio::time::Instant;

/// What a worker keeps for itself: to write its checkpoint and hand on the rest.
const RESERVE: Duration = Duration::from_secs(30);

/// Until when a worker may work.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    until: Option<Instant>,
}

impl Budget {
    /// Any amount of time: nobody ends this process.
    pub const ENDLESS: Budget = Budget { until: None };

    /// This much from now, as Lambda says how long it lets the function run.
    pub fn of(left: Duration) -> Budget {
        Budget { until: Instant::now().checked_add(left) }
    }

    /// Whether nothing more should be begun.
    pub fn is_spent(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() + RESERVE >= until)
    }
}
