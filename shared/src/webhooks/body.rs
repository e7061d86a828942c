//! What callers send to make and to change webhooks.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::json;
use crate::memory::event::Happening;
use crate::memory::webhook::Webhook;
use crate::webhooks::signature;

/// Longest body.
const MOST_BODY_BYTES: usize = 32 * 1024;
/// Most patterns of scopes.
const MOST_SCOPES: usize = 50;
/// Longest pattern: a scope's longest name with its kind.
const MOST_SCOPE_BYTES: usize = 161;
/// Longest description.
const MOST_DESCRIPTION_BYTES: usize = 500;

/// A webhook to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Where it is told.
    pub url: String,
    /// Of what; of all where none is named.
    #[serde(default)]
    pub events: Vec<Happening>,
    /// Of which scopes; of all where none is named.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// A secret of one's own in place of one that is made.
    pub secret: Option<String>,
    /// Whether it is told anything from now on.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// In its owner's words.
    #[serde(default)]
    pub description: String,
}

fn yes() -> bool {
    true
}

/// What to change; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A new place.
    pub url: Option<String>,
    /// New events in place of all old ones.
    pub events: Option<Vec<Happening>>,
    /// New scopes in place of all old ones.
    pub scopes: Option<Vec<String>>,
    /// A new secret.
    pub secret: Option<String>,
    /// Whether it is told anything.
    pub enabled: Option<bool>,
    /// New words.
    pub description: Option<String>,
}

impl Draft {
    /// From a request's body. Invalid, naming the field, where something in it is wrong.
    pub fn parse(body: &[u8]) -> Result<Draft> {
        let draft: Draft = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        check(Some(&draft.events), Some(&draft.scopes), draft.secret.as_deref(), Some(&draft.description))?;
        Ok(draft)
    }
}

impl Change {
    /// From a request's body. Invalid, naming the field, where something in it is wrong or nothing is to change.
    pub fn parse(body: &[u8]) -> Result<Change> {
        let change: Change = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        check(
            change.events.as_deref(),
            change.scopes.as_deref(),
            change.secret.as_deref(),
            change.description.as_deref(),
        )?;
        let Change { url, events, scopes, secret, enabled, description } = &change;
        let is_empty = url.is_none() && events.is_none() && scopes.is_none() && secret.is_none();
        if is_empty && enabled.is_none() && description.is_none() {
            let expected = "at least one of url, events, scopes, secret, enabled, description";
            return Err(Error::invalid("body", "nothing is to change", expected));
        }
        Ok(change)
    }

    /// The webhook as it is then.
    pub(super) fn of(&self, old: &Webhook) -> Webhook {
        let mut new = old.clone();
        if let Some(url) = &self.url {
            new.url.clone_from(url);
        }
        if let Some(events) = &self.events {
            new.events.clone_from(events);
        }
        if let Some(scopes) = &self.scopes {
            new.scopes.clone_from(scopes);
        }
        if let Some(secret) = &self.secret {
            new.secret.clone_from(secret);
        }
        if let Some(description) = &self.description {
            new.description.clone_from(description);
        }
        if let Some(enabled) = self.enabled {
            if enabled && !old.enabled {
                (new.failing_since, new.disabled_because) = (None, None);
            }
            new.enabled = enabled;
        }
        new
    }
}

fn check(
    events: Option<&[Happening]>,
    scopes: Option<&[String]>,
    secret: Option<&str>,
    description: Option<&str>,
) -> Result<()> {
    let names = || Happening::ALL.map(Happening::name).join(", ");
    if events.is_some_and(|events| events.contains(&Happening::Ping) || events.len() > Happening::ALL.len()) {
        return Err(Error::invalid("events", "these events cannot be chosen", format!("each once of {}", names())));
    }
    let scopes = scopes.unwrap_or_default();
    let fits = |scope: &String| {
        let start = scope.strip_suffix('*').unwrap_or(scope);
        scope.len() <= MOST_SCOPE_BYTES && !scope.is_empty() && !start.contains(['*', '/', '#']) && !has_control(start)
    };
    if scopes.len() > MOST_SCOPES || !scopes.iter().all(fits) {
        let expected = format!("at most {MOST_SCOPES} of user:alice, or user:* for all that begin so");
        return Err(Error::invalid("scopes", "these scopes cannot be chosen", expected));
    }
    if let Some(secret) = secret {
        signature::check_secret(secret)?;
    }
    if description.is_some_and(|text| text.len() > MOST_DESCRIPTION_BYTES || has_control(text)) {
        let expected = format!("at most {MOST_DESCRIPTION_BYTES} bytes without control characters");
        return Err(Error::invalid("description", "this description cannot be kept", expected));
    }
    Ok(())
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
