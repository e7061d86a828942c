//! What a night writes about a scope's day. Can be made again from the memories.

mod page;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::memory::{Kind, Memory, MemoryId, Time};

pub use page::{Changed, Line, Page, Told};

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

/// Where a commitment stands at the end of the digest's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its day is ahead, or it has none.
    Open,
    /// Its day is past, and nothing was heard of it.
    Overdue,
    /// Something said later tells what became of it.
    FollowedUp,
}

/// Something promised or planned, as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// The memory that says so.
    pub id: MemoryId,
    /// Its words.
    pub content: String,
    /// Who said it.
    pub speaker: Option<String>,
    /// The first moment after it, where the text says by when.
    pub due: Option<Time>,
    /// The last day of it, UTC.
    pub due_date: Option<Date>,
    /// Where it stands.
    pub standing: Standing,
}

/// Memories of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which; none for what stands by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// In the order they were said.
    pub memories: Vec<MemoryId>,
}

/// Two memories of which the newer says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is said now.
    pub newer: MemoryId,
    /// What was said before.
    pub older: MemoryId,
}

/// One day of a scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Memories that tell of something promised or planned: on that day, due since, or overdue then; soonest first.
    /// Names only, here and below: the text is read with the digest, so that what is forgotten is gone from it, too.
    pub commitments: Vec<MemoryId>,
    /// Those of them of which something said later tells what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed_up: Vec<MemoryId>,
    /// What mattered most that day, by conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<Group>,
    /// What was decided that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<MemoryId>,
    /// Minds that changed that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Questions of that day that nobody had answered by its end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<MemoryId>,
}

impl Commitment {
    /// What the memory commits to, as it stands at `now`.
    pub fn of(memory: Memory, is_followed_up: bool, now: Time) -> Commitment {
        let said = memory.time();
        let span = memory.classification.and_then(|class| class.event_time).filter(|span| span.until > said);
        let due = span.map(|span| span.until);
        let standing = match due {
            _ if is_followed_up => Standing::FollowedUp,
            Some(due) if due <= now => Standing::Overdue,
            _ => Standing::Open,
        };
        // The end of a day is the first moment of the next.
        let due_date = due.map(|due| Time::from_micros(due.micros() - 1).date());
        Commitment { id: memory.id, content: memory.content, speaker: memory.speaker, due, due_date, standing }
    }
}

impl Digest {
    /// All memories that it names.
    pub fn names(&self) -> Vec<MemoryId> {
        let happened = self.happened.iter().flat_map(|group| &group.memories);
        let changes = self.changes.iter().flat_map(|change| [&change.newer, &change.older]);
        let all = self.commitments.iter().chain(happened).chain(&self.decisions).chain(changes).chain(&self.questions);
        let mut names: Vec<MemoryId> = all.copied().collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The moment that it speaks of: the end of its day, or `now` where that is not over.
    pub fn as_of(&self, now: Time) -> Time {
        Time::start_of(self.date.tomorrow().unwrap_or(self.date)).min(now)
    }
}
