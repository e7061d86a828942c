//! An import or an export on its way: what was asked for, how far it has come, and what was wrong.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ingest::check_key;
use crate::memory::id::Fields;
use crate::memory::{Scope, Tenant, Time};
use crate::transfer::read::Place;

/// Version of both stored shapes. A reader refuses another one.
pub const VERSION: u8 = 1;
/// Errors that are kept of an import, the first ones; all are counted.
pub const MOST_ERRORS: usize = 100;
/// Tries that failed which are kept of a job, the latest ones.
pub const MOST_TRIES: usize = 8;
/// Letters of a job's id: 128 bits in hexadecimal.
const ID_LETTERS: usize = 32;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Our own lines, or items as `POST /v1/memories` takes them, one a line.
    Jsonl,
    /// A diary or notes.
    Markdown,
    /// WhatsApp's export of a chat, as text.
    Whatsapp,
    /// `conversations.json` of ChatGPT's export.
    Chatgpt,
    /// `conversations.json` of Claude's export.
    Claude,
    /// mem0's export or list.
    Mem0,
}

/// What an export is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// Our own lines: all there is.
    Jsonl,
    /// One page a day, to be read by people.
    Markdown,
    /// Columns, as the cold tier has them.
    Parquet,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// For its file.
    Waiting,
    /// For a worker.
    Queued,
    /// A worker is, or was, at it.
    Running,
    /// There is nothing more to do.
    Done,
    /// It cannot go on by itself; `problem` says why.
    Failed,
}

/// Which of the first two numbers of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31.12.2023
    DayFirst,
    /// 12/31/2023
    MonthFirst,
    /// 2023-12-31
    YearFirst,
}

/// How the order of a file's dates is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// A number above twelve can be no month.
    Numbers,
    /// Only so do the messages follow each other in time.
    Sequence,
    /// Both would do: more of the world writes the day first.
    Guess,
}

/// What the whole file says of its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// Their order.
    pub order: DateOrder,
    /// How it is known.
    pub decided_by: DecidedBy,
}

/// A line that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineError {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What is wrong. Never holds any of the text.
    pub wrong: String,
    /// What would be right.
    pub expected: String,
}

/// A try at a job that failed, before it was begun again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTry {
    /// When it failed.
    pub at: Time,
    /// Why.
    pub problem: String,
    /// Bytes of the file then; 0 of an export.
    #[serde(default)]
    pub bytes: u64,
}

/// Those tries and one more, of too many the latest ones.
pub fn with_failed(tries: &mut Vec<FailedTry>, one: FailedTry) {
    tries.push(one);
    let over = tries.len().saturating_sub(MOST_TRIES);
    tries.drain(..over);
}

/// What became of a file's messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Stored by this import.
    pub stored: u64,
    /// There before.
    pub repeated: u64,
    /// Forgotten before, and so left as they are.
    pub forgotten: u64,
    /// Left out on purpose, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
    /// Lines that could not be taken.
    pub errors: u64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// [`VERSION`].
    pub v: u8,
    /// How often it was written: of two workers the later one stops.
    pub generation: u64,
    /// Its name within the tenant.
    pub id: String,
    /// The hash of the call that began it, where that had an idempotency key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The scope's subject.
    pub scope: String,
    /// What the file is written in; none until it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The zone of times that name none.
    pub timezone: String,
    /// The conversation that lines without one belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// How far it has come.
    pub state: State,
    /// When it was asked for: also when its memories are said to have been stored.
    pub created_at: Time,
    /// When it was last written.
    pub updated_at: Time,
    /// Bytes of the file, once it is there.
    pub bytes: u64,
    /// How the file's dates are to be read, where it has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<Dates>,
    /// Where a worker goes on.
    #[serde(default)]
    pub place: Place,
    /// What became of what was read.
    #[serde(default)]
    pub counts: Counts,
    /// The first of its errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<LineError>,
    /// Turns in a row that ended with waiting for what was stored to be classified.
    #[serde(default)]
    pub waits: u32,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How it failed before it was begun again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedTry>,
}

/// What an export is at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The memories as they are.
    #[default]
    Memories,
    /// Their earlier revisions.
    Histories,
    /// What people said of them.
    Feedback,
    /// The names of files.
    Files,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// [`VERSION`].
    pub v: u8,
    /// How often it was written: of two workers the later one stops.
    pub generation: u64,
    /// Its name within the tenant.
    pub id: String,
    /// The scope's subject.
    pub scope: String,
    /// What it is written in.
    pub format: Written,
    /// Whether earlier revisions go with it.
    pub history: bool,
    /// The zone of a diary's days.
    pub timezone: String,
    /// How far it has come.
    pub state: State,
    /// When it was asked for.
    pub created_at: Time,
    /// When it was last written.
    pub updated_at: Time,
    /// What it is at.
    #[serde(default)]
    pub stage: Stage,
    /// The sort key of the last item that a file holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The last page of a diary that was written: its day, and which of that day's it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<(Date, u32)>,
    /// Files written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Memories in them.
    pub memories: u64,
    /// Memories among them that are secret or closer.
    pub secrets: u64,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How it failed before it was begun again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedTry>,
}

impl Written {
    /// The name, as in requests.
    pub fn name(self) -> &'static str {
        match self {
            Written::Jsonl => "jsonl",
            Written::Markdown => "markdown",
            Written::Parquet => "parquet",
        }
    }
}

impl Format {
    /// The name, as in requests.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Markdown => "markdown",
            Format::Whatsapp => "whatsapp",
            Format::Chatgpt => "chatgpt",
            Format::Claude => "claude",
            Format::Mem0 => "mem0",
        }
    }
}

impl Import {
    /// Notes an error, and keeps it where there are not too many.
    pub fn note(&mut self, error: LineError) {
        self.counts.errors += 1;
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }

    /// The object that holds its file.
    pub fn object(&self) -> String {
        format!("transfers/imports/{}", self.id)
    }

    /// The scope it goes to. Corrupt where the item is not ours.
    pub fn scope(&self, tenant: &Tenant) -> Result<Scope> {
        Scope::parse(tenant, &self.scope)
    }
}

impl Export {
    /// What the names of its files begin with.
    pub fn prefix(&self) -> String {
        format!("transfers/exports/{}/", self.id)
    }

    /// The scope it is of. Corrupt where the item is not ours.
    pub fn scope(&self, tenant: &Tenant) -> Result<Scope> {
        Scope::parse(tenant, &self.scope)
    }
}

/// The call that begins a job.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its body.
    pub body: &'a [u8],
    /// Its idempotency key.
    pub key: Option<&'a str>,
}

impl Asked<'_> {
    /// The job's id: of the key by whom, or else of what was asked for, by whom and when. Invalid where the key is none.
    pub fn id(&self, purpose: &str, tenant: &Tenant, now: Time) -> Result<String> {
        check_key(self.key)?;
        let hash = match self.key {
            Some(key) => {
                let mut hash = Fields::new("memorable transfer key v1");
                hash.add(purpose).add(tenant.as_str()).add(key);
                hash
            }
            None => {
                let mut hash = Fields::new("memorable transfer id v1");
                hash.add(purpose).add(tenant.as_str()).add(self.body).add(now.micros().to_le_bytes());
                hash
            }
        };
        Ok(hash.finish().to_hex()[..ID_LETTERS].to_owned())
    }
}

/// The hash of a call's body, by which another one under the same key is known.
pub fn asked(body: &[u8]) -> String {
    Fields::new("memorable transfer asked v1").add(body).finish().to_hex()[..ID_LETTERS].to_owned()
}

/// Whether it has the form of a job's id. Invalid where it has not.
pub fn check_id(id: &str) -> Result<()> {
    let fits = id.len() == ID_LETTERS && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if fits {
        return Ok(());
    }
    Err(Error::invalid("id", "this is not a job's id", "32 hexadecimal digits, as an answer gave them"))
}

#[cfg(test)]
mod tests;
