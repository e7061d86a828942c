//! What was left open: promises of which nothing was heard, questions that nobody answered, minds that changed.

use std::collections::{HashMap, HashSet};

use jiff::SignedDuration;

use super::{Finding, Insight};
use crate::memory::gist::Gist;
use crate::memory::link::{Link, Reason};
use crate::memory::{Kind, MemoryId, Time};

/// What was due longer ago is not chased any more.
const CHASED: SignedDuration = SignedDuration::from_hours(60 * 24);
/// A promise without a day is asked after once so much time has passed.
const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A question may wait so long for its answer.
const ANSWER: SignedDuration = SignedDuration::from_hours(12);
/// An older question is not asked any more.
const ASKED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// An answer stands within so many turns.
const TURNS: usize = 3;
/// A change of mind is news for so long.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most of each sort.
const MOST: usize = 20;
/// Most words that stand for a memory.
const MOST_ABOUT: usize = 4;

/// By when a commitment is to be done: the end of the time it names, if that was ahead when it was said.
pub fn due(gist: &Gist) -> Option<Time> {
    gist.event.filter(|span| span.until > gist.at).map(|span| span.until)
}

/// Whether the newer tells what became of what the older promised: of the past, and with so many names and words of it.
pub fn follows_up(newer: &Gist, older: &Gist, shared: usize) -> bool {
    let needed = 2.max((older.words.len() + older.entities.len()).div_ceil(3));
    let tells = newer.kind != Kind::Commitment && newer.marks.past && !newer.marks.question;
    older.is_commitment() && tells && newer.at > older.at && shared >= needed
}

/// Whether something later tells of what became of a commitment.
pub fn is_followed_up(commitment: &Gist, later: &[&Gist]) -> bool {
    later.iter().any(|gist| follows_up(gist, commitment, shared(gist, commitment)))
}

/// Promises whose day is past, and such that never had one, of which nothing was heard since.
pub(super) fn promises(gists: &[&Gist], now: Time) -> Vec<Insight> {
    let mut found = Vec::new();
    for (gist, later) in commitments(gists) {
        let (finding, due) = match due(gist) {
            Some(due) if due <= now && due.plus(CHASED) > now => (Finding::Overdue, Some(due)),
            None if gist.event.is_none() && gist.at.plus(PATIENCE) <= now && gist.at.plus(CHASED) > now => {
                (Finding::OpenPromise, None)
            }
            _ => continue,
        };
        if !is_followed_up(gist, later) {
            let mut insight = of_one(finding, gist, gist.confidence);
            insight.due = due;
            found.push(insight);
        }
    }
    latest(found)
}

/// The questions among those gists that nobody answered, with how sure that is.
pub fn unanswered<'a>(gists: &[&'a Gist]) -> Vec<(&'a Gist, f32)> {
    let mut sessions: HashMap<&str, Vec<&'a Gist>> = HashMap::new();
    for gist in gists {
        sessions.entry(gist.session.as_deref().unwrap_or_default()).or_default().push(gist);
    }
    let mut found = Vec::new();
    for (place, question) in gists.iter().enumerate().filter(|(_, gist)| gist.marks.question) {
        let session = &sessions[question.session.as_deref().unwrap_or_default()];
        let own = session.iter().position(|gist| gist.id == question.id).unwrap_or_default();
        let next = session[own + 1..].iter().take(TURNS).filter(|_| question.session.is_some());
        let mut evaded = false;
        let mut answered = false;
        for reply in next.filter(|reply| !reply.marks.question) {
            evaded |= reply.marks.evasion;
            let other = reply.voice != question.voice && !evaded;
            answered |= other || shared(reply, question) >= needed(question) && !reply.marks.evasion;
        }
        let is_answer = |later: &&&Gist| {
            !later.marks.question && !later.marks.evasion && shared(later, question) >= needed(question)
        };
        let later = gists[place + 1..].iter().any(|later| is_answer(&later));
        if !answered && !later {
            found.push((*question, if evaded { 0.85 } else { 0.7 }));
        }
    }
    found
}

/// Questions of the last weeks that had time to be answered, and were not.
pub(super) fn questions(gists: &[&Gist], now: Time) -> Vec<Insight> {
    let in_time = |gist: &Gist| gist.at.plus(ANSWER) <= now && gist.at.plus(ASKED) > now;
    let open = unanswered(gists).into_iter().filter(|(gist, _)| in_time(gist));
    latest(open.map(|(gist, sure)| of_one(Finding::OpenQuestion, gist, sure)).collect())
}

/// Pairs of memories of which the newer says otherwise, of those that are there, with how sure that is and what both have.
/// What was made of a memory stands for that memory, so that the same change is told once.
pub fn reversals<'a>(gists: &[&'a Gist], links: &[Link]) -> Vec<(&'a Gist, &'a Gist, f32, Vec<String>)> {
    let by_id: HashMap<MemoryId, &'a Gist> = gists.iter().map(|gist| (gist.id, *gist)).collect();
    let said = |id: MemoryId| -> Option<&'a Gist> {
        let gist = *by_id.get(&id)?;
        Some(gist.sources.iter().find_map(|source| by_id.get(source).copied()).unwrap_or(gist))
    };
    let mut known = HashSet::new();
    let mut links: Vec<&Link> = links.iter().filter(|link| link.reason == Reason::Contradiction).collect();
    links.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| b.older.cmp(&a.older)));
    let pairs = links.into_iter().filter_map(|link| {
        let (newer, older) = (said(link.newer)?, said(link.older)?);
        // The surest one for each.
        (newer.id != older.id && known.insert(newer.id)).then(|| (newer, older, link.score, link.via.clone()))
    });
    pairs.collect()
}

/// The commitments among those gists, each with all that came after it. One that was made of another memory which says so
/// itself is told once, by that memory; one that was taken back is told no more.
pub fn commitments<'a, 'b>(gists: &'b [&'a Gist]) -> impl Iterator<Item = (&'a Gist, &'b [&'a Gist])> {
    let said: HashSet<MemoryId> = gists.iter().filter(|gist| gist.is_commitment()).map(|gist| gist.id).collect();
    let all = gists.iter().enumerate().filter(move |(_, gist)| {
        gist.is_commitment() && gist.superseded_by.is_none() && !gist.sources.iter().any(|source| said.contains(source))
    });
    all.map(|(place, gist)| (*gist, &gists[place + 1..]))
}

/// Minds that changed in the last days.
pub(super) fn changes(gists: &[&Gist], links: &[Link], now: Time) -> Vec<Insight> {
    let mut found = Vec::new();
    for (newer, older, sure, via) in reversals(gists, links) {
        if newer.at.plus(NEWS) > now {
            let mut insight = Insight::of(Finding::ChangeOfMind, via, sure, &[newer, older]);
            insight.name(Some(newer.id));
            found.push(insight);
        }
    }
    latest(found)
}

/// How many names and words both have.
fn shared(one: &Gist, other: &Gist) -> usize {
    let words = one.words.iter().filter(|word| other.words.iter().any(|known| known.term == word.term)).count();
    let has = |name: &str| other.entities.iter().any(|known| known.name.eq_ignore_ascii_case(name));
    words + one.entities.iter().filter(|entity| has(&entity.name)).count()
}

/// How many an answer must share with its question, where nothing else tells that it is one.
fn needed(question: &Gist) -> usize {
    2.max((3 * (question.words.len() + question.entities.len())).div_ceil(4))
}

fn of_one(finding: Finding, gist: &Gist, confidence: f32) -> Insight {
    let names = gist.entities.iter().map(|entity| entity.name.clone());
    let about = names.chain(gist.words.iter().map(|word| word.word.clone())).take(MOST_ABOUT).collect();
    let mut insight = Insight::of(finding, about, confidence, &[gist]);
    insight.name(Some(gist.id));
    insight
}

fn latest(mut found: Vec<Insight>) -> Vec<Insight> {
    found.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.id.cmp(&b.id)));
    found.truncate(MOST);
    found
}
