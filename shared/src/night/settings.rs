//! What a tenant may set of its nights: how long memories are kept, and when they move to the cold tier.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::aws::settings::Kept;
use crate::aws::writes::Outcome;
use crate::error::{Error, Result};
use crate::json;
use crate::memory::{Tenant, Time};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// Days that a memory is kept where nobody says otherwise: seven years.
pub const RETENTION_DAYS: u32 = 2_557;
/// Days after which a memory may move to the cold tier.
pub const COLD_AFTER_DAYS: u32 = 180;
/// What matters this much stays: on average one memory in ten.
pub const COLD_BELOW: f64 = 0.8;
/// Most days of either: a century.
const MOST_DAYS: u32 = 36_525;
/// Longest body of a change.
const MOST_BODY_BYTES: usize = 16 * 1024;
/// How often a change is tried again when somebody else changed the settings meanwhile.
const ATTEMPTS: u32 = 4;

/// A tenant's settings; what is none goes by the constants above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// [`VERSION`].
    pub v: u8,
    /// Days after storing at which a memory is forgotten; 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Days after storing at which a memory moves to the cold tier; 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cold_after_days: Option<u32>,
    /// What is at least this important stays where it is, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cold_below: Option<f64>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { v: VERSION, retention_days: None, cold_after_days: None, cold_below: None }
    }
}

impl Settings {
    /// Hours that a memory is kept; none for ever.
    pub fn retention_hours(&self) -> Option<i64> {
        hours(self.in_force().retention_days)
    }

    /// Hours after which it may move to the cold tier; none for never.
    pub fn cold_after_hours(&self) -> Option<i64> {
        hours(self.in_force().cold_after_days)
    }

    /// How important it must be to stay.
    pub fn cold_below(&self) -> f32 {
        self.in_force().cold_below as f32
    }
}

fn hours(days: u32) -> Option<i64> {
    (days > 0).then(|| 24 * i64::from(days))
}

/// What holds for a tenant, set or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InForce {
    /// Days after storing at which a memory is forgotten; 0 for never.
    pub retention_days: u32,
    /// Days after storing at which a memory may move to the cold tier; 0 for never.
    pub cold_after_days: u32,
    /// What is at least this important stays where it is.
    pub cold_below: f64,
}

impl Settings {
    /// With what goes where nothing is set.
    pub fn in_force(&self) -> InForce {
        InForce {
            retention_days: self.retention_days.unwrap_or(RETENTION_DAYS),
            cold_after_days: self.cold_after_days.unwrap_or(COLD_AFTER_DAYS),
            cold_below: self.cold_below.unwrap_or(COLD_BELOW),
        }
    }
}

/// What to change; what is not named stays, and what is null goes by the service again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default, deserialize_with = "json::present")]
    retention_days: Option<Option<u32>>,
    #[serde(default, deserialize_with = "json::present")]
    cold_after_days: Option<Option<u32>>,
    #[serde(default, deserialize_with = "json::present")]
    cold_below: Option<Option<f64>>,
}

impl Change {
    /// From a request's body. Invalid, naming the field, where something in it is wrong or nothing is to change.
    pub fn parse(body: &[u8]) -> Result<Change> {
        let change: Change = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        for (field, days) in [("retention_days", change.retention_days), ("cold_after_days", change.cold_after_days)] {
            if days.flatten().is_some_and(|days| days > MOST_DAYS) {
                let expected = format!("0 to {MOST_DAYS} days, 0 for never; null for what the service has");
                return Err(Error::invalid(field, "this is not a usable number of days", expected));
            }
        }
        if change.cold_below.flatten().is_some_and(|below| !(0.0..=1.0).contains(&below)) {
            let expected = "0 to 1; null for what the service has";
            return Err(Error::invalid("cold_below", "this is not an importance", expected));
        }
        if change.retention_days.is_none() && change.cold_after_days.is_none() && change.cold_below.is_none() {
            let expected = "at least one of retention_days, cold_after_days, cold_below";
            return Err(Error::invalid("body", "nothing is to change", expected));
        }
        Ok(change)
    }

    fn of(&self, was: &Settings) -> Settings {
        Settings {
            v: VERSION,
            retention_days: self.retention_days.unwrap_or(was.retention_days),
            cold_after_days: self.cold_after_days.unwrap_or(was.cold_after_days),
            cold_below: self.cold_below.unwrap_or(was.cold_below),
        }
    }
}

/// What the tenant set for itself, and when.
pub async fn told(app: &App, tenant: &Tenant) -> Result<Kept> {
    app.records.kept_settings(tenant).await
}

/// Changes them, from the next night on: all of the tenant's scopes are due then. The same again changes nothing.
pub async fn change(app: &App, tenant: &Tenant, change: &Change, now: Time) -> Result<Kept> {
    for _ in 0..ATTEMPTS {
        let was = app.records.kept_settings(tenant).await?;
        let settings = change.of(&was.settings);
        if settings == was.settings {
            return Ok(was);
        }
        if app.records.change_settings(tenant, &was, &settings, now).await? == Outcome::Done {
            return app.records.kept_settings(tenant).await;
        }
    }
    Err(Error::conflict("the settings keep changing under this change"))
}
