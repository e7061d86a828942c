//! What people said of a memory: how it should be classified, and whether it helped.

use serde::{Deserialize, Serialize};

use crate::memory::id::Fields;
use crate::memory::{Classification, Kind, Memory, MemoryId, Sensitivity, Time};

/// Version of the stored shape. A reader refuses a newer one.
pub const VERSION: u8 = 1;
/// Who classified what a person corrected.
pub const PERSON: &str = "person";
/// Votes that are kept of a memory, the latest.
const MOST_VOTES: usize = 32;

/// What a classification should say; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// How much it matters, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importance: Option<f32>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
}

/// Whether a memory helped where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Whether it did.
    pub helpful: bool,
    /// Id of the receipt of the recall that found it, where the caller told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// When that was said.
    pub at: Time,
}

/// All that was said of one memory. Holds none of its text: who learns from it reads the memory, so that what is
/// forgotten is learned from no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// The memory.
    pub id: MemoryId,
    /// 1 when first written, one more with every change: of two who write at once one starts over.
    pub revision: u32,
    /// Hash of the text that it was said of. Of another text it says nothing.
    pub text: String,
    /// What its classification should say.
    #[serde(default)]
    pub correction: Correction,
    /// The kind that the classifier had found, and how sure it was, where a kind was corrected or confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<(Kind, f32)>,
    /// Which classifier or model had found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_by: Option<String>,
    /// Whether it helped, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Vote>,
    /// When it was last added to.
    pub updated_at: Time,
}

impl Correction {
    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        *self == Correction::default()
    }

    /// The classification with what a person says in place of what was found. Where they name the kind it is certain.
    #[must_use]
    pub fn applied_to(&self, found: Classification) -> Classification {
        if self.is_empty() {
            return found;
        }
        Classification {
            kind: self.kind.unwrap_or(found.kind),
            sensitivity: self.sensitivity.unwrap_or(found.sensitivity),
            importance: self.importance.unwrap_or(found.importance),
            confidence: if self.kind.is_some() { 1.0 } else { found.confidence },
            topics: self.topics.clone().unwrap_or(found.topics),
            by: PERSON.to_owned(),
            ..found
        }
    }

    /// With what was said later.
    fn then(&self, later: &Correction) -> Correction {
        Correction {
            kind: later.kind.or(self.kind),
            sensitivity: later.sensitivity.or(self.sensitivity),
            importance: later.importance.or(self.importance),
            topics: later.topics.clone().or_else(|| self.topics.clone()),
        }
    }
}

impl Feedback {
    /// Nothing yet, of that memory as it is.
    pub fn none_of(memory: &Memory) -> Feedback {
        Feedback {
            v: VERSION,
            id: memory.id,
            revision: 0,
            text: hash(&memory.content),
            correction: Correction::default(),
            found: None,
            found_by: None,
            votes: Vec::new(),
            updated_at: memory.updated_at,
        }
    }

    /// Whether it was said of the memory's text as it is.
    pub fn is_of(&self, memory: &Memory) -> bool {
        self.id == memory.id && self.text == hash(&memory.content)
    }

    /// With what is said now, of a memory that was classified as `found`; the same where that adds nothing. A second vote on
    /// the same recall takes the place of the first.
    #[must_use]
    pub fn with(
        &self,
        correction: &Correction,
        vote: Option<(bool, Option<String>)>,
        found: Option<&Classification>,
        now: Time,
    ) -> Feedback {
        let mut all = self.clone();
        all.correction = self.correction.then(correction);
        if correction.kind.is_some() {
            let by_classifier = found.filter(|found| found.by != PERSON);
            if let Some(found) = by_classifier {
                (all.found, all.found_by) = (Some((found.kind, found.confidence)), Some(found.by.clone()));
            }
        }
        if let Some((helpful, receipt)) = vote {
            let known = all.votes.iter().position(|vote| vote.receipt == receipt);
            if known.is_none_or(|known| all.votes[known].helpful != helpful) {
                all.votes.retain(|vote| vote.receipt != receipt);
                all.votes.push(Vote { helpful, receipt, at: now });
                let early = all.votes.len().saturating_sub(MOST_VOTES);
                all.votes.drain(..early);
            }
        }
        if all == *self && self.revision > 0 {
            return all;
        }
        Feedback { revision: self.revision + 1, updated_at: now, ..all }
    }
}

/// What tells a text from another, and gives none of it away.
fn hash(text: &str) -> String {
    Fields::new("memorable feedback text v1").add(text).finish().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests;
