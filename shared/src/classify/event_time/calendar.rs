//! Spans of the calendar, half-open and in UTC.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, ToSpan};

use crate::memory::Time;
use crate::memory::classification::Span;

/// From the first day up to, and without, the last.
pub(super) fn days(from: Date, until: Date) -> Span {
    Span { from: Time::start_of(from), until: Time::start_of(until) }
}

/// One day.
pub(super) fn day(date: Date) -> Span {
    days(date, date.saturating_add(1.day()))
}

/// A part of a day by its name: the hours that most people would say it covers.
pub(super) fn part_of(date: Date, part: &str) -> Span {
    let (from, until) = match part {
        "morning" => (5, 12),
        "afternoon" => (12, 18),
        "evening" => (17, 24),
        "night" => (18, 30),
        _ => (0, 24),
    };
    let hours = |hours| Time::start_of(date).plus(SignedDuration::from_hours(hours));
    Span { from: hours(from), until: hours(until) }
}

/// Monday of that day's week.
pub(super) fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// The week of that day, from Monday.
pub(super) fn week(date: Date) -> Span {
    days(monday(date), monday(date).saturating_add(7.days()))
}

/// Saturday and Sunday of that day's week.
pub(super) fn weekend(date: Date) -> Span {
    days(monday(date).saturating_add(5.days()), monday(date).saturating_add(7.days()))
}

/// The month of that day.
pub(super) fn month(date: Date) -> Span {
    let first = date.first_of_month();
    days(first, first.saturating_add(1.month()))
}

/// That many years from the start of one.
pub(super) fn years(first: i16, count: i16) -> Option<Span> {
    let until = Date::new(first.checked_add(count)?, 1, 1).ok()?;
    Some(days(Date::new(first, 1, 1).ok()?, until))
}

/// A season of the northern half of the world. Winter is that which begins in the year's December.
pub(super) fn season(year: i16, name: &str) -> Option<Span> {
    let month = match name {
        "spring" => 3,
        "summer" => 6,
        "autumn" | "fall" => 9,
        "winter" => 12,
        _ => return None,
    };
    let first = Date::new(year, month, 1).ok()?;
    Some(days(first, first.saturating_add(3.months())))
}

/// The weekday's day before `today`, not today itself.
pub(super) fn last(weekday: Weekday, today: Date) -> Date {
    today.nth_weekday(-1, weekday).unwrap_or(today)
}

/// The weekday's day after `today`, not today itself.
pub(super) fn next(weekday: Weekday, today: Date) -> Date {
    today.nth_weekday(1, weekday).unwrap_or(today)
}

/// The weekday of a name's first three letters.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let place = NAMES.iter().position(|known| name.starts_with(known))?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

/// The month of a name's first three letters, 1 to 12.
pub(super) fn month_number(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let place = NAMES.iter().position(|known| name.starts_with(known))?;
    i8::try_from(place + 1).ok()
}
