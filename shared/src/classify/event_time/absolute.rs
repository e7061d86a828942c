//! Dates of the calendar: `14 May`, `2023-05-14`, `in June`, `summer 2022`, `at Christmas`.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use regex::Captures;

use super::super::rules::pattern;
use super::tense::Tense;
use super::{Rule, Said, calendar};
use crate::memory::classification::Span;

const MONTH: &str = "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

/// What a year's digits may stand before when they count something.
const COUNTED: &[&str] = &[
    "words",
    "people",
    "steps",
    "euros",
    "dollars",
    "pounds",
    "metres",
    "meters",
    "miles",
    "km",
    "kilometres",
    "characters",
    "lines",
    "years",
    "days",
    "hours",
    "minutes",
    "seconds",
    "pieces",
    "times",
    "pages",
    "users",
    "kg",
    "items",
    "grams",
    "calories",
    "rows",
    "volts",
    "watts",
    "units",
    "copies",
];
/// What `may` and `march` stand before when they are verbs.
const VERBS: &[&str] =
    &["be", "have", "not", "also", "as", "well", "i", "we", "you", "he", "she", "they", "it", "on", "take", "need"];

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let with_month = |text: &str| pattern(&text.replace("MONTH", MONTH));
    vec![
        (pattern(r"\b([12][0-9]{3})-([0-9]{1,2})-([0-9]{1,2})(?:\b|t)"), year_first),
        (pattern(r"(?:^|[^0-9/.-])([0-9]{1,2})([/.])([0-9]{1,2})[/.]([0-9]{4}|[0-9]{2})(?:[^0-9/]|$)"), slashed),
        (pattern(r"\b(?:on|by|until|due|since|from) ([0-9]{1,2})/([0-9]{1,2})(?:[^0-9/]|$)"), slashed_short),
        (
            with_month(r"\b([0-9]{1,2})(?:st|nd|rd|th)?(?: day)?(?: of)?[ -]MONTH\b\.?(?:,?[ -]([12][0-9]{3})\b)?"),
            day_month,
        ),
        (with_month(r"\bMONTH\.?,? (?:the )?([0-9]{1,2})(?:st|nd|rd|th)?\b(?:,? ([12][0-9]{3})\b)?"), month_day),
        (with_month(r"\bMONTH(?: of)?,? ([12][0-9]{3})\b"), month_year),
        (
            with_month(
                r"\b(last|next|this|in|since|by|until|till|during|of|for|from|before|after|around|early|late|mid)[ -](?:(?:early|late|mid|last|next|this)[ -])?MONTH\b(?:(?: of|,)? ([12][0-9]{3})\b)?",
            ),
            month_alone,
        ),
        (
            pattern(
                r"\b(?:(last|next|this|in|during|since|by|that) )?(?:the )?(?:early |late |mid-?)?(spring|summer|autumn|fall|winter)(?:(?:,| of)? ([12][0-9]{3}))?\b",
            ),
            season,
        ),
        (
            pattern(
                r"\b(?:in|since|by|from|until|during|around|before|after|for|(?:end|start|beginning|middle|half) of|late|early|mid)[ -](?:the )?(?:early |late |mid-?)?((?:19|20)[0-9]{2})(s)?(?:[^0-9a-z,.:/-]|[,.:-](?:[^0-9]|$)|$)",
            ),
            year_alone,
        ),
        (pattern(r"\bthe ([0-9]{1,2})(?:st|nd|rd|th) of (last|this|the|next) month\b"), day_of_month),
        (pattern(r"\b(?:on|by|until|before|since|from) the ([0-9]{1,2})(?:st|nd|rd|th)\b"), day_alone),
        (
            pattern(concat!(
                r"\b(?:(last|next|this)|at|on|by|for|over|before|after|until|since|around|during) (?:the )?",
                r"(christmas eve|christmas|boxing day|new year's eve|new year's day|new year's|halloween|valentine's day|valentine's)",
            )),
            holiday,
        ),
    ]
});

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

fn date(year: i16, month: i8, day: i8) -> Option<Span> {
    Date::new(year, month, day).ok().map(calendar::day)
}

fn year_first(found: &Captures<'_>, _: &Said<'_>) -> Option<Span> {
    date(number(found, 1)?, number(found, 2)?, number(found, 3)?)
}

/// With slashes the month is first unless it cannot be, with dots the day. A version has dots too, so those need a whole year.
fn slashed(found: &Captures<'_>, _: &Said<'_>) -> Option<Span> {
    let (first, second, year): (i8, i8, i16) = (number(found, 1)?, number(found, 3)?, number(found, 4)?);
    if &found[2] == "." {
        return if year > 99 { date(year, second, first) } else { None };
    }
    let year = if year > 99 { year } else { 2000 + year };
    date(year, first, second).or_else(|| date(year, second, first))
}

fn slashed_short(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let (first, second) = (number(found, 1)?, number(found, 2)?);
    without_year(found, said, |year| date(year, first, second).or_else(|| date(year, second, first)))
}

fn day_month(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    in_year(found, said, calendar::month_number(&found[2])?, number(found, 1)?)
}

fn month_day(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    in_year(found, said, calendar::month_number(&found[1])?, number(found, 2)?)
}

fn in_year(found: &Captures<'_>, said: &Said<'_>, month: i8, day: i8) -> Option<Span> {
    let next = said.next_word(found);
    match number(found, 3) {
        Some(year) => date(year, month, day),
        None if COUNTED.contains(&next) || VERBS[..3].contains(&next) => None,
        None => without_year(found, said, |year| date(year, month, day)),
    }
}

fn month_year(found: &Captures<'_>, _: &Said<'_>) -> Option<Span> {
    Date::new(number(found, 2)?, calendar::month_number(&found[1])?, 1).ok().map(calendar::month)
}

fn month_alone(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let (name, month) = (&found[2], calendar::month_number(&found[2])?);
    let verb = matches!(name, "may" | "march") && (!said.is_capital(found, 2) || &found[1] == "this");
    if matches!(name, "mar" | "jun" | "jul")
        || verb && VERBS.contains(&said.next_word(found))
        || name == "march" && verb && &found[1] == "this"
    {
        return None;
    }
    let span = |year| Date::new(year, month, 1).ok().map(calendar::month);
    if let Some(year) = number(found, 3) {
        return span(year);
    }
    let words = &found[0];
    if words.contains("this ") {
        return span(said.today.year());
    }
    directed(words, said, span).or_else(|| without_year(found, said, span))
}

fn season(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let name = &found[2];
    if let Some(year) = number(found, 3) {
        return calendar::season(year, name);
    }
    let lead = found.get(1)?.as_str();
    // `in fall`, `by the fall of an empire`: only with the article it is a season.
    if name == "fall"
        && !matches!(lead, "last" | "next" | "this")
        && !(found[0].contains("the ") && said.next_word(found) != "of")
    {
        return None;
    }
    let span = |year| calendar::season(year, name);
    if lead == "this" {
        return span(said.today.year());
    }
    if let Some(span) = directed(lead, said, span) {
        return Some(span);
    }
    // `in summer` is as often every summer as one of them.
    (said.tense(found) != Tense::Unclear).then(|| without_year(found, said, span)).flatten()
}

fn year_alone(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let year = number(found, 1)?;
    let next = said.lower[found.get(1)?.end()..].trim_start().split(|c: char| !c.is_ascii_alphabetic()).next()?;
    if COUNTED.contains(&next) {
        return None;
    }
    calendar::years(year, if found.get(2).is_some() { 10 } else { 1 })
}

/// `the 3rd of next month`.
fn day_of_month(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let months: i64 = match &found[2] {
        "last" => -1,
        "next" => 1,
        _ => 0,
    };
    let month = said.today.first_of_month().saturating_add(months.months());
    date(month.year(), month.month(), number(found, 1)?)
}

/// `on the 14th`, of the month before or after.
fn day_alone(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    const OTHERS: &[&str] = &[
        "floor",
        "street",
        "avenue",
        "day",
        "time",
        "attempt",
        "try",
        "page",
        "place",
        "birthday",
        "row",
        "grade",
        "of",
        "anniversary",
        "century",
        "hole",
        "round",
        "lap",
    ];
    let day: i8 = number(found, 1)?;
    if OTHERS.contains(&said.next_word(found)) {
        return None;
    }
    let first = said.today.first_of_month();
    let candidates = (-1..=2).filter_map(|months: i64| {
        let month = first.saturating_add(months.months());
        date(month.year(), month.month(), day)
    });
    choose(candidates, said, said.tense(found))
}

fn holiday(found: &Captures<'_>, said: &Said<'_>) -> Option<Span> {
    let (month, day) = match &found[2] {
        "christmas eve" => (12, 24),
        "christmas" => (12, 25),
        "boxing day" => (12, 26),
        "new year's day" => (1, 1),
        "halloween" => (10, 31),
        "valentine's day" | "valentine's" => (2, 14),
        _ => (12, 31),
    };
    let span = |year| date(year, month, day);
    found.get(1).and_then(|lead| directed(lead.as_str(), said, span)).or_else(|| without_year(found, said, span))
}

/// `last` and `next` say the way themselves: the one that is over, the one that has not begun.
fn directed(words: &str, said: &Said<'_>, span: impl Fn(i16) -> Option<Span>) -> Option<Span> {
    let year = said.today.year();
    let mut spans = [year - 2, year - 1, year, year + 1].into_iter().filter_map(span);
    if words.contains("last") {
        return spans.rfind(|span| span.until <= said.at);
    }
    words.contains("next").then(|| spans.find(|span| span.from > said.at)).flatten()
}

/// The one of all years that the tense allows and that is nearest.
fn without_year(found: &Captures<'_>, said: &Said<'_>, span: impl Fn(i16) -> Option<Span>) -> Option<Span> {
    let year = said.today.year();
    // By, until: what has an end is still to come.
    let tense =
        if found[0].starts_with("by ") || found[0].starts_with("until ") { Tense::Future } else { said.tense(found) };
    // Four years each way, for the 29th of February.
    choose((year - 4..=year + 4).filter_map(span), said, tense)
}

fn choose(spans: impl Iterator<Item = Span>, said: &Said<'_>, tense: Tense) -> Option<Span> {
    let middle = |span: &Span| span.from.micros() / 2 + span.until.micros() / 2;
    spans
        .filter(|span| match tense {
            Tense::Past => span.from <= said.at,
            Tense::Future => span.until > said.at,
            Tense::Unclear => true,
        })
        .min_by_key(|span| (middle(span) - said.at.micros()).abs())
}
