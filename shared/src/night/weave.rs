//! Finds the links between gists: shared names and words by how few have them, likeness of vectors, who speaks after whom.

mod likeness;

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;

use crate::index::Embedding;
use crate::index::terms::Term;
use crate::memory::MemoryId;
use crate::memory::gist::Gist;
use crate::memory::insight::loops::follows_up;
use crate::memory::link::{Link, Reason};

use likeness::Likeness;

/// Most links from a memory to older ones; the newer ones that link to it come on top.
const MOST_LINKS: usize = 6;
/// Weaker links tell nothing.
const LEAST_SCORE: f32 = 0.35;
/// What a link shows of what both have.
const MOST_VIA: usize = 3;
/// Turns said this much later in a session do not belong to what was said before.
const THREAD: SignedDuration = SignedDuration::from_mins(30);
/// Turns of a session at most this far apart follow one another.
const NEXT: usize = 2;
/// A change of mind is about something said this lately.
const MIND: SignedDuration = SignedDuration::from_hours(60 * 24);
/// A promise is followed up by then, or not.
const FOLLOW_UP: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Relations of which somebody has one at a time.
const EXCLUSIVE: [&str; 3] = ["lives in", "works at", "studies at"];

/// What all of a scope's gists tell about one another.
pub struct Loom<'a> {
    gists: &'a [Gist],
    threads: Vec<Thread<'a>>,
    likeness: Likeness,
    /// How few have a name, 0 to 1, by the name's number.
    names: Vec<f32>,
    /// How few have a word, 0 to 1.
    words: HashMap<Term, f32>,
}

/// What is looked at of each gist for every pair.
struct Thread<'a> {
    /// Its names' numbers.
    names: Vec<usize>,
    /// Its words' rarities, summed up.
    rarity: f32,
    vector: Option<&'a Embedding>,
    /// Its place in its session.
    place: usize,
}

/// How two gists agree.
struct Shared {
    /// By names, 0 to 1.
    names: f32,
    /// By words, 0 to 1.
    words: f32,
    /// By vectors, 0 to 1.
    alike: f32,
    /// How many words and names both have.
    count: usize,
}

impl Shared {
    /// How surely they are about the same.
    fn about(&self) -> f32 {
        self.words.max(self.alike)
    }

    fn any(&self) -> f32 {
        self.about().max(self.names)
    }
}

impl<'a> Loom<'a> {
    /// Over those gists, in the order of storing.
    pub fn new(gists: &'a [Gist], vectors: &'a HashMap<MemoryId, Embedding>) -> Loom<'a> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut names: Vec<f32> = Vec::new();
        let mut words: HashMap<Term, f32> = HashMap::new();
        let mut sessions: HashMap<&str, usize> = HashMap::new();
        let mut threads = Vec::with_capacity(gists.len());
        for gist in gists {
            let mut own: Vec<usize> = Vec::new();
            for entity in &gist.entities {
                let next = numbers.len();
                let number = *numbers.entry(entity.name.to_lowercase()).or_insert(next);
                if number == names.len() {
                    names.push(0.0);
                }
                if !own.contains(&number) {
                    names[number] += 1.0;
                    own.push(number);
                }
            }
            gist.words.iter().for_each(|word| *words.entry(word.term).or_default() += 1.0);
            let place = gist.session.as_deref().map_or(0, |session| {
                let next = sessions.entry(session).or_default();
                *next += 1;
                *next
            });
            threads.push(Thread { names: own, rarity: 0.0, vector: vectors.get(&gist.id), place });
        }
        let few = |n: f32| (1.0 + gists.len() as f32 / n).ln() / (1.0 + gists.len() as f32).ln();
        names.iter_mut().for_each(|n| *n = few(*n));
        words.values_mut().for_each(|n| *n = few(*n));
        for (thread, gist) in threads.iter_mut().zip(gists) {
            thread.rarity = gist.words.iter().filter_map(|word| words.get(&word.term)).sum();
        }
        let likeness = Likeness::of(gists, vectors);
        Loom { gists, threads, likeness, names, words }
    }

    /// The links from each gist to older ones, where either is among `fresh`.
    pub fn weave(&self, fresh: &HashSet<MemoryId>) -> Vec<Link> {
        let mut links = Vec::new();
        let is_fresh: Vec<bool> = self.gists.iter().map(|gist| fresh.contains(&gist.id)).collect();
        for newer in 0..self.gists.len() {
            let mut own: Vec<Link> = Vec::new();
            for older in 0..newer {
                if is_fresh[newer] || is_fresh[older] {
                    own.extend(self.link(newer, older));
                }
            }
            links.extend(strongest(own));
        }
        links
    }

    fn link(&self, newer: usize, older: usize) -> Option<Link> {
        let shared = self.shared(newer, older);
        let (reason, score) = self.reason(newer, older, &shared)?;
        let score = (score.min(1.0) * 100.0).round() / 100.0;
        let (new, old) = (&self.gists[newer], &self.gists[older]);
        let link = || Link { newer: new.id, older: old.id, reason, via: self.via(newer, older), score };
        (score >= LEAST_SCORE).then(link)
    }

    fn shared(&self, newer: usize, older: usize) -> Shared {
        let (new, old) = (&self.threads[newer], &self.threads[older]);
        let names: Vec<f32> = new.names.iter().filter(|n| old.names.contains(n)).map(|n| self.names[*n]).collect();
        let mut count = 0;
        let mut overlap = 0.0;
        for word in &self.gists[newer].words {
            if self.gists[older].words.iter().any(|other| other.term == word.term) {
                count += 1;
                overlap += self.words.get(&word.term).copied().unwrap_or_default();
            }
        }
        // One word in common is chance.
        let words = if count < 2 { 0.0 } else { overlap / new.rarity.min(old.rarity).max(1.5) };
        let alike = self.likeness.between(new.vector, old.vector);
        let count = count + names.len();
        let names = 1.0 - names.into_iter().map(|few| 1.0 - 0.8 * few).product::<f32>();
        Shared { names, words: words.min(1.0), alike, count }
    }

    /// What both have that few others have.
    fn via(&self, newer: usize, older: usize) -> Vec<String> {
        let (new, old) = (&self.gists[newer], &self.gists[older]);
        let lower: Vec<String> = old.entities.iter().map(|entity| entity.name.to_lowercase()).collect();
        let mut via: Vec<(f32, &str)> = Vec::new();
        for entity in &new.entities {
            let place = lower.iter().position(|name| *name == entity.name.to_lowercase());
            if place.is_some() {
                via.push((2.0, &entity.name));
            }
        }
        for word in new.words.iter().filter(|word| old.words.iter().any(|other| other.term == word.term)) {
            via.push((self.words.get(&word.term).copied().unwrap_or_default(), &word.word));
        }
        via.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        via.dedup();
        via.into_iter().take(MOST_VIA).map(|(_, name)| name.to_owned()).collect()
    }

    /// The first reason that holds, from what says most to what says least.
    fn reason(&self, newer: usize, older: usize, shared: &Shared) -> Option<(Reason, f32)> {
        let (new, old) = (&self.gists[newer], &self.gists[older]);
        let apart = self.apart(newer, older);
        let later = |most: SignedDuration| old.at.plus(most) >= new.at;
        let (about, any) = (shared.about(), shared.any());
        if new.sources.contains(&old.id) {
            return Some((Reason::Source, 0.95));
        }
        if old.superseded_by == Some(new.id) {
            return Some((Reason::Contradiction, 0.95));
        }
        if contradicts(new, old) {
            return Some((Reason::Contradiction, 0.8 + 0.2 * about));
        }
        if any == 0.0 && shared.count == 0 && apart.is_none() {
            return None;
        }
        if new.marks.change && any >= 0.4 && later(MIND) && !old.marks.question {
            return Some((Reason::Contradiction, 0.5 + 0.4 * any));
        }
        let replies = apart.is_some() && new.voice != old.voice && !new.marks.question && !new.marks.evasion;
        if old.marks.question && replies {
            return Some((Reason::Answer, 0.55 + 0.35 * about));
        }
        let both_promise = new.is_commitment() && old.is_commitment();
        if both_promise && (about >= 0.5 || shared.names >= 0.5 && same_day(new, old)) {
            return Some((Reason::SameCommitment, 0.5 + 0.4 * any));
        }
        if follows_up(new, old, shared.count) && later(FOLLOW_UP) {
            return Some((Reason::FollowUp, 0.5 + 0.4 * any));
        }
        if new.marks.cause && (apart.is_some() || any >= 0.6) && any > 0.0 {
            return Some((Reason::Cause, 0.4 + 0.4 * any));
        }
        if shared.names >= 0.4 {
            return Some((Reason::SameEntity, 0.25 + 0.4 * shared.names + 0.3 * about));
        }
        if about >= 0.4 {
            return Some((Reason::SameTopic, 0.2 + 0.7 * about));
        }
        apart.map(|apart| (Reason::SameThread, 0.5 - 0.1 * apart as f32 + 0.2 * about))
    }

    /// How many turns lie between two of one session, where the newer one follows the older.
    fn apart(&self, newer: usize, older: usize) -> Option<usize> {
        let (new, old) = (&self.gists[newer], &self.gists[older]);
        let apart = self.threads[newer].place.saturating_sub(self.threads[older].place);
        let follows = new.session.is_some() && new.session == old.session && old.at.plus(THREAD) >= new.at;
        (follows && (1..=NEXT).contains(&apart)).then_some(apart)
    }
}

/// The strongest links of one memory.
fn strongest(mut links: Vec<Link>) -> Vec<Link> {
    links.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.older.cmp(&a.older)));
    links.truncate(MOST_LINKS);
    links
}

/// Whether somebody has by the newer what leaves no room for what they had by the older.
fn contradicts(new: &Gist, old: &Gist) -> bool {
    new.relations.iter().any(|now| {
        old.relations.iter().any(|then| {
            let exclusive =
                now.word == then.word && now.object != then.object && EXCLUSIVE.contains(&now.word.as_str());
            let turned = now.object == then.object
                && matches!((now.word.as_str(), then.word.as_str()), ("likes", "dislikes") | ("dislikes", "likes"));
            now.subject == then.subject && (exclusive || turned)
        })
    })
}

fn same_day(new: &Gist, old: &Gist) -> bool {
    new.event.zip(old.event).is_some_and(|(new, old)| new.from.date() == old.from.date())
}

#[cfg(test)]
mod tests;
