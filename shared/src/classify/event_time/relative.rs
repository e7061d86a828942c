//! Dates that need to know when they were said: `yesterday`, `next week`, `two months ago`, `on Friday`.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use regex::Captures;

use super::super::rules::pattern;
use super::tense::Tense;
use super::{Rule, Said, calendar};
use crate::memory::classification::Span;

const WEEKDAY: &str = "(mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)";
const COUNT: &str = "(an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|[0-9]{1,3}|a few|few|several|some|a couple of|a couple|couple of|half an?)";
const UNIT: &str = "(hour|day|night|week|weekend|fortnight|month|year|decade)s?";

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let with_names =
        |text: &str| pattern(&text.replace("WEEKDAY", WEEKDAY).replace("COUNT", COUNT).replace("UNIT", UNIT));
    vec![
        (pattern(r"\b(?:the )?day (before yesterday|after tomorrow)\b"), two_days),
        (
            pattern(
                r"\b(today|tonight|yesterday|tomorrow|this|last|the other)(?: (morning|afternoon|evening|night|day))?\b",
            ),
            near_day,
        ),
        (
            pattern(
                r"\b(last|past|previous|this|next|coming|following) (week|month|year|weekend|fortnight|decade)\b( after next| before last)?",
            ),
            near_unit,
        ),
        (pattern(r"\b(?:the )?(week|month|year|weekend) (after next|before last)\b"), second_unit),
        (pattern(r"\b(?:at|over|on|during|for|until|by) the (weekend)\b"), the_weekend),
        (with_names(r"\b(?:last|past) (?:COUNT) UNIT\b"), stretch),
        (with_names(r"\bCOUNT UNIT (?:ago|earlier|back)\b"), ago),
        (with_names(r"\b(?:in|within) (?:about |another |exactly |the next )?COUNT UNIT(?:'s?)?(?: time)?\b"), ahead),
        (with_names(r"\bCOUNT UNIT from (?:now|today)\b"), ahead),
        (
            with_names(
                r"\b(?:(?:(an?|one|two|three) weeks?) (?:from|after|on) (?:this |next )?WEEKDAY|WEEKDAY week)\b",
            ),
            weeks_from,
        ),
        (
            with_names(
                r"\b(?:(last|this|next|coming|every|each|past|good|black|casual|cyber|most) )?WEEKDAY(?: (morning|afternoon|evening|night))?\b",
            ),
            weekday,
        ),
        (pattern(r"\bon (mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b"), short_weekday),
        (pattern(r"\b(?:by |at |before |until )?(?:the )?end of (?:(?:the|this|(next)) )(week|month|year)\b"), end_of),
    ]
});

fn shifted(today: Date, days: i64) -> Date {
    today.saturating_add(days.days())
}

fn two_days(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let days = if found[1].starts_with("before") { -2 } else { 2 };
    Some(calendar::day(shifted(said.today, days)))
}

fn near_day(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let part = found.get(2).map_or("", |part| part.as_str());
    let day = |days, part| Some(calendar::part_of(shifted(said.today, days), part));
    match (&found[1], part) {
        ("the other", "day") => Some(calendar::days(shifted(said.today, -5), said.today)),
        ("the other" | "last" | "this", "" | "day") => None,
        ("the other", _) => None,
        // What is said before six in the morning of the night is said of the one that is not over.
        ("today" | "this", part) => day(0, part),
        ("tonight", _) => day(0, "night"),
        ("yesterday" | "last", part) => day(-1, part),
        (_, part) => day(1, part),
    }
}

fn near_unit(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let by = match &found[1] {
        "last" | "past" | "previous" => -1,
        "this" => 0,
        _ => 1,
    };
    let by = match found.get(3).map(|far| far.as_str()) {
        Some(" before last") => by - 1,
        Some(_) => by + 1,
        None => by,
    };
    // `the next week he left` and the like: told, not dated.
    if matches!(&found[1], "following") {
        return None;
    }
    unit(&found[2], by, said.today)
}

fn second_unit(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    unit(&found[1], if found[2].starts_with("after") { 2 } else { -2 }, said.today)
}

fn the_weekend(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    // On a Sunday the weekend that people have behind them is this one.
    let past = if said.today.weekday().to_monday_zero_offset() == 6 { 0 } else { -1 };
    unit(&found[1], if said.tense(found) == Tense::Past { past } else { 0 }, said.today)
}

/// The calendar's unit that many units from today.
fn unit(name: &str, by: i64, today: Date) -> Option<Span> {
    match name {
        "day" | "night" => Some(calendar::day(shifted(today, by))),
        "week" => Some(calendar::week(shifted(today, 7 * by))),
        "fortnight" => Some(calendar::week(shifted(today, 14 * by))),
        "weekend" => Some(calendar::weekend(shifted(today, 7 * by))),
        "month" => Some(calendar::month(today.first_of_month().saturating_add(by.months()))),
        "year" => calendar::years(i16::try_from(i64::from(today.year()) + by).ok()?, 1),
        "decade" => calendar::years(i16::try_from(i64::from(today.year()) + 10 * by).ok()?, 1),
        _ => None,
    }
}

/// The least and the most that a count may mean.
fn count(text: &str) -> Option<(i64, i64)> {
    const NAMES: [&str; 13] =
        ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let exact = match text {
        "a" | "an" => 1,
        "fifteen" => 15,
        "twenty" => 20,
        "thirty" => 30,
        "a couple" | "a couple of" | "couple of" => 2,
        "few" | "a few" | "several" | "some" => return Some((2, 5)),
        _ => match text.parse() {
            Ok(number) => number,
            Err(_) => i64::try_from(NAMES.iter().position(|name| *name == text)?).ok()?,
        },
    };
    Some((exact, exact))
}

/// `the last two weeks`: up to now.
fn stretch(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let (_, most) = count(&found[1])?;
    if matches!(&found[1], "a" | "an" | "one") {
        return None;
    }
    let span = counted(&found[2], -most, -most, said)?;
    Some(Span { from: span.from, until: said.at })
}

fn ago(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    if found[0].starts_with("half") {
        return None;
    }
    let (least, most) = count(&found[1])?;
    counted(&found[2], -most, -least, said)
}

fn ahead(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    // `we crossed it in four days` and `they answer within ten days` tell how long, not when.
    let tense = said.tense(found);
    let within = found[0].starts_with("within");
    if within && tense != Tense::Future || found[0].starts_with("in ") && tense == Tense::Past {
        return None;
    }
    let (least, most) = count(&found[1])?;
    if within {
        // What is to be done within three days may be done today.
        let ahead = counted(&found[2], most, most, said)?;
        return Some(Span { from: said.at, until: ahead.until });
    }
    counted(&found[2], least, most, said)
}

/// `a week from Monday`, `a week on Tuesday`, `Friday week`: counted from the next one.
fn weeks_from(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let weeks = found.get(1).map_or(Some((1, 1)), |weeks| count(weeks.as_str()))?.0;
    let weekday = calendar::weekday(found.get(2).or_else(|| found.get(3))?.as_str())?;
    // `she left a week after Monday`: told, not dated.
    let is_past = said.tense(found) == Tense::Past;
    (!is_past).then(|| calendar::day(shifted(calendar::next(weekday, said.today), 7 * weeks)))
}

/// From the first to the last of two units counted from today.
fn counted(name: &str, first: i64, last: i64, said: &Said<'_>) -> Option<Span> {
    if name == "hour" {
        let hours = |hours| said.at.plus(SignedDuration::from_hours(hours));
        return Some(Span { from: hours(first), until: hours(last + 1) });
    }
    let (first, last) = (unit(name, first, said.today)?, unit(name, last, said.today)?);
    Some(Span { from: first.from, until: last.until })
}

fn weekday(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let whole = found.get(0)?;
    let inside = said.lower[..whole.start()].ends_with(['-', '_']) || said.lower[whole.end()..].starts_with(['-', '_']);
    // `on Mondays` is every Monday.
    if inside || found[2].ends_with("days") {
        return None;
    }
    let weekday = calendar::weekday(&found[2])?;
    let lead = found.get(1).map_or("", |lead| lead.as_str());
    let date = match lead {
        "every" | "each" | "good" | "black" | "casual" | "cyber" | "most" => return None,
        "last" | "past" => calendar::last(weekday, said.today),
        // That of the next week, since the one of this week is `this` or bare.
        "next" => calendar::next(weekday, shifted(calendar::monday(said.today), 6)),
        // What has an end is still to come, however it is told of.
        _ if is_end(found, said) => calendar::next(weekday, said.today),
        _ => by_tense(weekday, found, said),
    };
    Some(calendar::part_of(date, found.get(3).map_or("", |part| part.as_str())))
}

/// Whether the match is the end of something: `by Tuesday`, `no later than Friday`.
fn is_end(found: &Captures<'_>, said: &Said<'_>) -> bool {
    let before = &said.lower[..found.get(0).map_or(0, |whole| whole.start())];
    [" by ", "no later than ", "not later than ", " until ", " till "].iter().any(|end| {
        let (end, before) = (end.trim_start(), before);
        before.ends_with(end) && !before[..before.len() - end.len()].ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

fn short_weekday(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let weekday = calendar::weekday(&found[1])?;
    said.is_capital(found, 1).then(|| calendar::day(by_tense(weekday, found, said)))
}

fn by_tense(weekday: jiff::civil::Weekday, found: &Captures<'_>, said: &Said<'_>) -> Date {
    match said.tense(found) {
        Tense::Past => calendar::last(weekday, said.today),
        Tense::Future | Tense::Unclear => calendar::next(weekday, said.today),
    }
}

fn end_of(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    unit(&found[2], i64::from(found.get(1).is_some()), said.today)
}
