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
use crate::night::{backup, learn, redrive};

/// A write marks its scope with the day on which its call began, and is done within the longest time a function has, on
/// clocks that differ by seconds. So a night counts as begun this much earlier, and no write falls between two days.
const LONGEST_WRITE: SignedDuration = SignedDuration::from_hours(1);

/// What was planned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Scopes that have work; so many messages were sent.
    pub scopes: usize,
    /// Scopes that nobody wrote to since their last night, and that are not due.
    pub unchanged: usize,
    /// Dead letters that were sent back to their queues.
    pub sent_back: usize,
    /// Dead letters that stay, having been sent back before.
    pub left: usize,
    /// The note of what there was: the object that a restore begins with. None where it could not be written.
    pub backup: Option<String>,
}

/// Sends one message for each scope that needs the night. Sending it twice only repeats work that changes nothing.
pub async fn plan(app: &App, night: Date, now: Time) -> Result<Planned> {
    let queue = app.night_queue()?;
    let redriven = Box::pin(redrive::redrive(app, night, now)).await;
    let mut planned = Planned { sent_back: redriven.sent_back, left: redriven.left, ..Planned::default() };
    let mut tenants: BTreeMap<Tenant, [u64; 3]> = BTreeMap::new();
    let mut changed: BTreeMap<Tenant, Option<Time>> = BTreeMap::new();
    let embeds = app.embed.signature();
    let mut after = None;
    loop {
        let page = app.records.registered(after.as_deref()).await?;
        let mut messages = Vec::new();
        for registered in &page.items {
            let tenant = registered.scope.tenant();
            let set_at = match changed.get(tenant) {
                Some(at) => *at,
                None => *changed.entry(tenant.clone()).or_insert(set_at(app, tenant).await),
            };
            let is_due = is_due(registered, &Since { set_at, embeds: &embeds }, now);
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
    let noted = Box::pin(backup::note(app, night, now)).await;
    if let Err(error) = &noted {
        tracing::error!(%error, "a night goes on without the note of a backup");
    }
    planned.backup = noted.ok();
    for (tenant, [scopes, index, cold]) in tenants.into_iter().filter(|(_, [scopes, ..])| *scopes > 0) {
        let counts = [("planned", scopes), ("index_bytes", index), ("cold_bytes", cold)];
        app.records.put_plan(&tenant, night, &counts, planned.backup.as_deref(), now).await?;
        Box::pin(learn::learn(app, &tenant, night, now)).await;
    }
    let backup = planned.backup.as_deref();
    tracing::info!(scopes = planned.scopes, unchanged = planned.unchanged, backup, %night, "a night is planned");
    Ok(planned)
}

/// What may have changed for a scope that nobody wrote to.
struct Since<'a> {
    /// When its tenant changed its settings.
    set_at: Option<Time>,
    /// The signature of the route that embeds.
    embeds: &'a str,
}

/// When the tenant changed its settings. What cannot be read holds up no night: the steps that need it say so.
async fn set_at(app: &App, tenant: &Tenant) -> Option<Time> {
    match app.records.kept_settings(tenant).await {
        Ok(kept) => kept.changed_at,
        Err(error) => {
            tracing::warn!(tenant = tenant.as_str(), %error, "a tenant's settings were not read");
            None
        }
    }
}

/// Whether the scope needs a night. Exact: a write marks its day before it stores anything, and a container marks each
/// day once; so a scope whose mark is of an earlier day than its last night began on has all that was written in it.
/// What the tenant set for itself since the scope's last night makes it due as well, and so does another route to embed.
fn is_due(registered: &Registered, since: &Since<'_>, now: Time) -> bool {
    let Some(nighted) = registered.nighted else { return true };
    if since.set_at.is_some_and(|set_at| set_at >= nighted) || registered.embeds.as_deref() != Some(since.embeds) {
        return true;
    }
    let is_changed = registered.changed.is_none_or(|day| day >= nighted.plus(-LONGEST_WRITE).date());
    is_changed || registered.due.is_some_and(|due| due <= now)
}

#[cfg(test)]
mod tests;
