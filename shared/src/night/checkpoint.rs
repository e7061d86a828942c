//! How far a scope's night has come: kept beside the scope, so that whoever goes on with it begins where it stopped.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::memory::Time;
use crate::night::{Step, Worked};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// What happens to a memory on a condition that holds once: of two workers one counts it.
const HAPPENS_ONCE: [&str; 2] = ["cooled", "warmed"];

/// What a step did and cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Whether it is done; else it stopped on its way.
    pub is_done: bool,
    /// What it counted.
    #[serde(default)]
    pub figures: BTreeMap<String, u64>,
    /// Requests to AWS.
    pub requests: u64,
    /// Microseconds.
    pub micros: u64,
    /// Billionths of a dollar: requests, models, and the function's time.
    pub nanodollars: u64,
}

/// As what the tenant's report counts a scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// As pending: nobody ended it yet.
    #[default]
    Pending,
    /// As done.
    Done,
    /// As failed; it will be tried again.
    Failed,
}

/// One scope's night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with every writing; a writing holds only if nobody else wrote meanwhile.
    pub generation: u64,
    /// The day that the night is about.
    pub date: Date,
    /// When the round was planned: a later plan of the same night begins a new round.
    pub round: Option<Time>,
    /// When the round's first worker began. What was written before, and only that, has all of its steps.
    pub started: Time,
    /// What was done, by the name of the step.
    pub steps: BTreeMap<String, Done>,
    /// When the scope needs a night again though nobody writes to it.
    pub due: Option<Time>,
    /// Whether all steps of the round are done.
    pub is_done: bool,
    /// As what the tenant's report counts it.
    #[serde(default)]
    pub counted: Counted,
    /// How often a worker ran out of time in this round.
    #[serde(default)]
    pub handed_on: u32,
    /// The step that failed, as long as it is counted as failed: the report tells why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_step: Option<String>,
}

impl Checkpoint {
    /// Of a round that begins.
    pub fn begin(date: Date, round: Option<Time>, now: Time) -> Checkpoint {
        Checkpoint {
            v: VERSION,
            generation: 0,
            date,
            round,
            started: now,
            steps: BTreeMap::new(),
            due: None,
            is_done: false,
            counted: Counted::Pending,
            handed_on: 0,
            failed_step: None,
        }
    }

    /// As a worker of that round finds it: where it stopped, or at the beginning where this is another round.
    #[must_use]
    pub fn resume(self, round: Option<Time>, now: Time) -> Checkpoint {
        // A message without a time is a plan of its own.
        if !self.is_done && self.round == round && round.is_some() {
            return self;
        }
        let Checkpoint { generation, counted, failed_step, date, .. } = self;
        Checkpoint { generation, counted, failed_step, ..Checkpoint::begin(date, round, now) }
    }

    /// Whether that step is done.
    pub fn has(&self, step: Step) -> bool {
        self.steps.get(step.name()).is_some_and(|done| done.is_done)
    }

    /// Notes what a step came to.
    pub fn note(&mut self, step: Step, worked: &Result<Worked>, cost: &Done) {
        let done = self.steps.entry(step.name().to_owned()).or_default();
        done.requests += cost.requests;
        done.micros += cost.micros;
        done.nanodollars += cost.nanodollars;
        let Ok(worked) = worked else { return };
        done.is_done = !worked.more;
        for (name, count) in &worked.figures {
            *done.figures.entry((*name).to_owned()).or_default() += count;
        }
        self.due = self.due.into_iter().chain(worked.due).min();
    }

    /// With what another worker of the same round has written meanwhile. `known`: what of this one the table had before.
    ///
    /// Both worked, so what that cost is added up. Of what a step counted that which each memory can undergo once, whoever
    /// does it, is added up as well; the rest both saw, or did again, and the one that counted most saw all of it.
    #[must_use]
    pub fn joined(&self, known: &Checkpoint, other: Checkpoint) -> Checkpoint {
        let mut joined = Checkpoint {
            started: self.started.min(other.started),
            due: self.due.into_iter().chain(other.due).min(),
            handed_on: self.handed_on.max(other.handed_on),
            ..other
        };
        for (name, done) in &self.steps {
            let before = known.steps.get(name).cloned().unwrap_or_default();
            let both = joined.steps.entry(name.clone()).or_default();
            both.is_done |= done.is_done;
            both.requests += done.requests.saturating_sub(before.requests);
            both.micros += done.micros.saturating_sub(before.micros);
            both.nanodollars += done.nanodollars.saturating_sub(before.nanodollars);
            for (figure, count) in &done.figures {
                let sum = both.figures.entry(figure.clone()).or_default();
                *sum = if HAPPENS_ONCE.contains(&figure.as_str()) {
                    *sum + count.saturating_sub(before.figures.get(figure).copied().unwrap_or(0))
                } else {
                    *count.max(sum)
                };
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests;
