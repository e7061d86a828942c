//! How long a session stays in short-term memory.

use jiff::SignedDuration;

use crate::memory::Time;

/// Who last wrote in a session longer ago than this has left it.
const HERE_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Whether somebody is in the middle of a session, or has just come back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Something was said in the session within the hour before.
    Active,
    /// Nothing was: the session is new, or was left.
    Idle,
}

impl Presence {
    /// The presence at `now`, where the session's latest turn was stored then.
    pub fn of(latest: Option<Time>, now: Time) -> Presence {
        match latest {
            Some(latest) if latest.plus(HERE_FOR) > now => Presence::Active,
            _ => Presence::Idle,
        }
    }

    /// How long turns stay in short-term memory: a day while somebody is there, an hour for one message and then silence.
    /// What is gone from it is not forgotten: a session is made again from the long-term memory.
    pub fn keeps(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Presence::Active => 24,
            Presence::Idle => 1,
        })
    }
}

#[cfg(test)]
mod tests;
