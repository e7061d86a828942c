//! A line of our own exports: a memory as it is kept, an earlier revision of one, what people said of one, names of files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::memory::feedback::Feedback;
use crate::memory::{FilePath, Memory, MemoryId};

/// Version of the lines. A reader refuses another one.
pub const VERSION: u8 = 1;

/// One line: one of these.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// [`VERSION`].
    pub v: u8,
    /// A memory as it is, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// A memory as it was at an earlier revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Memory>,
    /// What people said of a memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// The paths of files, and the memories that hold their texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<FilePath, MemoryId>>,
}

impl Line {
    /// Of a memory. Where it lies is none of the line's business: it is whole.
    pub fn of_memory(memory: Memory) -> Line {
        Line { v: VERSION, memory: Some(Memory { cold: None, ..memory }), ..Line::default() }
    }

    /// Of an earlier revision.
    pub fn of_history(memory: Memory) -> Line {
        Line { v: VERSION, history: Some(Memory { cold: None, ..memory }), ..Line::default() }
    }

    /// Of what was said of a memory.
    pub fn of_feedback(feedback: Feedback) -> Line {
        Line { v: VERSION, feedback: Some(feedback), ..Line::default() }
    }

    /// Of names of files.
    pub fn of_files(files: BTreeMap<FilePath, MemoryId>) -> Line {
        Line { v: VERSION, files: Some(files), ..Line::default() }
    }

    /// As bytes, with the end of the line.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let line = serde_json::to_vec(self);
        let mut line = line.map_err(|error| Error::internal(format!("a line cannot be encoded: {error}")))?;
        line.push(b'\n');
        Ok(line)
    }
}
