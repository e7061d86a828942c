//! What a tenant may set of its nights: how long memories are kept, and when they move to the cold tier.

use serde::{Deserialize, Serialize};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// Days that a memory is kept where nobody says otherwise: seven years.
pub const RETENTION_DAYS: u32 = 2_557;
/// Days after which a memory may move to the cold tier.
pub const COLD_AFTER_DAYS: u32 = 180;
/// What matters this much stays: on average one memory in ten.
pub const COLD_BELOW: f32 = 0.8;

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
    pub cold_below: Option<f32>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { v: VERSION, retention_days: None, cold_after_days: None, cold_below: None }
    }
}

impl Settings {
    /// Hours that a memory is kept; none for ever.
    pub fn retention_hours(&self) -> Option<i64> {
        hours(self.retention_days.unwrap_or(RETENTION_DAYS))
    }

    /// Hours after which it may move to the cold tier; none for never.
    pub fn cold_after_hours(&self) -> Option<i64> {
        hours(self.cold_after_days.unwrap_or(COLD_AFTER_DAYS))
    }

    /// How important it must be to stay.
    pub fn cold_below(&self) -> f32 {
        self.cold_below.unwrap_or(COLD_BELOW)
    }
}

fn hours(days: u32) -> Option<i64> {
    (days > 0).then(|| 24 * i64::from(days))
}
