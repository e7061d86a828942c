use super::*;
use crate::index::terms::terms;
use crate::memory::classification::{Entity, EntityKind};
use crate::memory::gist::{Marks, Word};
use crate::memory::{Kind, Sensitivity};
use jiff::SignedDuration;

/// A small generator, so that a test means the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn gist(n: usize, at: Time, words: &[&str]) -> Gist {
    let word = |word: &&str| Word { term: terms(word)[0], word: (*word).to_owned() };
    Gist {
        id: format!("{n:016}").parse().unwrap(),
        revision: 1,
        order: at.micros() + n as i64,
        at,
        recorded_at: at,
        expires_at: None,
        event: None,
        session: Some(format!("s{}", at.seconds() / 3600)),
        voice: Some("Alice".to_owned()),
        kind: Kind::Episodic,
        sensitivity: Sensitivity::General,
        importance: 0.4,
        confidence: 0.9,
        entities: Vec::new(),
        relations: Vec::new(),
        words: words.iter().map(word).collect(),
        marks: Marks::default(),
        valence: None,
        sources: Vec::new(),
        superseded_by: None,
        is_merged: false,
    }
}

const TOPICS: [&str; 24] = [
    "garden", "boiler", "soup", "train", "novel", "bicycle", "piano", "ladder", "heron", "museum", "tooth", "parcel",
    "canal", "desk", "bakery", "snow", "ramen", "cat", "printer", "cake", "football", "attic", "harbour", "fence",
];

/// Half a year of talk: each day some hours, each with a few topics drawn at random.
fn noise(dice: &mut Dice, days: i64) -> Vec<Gist> {
    let mut gists = Vec::new();
    for day in 0..days {
        for _ in 0..dice.below(4) {
            let hour = 7 + i64::try_from(dice.below(15)).unwrap();
            let when = at("2026-01-05").plus(SignedDuration::from_hours(24 * day + hour));
            let topic = |dice: &mut Dice| TOPICS[dice.below(TOPICS.len() as u64) as usize];
            let words = [topic(dice), topic(dice)];
            gists.push(gist(gists.len(), when, &words));
        }
    }
    gists
}

fn found(gists: &[Gist], finding: Finding, now: &str) -> Vec<Insight> {
    let gists: Vec<&Gist> = gists.iter().collect();
    insights(&gists, &[], at(now)).into_iter().filter(|insight| insight.finding == finding).collect()
}

#[test]
fn times_drawn_at_random_make_no_habit_and_no_trend() {
    let mut invented = 0;
    for seed in 0..200 {
        let gists = noise(&mut Dice(seed), 180);
        let all: Vec<&Gist> = gists.iter().collect();
        invented += insights(&all, &[], at("2026-07-04")).len();
    }
    // Of two hundred, twelve would be what is allowed for: one in a hundred for habits, one in twenty for trends.
    assert!(invented <= 12, "{invented} are invented in 200 scopes");
}

#[test]
fn what_comes_each_week_is_found_with_its_day_and_hour() {
    for seed in 0..20 {
        let mut gists = noise(&mut Dice(seed), 70);
        for week in 0..10 {
            let when = at("2026-01-06T19:00:00Z").plus(SignedDuration::from_hours(7 * 24 * week));
            gists.push(gist(1000 + week as usize, when, &["choir", "practice"]));
        }
        let habits = found(&gists, Finding::Habit, "2026-03-16");
        assert_eq!(habits.len(), 1, "seed {seed}: {habits:#?}");
        let rhythm = Rhythm { every: recurring::Every::Week, weekday: Some(2), day: None, hour: Some(19) };
        assert_eq!((habits[0].rhythm, habits[0].support), (Some(rhythm), 10));
        assert_eq!(habits[0].about.len(), 2, "{:?}", habits[0].about);
    }
}

#[test]
fn what_comes_each_morning_or_each_month_is_found_too() {
    let mut gists = noise(&mut Dice(7), 60);
    for day in 0..60 {
        let when = at("2026-01-05T06:00:00Z").plus(SignedDuration::from_hours(24 * day));
        gists.push(gist(1000 + day as usize, when, &["swimming"]));
    }
    let habits = found(&gists, Finding::Habit, "2026-03-08");
    assert!(habits.iter().any(|habit| habit.rhythm.is_some_and(|r| r.every == recurring::Every::Day)), "{habits:#?}");

    let mut gists = noise(&mut Dice(8), 300);
    for month in 1..=10 {
        gists.push(gist(1000 + month, at(&format!("2026-{month:02}-28T12:00:00Z")), &["invoice"]));
    }
    let habits = found(&gists, Finding::Habit, "2026-11-01");
    assert!(
        habits.iter().any(|habit| habit.rhythm.is_some_and(|r| r.day.is_some_and(|day| (27..=29).contains(&day)))),
        "{habits:#?}"
    );
}

#[test]
fn somebody_who_talks_on_one_weekday_only_has_no_weekly_habits() {
    let gists: Vec<Gist> = (0..12)
        .map(|week| {
            gist(week, at("2026-01-06T19:00:00Z").plus(SignedDuration::from_hours(7 * 24 * week as i64)), &["choir"])
        })
        .collect();
    assert_eq!(found(&gists, Finding::Habit, "2026-04-01"), []);
}

#[test]
fn more_of_something_this_week_than_before_is_said_and_less_of_it_too() {
    let mut gists = noise(&mut Dice(3), 70);
    for n in 0..12_usize {
        let early = at("2026-02-10T09:00:00Z").plus(SignedDuration::from_hours(36 * n as i64));
        let late = at("2026-03-10T09:00:00Z").plus(SignedDuration::from_hours(11 * n as i64));
        gists.push(gist(1000 + n, early, &["thesis"]));
        gists.push(gist(2000 + n, late, &["flat"]));
    }
    gists.sort_by_key(|gist| gist.order);
    let rising = found(&gists, Finding::Rising, "2026-03-16");
    assert_eq!(rising.iter().flat_map(|insight| insight.about.clone()).collect::<Vec<_>>(), ["flat"]);
}

#[test]
fn somebody_named_first_this_week_is_new() {
    let mut gists = noise(&mut Dice(4), 60);
    for n in 0..3_usize {
        let mut with =
            gist(1000 + n, at("2026-03-03T09:00:00Z").plus(SignedDuration::from_hours(20 * n as i64)), &["lunch"]);
        with.entities.push(Entity { name: "Ingrid".to_owned(), kind: EntityKind::Person });
        gists.push(with);
    }
    let new = found(&gists, Finding::NewPerson, "2026-03-06");
    assert_eq!(new.len(), 1, "{new:#?}");
    assert_eq!((&new[0].about, new[0].support), (&vec!["Ingrid".to_owned()], 3));
}

#[test]
fn a_chance_is_that_of_drawing_without_putting_back() {
    // Of 4 drawn from 10 with 5 marked, all marked: 5/10 * 4/9 * 3/8 * 2/7.
    assert!((chance::at_least(4, 4, 5, 10) - 5.0 * 4.0 * 3.0 * 2.0 / (10.0 * 9.0 * 8.0 * 7.0)).abs() < 1e-9);
    assert!((chance::at_least(0, 4, 5, 10) - 1.0).abs() < 1e-9);
    assert!((chance::at_most(4, 4, 5, 10) - 1.0).abs() < 1e-9);
    assert!((chance::at_least(30, 60, 300, 1_000) - 0.001).abs() < 0.002);
}
