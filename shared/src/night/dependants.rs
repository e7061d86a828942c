//! What hangs on something that no longer holds, though nobody said so: it names the old value and reasons from it, or
//! follows the old fact and reasons from that. Flagged, not changed: whoever reads it decides.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::app::App;
use crate::classify::rules::{pattern, straight};
use crate::distill::stale;
use crate::error::Result;
use crate::index::Entry;
use crate::index::terms::{Term, terms};
use crate::memory::{Memory, MemoryId, Scope, State, Time};

/// Turns after the one that told the old fact that may reason from it without naming it.
const FOLLOWING: usize = 3;
/// Memories that are read for one scope: the oldest changes first, the others another night.
const MOST_READ: usize = 2_000;

/// A sentence that reasons.
static REASONS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:since|because|as i|as we|so i|so we|so my|so our|so the|so that|so it|that's why|that is why|which is why|therefore|hence|thanks to|due to|given that|",
        r"which means|that means|meaning|near|nearby|close to|next to|around the corner|across from|opposite|walking distance|on the way to|on my way to|",
        r"from there|from here|over there|minutes from|minutes to|blocks from|door to door|commute|every (?:morning|day|evening|week|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|",
        r"usually|always|whenever|when i am at|when i'm at|to get to|for my|for our|with my|depends on|relies on|based on|runs on|works with|until i leave)\b",
    ))
});
/// A turn that reasons from the one before.
static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:and |well, |oh, |yeah, |yes, )?(?:so (?:i|we|my|our|the|now|it)|that's why|that is why|which is why|because of (?:that|this|it)|thanks to (?:that|it)|therefore|",
        r"which means|that means|this means|from there|it's (?:near|close to|next to)|it is (?:near|close to|next to)|given that)\b",
    ))
});

/// Something that no longer holds.
#[derive(Debug)]
pub struct Changed {
    /// What said so.
    id: MemoryId,
    /// Whose it was.
    speaker: Option<String>,
    /// The turn it was distilled from, or itself.
    source: MemoryId,
    /// The turn's place.
    place: Option<(String, i64)>,
    /// The words of the old value.
    words: Vec<Term>,
    /// When it gave way.
    until: Time,
}

/// What gave way, with what to look for. One of which no word is its own is left alone.
pub async fn changed(app: &App, scope: &Scope, gave_way: &[MemoryId], now: Time) -> Result<Vec<Changed>> {
    let old = app.records.memories(scope, gave_way).await?;
    let old: Vec<Memory> = old.into_iter().flatten().filter(|memory| memory.is_visible(now)).collect();
    let around: Vec<MemoryId> = (old.iter())
        .flat_map(|memory| memory.superseded_by.into_iter().chain(memory.derived_from.first().copied()))
        .collect();
    let around = app.records.memories(scope, &around).await?.into_iter().flatten();
    let around: HashMap<MemoryId, Memory> = around.map(|memory| (memory.id, memory)).collect();
    let mut changed = Vec::new();
    for memory in old {
        let (Some(until), Some(by)) = (memory.superseded_at, memory.superseded_by) else { continue };
        let source = memory.derived_from.first().copied().unwrap_or(memory.id);
        let turn = around.get(&source);
        let place = turn.and_then(|turn| Some((turn.session.clone()?, turn.order)));
        let words = value(&memory, around.get(&by));
        if !words.is_empty() {
            changed.push(Changed { id: memory.id, speaker: memory.speaker, source, place, words, until });
        }
    }
    changed.sort_by_key(|changed| (changed.until, changed.id));
    Ok(changed)
}

/// The words that only the old value has.
fn value(old: &Memory, new: Option<&Memory>) -> Vec<Term> {
    let claimed = old.claims.iter().filter(|claim| claim.holds).flat_map(|claim| {
        let told = if claim.value == "yes" {
            claim.attribute.split_once(' ').map_or("", |(_, thing)| thing)
        } else {
            &claim.value
        };
        terms(told.trim_start_matches("allergic to ").trim_start_matches("named "))
    });
    let mut words: Vec<Term> = claimed.collect();
    if old.claims.is_empty() {
        let mut known: HashSet<Term> = new.map(|new| terms(&new.content).into_iter().collect()).unwrap_or_default();
        known.extend(terms(old.speaker.as_deref().unwrap_or("user")));
        words = terms(&old.content).into_iter().filter(|term| !known.contains(term)).collect();
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Entries that may hang on what changed.
#[derive(Debug)]
pub struct Near<'a> {
    changed: &'a [Changed],
    /// What changed, by the first of its words and by the session of its turn.
    by_word: HashMap<Term, Vec<usize>>,
    by_session: HashMap<&'a str, Vec<usize>>,
    naming: Vec<(usize, MemoryId)>,
    following: BTreeMap<usize, Vec<(i64, MemoryId)>>,
}

impl<'a> Near<'a> {
    /// Of those.
    pub fn new(changed: &'a [Changed]) -> Near<'a> {
        let mut near = Near {
            changed,
            by_word: HashMap::new(),
            by_session: HashMap::new(),
            naming: Vec::new(),
            following: BTreeMap::new(),
        };
        for (nth, one) in changed.iter().enumerate() {
            near.by_word.entry(one.words[0]).or_default().push(nth);
            if let Some((session, _)) = &one.place {
                near.by_session.entry(session).or_default().push(nth);
            }
        }
        near
    }

    /// Takes an entry into account.
    pub fn see(&mut self, entry: &Entry) {
        if entry.derived_from.is_some() || entry.is_stale || entry.is_merged || entry.superseded_at.is_some() {
            return;
        }
        let has = |term: &Term| entry.terms.binary_search_by_key(term, |(term, _)| *term).is_ok();
        for (term, _) in &entry.terms {
            for nth in self.by_word.get(term).into_iter().flatten() {
                let one = &self.changed[*nth];
                if one.concerns(entry) && one.words.iter().all(has) {
                    self.naming.push((*nth, entry.id));
                }
            }
        }
        let session = entry.session.as_deref();
        for nth in session.and_then(|session| self.by_session.get(session)).into_iter().flatten() {
            let one = &self.changed[*nth];
            let after = one.place.as_ref().is_some_and(|(_, order)| entry.order > *order);
            if after && entry.speaker == one.speaker {
                let following = self.following.entry(*nth).or_default();
                following.push((entry.order, entry.id));
                following.sort_unstable();
                following.truncate(FOLLOWING);
            }
        }
    }
}

impl Changed {
    /// Whether the entry was said by the same person before that gave way.
    fn concerns(&self, entry: &Entry) -> bool {
        entry.id != self.source && entry.id != self.id && entry.time() < self.until && entry.speaker == self.speaker
    }
}

/// Reads what is near, and flags what reasons from what changed; gives how many.
pub async fn flag(app: &App, scope: &Scope, changed: &[Changed], near: Near<'_>, now: Time) -> Result<usize> {
    let following =
        near.following.into_iter().flat_map(|(nth, list)| list.into_iter().map(move |(_, id)| (nth, id, false)));
    let mut asked: Vec<(usize, MemoryId, bool)> =
        near.naming.into_iter().map(|(nth, id)| (nth, id, true)).chain(following).collect();
    asked.sort_unstable();
    asked.truncate(MOST_READ);
    let ids: Vec<MemoryId> = asked.iter().map(|(_, id, _)| *id).collect();
    let memories = app.records.memories(scope, &ids).await?;
    let mut flagged: HashSet<MemoryId> = HashSet::new();
    for ((nth, id, names), memory) in asked.into_iter().zip(memories) {
        let Some(memory) = memory.filter(|memory| memory.state == State::Ready && memory.is_visible(now)) else {
            continue;
        };
        let one = &changed[nth];
        let hangs = if names { reasons_from(&memory.content, &one.words) } else { follows(&memory.content) };
        if hangs && !flagged.contains(&id) && stale::mark(app, scope, &memory, one.id, now).await? {
            flagged.insert(id);
        }
    }
    Ok(flagged.len())
}

/// Whether a sentence of the text names the value and reasons.
fn reasons_from(text: &str, value: &[Term]) -> bool {
    let text = straight(text);
    let sentences = text.split_inclusive(['.', '!', '?', '\n']).filter(|sentence| !sentence.trim_end().ends_with('?'));
    sentences.map(str::to_lowercase).any(|sentence| {
        let words = terms(&sentence);
        value.iter().all(|term| words.contains(term)) && REASONS.is_match(&sentence)
    })
}

fn follows(text: &str) -> bool {
    FOLLOWS.is_match(&straight(text).to_lowercase()) && !text.trim_end().ends_with('?')
}

#[cfg(test)]
mod tests;
