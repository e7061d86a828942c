//! What is stored twice becomes one memory with counted sources. Turns only where they are true repeats, sent again within
//! minutes in the same session: what was said on another day is evidence of its own. Nothing is lost: the other stays,
//! and says what stands for it.

use std::collections::{BTreeMap, HashMap};

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::distill::put_in_place;
use crate::error::Result;
use crate::index::terms::{Term, words};
use crate::index::{Embedding, Entry};
use crate::memory::{Kind, Memory, MemoryId, Scope, State, Time};

/// Fewer words than this are said again and again: `yes`, `thank you so much`.
const LEAST_TERMS: u16 = 4;
/// A repeat of a turn comes within this many microseconds.
const REPEAT_WITHIN: i64 = 10 * 60 * 1_000_000;
/// Notes this near are read and compared.
const NEAR: f32 = 0.97;
/// Notes that share a word are compared with each other where there are no more of them than this.
const MOST_SHARING: usize = 24;

/// What makes two turns the same: session, speaker, and words with their counts.
type Said = (String, Option<String>, Vec<(Term, u8)>);

/// What may stand twice in a scope.
#[derive(Default)]
pub struct Candidates {
    /// Turns by session, speaker and words.
    turns: HashMap<Said, Vec<(i64, MemoryId)>>,
    /// Notes, by their place; and their places by word.
    notes: Vec<(MemoryId, Option<Embedding>)>,
    sharing: HashMap<Term, Vec<u32>>,
}

impl Candidates {
    /// Takes an entry into account.
    pub fn see(&mut self, entry: &Entry) {
        if entry.is_merged || !entry.is_complete() || entry.length < LEAST_TERMS || entry.superseded_at.is_some() {
            return;
        }
        match &entry.session {
            Some(session) if entry.derived_from.is_none() => {
                let key = (session.clone(), entry.speaker.clone(), entry.terms.clone());
                self.turns.entry(key).or_default().push((entry.time().micros(), entry.id));
            }
            _ => {
                let place = self.notes.len() as u32;
                self.notes.push((entry.id, entry.embedding.clone()));
                for (term, _) in &entry.terms {
                    let sharing = self.sharing.entry(*term).or_default();
                    // One more than are compared tells that there are too many; the others only take room.
                    if sharing.len() <= MOST_SHARING {
                        sharing.push(place);
                    }
                }
            }
        }
    }

    /// Pairs that look alike.
    fn pairs(&self) -> Vec<(MemoryId, MemoryId)> {
        let mut pairs = Vec::new();
        for group in self.turns.values().filter(|group| group.len() > 1) {
            let mut group = group.clone();
            group.sort_unstable();
            let near = group.windows(2).filter(|pair| pair[1].0 - pair[0].0 <= REPEAT_WITHIN);
            pairs.extend(near.map(|pair| (pair[0].1, pair[1].1)));
        }
        for sharing in self.sharing.values().filter(|sharing| (2..=MOST_SHARING).contains(&sharing.len())) {
            for (nth, one) in sharing.iter().enumerate() {
                let one = &self.notes[*one as usize];
                for other in &sharing[nth + 1..] {
                    let other = &self.notes[*other as usize];
                    let cosine =
                        one.1.as_ref().zip(other.1.as_ref()).and_then(|(one, other)| one.cosine_between(other));
                    if cosine.is_some_and(|cosine| cosine >= NEAR) {
                        pairs.push((one.0, other.0));
                    }
                }
            }
        }
        pairs.sort_unstable();
        // Those that share several words were compared for each.
        pairs.dedup();
        pairs
    }
}

/// Merges what stands twice; gives how many memories another one stands for from now on.
pub async fn merge(app: &App, scope: &Scope, candidates: Candidates, now: Time) -> Result<usize> {
    let pairs = candidates.pairs();
    let mut ids: Vec<MemoryId> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    ids.sort_unstable();
    ids.dedup();
    let read = app.records.memories(scope, &ids).await?.into_iter().flatten();
    let mut memories: BTreeMap<MemoryId, Memory> = read.map(|memory| (memory.id, memory)).collect();
    let mut merged = 0;
    for (one, other) in pairs {
        let (Some(one), Some(other)) = (memories.get(&one), memories.get(&other)) else { continue };
        let order = |memory: &Memory| (memory.time(), memory.order, memory.id);
        let (first, again) = if order(one) <= order(other) { (one, other) } else { (other, one) };
        // What is merged already stands for nothing: the pair with its head is another one.
        if first.merged_into.is_some() || again.merged_into.is_some() || !says_the_same(first, again) {
            continue;
        }
        let (first, again) = (first.clone(), again.clone());
        let mut all = first.merged.clone();
        all.push(again.id);
        all.extend(&again.merged);
        let sources = u32::try_from(all.len()).unwrap_or(u32::MAX - 1) + 1;
        // The one that gives way first: interrupted here, it is found as merged, and its head still is itself.
        let gives_way = Memory { merged_into: Some(first.id), ..again.clone() };
        let head = Memory { merged: all, sources, ..first.clone() };
        if Box::pin(put_in_place(app, scope, &again, gives_way, now)).await? == Outcome::Done {
            Box::pin(put_in_place(app, scope, &first, head, now)).await?;
            merged += 1;
        }
        let again = app.records.memories(scope, &[first.id, again.id]).await?;
        memories.extend(again.into_iter().flatten().map(|memory| (memory.id, memory)));
    }
    Ok(merged)
}

/// Whether the second says what the first says, and nothing else about it differs that somebody may go by.
fn says_the_same(first: &Memory, again: &Memory) -> bool {
    let is_plain =
        |memory: &Memory| memory.state == State::Ready && memory.claims.is_empty() && memory.superseded_by.is_none();
    let class = |memory: &Memory| memory.classification.as_ref().map(|class| (class.kind, class.event_time));
    let alike = first.speaker == again.speaker
        && first.role == again.role
        && first.session == again.session
        && first.tags == again.tags
        && first.metadata == again.metadata
        && first.expires_at == again.expires_at
        && first.depends_on == again.depends_on;
    if !is_plain(first) || !is_plain(again) || !alike {
        return false;
    }
    if first.session.is_some() {
        return words(&first.content).eq(words(&again.content));
    }
    // What happens or is promised twice is told twice.
    let lasts =
        !matches!(class(first), Some((Kind::Episodic | Kind::Commitment, _)) | None) || first.time() == again.time();
    lasts && class(first) == class(again) && telling(&first.content) == telling(&again.content)
}

/// What two texts that are alike must have in common, to the letter: numbers, names, and whether it is denied.
fn telling(text: &str) -> Vec<String> {
    let is_denial = |word: &str| {
        matches!(
            word,
            "not"
                | "no"
                | "never"
                | "none"
                | "nobody"
                | "nothing"
                | "without"
                | "neither"
                | "nor"
                | "hardly"
                | "less"
                | "more"
                | "before"
                | "after"
                | "t"
        )
    };
    let mut telling: Vec<String> =
        words(text).filter(|word| word.chars().any(|c| c.is_ascii_digit()) || is_denial(word)).collect();
    let capital = |word: &&str| word.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
    telling.extend(
        text.split_whitespace()
            .skip(1)
            .filter(capital)
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()),
    );
    telling.sort_unstable();
    telling
}

#[cfg(test)]
mod tests;
