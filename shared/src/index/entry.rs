//! What the index knows of one memory: everything to find, filter and rank it, but not its text.

mod v1;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::index::embedding::Embedding;
use crate::index::terms::{Term, counted, terms};
use crate::memory::classification::Span;
use crate::memory::{Kind, Memory, MemoryId, Role, Sensitivity, Time};

pub use v1::EntryV1;

/// Version of an entry's encoding, its first byte in the tail. A segment carries it once, in its header.
pub const VERSION: u8 = 2;

/// One memory in the tail or in a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which memory.
    pub id: MemoryId,
    /// Which revision of it. Of two entries of one memory the later revision holds.
    pub revision: u32,
    /// Where it stands among all that was stored; see [`Memory::order`].
    pub order: i64,
    /// Whether it was classified; until then it stays in the tail.
    pub kind: Option<Kind>,
    /// Who may see it; none until classified.
    pub sensitivity: Option<Sensitivity>,
    /// How much it matters, 0 to 1; a half until classified.
    pub importance: f32,
    /// The conversation.
    pub session: Option<String>,
    /// Who said it.
    pub speaker: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// When it was said.
    pub occurred_at: Option<Time>,
    /// When it was stored.
    pub recorded_at: Time,
    /// When what it tells of happened or will.
    pub event_time: Option<Span>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// The caller's labels.
    pub tags: Vec<String>,
    /// The caller's fields as JSON text, empty where there are none: read only where a filter asks.
    pub metadata: String,
    /// Whom and what it names.
    pub names: Vec<String>,
    /// Its terms and how often each occurs, ordered by term.
    pub terms: Vec<(Term, u8)>,
    /// How many terms it has.
    pub length: u16,
    /// Whether it ends in a question mark.
    pub is_question: bool,
    /// Where it lies; none until an embedding model has seen it.
    pub embedding: Option<Embedding>,
    /// The first memory it was made from, where it is not what somebody said or wrote.
    pub derived_from: Option<MemoryId>,
    /// What took the place of what it says.
    pub superseded_by: Option<MemoryId>,
    /// From when on.
    pub superseded_at: Option<Time>,
    /// Whether it may no longer hold, because what it depends on does not.
    pub is_stale: bool,
    /// Whether another memory stands for it.
    pub is_merged: bool,
}

impl Entry {
    /// The entry of a memory as it is, with its embedding where there is one.
    pub fn of(memory: &Memory, embedding: Option<Embedding>) -> Entry {
        let terms = terms(&memory.content);
        let length = u16::try_from(terms.len()).unwrap_or(u16::MAX);
        let class = memory.classification.as_ref();
        let metadata = if memory.metadata.is_empty() {
            String::new()
        } else {
            serde_json::Value::Object(memory.metadata.clone()).to_string()
        };
        Entry {
            id: memory.id,
            revision: memory.revision,
            order: memory.order,
            kind: class.map(|c| c.kind),
            sensitivity: class.map(|c| c.sensitivity),
            importance: class.map_or(0.5, |c| c.importance),
            session: memory.session.clone(),
            speaker: memory.speaker.clone(),
            role: memory.role,
            occurred_at: memory.occurred_at,
            recorded_at: memory.recorded_at,
            event_time: class.and_then(|c| c.event_time),
            expires_at: memory.expires_at,
            tags: memory.tags.clone(),
            metadata,
            names: class.map(|c| c.entities.iter().map(|e| e.name.clone()).collect()).unwrap_or_default(),
            terms: counted(terms),
            length,
            is_question: memory.content.trim_end().ends_with(['?', '？', '؟']),
            embedding,
            derived_from: memory.derived_from.first().copied(),
            superseded_by: memory.superseded_by,
            superseded_at: memory.superseded_at,
            is_stale: memory.stale_because.is_some(),
            is_merged: memory.merged_into.is_some(),
        }
    }

    /// When it happened, or where nobody said, when it was stored.
    pub fn time(&self) -> Time {
        self.occurred_at.unwrap_or(self.recorded_at)
    }

    /// Whether it was classified, so that it may leave the tail for a segment.
    pub fn is_complete(&self) -> bool {
        self.kind.is_some()
    }

    /// Whether it is past its end at `now`.
    pub fn is_expired(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|expires| expires <= now)
    }

    /// Whether what it says had given way to something else at that time.
    pub fn is_superseded(&self, at: Time) -> bool {
        self.superseded_at.is_some_and(|superseded| superseded <= at)
    }

    /// As bytes: the version, then the fields (postcard).
    pub fn encode(&self) -> Result<Vec<u8>> {
        postcard::to_extend(self, vec![VERSION])
            .map_err(|error| Error::internal(format!("an entry cannot be encoded: {error}")))
    }

    /// Back from bytes. Corrupt where they are not what [`Entry::encode`] wrote, or of a later version.
    pub fn decode(bytes: &[u8]) -> Result<Entry> {
        let corrupt = |error| Error::corrupt("a tail entry", error);
        match bytes.split_first() {
            Some((&VERSION, fields)) => postcard::from_bytes(fields).map_err(corrupt),
            Some((&v1::VERSION, fields)) => postcard::from_bytes::<EntryV1>(fields).map(Entry::from).map_err(corrupt),
            Some((version, _)) => Err(Error::corrupt("a tail entry", format!("version {version} is not known here"))),
            None => Err(Error::corrupt("a tail entry", "it is empty")),
        }
    }
}
