//! One remembered thing, as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::memory::cold::ColdRef;
use crate::memory::{Claim, Classification, MemoryId, Time};

/// Version of the stored shape of a memory. A reader refuses a newer one.
pub const VERSION: u8 = 1;

/// Who spoke, in the terms of chat interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// The agent.
    Assistant,
    /// The application's instructions.
    System,
    /// What a tool returned.
    Tool,
}

impl Role {
    /// The name, as in requests and answers.
    pub fn name(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::System => "system",
            Role::Tool => "tool",
        }
    }
}

/// How far a memory has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Durable and found by recall; not yet classified.
    Pending,
    /// Classified.
    Ready,
    /// Its content is gone; this stub stays as the proof.
    Forgotten,
}

/// One remembered thing: a raw turn, a note, or a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// Its name within the scope.
    pub id: MemoryId,
    /// 1 when first stored, one more with every change of what it says.
    pub revision: u32,
    /// How far it has come.
    pub state: State,
    /// The text; empty once forgotten.
    #[serde(default)]
    pub content: String,
    /// The conversation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When it was said, as the caller told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Time>,
    /// When we first stored it.
    pub recorded_at: Time,
    /// Where it stands among all that was stored: microseconds of its call plus its place in it. Keeps the turns
    /// of a session in order where their times are equal.
    pub order: i64,
    /// When this revision was stored.
    pub updated_at: Time,
    /// After this it is not returned, and in time removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The caller's own fields.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// The caller's own labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What classifying it found; absent while pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// The memories it was made from, where it is not what somebody said or wrote: a fact distilled from turns, say. What
    /// is made from one memory alone is forgotten with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<MemoryId>,
    /// What it says, taken apart, where it is of a sort that can be contradicted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Memories that it holds true only as long as they do, as the caller told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<MemoryId>,
    /// The memory that took the place of what this one says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<MemoryId>,
    /// From when on that one held. What a memory says holds from its [`Memory::time`] until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Time>,
    /// The memory that changed, was superseded or forgotten, so that this one may no longer hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_because: Option<MemoryId>,
    /// How many memories it stands for: itself, and those that say the same and were merged into it.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub sources: u32,
    /// Those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<MemoryId>,
    /// The memory that stands for this one, which says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<MemoryId>,
    /// Hash of all that the caller sent for it: tells a repeated write from a different one under the same key.
    pub fingerprint: String,
    /// Where its record lies in the cold tier; of a forgotten one, where it lay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cold: Option<ColdRef>,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over so")]
fn is_one(sources: &u32) -> bool {
    *sources == 1
}

impl State {
    /// The name, as in answers and conditions.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Ready => "ready",
            State::Forgotten => "forgotten",
        }
    }
}

impl Memory {
    /// A text as it is first stored, at that time, with nothing else known of it.
    pub fn new(id: MemoryId, content: String, at: Time) -> Memory {
        Memory {
            v: VERSION,
            id,
            revision: 1,
            state: State::Pending,
            content,
            session: None,
            speaker: None,
            role: None,
            occurred_at: None,
            recorded_at: at,
            order: at.micros(),
            updated_at: at,
            expires_at: None,
            metadata: Map::new(),
            tags: Vec::new(),
            classification: None,
            derived_from: Vec::new(),
            claims: Vec::new(),
            depends_on: Vec::new(),
            superseded_by: None,
            superseded_at: None,
            stale_because: None,
            sources: 1,
            merged: Vec::new(),
            merged_into: None,
            fingerprint: String::new(),
            cold: None,
        }
    }

    /// One that was made of others, and classified when it was. It is no turn of a session; what it was made of is.
    #[must_use]
    pub fn derived(self, from: Vec<MemoryId>, classification: Classification) -> Memory {
        Memory { state: State::Ready, derived_from: from, classification: Some(classification), ..self }
    }

    /// When it happened, or where nobody said, when it was stored.
    pub fn time(&self) -> Time {
        self.occurred_at.unwrap_or(self.recorded_at)
    }

    /// Whether a reader at `now` may see it.
    pub fn is_visible(&self, now: Time) -> bool {
        self.state != State::Forgotten && self.expires_at.is_none_or(|expires| now < expires)
    }

    /// The stub that stays of it once it is forgotten: no text, no names, no labels.
    #[must_use]
    pub fn forgotten(&self, now: Time) -> Memory {
        Memory {
            revision: self.revision + 1,
            state: State::Forgotten,
            recorded_at: self.recorded_at,
            order: self.order,
            cold: self.cold.clone(),
            ..Memory::new(self.id, String::new(), now)
        }
    }
}

#[cfg(test)]
mod tests;
