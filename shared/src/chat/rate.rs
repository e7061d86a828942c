//! How many messages a minute: of one scope, and of all together.
//!
//! Minutes are those of the clock, so that a counter is one item that ends by itself. Who writes at the end of one and
//! the beginning of the next may send twice as many within sixty seconds.

use crate::app::App;
use crate::aws::rates::Counter;
use crate::error::{Error, Limit, Result};
use crate::memory::id::Fields;
use crate::memory::{Scope, Time};

const MINUTE: i64 = 60;
/// Messages a minute that one shared counter is for: a partition of DynamoDB takes fifty times as many writes.
const OF_ONE_COUNTER: u32 = 1_250;
/// Most shared counters.
const MOST_COUNTERS: u32 = 64;

/// Counts one message. Throttled, with the limit, where the scope or all together have sent as many as they may.
///
/// The scope's counter comes first, so that who is refused takes nothing of what is for all. Of the shared counters one
/// is chosen by scope and minute, and where that is full, one other: so the service never takes more than its limit, and
/// may refuse a few percent before it where several counters are.
pub async fn count(app: &App, scope: &Scope, now: Time) -> Result<Option<Limit>> {
    let minute = now.seconds().div_euclid(MINUTE);
    let seconds = u32::try_from(MINUTE - now.seconds().rem_euclid(MINUTE)).unwrap_or(1);
    let (own, overall) = (app.config.chat_per_minute, app.config.chat_overall);
    let mut limit = None;
    if own > 0 {
        let count = app.records.count(Counter::Of(scope), minute, own).await?;
        let left = own.saturating_sub(count.unwrap_or(own));
        let standing = Limit { most: own, left, seconds };
        if count.is_none() {
            return Err(Error::limited(format!("{scope} may send {own} messages a minute"), standing));
        }
        limit = Some(standing);
    }
    if overall > 0 && !count_shared(app, scope, minute, overall).await? {
        let standing = Limit { most: overall, left: 0, seconds };
        return Err(Error::limited("more messages come from all together than a minute may have", standing));
    }
    Ok(limit)
}

async fn count_shared(app: &App, scope: &Scope, minute: i64, overall: u32) -> Result<bool> {
    let counters = (overall / OF_ONE_COUNTER).clamp(1, MOST_COUNTERS);
    let hash = Fields::new("memorable rate counter v1").add(scope.path()).add(minute.to_le_bytes()).finish();
    let first = u32::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1], hash.as_bytes()[2], hash.as_bytes()[3]]);
    let first = first % counters;
    for counter in [first, (first + 1) % counters].into_iter().take(counters as usize) {
        let most = share(overall, counters, counter);
        if app.records.count(Counter::Shared(counter), minute, most).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many of the messages are for that counter. All shares together are all messages.
fn share(overall: u32, counters: u32, counter: u32) -> u32 {
    overall / counters + u32::from(counter < overall % counters)
}

#[cfg(test)]
mod tests;
