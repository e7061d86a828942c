//! The cold tier: a memory's full record in an object of many, where the table keeps a stub that names object and row.

mod file;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::memory::id::Fields;
use crate::memory::{Memory, Scope, State, Time};

pub use file::{Row, decode, encode};

/// Most rows of one object: little to read for one of them, few objects for many.
pub const MOST_ROWS: usize = 512;

/// Where a memory's record lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColdRef {
    /// The object's name.
    pub object: String,
    /// Its row, from 0.
    pub row: u32,
}

/// A name for an object of that scope's memories, stored in that month (`2026-11`). `at` and `nth` keep it from others.
pub fn name(scope: &Scope, month: &str, at: Time, nth: usize) -> String {
    let hash = Fields::new("memorable cold object v1").add(scope.path()).finish().to_hex();
    let tenant = scope.tenant().as_str();
    format!("cold/tenant={tenant}/month={month}/{}-{:x}-{nth}.parquet", &hash[..24], at.micros())
}

impl Memory {
    /// Whether its text lies in the cold tier only.
    pub fn is_cold(&self) -> bool {
        self.state == State::Ready && self.cold.is_some() && self.content.is_empty()
    }

    /// What stays of it in the table once its record lies there.
    #[must_use]
    pub fn cooled(&self, at: ColdRef) -> Memory {
        let mut stub = self.clone();
        stub.content.clear();
        stub.metadata.clear();
        stub.tags.clear();
        stub.classification = None;
        stub.claims.clear();
        stub.cold = Some(at);
        stub
    }

    /// The memory of a stub and its row; none where the row holds another revision, or nothing any more.
    pub fn thawed(self, row: &Row) -> Result<Option<Memory>> {
        let [content, ..] = &row.texts;
        let [_, metadata, record] = &row.rest;
        let (Some(content), Some(record)) = (content, record) else { return Ok(None) };
        if row.id != self.id.to_string() || row.revision != self.revision {
            return Ok(None);
        }
        let corrupt = |_| Error::corrupt(format!("the cold record of memory {}", self.id), "its JSON cannot be read");
        let full: Memory = serde_json::from_str(record).map_err(corrupt)?;
        let metadata = metadata.as_deref().map(serde_json::from_str).transpose().map_err(corrupt)?;
        Ok(Some(Memory {
            content: content.clone(),
            metadata: metadata.unwrap_or_default(),
            tags: full.tags,
            classification: full.classification,
            claims: full.claims,
            ..self
        }))
    }
}

impl Row {
    /// A memory's row.
    pub fn of(scope: &Scope, memory: &Memory) -> Result<Row> {
        let unwritten = |_| Error::internal(format!("memory {} cannot be written as a row", memory.id));
        let mut rest = memory.clone();
        rest.content.clear();
        rest.metadata.clear();
        let class = memory.classification.as_ref();
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let metadata = (!memory.metadata.is_empty()).then(|| serde_json::to_string(&memory.metadata));
        Ok(Row {
            scope: scope.subject().to_owned(),
            id: memory.id.to_string(),
            revision: memory.revision,
            recorded_at: memory.recorded_at.micros(),
            occurred_at: memory.occurred_at.map(Time::micros),
            texts: [
                some(&memory.content),
                memory.session.clone(),
                memory.speaker.clone(),
                memory.role.map(|role| role.name().to_owned()),
                class.map(|class| class.kind.name().to_owned()),
                class.map(|class| class.sensitivity.name().to_owned()),
            ],
            importance: class.map(|class| f64::from(class.importance)),
            rest: [
                Some(serde_json::to_string(&memory.tags).map_err(unwritten)?),
                metadata.transpose().map_err(unwritten)?,
                Some(serde_json::to_string(&rest).map_err(unwritten)?),
            ],
        })
    }
}

#[cfg(test)]
mod tests;
