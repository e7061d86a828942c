//! Sends dead letters back to their queues, at the beginning of a night: what made them fail may have passed. One that
//! keeps coming back stays where it is, told in the night's report, and the queue's alarm with it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::app::App;
use crate::aws::dead::DeadLetters;
use crate::error::Result;
use crate::memory::{Tenant, Time};

/// How often a message is sent back: each time it is delivered as often as a new one.
pub const MOST_RETURNS: u32 = 3;
/// Most reads of one queue in a night, of up to ten messages each: what takes more is left to the next.
const MOST_READS: usize = 1_000;

/// What became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Redriven {
    /// Sent back.
    pub sent_back: usize,
    /// Left where they are.
    pub left: usize,
}

/// Sends back those of all queues, and adds to the reports of the tenants they are of. A queue that fails is left to the
/// next night.
pub async fn redrive(app: &App, date: Date, now: Time) -> Redriven {
    let mut seen: Vec<(Option<Tenant>, bool)> = Vec::new();
    for letters in app.dead_letters() {
        if let Err(error) = queue(letters, &mut seen).await {
            tracing::error!(%error, "dead letters were not all sent back");
        }
    }
    let (mut all, mut tenants): (Redriven, BTreeMap<Tenant, Redriven>) = (Redriven::default(), BTreeMap::new());
    for (tenant, is_sent_back) in seen {
        all.count(is_sent_back);
        if let Some(tenant) = tenant {
            tenants.entry(tenant).or_default().count(is_sent_back);
        }
    }
    for (tenant, counts) in tenants {
        let counts = [("redrive.figures.sent_back", counts.sent_back), ("redrive.figures.left", counts.left)];
        if let Err(error) = app.records.add_to_report(&tenant, date, &counts, now).await {
            tracing::error!(tenant = tenant.as_str(), %error, "dead letters were not reported");
        }
    }
    if all != Redriven::default() {
        tracing::warn!(sent_back = all.sent_back, left = all.left, "there were dead letters");
    }
    all
}

impl Redriven {
    fn count(&mut self, is_sent_back: bool) {
        self.sent_back += usize::from(is_sent_back);
        self.left += usize::from(!is_sent_back);
    }
}

/// Goes through one queue's; takes down whose each is, and whether it was sent back.
async fn queue(letters: &DeadLetters, seen: &mut Vec<(Option<Tenant>, bool)>) -> Result<()> {
    // Asked first, as reading an empty queue takes a second's wait.
    if letters.count().await? == 0 {
        return Ok(());
    }
    for _ in 0..MOST_READS {
        let read = letters.read().await?;
        if read.is_empty() {
            return Ok(());
        }
        for letter in &read {
            let is_worth_it = letter.returns < MOST_RETURNS;
            if is_worth_it {
                letters.send_back(letter).await?;
            }
            seen.push((letter.tenant(), is_worth_it));
        }
    }
    Ok(())
}
