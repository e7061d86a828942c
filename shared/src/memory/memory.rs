//! One remembered thing, as it is kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::memory::{Classification, MemoryId, Time};

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
    /// Hash of all that the caller sent for it: tells a repeated write from a different one under the same key.
    pub fingerprint: String,
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
            v: VERSION,
            id: self.id,
            revision: self.revision + 1,
            state: State::Forgotten,
            content: String::new(),
            session: None,
            speaker: None,
            role: None,
            occurred_at: None,
            recorded_at: self.recorded_at,
            order: self.order,
            updated_at: now,
            expires_at: None,
            metadata: Map::new(),
            tags: Vec::new(),
            classification: None,
            fingerprint: String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
