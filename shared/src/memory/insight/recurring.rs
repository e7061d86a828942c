//! What comes again at its time: on a weekday, at an hour of most days, on a day of the month.
//!
//! Days, not memories, are counted: what is said ten times of an evening happened once. What is found must be so rare
//! by chance, given on which days and hours anything is said at all, that among all that is looked at once in a hundred
//! scopes something would be found in times drawn at random.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::{Date, Weekday};
use serde::Serialize;

use super::chance;
use super::{Finding, Insight};
use crate::memory::MemoryId;
use crate::memory::gist::Gist;

/// Least days that a habit was seen on.
const LEAST_DAYS: usize = 4;
/// Least share of its days that lie at its time.
const LEAST_SHARE: f32 = 0.6;
/// Least share of the weeks, days or months from first to last that have it.
const LEAST_KEPT: f32 = 0.5;
/// How likely it may be that anything is found where there is nothing.
const FALSE_ALARM: f64 = 0.01;
/// Hours on each side of the middle one that count as its time.
const HOURS_AROUND: i8 = 1;
/// Days on each side, in a month.
const DAYS_AROUND: i8 = 1;
/// Share of a weekday's times that must lie around one hour for it to be named.
const SAME_HOUR: f32 = 0.75;
/// Topics of so alike days are one habit.
const SAME_HABIT: f32 = 0.6;
/// Most words for one habit.
const MOST_ABOUT: usize = 4;

/// When something comes again, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rhythm {
    /// How often.
    pub every: Every,
    /// On which day of the week, 1 (Monday) to 7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekday: Option<i8>,
    /// Around which day of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<i8>,
    /// Around which hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<i8>,
}

/// How often something comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// On most days.
    Day,
    /// In most weeks.
    Week,
    /// In most months.
    Month,
}

/// A day of a topic: the first memory of it that day, and its hour where it has one.
#[derive(Clone, Copy)]
struct Day<'a> {
    gist: &'a Gist,
    hour: Option<i8>,
}

type Days<'a> = BTreeMap<Date, Day<'a>>;

/// A topic with its time, and how likely that is by chance.
struct Candidate<'a> {
    about: String,
    rhythm: Rhythm,
    chance: f64,
    days: BTreeMap<Date, &'a Gist>,
}

/// The habits that those gists tell of.
pub(super) fn habits(gists: &[&Gist]) -> Vec<Insight> {
    let topics = topics(gists);
    let active: BTreeSet<Date> = gists.iter().map(|gist| gist.happened().date()).collect();
    let hours: BTreeSet<(Date, i8)> = gists.iter().filter(|g| g.has_hour()).map(|gist| hour_of(gist)).collect();
    let tested: Vec<(&String, &Days<'_>)> = topics.iter().filter(|(_, days)| days.len() >= LEAST_DAYS).collect();
    // Seven weekdays, 24 hours, 31 days of the month.
    let looks = (tested.len() * (7 + 24 + 31)).max(1) as f64;
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for (about, days) in tested {
        let candidates = [weekly(days, &active), daily(days, &hours), monthly(days, &active)];
        let best = candidates.into_iter().flatten().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((rhythm, chance, days)) = best.filter(|(_, chance, _)| chance * looks < FALSE_ALARM) {
            found.push(Candidate { about: about.clone(), rhythm, chance: chance * looks, days });
        }
    }
    found.sort_by(|a, b| a.chance.total_cmp(&b.chance).then_with(|| a.about.cmp(&b.about)));
    merged(found).into_iter().map(insight).collect()
}

/// Each name and word with the days it is told of.
fn topics<'a>(gists: &[&'a Gist]) -> BTreeMap<String, Days<'a>> {
    let mut forms: HashMap<u32, &str> = HashMap::new();
    let mut topics: BTreeMap<String, Days<'a>> = BTreeMap::new();
    for gist in gists {
        let day = gist.happened().date();
        let hour = gist.has_hour().then(|| hour_of(gist).1);
        let words = gist.words.iter().map(|word| (*forms.entry(word.term).or_insert(&word.word)).to_owned());
        for about in words.chain(gist.entities.iter().map(|entity| entity.name.clone())) {
            topics.entry(about).or_default().entry(day).or_insert(Day { gist, hour });
        }
    }
    topics
}

fn hour_of(gist: &Gist) -> (Date, i8) {
    let civil = gist.happened().civil();
    (civil.date(), civil.hour())
}

type Seen<'a> = Option<(Rhythm, f64, BTreeMap<Date, &'a Gist>)>;

/// On one weekday, against how often anything is told of on it.
fn weekly<'a>(days: &Days<'a>, active: &BTreeSet<Date>) -> Seen<'a> {
    let (weekday, on) = (1..=7)
        .map(|weekday| (weekday, on(days, |date| number(date.weekday()) == weekday)))
        .max_by_key(|(weekday, on)| (on.len(), -weekday))?;
    let weeks = apart(&on)? / 7 + 1;
    if !is_kept(&on, days.len(), weeks) {
        return None;
    }
    let marked = active.iter().filter(|date| number(date.weekday()) == weekday).count();
    let chance = chance::at_least(on.len(), days.len(), marked, active.len());
    let rhythm = Rhythm { every: Every::Week, weekday: Some(weekday), day: None, hour: usual_hour(days, &on) };
    Some((rhythm, chance, on))
}

/// Around one hour, on most days, against the hours at which anything is said.
fn daily<'a>(days: &Days<'a>, hours: &BTreeSet<(Date, i8)>) -> Seen<'a> {
    let near = |hour: i8, other: i8| (hour - other).rem_euclid(24).min((other - hour).rem_euclid(24)) <= HOURS_AROUND;
    let timed = days.values().filter(|day| day.hour.is_some()).count();
    let (hour, on) = (0..24)
        .map(|hour| {
            let on = days.iter().filter(|(_, day)| day.hour.is_some_and(|other| near(hour, other)));
            (hour, on.map(|(date, day)| (*date, day.gist)).collect::<BTreeMap<Date, &Gist>>())
        })
        .max_by_key(|(hour, on)| (on.len(), -hour))?;
    let span = apart(&on)? + 1;
    // A week of it at the least: four days in a row are an errand.
    if span < 7 || !is_kept(&on, timed, span) {
        return None;
    }
    let marked = hours.iter().filter(|(_, other)| near(hour, *other)).count();
    let chance = chance::at_least(on.len(), timed, marked, hours.len());
    Some((Rhythm { every: Every::Day, weekday: None, day: None, hour: Some(hour) }, chance, on))
}

/// Around one day of the month.
fn monthly<'a>(days: &Days<'a>, active: &BTreeSet<Date>) -> Seen<'a> {
    let near = |day: i8, date: Date| (date.day() - day).abs() <= DAYS_AROUND;
    let (day, on) =
        (1..=31).map(|day| (day, on(days, |date| near(day, date)))).max_by_key(|(day, on)| (on.len(), -day))?;
    let months: BTreeSet<(i16, i8)> = on.keys().map(|date| (date.year(), date.month())).collect();
    let month = |date: &Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let span = usize::try_from(month(on.keys().next_back()?) - month(on.keys().next()?)).ok()? + 1;
    if months.len() < LEAST_DAYS || !is_kept(&on, days.len(), span) {
        return None;
    }
    let marked = active.iter().filter(|date| near(day, **date)).count();
    let chance = chance::at_least(on.len(), days.len(), marked, active.len());
    Some((Rhythm { every: Every::Month, weekday: None, day: Some(day), hour: None }, chance, on))
}

fn on<'a>(days: &Days<'a>, is_on: impl Fn(Date) -> bool) -> BTreeMap<Date, &'a Gist> {
    days.iter().filter(|(date, _)| is_on(**date)).map(|(date, day)| (*date, day.gist)).collect()
}

/// Days from the first to the last.
fn apart(on: &BTreeMap<Date, &Gist>) -> Option<usize> {
    let (first, last) = (on.keys().next()?, on.keys().next_back()?);
    usize::try_from(last.duration_since(*first).as_hours() / 24).ok()
}

/// Whether it was often enough, mostly at its time, and mostly when its time came.
fn is_kept(on: &BTreeMap<Date, &Gist>, all: usize, turns: usize) -> bool {
    on.len() >= LEAST_DAYS
        && on.len() as f32 >= LEAST_SHARE * all as f32
        && on.len() as f32 >= LEAST_KEPT * turns as f32
}

/// The hour that most of these days share.
fn usual_hour(days: &Days<'_>, on: &BTreeMap<Date, &Gist>) -> Option<i8> {
    let mut hours: Vec<i8> = on.keys().filter_map(|date| days.get(date)?.hour).collect();
    hours.sort_unstable();
    let middle = *hours.get(hours.len() / 2)?;
    let around = hours.iter().filter(|hour| (**hour - middle).abs() <= HOURS_AROUND).count();
    (around as f32 >= SAME_HOUR * on.len() as f32).then_some(middle)
}

fn number(weekday: Weekday) -> i8 {
    weekday.to_monday_one_offset()
}

/// Topics that come on the same days are one habit, named by the surest of them.
fn merged(found: Vec<Candidate<'_>>) -> Vec<(Candidate<'_>, Vec<String>)> {
    let mut habits: Vec<(Candidate<'_>, Vec<String>)> = Vec::new();
    for candidate in found {
        let same = habits.iter_mut().find(|(habit, _)| {
            let both = habit.days.keys().filter(|date| candidate.days.contains_key(*date)).count();
            let of = habit.days.len().min(candidate.days.len());
            (habit.rhythm.every, habit.rhythm.weekday, habit.rhythm.day)
                == (candidate.rhythm.every, candidate.rhythm.weekday, candidate.rhythm.day)
                && both as f32 >= SAME_HABIT * of as f32
        });
        match same {
            Some((_, about)) if about.len() < MOST_ABOUT => about.push(candidate.about),
            Some(_) => {}
            None => {
                let about = vec![candidate.about.clone()];
                habits.push((candidate, about));
            }
        }
    }
    habits
}

fn insight((habit, about): (Candidate<'_>, Vec<String>)) -> Insight {
    let gists: BTreeMap<MemoryId, &Gist> = habit.days.values().map(|gist| (gist.id, *gist)).collect();
    let gists: Vec<&Gist> = gists.into_values().collect();
    let mut insight = Insight::of(Finding::Habit, about, (1.0 - habit.chance) as f32, &gists);
    insight.rhythm = Some(habit.rhythm);
    insight
}
