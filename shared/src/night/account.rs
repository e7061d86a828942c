//! What one worker of a round did, and how it is written down beside what others of the same round wrote.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::aws::nights::Share;
use crate::aws::writes::Outcome;
use crate::classify::sensitivity::sensitivity;
use crate::error::{Error, Result};
use crate::memory::failure::plain;
use crate::memory::{Sensitivity, Time};
use crate::night::{Checkpoint, Counted, Night, Step};

/// How often writing is tried again when another worker of the same scope wrote meanwhile.
const ATTEMPTS: u32 = 4;
/// How long a scope is left alone at most: what nobody thought of is found by then.
const ROUND: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Letters of an error that a report tells: the first say what it is.
const MOST_LETTERS: usize = 200;

/// A worker's checkpoint.
pub struct Account {
    /// As it is to be written.
    pub at: Checkpoint,
    /// As the table had it when this worker last read or wrote it: what is more than that is this worker's own.
    known: Checkpoint,
}

impl Account {
    /// As the worker finds it. `round`: when it was planned.
    pub fn open(found: Option<Checkpoint>, night: &Night<'_>, round: Option<Time>) -> Account {
        let at = match found {
            Some(found) => found.resume(round, night.now),
            None => Checkpoint::begin(night.date, round, night.now),
        };
        Account { known: at.clone(), at }
    }

    /// Writes it down; with what another worker of the same round wrote meanwhile, where one did.
    pub async fn write(&mut self, night: &Night<'_>) -> Result<()> {
        let Night { app, scope, date, now, .. } = *night;
        for _ in 0..ATTEMPTS {
            if app.records.put_checkpoint(scope, &self.at, now).await? == Outcome::Done {
                self.at.generation += 1;
                self.known = self.at.clone();
                return Ok(());
            }
            match app.records.checkpoint(scope, date).await? {
                // Another round has begun, or somebody else ended this one: there is nothing to go on from.
                Some(other) if other.round != self.at.round || other.is_done => return Ok(()),
                Some(other) => self.join(other),
                None => {}
            }
        }
        Ok(())
    }

    /// Ends the round: the checkpoint, the registry and the tenant's report say so together. Where another worker ended
    /// it, what this one did is added to that.
    pub async fn end(mut self, night: &Night<'_>) -> Result<Checkpoint> {
        let Night { app, scope, date, now, .. } = *night;
        let embeds = app.embed.signature();
        for _ in 0..ATTEMPTS {
            let due = self.at.due.into_iter().chain([self.at.started.plus(ROUND)]).min();
            let done = Checkpoint { is_done: true, counted: Counted::Done, due, failed_step: None, ..self.at.clone() };
            let mut shares = figures(&done);
            if self.known.is_done {
                figures(&self.known).into_iter().for_each(|(name, told)| *shares.entry(name).or_default() -= told);
            }
            count(&mut shares, self.at.counted, Counted::Done);
            let problem = self.at.failed_step.clone().map(|step| (step, None));
            let share = Share { sums: shares, problem };
            if app.records.end_night(scope, &done, &embeds, &share, now).await? == Outcome::Done {
                return Ok(done);
            }
            match app.records.checkpoint(scope, date).await? {
                Some(other) if other.round != self.at.round => return Ok(done),
                Some(other) => self.join(other),
                None => {}
            }
        }
        Err(Error::conflict(format!("the night of {scope} keeps changing under its worker")))
    }

    /// Notes that a step failed, and why. The message comes again, and the night goes on from there: an error here is none
    /// to add.
    pub async fn fail(self, night: &Night<'_>, step: Step, why: &Error) {
        let Night { app, scope, now, .. } = *night;
        let mut shares = BTreeMap::new();
        count(&mut shares, self.at.counted, Counted::Failed);
        let noted = Checkpoint { counted: Counted::Failed, failed_step: Some(step.name().to_owned()), ..self.at };
        let share = Share { sums: shares, problem: Some((step.name().to_owned(), told(why))) };
        if let Err(error) = app.records.end_night(scope, &noted, "", &share, now).await {
            tracing::debug!(%scope, %error, "a failed night could not be noted");
        }
    }

    fn join(&mut self, other: Checkpoint) {
        self.at = self.at.joined(&self.known, other.clone());
        self.known = other;
    }
}

/// What the tenant's report may tell of an error: it is about one scope, and read by whoever reads of all.
fn told(error: &Error) -> Option<String> {
    let words: String = plain(&error.detail).chars().take(MOST_LETTERS).collect();
    (sensitivity(&words) == Sensitivity::General).then_some(words)
}

/// What a round adds to the tenant's report.
fn figures(at: &Checkpoint) -> BTreeMap<String, i64> {
    let mut shares = BTreeMap::new();
    let mut add = |name: String, more: u64| *shares.entry(name).or_default() += i64::try_from(more).unwrap_or(i64::MAX);
    for (step, done) in &at.steps {
        add(format!("{step}.requests"), done.requests);
        add(format!("{step}.micros"), done.micros);
        add(format!("{step}.nanodollars"), done.nanodollars);
        for (figure, count) in &done.figures {
            add(format!("{step}.figures.{figure}"), *count);
        }
    }
    shares
}

/// From one of the report's columns to another.
fn count(shares: &mut BTreeMap<String, i64>, from: Counted, to: Counted) {
    for (state, more) in [(from, -1), (to, 1)] {
        match state {
            Counted::Pending => {}
            Counted::Done => *shares.entry("done".to_owned()).or_default() += more,
            Counted::Failed => *shares.entry("failed".to_owned()).or_default() += more,
        }
    }
}
