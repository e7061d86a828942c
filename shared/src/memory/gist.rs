//! What a night keeps of a memory to see how it stands to others: whom it names, what it is about, what it does.
//! Holds single words, never the text.

use serde::{Deserialize, Serialize};

use crate::index::Entry;
use crate::index::terms::Term;
use crate::memory::classification::{Entity, Span};
use crate::memory::{Kind, MemoryId, Sensitivity, Time};

/// A word that tells what a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Its stem, as the index knows it: two forms of a word are one.
    pub term: Term,
    /// As it was written, in lower case.
    pub word: String,
}

/// What a text says of how two stand to each other: `Alice`, `sister`, `Ana`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Relation {
    /// Whose.
    pub subject: String,
    /// The relation's word: `sister`, `works at`, `lives in`, `likes`.
    pub word: String,
    /// Who or what.
    pub object: String,
}

/// What a text does beside telling something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// It asks something that wants an answer.
    pub question: bool,
    /// It puts an answer off, or passes to something else.
    pub evasion: bool,
    /// Somebody is to do something, or is about to.
    pub plan: bool,
    /// Somebody decided something.
    pub decision: bool,
    /// Somebody changed their mind.
    pub change: bool,
    /// It tells why something was.
    pub cause: bool,
    /// It tells of the past.
    pub past: bool,
}

/// One memory, as its scope's web holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gist {
    /// Which memory.
    pub id: MemoryId,
    /// Which revision of it.
    pub revision: u32,
    /// Where it stands among all that was stored.
    pub order: i64,
    /// When it was said, or where nobody told, stored.
    pub at: Time,
    /// When it was stored.
    pub recorded_at: Time,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When what it tells of happened or will.
    pub event: Option<Span>,
    /// The conversation.
    pub session: Option<String>,
    /// Who said it; where nobody told, in which role.
    pub voice: Option<String>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// How much it matters, 0 to 1.
    pub importance: f32,
    /// How sure the kind is, 0 to 1.
    pub confidence: f32,
    /// Whom and what it names.
    pub entities: Vec<Entity>,
    /// Who stands how to whom by it.
    pub relations: Vec<Relation>,
    /// What it is about, without names.
    pub words: Vec<Word>,
    /// What it does.
    pub marks: Marks,
    /// How good or bad it feels, -100 to 100, where its words show it.
    pub valence: Option<i8>,
    /// The memories it was made from, where it is not what somebody said or wrote.
    pub sources: Vec<MemoryId>,
    /// What took the place of what it says.
    pub superseded_by: Option<MemoryId>,
    /// Whether another memory stands for it, which says the same.
    pub is_merged: bool,
}

impl Gist {
    /// Whether it still says what that entry of the same memory does.
    pub fn is_of(&self, entry: &Entry) -> bool {
        self.revision == entry.revision
            && Some(self.kind) == entry.kind
            && Some(self.sensitivity) == entry.sensitivity
            && self.importance.to_bits() == entry.importance.to_bits()
            && self.expires_at == entry.expires_at
            && self.superseded_by == entry.superseded_by
            && self.is_merged == entry.is_merged
    }

    /// Whether it promises or plans something. Of three signs it has two: its kind, its words, a day ahead. What merely
    /// will be is no promise.
    pub fn is_commitment(&self) -> bool {
        let ahead = self.event.is_some_and(|span| span.until > self.at);
        let signs = [self.kind == Kind::Commitment, self.marks.plan, ahead];
        !self.marks.question && signs.into_iter().filter(|sign| *sign).count() >= 2
    }

    /// Whether it may be spoken of: what is closed stays out of graph, insights and digests, and of what says the same one
    /// memory speaks.
    pub fn is_open(&self) -> bool {
        self.sensitivity <= Sensitivity::Confidential && !self.is_merged
    }

    /// When what it tells of was, if that is a day or less and not ahead of when it was said; else when it was said.
    pub fn happened(&self) -> Time {
        const DAY: i64 = 24 * 3_600 * 1_000_000;
        let told = self.event.filter(|span| span.until.micros() - span.from.micros() <= DAY && span.from <= self.at);
        match told {
            // A whole day says nothing of the hour.
            Some(span) if span.from.date() != self.at.date() => span.from,
            _ => self.at,
        }
    }

    /// Whether [`Gist::happened`] has an hour: it is when it was said.
    pub fn has_hour(&self) -> bool {
        self.happened() == self.at
    }
}
