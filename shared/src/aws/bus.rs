//! EventBridge: all that happens, on a bus of the account's own. Names and times, as webhooks are sent.

use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_smithy_types::DateTime;
use serde_json::json;
use tokio::time::{Instant, sleep, timeout_at};

use crate::aws::errors::from_sdk;
use crate::error::{Error, Result};
use crate::memory::event::Event;

/// Who says so, for rules to go by.
const SOURCE: &str = "memorable";
/// Most entries of one call.
const TOGETHER: usize = 10;
/// How often what a call left out is put again at once, and the wait before the first of these. EventBridge mostly leaves
/// out what comes too fast.
const ROUNDS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
/// Longest that all of it takes: webhooks wait behind it, and what is left has another way to the bus.
const MOST: Duration = Duration::from_secs(10);

/// What happened, and to whose memory.
pub type Told<'a> = (&'a str, &'a Event);

/// A bus. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus of that name.
    pub fn new(client: Client, name: impl Into<String>) -> Bus {
        Bus { client, name: name.into() }
    }

    /// Puts what happened on the bus, and gives what it did not take: that is to be put again later. Whoever listens knows
    /// an event by its id, so one may come twice.
    pub async fn put<'a>(&self, told: &[Told<'a>]) -> Vec<Told<'a>> {
        let ends = Instant::now() + MOST;
        let mut left = told.to_vec();
        for round in 0..ROUNDS {
            if left.is_empty() {
                break;
            }
            sleep(PAUSE * round).await;
            let mut refused = Vec::new();
            for start in (0..left.len()).step_by(TOGETHER) {
                let some = &left[start..left.len().min(start + TOGETHER)];
                let answer = timeout_at(ends, self.call(some)).await;
                let answer = answer.unwrap_or_else(|_| Err(Error::unavailable("the bus takes too long")));
                match answer {
                    Ok(places) => refused.extend(places.into_iter().map(|place| some[place])),
                    // The SDK has tried it again: a bus that answers nobody is not asked about the rest.
                    Err(error) => {
                        tracing::warn!(%error, left = left.len() - start + refused.len(), "the bus was not told");
                        refused.extend_from_slice(&left[start..]);
                        return refused;
                    }
                }
            }
            left = refused;
        }
        left
    }

    /// One call; the places of what it left out.
    async fn call(&self, told: &[Told<'_>]) -> Result<Vec<usize>> {
        let entries = told.iter().map(|told| self.entry(*told)).collect();
        let call = self.client.put_events().set_entries(Some(entries));
        let answer = Box::pin(call.send()).await.map_err(|error| from_sdk("put events on the bus", &error))?;
        if answer.failed_entry_count() == 0 {
            return Ok(Vec::new());
        }
        // They stand in the order of what was sent.
        let entries = answer.entries();
        if entries.len() != told.len() {
            return Ok((0..told.len()).collect());
        }
        let failed = entries.iter().enumerate().filter_map(|(place, entry)| Some((place, entry.error_code()?)));
        let places = failed.map(|(place, code)| {
            tracing::debug!(code, "the bus left an event out");
            place
        });
        Ok(places.collect())
    }

    fn entry(&self, (tenant, event): Told<'_>) -> PutEventsRequestEntry {
        let mut detail = event.payload();
        detail["id"] = json!(event.id);
        detail["tenant"] = json!(tenant);
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(event.kind.name())
            .time(DateTime::from_secs(event.at.seconds()))
            .detail(detail.to_string())
            .build()
    }
}

#[cfg(test)]
mod tests;
