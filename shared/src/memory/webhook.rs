//! Who is told of what happens, and how the telling went.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::memory::Time;
use crate::memory::event::{Event, Happening};

/// Version of the stored shapes of a webhook and of a delivery. A reader refuses a newer one.
pub const VERSION: u8 = 1;
/// What is waited before each further try: about a day in all. An endpoint that is being deployed is back within
/// minutes, one that broke at night is mended the next day.
pub const WAITS: [SignedDuration; 8] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(8),
    SignedDuration::from_hours(8),
];
/// How long an endpoint may fail before it is told nothing more.
pub const MOST_FAILING: SignedDuration = SignedDuration::from_hours(24 * 5);
/// Tries of a delivery that its log keeps.
const MOST_ATTEMPTS: usize = 20;

/// An endpoint of a tenant's that is told of what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// Its name.
    pub id: String,
    /// One more with every change of this item.
    pub revision: u32,
    /// Where it is told.
    pub url: String,
    /// What its messages are signed with: `whsec_` and base64. In no answer but that to who made it.
    pub secret: String,
    /// Of what; of all where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Happening>,
    /// Of which scopes: `user:alice`, or all that begin so with a star, `user:*`; of all where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// In its owner's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether it is told anything.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Time,
    /// When its owner changed it last, or it was disabled.
    pub updated_at: Time,
    /// Since when nothing has arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Time>,
    /// Why it was disabled, where its owner did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<String>,
}

impl Webhook {
    /// Whether it is told of that.
    pub fn hears(&self, event: &Event) -> bool {
        let of_scope = |pattern: &String| match (&event.scope, pattern.strip_suffix('*')) {
            (Some(scope), Some(start)) => scope.starts_with(start),
            (Some(scope), None) => scope == pattern,
            (None, _) => true,
        };
        self.enabled
            && (self.events.is_empty() || self.events.contains(&event.kind))
            && (self.scopes.is_empty() || self.scopes.iter().any(of_scope))
    }

    /// As it is after a try; the same where the try tells nothing new.
    #[must_use]
    pub fn after(&self, attempt: &Attempt) -> Webhook {
        let mut next = self.clone();
        if attempt.is_success() {
            next.failing_since = None;
            return next;
        }
        let since = *next.failing_since.get_or_insert(attempt.at);
        let because = if attempt.status == Some(410) {
            Some("the endpoint answered 410: it is gone".to_owned())
        } else {
            (attempt.at >= since.plus(MOST_FAILING)).then(|| format!("nothing has arrived since {since}"))
        };
        if because.is_some() {
            (next.enabled, next.updated_at, next.disabled_because) = (false, attempt.at, because);
        }
        next
    }
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It will be tried, or tried again.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Time,
    /// What the endpoint answered with; none where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it failed, where it did: one of our own few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

impl Attempt {
    /// Whether the endpoint took it.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// To which.
    pub webhook: String,
    /// What it tells.
    pub event: Event,
    /// How far it has come.
    pub standing: Standing,
    /// Tries since it was last asked for.
    pub tries: u32,
    /// All tries, the latest twenty.
    pub attempts: Vec<Attempt>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Time>,
}

impl Delivery {
    /// One that was not tried yet.
    pub fn of(webhook: &Webhook, event: &Event) -> Delivery {
        Delivery {
            v: VERSION,
            webhook: webhook.id.clone(),
            event: event.clone(),
            standing: Standing::Waiting,
            tries: 0,
            attempts: Vec::new(),
            next_at: None,
        }
    }

    /// As it is after a try.
    #[must_use]
    pub fn after(&self, attempt: Attempt) -> Delivery {
        let mut next = self.clone();
        next.tries += 1;
        let may_return = attempt.status != Some(410) && self.event.kind != Happening::Ping;
        let wait = WAITS.get(self.tries as usize).filter(|_| may_return);
        (next.standing, next.next_at) = match wait {
            _ if attempt.is_success() => (Standing::Delivered, None),
            Some(wait) => (Standing::Waiting, Some(attempt.at.plus(*wait))),
            None => (Standing::Failed, None),
        };
        next.attempts.push(attempt);
        let over = next.attempts.len().saturating_sub(MOST_ATTEMPTS);
        next.attempts.drain(..over);
        next
    }

    /// To be tried again from the start.
    #[must_use]
    pub fn again(&self) -> Delivery {
        Delivery { standing: Standing::Waiting, tries: 0, next_at: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
