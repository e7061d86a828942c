//! Models that kept failing, and whether another one that was asked first helped, or waiting.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::app::App;
use crate::error::Result;
use crate::memory::choice;
use crate::memory::failure::Failure;
use crate::memory::standing::Standing;
use crate::memory::{Tenant, Time};

/// Days of calls that are looked at.
const DAYS: i64 = 30;
/// Calls of a day that say anything.
const LEAST_CALLS: u64 = 5;

/// The failures that something helped against.
pub async fn failures(app: &App, tenant: &Tenant, night: Date) -> Result<Vec<Failure>> {
    let from = night.checked_sub(DAYS.days()).unwrap_or(night);
    let mut days: BTreeMap<(&'static str, String), Vec<(Date, Standing)>> = BTreeMap::new();
    for (date, standings) in app.records.standings(tenant, from).await? {
        for ((task, model), standing) in standings {
            days.entry((task.name(), model)).or_default().push((date, standing));
        }
    }
    let choices = app.records.choices(tenant).await?;
    let mut failures = Vec::new();
    for ((task, model), days) in days {
        let chosen = choices.of(&choice::route(task));
        let said: Vec<&(Date, Standing)> = days.iter().filter(|(_, standing)| standing.calls >= LEAST_CALLS).collect();
        for (place, (date, standing)) in said.iter().enumerate() {
            let begins = is_failing(standing) && !place.checked_sub(1).is_some_and(|place| is_failing(&said[place].1));
            if !begins {
                continue;
            }
            let first = chosen.names.first().filter(|first| **first != model);
            let helped = match first.zip(chosen.night) {
                Some((first, night)) if night >= *date => format!("asking {first} first"),
                _ if said[place + 1..].iter().any(|(_, later)| is_well(later)) => "waiting until it answers".to_owned(),
                _ => continue,
            };
            let what = format!("The model {model} at the task {task}");
            let message = "most of its calls of a day had no answer".to_owned();
            failures.push(Failure { what, message, at: Time::start_of(*date), helped });
        }
    }
    Ok(failures)
}

/// Whether more than half of its calls failed.
fn is_failing(standing: &Standing) -> bool {
    2 * standing.errors > standing.calls
}

/// Whether hardly any did.
fn is_well(standing: &Standing) -> bool {
    10 * standing.errors <= standing.calls
}
