//! A scope as a diary: a page a day, written for people.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::memory::{Memory, Role, Time};

/// The heading above what belongs to no conversation.
pub const NOTES: &str = "Notes";

/// One day's page, as it is written.
#[derive(Debug)]
pub struct Page {
    /// The day.
    pub day: Date,
    /// The text so far.
    pub text: String,
    section: Option<String>,
}

impl Page {
    /// A new page.
    pub fn of(day: Date) -> Page {
        let weekday = match day.weekday() {
            jiff::civil::Weekday::Monday => "Monday",
            jiff::civil::Weekday::Tuesday => "Tuesday",
            jiff::civil::Weekday::Wednesday => "Wednesday",
            jiff::civil::Weekday::Thursday => "Thursday",
            jiff::civil::Weekday::Friday => "Friday",
            jiff::civil::Weekday::Saturday => "Saturday",
            jiff::civil::Weekday::Sunday => "Sunday",
        };
        Page { day, text: format!("# {day}, {weekday}\n"), section: None }
    }

    /// Adds a memory. A heading tells when another conversation begins.
    pub fn add(&mut self, memory: &Memory, timezone: &TimeZone) {
        let section = memory.session.as_deref().unwrap_or(NOTES);
        if self.section.as_deref() != Some(section) {
            self.text.push_str(&format!("\n## {section}\n\n"));
            self.section = Some(section.to_owned());
        }
        self.text.push_str(&format!("- {} ", clock(memory.time(), timezone)));
        let who = memory.speaker.as_deref().or_else(|| match memory.role {
            Some(Role::User) | None => None,
            Some(role) => Some(role.name()),
        });
        if let Some(who) = who {
            self.text.push_str(&format!("**{who}**: "));
        }
        // Lines after the first are indented, so that they stay within their item.
        let mut lines = memory.content.trim_end().lines();
        self.text.push_str(lines.next().unwrap_or_default());
        for line in lines {
            self.text.push('\n');
            if !line.trim().is_empty() {
                self.text.push_str("  ");
                self.text.push_str(line);
            }
        }
        self.text.push('\n');
    }
}

/// The day in the zone that a time falls on.
pub fn day(time: Time, timezone: &TimeZone) -> Date {
    timezone.to_datetime(time.timestamp()).date()
}

/// The time of day in the zone, with seconds where there are any.
fn clock(time: Time, timezone: &TimeZone) -> String {
    let at = timezone.to_datetime(time.timestamp());
    match at.second() {
        0 => format!("{:02}:{:02}", at.hour(), at.minute()),
        second => format!("{:02}:{:02}:{second:02}", at.hour(), at.minute()),
    }
}
