//! What is talked of more, or less, in the last seven days than in the four weeks before; and who is new.
//!
//! Conversations, not memories, are counted: a session, or where there is none a day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::SignedDuration;

use super::chance;
use super::{Finding, Insight};
use crate::memory::Time;
use crate::memory::classification::EntityKind;
use crate::memory::gist::Gist;

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far back what was before goes.
const BEFORE: SignedDuration = SignedDuration::from_hours(35 * 24);
/// Least conversations that something is told of in to be more of it.
const LEAST_RISING: usize = 3;
/// Least conversations before, to be less of it.
const LEAST_FALLING: usize = 5;
/// How likely it may be that anything is found where nothing changed.
const FALSE_ALARM: f64 = 0.05;
/// Least memories of somebody new.
const LEAST_NAMED: usize = 3;
/// How long a scope must be known for anybody to be new in it.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Most of each sort.
const MOST: usize = 5;

/// One topic's conversations: those of the week, and those before.
#[derive(Default)]
struct Talk<'a> {
    lately: BTreeSet<String>,
    before: BTreeSet<String>,
    gists: Vec<&'a Gist>,
}

/// What changed since last week.
pub(super) fn trends(gists: &[&Gist], now: Time) -> Vec<Insight> {
    let (week, start) = (now.plus(-WEEK), now.plus(-BEFORE));
    let mut all = Talk::default();
    let mut topics: BTreeMap<String, Talk<'_>> = BTreeMap::new();
    let mut forms: HashMap<u32, &str> = HashMap::new();
    for gist in gists.iter().copied().filter(|gist| gist.at >= start) {
        all.add(gist, week);
        let words = gist.words.iter().map(|word| (*forms.entry(word.term).or_insert(&word.word)).to_owned());
        for about in words.chain(gist.entities.iter().map(|entity| entity.name.clone())) {
            topics.entry(about).or_default().add(gist, week);
        }
    }
    let (lately, before) = (all.lately.len(), all.before.len());
    let mut found = new_people(gists, now);
    // Without a before there is no more and no less.
    if lately < LEAST_RISING || before < LEAST_FALLING {
        return found;
    }
    let tested: Vec<(&String, &Talk<'_>)> = topics
        .iter()
        .filter(|(_, talk)| talk.lately.len() >= LEAST_RISING || talk.before.len() >= LEAST_FALLING)
        .collect();
    let looks = (2 * tested.len()).max(1) as f64;
    let mut changes: Vec<(f64, Finding, &String, &Talk<'_>)> = Vec::new();
    for (about, talk) in tested {
        let (now, all_of_it) = (talk.lately.len(), talk.lately.len() + talk.before.len());
        let rising = chance::at_least(now, all_of_it, lately, lately + before) * looks;
        let falling = chance::at_most(now, all_of_it, lately, lately + before) * looks;
        if now >= LEAST_RISING && rising < FALSE_ALARM {
            changes.push((rising, Finding::Rising, about, talk));
        } else if talk.before.len() >= LEAST_FALLING && falling < FALSE_ALARM {
            changes.push((falling, Finding::Falling, about, talk));
        }
    }
    changes.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.2.cmp(b.2)));
    for finding in [Finding::Rising, Finding::Falling] {
        for (chance, _, about, talk) in changes.iter().filter(|change| change.1 == finding).take(MOST) {
            let of_it = talk.gists.iter().copied().filter(|gist| finding == Finding::Falling || gist.at >= week);
            let of_it: Vec<&Gist> = of_it.collect();
            found.push(Insight::of(finding, vec![(*about).clone()], (1.0 - chance) as f32, &of_it));
        }
    }
    found
}

impl<'a> Talk<'a> {
    fn add(&mut self, gist: &'a Gist, week: Time) {
        let date = gist.at.date();
        // A session that goes on for weeks is a conversation a day.
        let conversation = format!("{}/{date}", gist.session.as_deref().unwrap_or_default());
        let part = if gist.at >= week { &mut self.lately } else { &mut self.before };
        part.insert(conversation);
        self.gists.push(gist);
    }
}

/// Somebody first named this week, and several times, in a scope that has been known for longer.
fn new_people(gists: &[&Gist], now: Time) -> Vec<Insight> {
    let Some(first) = gists.iter().map(|gist| gist.at).min().filter(|first| first.plus(KNOWN_FOR) <= now) else {
        return Vec::new();
    };
    let week = now.plus(-WEEK).max(first);
    let mut people: BTreeMap<&str, Vec<&Gist>> = BTreeMap::new();
    for gist in gists {
        let persons = gist.entities.iter().filter(|entity| entity.kind == EntityKind::Person);
        let named: BTreeSet<&str> = persons.map(|entity| entity.name.as_str()).chain(gist.voice.as_deref()).collect();
        named.into_iter().for_each(|name| people.entry(name).or_default().push(gist));
    }
    let is_new = |found: &Vec<&Gist>| found.len() >= LEAST_NAMED && found.iter().all(|gist| gist.at >= week);
    let new = people.into_iter().filter(|(_, found)| is_new(found));
    let confidence = |n: usize| 1.0 - 0.5_f32.powi(i32::try_from(n).unwrap_or(10));
    new.take(MOST)
        .map(|(name, found)| Insight::of(Finding::NewPerson, vec![name.to_owned()], confidence(found.len()), &found))
        .collect()
}
