//! What a day's digest tells, by the gists of its memories and of those before: names of memories only.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::memory::digest::{Change, Digest, Group, VERSION};
use crate::memory::gist::Gist;
use crate::memory::insight::{MOST_COMPARED, loops};
use crate::memory::link::Link;
use crate::memory::{Kind, MemoryId, Time};

const MOST_COMMITMENTS: usize = 50;
/// Most memories of what happened: what a person reads in a minute.
const MOST_HAPPENED: usize = 12;
/// Most of them from one conversation.
const MOST_OF_SESSION: usize = 6;
/// Most of each other sort.
const MOST_TOLD: usize = 12;
/// What is overdue for longer, or has no day and was said longer ago, is not told again.
const CHASED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What a memory's links add to its importance: each doubling of them.
const CENTRAL: f32 = 0.08;

/// The digest of that day, without its counts. `gists` may tell of days after it: they are left out.
pub fn told(gists: &[&Gist], links: &[Link], date: Date, now: Time) -> Digest {
    let start = Time::start_of(date);
    let end = Time::start_of(date.tomorrow().unwrap_or(date));
    let now = now.min(end);
    let open: Vec<&Gist> = gists.iter().copied().filter(|gist| gist.is_open() && gist.recorded_at < end).collect();
    let until = &open[open.len().saturating_sub(MOST_COMPARED)..];
    let of_day: Vec<&Gist> = until.iter().copied().filter(|gist| gist.recorded_at >= start).collect();
    let is_of_day: HashSet<MemoryId> = of_day.iter().map(|gist| gist.id).collect();
    let (commitments, followed_up) = commitments(until, &is_of_day, start, now);
    let changes = loops::reversals(until, links).into_iter().filter(|(newer, ..)| is_of_day.contains(&newer.id));
    let changes = changes.map(|(newer, older, ..)| Change { newer: newer.id, older: older.id });
    let questions = loops::unanswered(until).into_iter().filter(|(gist, _)| is_of_day.contains(&gist.id));
    let ids = |gists: &mut dyn Iterator<Item = &Gist>| gists.take(MOST_TOLD).map(|gist| gist.id).collect();
    Digest {
        v: VERSION,
        date,
        commitments,
        followed_up,
        happened: happened(&of_day, links),
        decisions: ids(&mut of_day.iter().copied().filter(|gist| gist.marks.decision && gist.sources.is_empty())),
        changes: changes.take(MOST_TOLD).collect(),
        questions: ids(&mut questions.map(|(gist, _)| gist)),
        ..Digest::default()
    }
}

/// What was promised that day, is due on it or later, or is overdue; soonest first, and what has no day last. With those
/// of which something was heard.
fn commitments(gists: &[&Gist], of_day: &HashSet<MemoryId>, start: Time, now: Time) -> (Vec<MemoryId>, Vec<MemoryId>) {
    let mut told: Vec<(Time, i64, MemoryId, bool)> = Vec::new();
    for (gist, later) in loops::commitments(gists) {
        let due = loops::due(gist);
        // What was planned for a day that was over when it was told is a story.
        if gist.event.is_some() && due.is_none() {
            continue;
        }
        let is_followed_up = loops::is_followed_up(gist, later);
        let is_told = match due {
            _ if of_day.contains(&gist.id) => true,
            Some(due) if due > start => true,
            Some(due) => due.plus(CHASED) > now && !is_followed_up,
            None => gist.at.plus(CHASED) > now && !is_followed_up,
        };
        if is_told {
            told.push((due.unwrap_or(Time::from_micros(i64::MAX)), -gist.order, gist.id, is_followed_up));
        }
    }
    told.sort_unstable();
    told.truncate(MOST_COMMITMENTS);
    let followed_up = told.iter().filter(|(.., is_followed_up)| *is_followed_up).map(|(_, _, id, _)| *id).collect();
    (told.into_iter().map(|(_, _, id, _)| id).collect(), followed_up)
}

/// The day's most important and best linked memories that tell something, by conversation, in the order they were said.
fn happened(day: &[&Gist], links: &[Link]) -> Vec<Group> {
    let mut linked: HashMap<MemoryId, f32> = HashMap::new();
    for link in links {
        *linked.entry(link.newer).or_default() += link.score;
        *linked.entry(link.older).or_default() += link.score;
    }
    let weight =
        |gist: &Gist| gist.importance + CENTRAL * (1.0 + linked.get(&gist.id).copied().unwrap_or_default()).log2();
    let tells = |gist: &&&Gist| {
        gist.kind != Kind::Note
            && gist.sources.is_empty()
            && !gist.marks.question
            && !(gist.words.is_empty() && gist.entities.is_empty())
    };
    let mut best: Vec<&Gist> = day.iter().filter(tells).copied().collect();
    best.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| (a.order, a.id).cmp(&(b.order, b.id))));
    let mut chosen: Vec<&Gist> = Vec::new();
    for gist in best {
        let of_session = chosen.iter().filter(|other| gist.session.is_some() && other.session == gist.session).count();
        if of_session < MOST_OF_SESSION && chosen.len() < MOST_HAPPENED {
            chosen.push(gist);
        }
    }
    chosen.sort_unstable_by_key(|gist| (gist.order, gist.id));
    let mut groups: Vec<Group> = Vec::new();
    for gist in chosen {
        match groups.iter_mut().find(|group| group.session == gist.session) {
            Some(group) => group.memories.push(gist.id),
            None => groups.push(Group { session: gist.session.clone(), memories: vec![gist.id] }),
        }
    }
    groups
}
