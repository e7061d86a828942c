//! A connection between two memories of a scope: how strong, and why. Made by a night, can be made again.

use serde::{Deserialize, Serialize};

use crate::memory::MemoryId;

/// Why two memories are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The newer was made from the older.
    Source,
    /// The newer says otherwise.
    Contradiction,
    /// The newer answers the older.
    Answer,
    /// Both promise or plan the same.
    SameCommitment,
    /// The newer tells what became of what the older promised.
    FollowUp,
    /// The newer tells why.
    Cause,
    /// Both name somebody or something that few name.
    SameEntity,
    /// Both are about the same.
    SameTopic,
    /// One was said right after the other.
    SameThread,
}

impl Reason {
    /// The name, as in answers.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Source => "source",
            Reason::Contradiction => "contradiction",
            Reason::Answer => "answer",
            Reason::SameCommitment => "same_commitment",
            Reason::FollowUp => "follow_up",
            Reason::Cause => "cause",
            Reason::SameEntity => "same_entity",
            Reason::SameTopic => "same_topic",
            Reason::SameThread => "same_thread",
        }
    }
}

/// Two memories that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The one stored later.
    pub newer: MemoryId,
    /// The one stored before it.
    pub older: MemoryId,
    /// Why.
    pub reason: Reason,
    /// Names and words that both have, never the text of either.
    pub via: Vec<String>,
    /// How strong, 0 to 1.
    pub score: f32,
}

impl Link {
    /// The other end, seen from one; none where that is neither.
    pub fn other(&self, id: MemoryId) -> Option<MemoryId> {
        match id {
            id if id == self.newer => Some(self.older),
            id if id == self.older => Some(self.newer),
            _ => None,
        }
    }
}
