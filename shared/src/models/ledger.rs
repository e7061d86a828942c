//! What tenants' calls of models came to, kept in the container until there is enough of it to be added up in the table.
//!
//! Nothing waits for it: it is written while something else is read, a few minutes' calls at once. What a container that
//! ends had not written yet is lost, which only means to know a little less.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use jiff::civil::Date;

use super::routes::{ModelCall, Task};
use crate::memory::standing::Standing;
use crate::memory::{Tenant, Time};

/// How long calls wait for others to come.
const WAITS: SignedDuration = SignedDuration::from_mins(5);
/// Calls that are written at once, however soon they came.
const TOGETHER: u64 = 256;
/// Pages that a container keeps at most while the table does not take them.
const MOST_PAGES: usize = 1_024;

/// How models stood at tasks, by task and name.
pub type Standings = BTreeMap<(Task, String), Standing>;

/// A tenant's calls of a day that are not written yet.
#[derive(Debug)]
struct Page {
    since: Time,
    calls: u64,
    standings: Standings,
}

/// Calls not written yet. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<(Tenant, Date), Page>>>);

impl Ledger {
    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<(Tenant, Date), Page>) -> T) -> T {
        // A panic while counting leaves counts that are still counts.
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a call that was made.
    pub fn note(&self, tenant: &Tenant, call: &ModelCall, now: Time) {
        let mut standing = Standing::default();
        standing.count(call.is_ok(), call.micros, call.dollars.unwrap_or_default().nanos());
        self.add(tenant, now.date(), [((call.task, call.model.clone()), standing)].into(), now);
    }

    /// Adds to what is not written yet.
    pub fn add(&self, tenant: &Tenant, date: Date, standings: Standings, now: Time) {
        self.with(|pages| {
            let key = (tenant.clone(), date);
            if pages.len() >= MOST_PAGES && !pages.contains_key(&key) {
                return;
            }
            let fresh = || Page { since: now, calls: 0, standings: Standings::new() };
            let page = pages.entry(key).or_insert_with(fresh);
            for (of, standing) in standings {
                page.calls += standing.calls;
                page.standings.entry(of).or_default().join(standing);
            }
        });
    }

    /// Takes one page that it is time to write; any that there is where `all` are wanted.
    pub fn due(&self, now: Time, all: bool) -> Option<(Tenant, Date, Standings)> {
        self.with(|pages| {
            let is_due = |(of, page): &(&(Tenant, Date), &Page)| {
                all || of.1 != now.date() || page.calls >= TOGETHER || page.since.plus(WAITS) <= now
            };
            let key = pages.iter().find(is_due).map(|(of, _)| of.clone())?;
            let page = pages.remove(&key)?;
            Some((key.0, key.1, page.standings))
        })
    }
}

#[cfg(test)]
mod tests;
