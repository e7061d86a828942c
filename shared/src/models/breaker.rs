//! A circuit breaker: a model that failed several times in a row is left alone for a while, then tried once.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row after which a model is left alone. One or two are a bad moment; and a batch has some ten calls.
const FAILURES: u32 = 5;
/// How long it is left alone at first; twice as long after each trial that failed.
pub const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// The longest it is left alone: whoever mends a model should not wait for us.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// What one model's calls came to, as far as it decides whether to call again.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug, Clone)]
struct Open {
    until: Instant,
    pause: Duration,
    /// Whether the one call that tries it again is under way.
    tried: bool,
}

/// Whether a model may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// As any time.
    Free,
    /// As the one call that tries whether it is back.
    Trial,
    /// Not now: it is tried again after so long.
    Open(Duration),
}

impl Breaker {
    /// Whether the model may be called now. Whoever gets a trial must say how it ended.
    pub fn pass(&mut self) -> Pass {
        let Some(open) = &mut self.open else { return Pass::Free };
        let left = open.until.saturating_duration_since(Instant::now());
        if open.tried || !left.is_zero() {
            return Pass::Open(left);
        }
        open.tried = true;
        Pass::Trial
    }

    /// The model answered.
    pub fn succeeded(&mut self) {
        *self = Breaker::default();
    }

    /// It did not.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        let pause = match &self.open {
            // A call that began before it opened says nothing new.
            Some(open) if !open.tried => return,
            Some(open) => (open.pause * 2).min(LONGEST_PAUSE),
            None if self.failures < FAILURES => return,
            None => FIRST_PAUSE,
        };
        self.open = Some(Open { until: Instant::now() + pause, pause, tried: false });
    }

    /// The trial ended without saying anything of the model: the next call may be the trial.
    pub fn gave_up(&mut self) {
        if let Some(open) = &mut self.open {
            open.tried = false;
        }
    }

    /// Whether calls are held back.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

#[cfg(test)]
mod tests;
