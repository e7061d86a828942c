//! What a night writes about a scope's day. Can be made again from the memories.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::memory::{Kind, Memory, MemoryId, Time};

/// Version of the stored shape of a digest.
pub const VERSION: u8 = 1;

/// How often somebody or something was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Who or what.
    pub name: String,
    /// In how many memories.
    pub memories: u32,
}

/// Something promised or planned that is not past, as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// The memory that says so.
    pub id: MemoryId,
    /// Its words.
    pub content: String,
    /// Who said it.
    pub speaker: Option<String>,
    /// By when, where the text says so.
    pub due: Option<Time>,
}

/// One day of a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// The day, UTC: what was stored on it.
    pub date: Date,
    /// How many memories were stored that day.
    pub memories: u32,
    /// How many of each kind.
    pub kinds: BTreeMap<Kind, u32>,
    /// Who spoke or was named, most often first.
    pub people: Vec<Count>,
    /// Words that mark the day, strongest first.
    pub themes: Vec<Count>,
    /// Memories that tell of something promised or planned, not past when the digest was written, of any day; soonest
    /// first. Names only: the text is read with the digest, so that what is forgotten is gone from it, too.
    pub commitments: Vec<MemoryId>,
}

impl Commitment {
    /// What the memory commits to.
    pub fn of(memory: Memory) -> Commitment {
        let due = memory.classification.and_then(|c| c.event_time).map(|span| span.until);
        Commitment { id: memory.id, content: memory.content, speaker: memory.speaker, due }
    }
}

impl Digest {
    /// The digest as a person reads it, with the commitments that are still to be read.
    pub fn markdown(&self, commitments: &[Commitment]) -> String {
        let mut page = format!("# {}\n\n{} memories", self.date, self.memories);
        let kinds: Vec<_> = self.kinds.iter().map(|(kind, n)| format!("{n} {}", kind.name())).collect();
        if !kinds.is_empty() {
            let _ = write!(page, ": {}", kinds.join(", "));
        }
        page.push_str(".\n");
        for (title, counts) in [("People", &self.people), ("Themes", &self.themes)] {
            if !counts.is_empty() {
                let names: Vec<_> = counts.iter().map(|c| format!("{} ({})", c.name, c.memories)).collect();
                let _ = write!(page, "\n**{title}:** {}\n", names.join(", "));
            }
        }
        if !commitments.is_empty() {
            page.push_str("\n## Open commitments\n\n");
        }
        for commitment in commitments {
            let due = commitment.due.map(|due| format!("by {}: ", due.date())).unwrap_or_default();
            let speaker = commitment.speaker.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
            let _ = writeln!(page, "- {due}{speaker}{} [{}]", commitment.content, commitment.id);
        }
        page
    }
}
