//! What is learned from a question that failed: what answered it in the end, so that the next one like it is answered.
//!
//! A question failed that was abstained from, whose answer somebody said was of no help, or that was asked again soon in
//! other words. What resolved it is the memory that the answer was then made from, or that was said to help.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::index::terms::{Term, terms};
use crate::memory::asked::Asked;
use crate::memory::{Memory, MemoryId, Time};

/// The tag of a lesson.
pub const TAG: &str = "hindsight";
/// The tag of one that has not recurred yet: it is kept, listed, and answers nothing.
pub const CANDIDATE: &str = "candidate";
/// The field of a lesson's metadata that tells its occasions.
pub const FIELD: &str = "hindsight";
/// Occasions from which a lesson is no accident.
pub const SUPPORT: usize = 2;
/// Which of all that is made from a memory a lesson is: far beyond the facts of a turn.
pub const NTH: usize = 1_000;
/// Whoever asks again within this long asks the same thing.
const SOON: SignedDuration = SignedDuration::from_mins(15);
/// What is noted of one question comes within this long: that it was asked, and what its answer was made from.
const AT_ONCE: SignedDuration = SignedDuration::from_mins(2);
/// Questions that a lesson names at most, the latest.
const MOST_QUESTIONS: usize = 5;
/// Occasions that are kept at most, the latest.
const MOST_OCCASIONS: usize = 32;

/// What somebody said of a memory that a recall had returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Voted {
    /// The memory.
    pub id: MemoryId,
    /// Whether it was of help.
    pub helpful: bool,
    /// What that recall returned, best first.
    pub returned: Vec<MemoryId>,
    /// When it was said.
    pub at: Time,
}

/// A question with all that is known of what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was asked.
    pub asked: Asked,
    /// What of it was of no help.
    pub unhelpful: Vec<MemoryId>,
}

impl Outcome {
    fn has_failed(&self) -> bool {
        self.asked.used.is_empty() && (self.asked.abstained || !self.unhelpful.is_empty())
    }
}

/// Each question once for each time it was asked, oldest first, with what was made of it and said of it.
pub fn outcomes(mut asked: Vec<Asked>, voted: &[Voted]) -> Vec<Outcome> {
    asked.sort_by_key(|asked| asked.at);
    let mut all: Vec<Outcome> = Vec::with_capacity(asked.len());
    for one in asked {
        let is_same = |other: &&mut Outcome| other.asked.query == one.query && other.asked.at.plus(AT_ONCE) >= one.at;
        match all.iter_mut().rev().take(16).find(is_same) {
            Some(known) => {
                known.asked.abstained |= one.abstained;
                known
                    .asked
                    .used
                    .extend(one.used.iter().filter(|id| !known.asked.used.contains(id)).collect::<Vec<_>>());
            }
            None => all.push(Outcome { asked: one, unhelpful: Vec::new() }),
        }
    }
    for vote in voted {
        // A receipt names what was returned, not what was asked: the latest question before it that was given the same.
        let is_of = |outcome: &&mut Outcome| {
            let returned = &outcome.asked.returned;
            outcome.asked.at <= vote.at && !returned.is_empty() && vote.returned.starts_with(returned)
        };
        let Some(outcome) = all.iter_mut().rev().find(is_of) else { continue };
        let known = &mut outcome.asked.used;
        match vote.helpful {
            true if !known.contains(&vote.id) => known.push(vote.id),
            true => {}
            false => {
                known.retain(|id| *id != vote.id);
                outcome.unhelpful.push(vote.id);
            }
        }
    }
    all
}

/// What is to be learned: for each memory that resolved something, the questions that failed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// What answers.
    pub resolved_by: MemoryId,
    /// What was asked in vain, and then with success; the latest last.
    pub questions: Vec<String>,
    /// On which occasions: the hours, so that one conversation is one occasion.
    pub occasions: BTreeSet<String>,
}

/// The lessons of these outcomes, oldest first. `alike`: whether two questions may mean the same.
pub fn lessons(outcomes: &[Outcome], alike: impl Fn(&str, &str) -> bool) -> Vec<Lesson> {
    let mut found: BTreeMap<MemoryId, Lesson> = BTreeMap::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        let asked = &outcome.asked;
        // Said of one memory that it was of no help, and of another that it was.
        let corrected = (!outcome.unhelpful.is_empty()).then(|| asked.used.first().copied()).flatten();
        let (resolved_by, by) = match corrected {
            Some(id) => (id, None),
            None if !asked.used.is_empty() => continue,
            None => {
                let later = outcomes[place + 1..].iter().take_while(|later| later.asked.at <= asked.at.plus(SOON));
                let other = |later: &&Outcome| is_other(&later.asked.query, &asked.query);
                let mut later =
                    later.filter(other).filter(|later| !later.has_failed() && alike(&later.asked.query, &asked.query));
                let Some(again) = later.find(|later| !later.asked.used.is_empty()) else { continue };
                let Some(id) = again.asked.used.first() else { continue };
                // What was found at once, and merely asked of further, taught nothing.
                if !outcome.has_failed() && asked.returned.first() == Some(id) {
                    continue;
                }
                (*id, Some(again.asked.query.clone()))
            }
        };
        let lesson = found.entry(resolved_by).or_insert_with(|| Lesson {
            resolved_by,
            questions: Vec::new(),
            occasions: BTreeSet::new(),
        });
        for question in std::iter::once(asked.query.clone()).chain(by) {
            lesson.questions.retain(|known| is_other(known, &question));
            lesson.questions.push(question);
        }
        lesson.occasions.insert(asked.at.to_string().chars().take("2026-11-20T10".len()).collect());
    }
    let mut lessons: Vec<Lesson> = found.into_values().collect();
    for lesson in &mut lessons {
        lesson.questions.drain(..lesson.questions.len().saturating_sub(MOST_QUESTIONS));
    }
    lessons
}

/// Whether the questions share a word that tells something, as terms have it.
pub fn share_a_word(one: &str, other: &str) -> bool {
    let known: BTreeSet<Term> = terms(one).into_iter().collect();
    terms(other).iter().any(|term| known.contains(term))
}

fn is_other(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) != plain(other)
}

/// What a lesson's memory keeps beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it was learned, hour by hour.
    pub occasions: BTreeSet<String>,
    /// What was asked.
    pub questions: Vec<String>,
}

impl Kept {
    /// What is kept of a lesson's memory; nothing of another.
    pub fn of(memory: &Memory) -> Kept {
        memory.metadata.get(FIELD).and_then(|kept| serde_json::from_value(kept.clone()).ok()).unwrap_or_default()
    }

    /// With what was learned since.
    #[must_use]
    pub fn with(mut self, lesson: &Lesson) -> Kept {
        self.occasions.extend(lesson.occasions.iter().cloned());
        while self.occasions.len() > MOST_OCCASIONS {
            self.occasions.pop_first();
        }
        for question in &lesson.questions {
            self.questions.retain(|known| is_other(known, question));
            self.questions.push(question.clone());
        }
        self.questions.drain(..self.questions.len().saturating_sub(MOST_QUESTIONS));
        self
    }

    /// Whether it has recurred.
    pub fn is_supported(&self) -> bool {
        self.occasions.len() >= SUPPORT
    }

    /// How sure it is: one occasion less than even, and the surer the more there are.
    pub fn confidence(&self) -> f32 {
        let count = self.occasions.len() as f32;
        count / (count + 2.0)
    }
}

/// Whether it is a lesson.
pub fn is_lesson(memory: &Memory) -> bool {
    is_tagged(&memory.tags) && !memory.derived_from.is_empty()
}

/// Whether something derived with these tags is a lesson.
pub fn is_tagged(tags: &[String]) -> bool {
    tags.iter().any(|tag| tag == TAG)
}

/// Whether something derived with these tags is a lesson that has not recurred.
pub fn is_candidate(tags: &[String]) -> bool {
    is_tagged(tags) && tags.iter().any(|tag| tag == CANDIDATE)
}

/// Whether a memory goes when that one is forgotten: what was made from it alone, and every lesson that it is evidence of,
/// since that may have its words.
pub fn goes_with(memory: &Memory, id: MemoryId) -> bool {
    memory.derived_from == [id] || (is_lesson(memory) && memory.derived_from.contains(&id))
}

#[cfg(test)]
mod tests;
