//! A point in time, to the microsecond, as RFC 3339 in requests, answers and records.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Microseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Time(i64);

impl Time {
    /// From microseconds since 1970. Out of range is brought to the nearest time there is.
    pub fn from_micros(micros: i64) -> Time {
        // Whole seconds at the ends, within what jiff takes back.
        let nearest = micros.clamp(Timestamp::MIN.as_second() * 1_000_000, Timestamp::MAX.as_second() * 1_000_000);
        Time(nearest)
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The day it falls on, in UTC.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// Date and time of day, in UTC.
    pub fn civil(self) -> DateTime {
        TimeZone::UTC.to_datetime(self.timestamp())
    }

    /// Midnight at the start of that day, UTC.
    pub fn start_of(date: Date) -> Time {
        date.to_zoned(TimeZone::UTC).map_or(Time(0), |zoned| Time(zoned.timestamp().as_microsecond()))
    }

    /// This much later; saturates at the ends of time.
    #[must_use]
    pub fn plus(self, later: SignedDuration) -> Time {
        Time::from_micros(self.0.saturating_add(later.as_micros().clamp(i64::MIN.into(), i64::MAX.into()) as i64))
    }

    /// The same as a timestamp.
    pub(crate) fn timestamp(self) -> Timestamp {
        // In range by construction.
        Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Time {
        Time(timestamp.as_microsecond())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl FromStr for Time {
    type Err = Error;

    /// RFC 3339, a date and time without a zone (read as UTC), or a date (its midnight, UTC).
    fn from_str(text: &str) -> Result<Time> {
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Ok(timestamp.into());
        }
        let naive = text.parse::<DateTime>().ok().filter(|_| text.len() >= "2026-01-31".len());
        let zoned = naive.and_then(|naive| naive.to_zoned(TimeZone::UTC).ok());
        zoned.map(|zoned| zoned.timestamp().into()).ok_or_else(|| {
            Error::invalid(
                "time",
                "this is not a time",
                "RFC 3339, as 2026-05-08T13:56:00Z, 2026-05-08T13:56:00 (UTC) or 2026-05-08",
            )
        })
    }
}

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Time, String> {
        text.parse()
            .map_err(|error: Error| format!("{}: expected {}", error.detail, error.expected.unwrap_or_default()))
    }
}

impl From<Time> for String {
    fn from(time: Time) -> String {
        time.to_string()
    }
}

#[cfg(test)]
mod tests;
