//! Which scopes the night goes through: one message for each that changed, or is due for another reason.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;

use crate::app::App;
use crate::aws::nights::Registered;
use crate::aws::queue::NightMessage;
use crate::error::Result;
use crate::memory::{Tenant, Time};
use crate::night::learn;

/// A write marks its scope with the day on which its call began, and is done within the longest time a function has, on
/// clocks that differ by seconds. So a night counts as begun this much earlier, and no write falls between two days.
const LONGEST_WRITE: SignedDuration = SignedDuration::from_hours(1);

/// What was planned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Scopes that have work; so many messages were sent.
    pub scopes: usize,
    /// Scopes that nobody wrote to since their last night, and that are not due.
    pub unchanged: usize,
}

/// Sends one message for each scope that needs the night. Sending it twice only repeats work that changes nothing.
pub async fn plan(app: &App, night: Date, now: Time) -> Result<Planned> {
    let queue = app.night_queue()?;
    let mut planned = Planned::default();
    let mut tenants: BTreeMap<Tenant, [u64; 3]> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = app.records.registered(after.as_deref()).await?;
        let mut messages = Vec::new();
        for registered in &page.items {
            let is_due = is_due(registered, now);
            if is_due {
                messages.push(NightMessage::of(&registered.scope, night, now));
            } else {
                planned.unchanged += 1;
            }
            let [scopes, index, cold] = tenants.entry(registered.scope.tenant().clone()).or_default();
            // What this night has done already is of its report, though planned a second time.
            *scopes += u64::from(is_due || registered.night == Some(night));
            *index += registered.index_bytes;
            *cold += registered.cold_bytes;
        }
        queue.send(&messages).await?;
        planned.scopes += messages.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    for (tenant, [scopes, index, cold]) in tenants.into_iter().filter(|(_, [scopes, ..])| *scopes > 0) {
        let counts = [("planned", scopes), ("index_bytes", index), ("cold_bytes", cold)];
        app.records.put_plan(&tenant, night, &counts, now).await?;
        Box::pin(learn::learn(app, &tenant, night, now)).await;
    }
    tracing::info!(scopes = planned.scopes, unchanged = planned.unchanged, %night, "a night is planned");
    Ok(planned)
}

/// Whether the scope needs a night. Exact: a write marks its day before it stores anything, and a container marks each
/// day once; so a scope whose mark is of an earlier day than its last night began on has all that was written in it.
fn is_due(registered: &Registered, now: Time) -> bool {
    let Some(nighted) = registered.nighted else { return true };
    let is_changed = registered.changed.is_none_or(|day| day >= nighted.plus(-LONGEST_WRITE).date());
    is_changed || registered.due.is_some_and(|due| due <= now)
}

#[cfg(test)]
mod tests;
