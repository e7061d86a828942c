//! An entry as version 1 wrote it: without relations to other memories. Only read.

use serde::Deserialize;

use super::Entry;
use crate::index::embedding::Embedding;
use crate::index::terms::Term;
use crate::memory::classification::Span;
use crate::memory::{Kind, MemoryId, Role, Sensitivity, Time};

/// Its first byte in the tail.
pub const VERSION: u8 = 1;

/// The fields in their order.
#[derive(Debug, Deserialize)]
pub struct EntryV1 {
    id: MemoryId,
    revision: u32,
    order: i64,
    kind: Option<Kind>,
    sensitivity: Option<Sensitivity>,
    importance: f32,
    session: Option<String>,
    speaker: Option<String>,
    role: Option<Role>,
    occurred_at: Option<Time>,
    recorded_at: Time,
    event_time: Option<Span>,
    expires_at: Option<Time>,
    tags: Vec<String>,
    metadata: String,
    names: Vec<String>,
    terms: Vec<(Term, u8)>,
    length: u16,
    is_question: bool,
    embedding: Option<Embedding>,
}

impl From<EntryV1> for Entry {
    fn from(old: EntryV1) -> Entry {
        Entry {
            id: old.id,
            revision: old.revision,
            order: old.order,
            kind: old.kind,
            sensitivity: old.sensitivity,
            importance: old.importance,
            session: old.session,
            speaker: old.speaker,
            role: old.role,
            occurred_at: old.occurred_at,
            recorded_at: old.recorded_at,
            event_time: old.event_time,
            expires_at: old.expires_at,
            tags: old.tags,
            metadata: old.metadata,
            names: old.names,
            terms: old.terms,
            length: old.length,
            is_question: old.is_question,
            embedding: old.embedding,
            derived_from: None,
            superseded_by: None,
            superseded_at: None,
            is_stale: false,
            is_merged: false,
        }
    }
}
