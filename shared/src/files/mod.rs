//! Files of memory, as Claude's memory tool works with them: each is a note whose metadata says its path.
//!
//! What a command finds out about files is its answer, also where it could not do what was asked: the model reads it and
//! does better. Answers hold paths and texts, so none of them is an error, which would be logged.

mod answers;
mod create;
mod edit;
mod lines;
mod organize;
mod request;
mod view;

pub use request::{Command, Request};

use crate::app::App;
use crate::error::{Error, Result};
use crate::ingest::MOST_CONTENT_BYTES;
use crate::memory::files::{Files, MOST_BLANK_BYTES};
use crate::memory::{FilePath, Memory, MemoryId, Scope, Time};

/// How often a change is tried again when the files changed under it.
const ATTEMPTS: u32 = 6;

/// What a command answers, as a result of a tool has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In the words that the tool's description has for it.
    pub text: String,
    /// Whether it could not be done.
    pub is_error: bool,
}

impl Answer {
    fn done(text: impl Into<String>) -> Answer {
        Answer { text: text.into(), is_error: false }
    }

    fn refused(text: impl Into<String>) -> Answer {
        Answer { text: text.into(), is_error: true }
    }
}

/// Does what the command says.
pub async fn run(app: &App, request: &Request, now: Time) -> Result<Answer> {
    let scope = &request.scope;
    match &request.command {
        Command::View { path, lines } => view::view(app, scope, path, *lines, now).await,
        Command::Create { path, text } => create::create(app, scope, path, text, now).await,
        Command::Replace { path, old, new } => edit::replace(app, scope, path, old, new, now).await,
        Command::Insert { path, line, text } => edit::insert(app, scope, path, *line, text, now).await,
        Command::Delete { path } => organize::delete(app, scope, path, now).await,
        Command::Rename { from, to } => organize::rename(app, scope, from, to, now).await,
    }
}

/// A file with the memory that holds its text.
type File = (FilePath, Memory);

/// Those of the files whose memories are there to be read.
async fn readable(app: &App, scope: &Scope, named: &[(FilePath, MemoryId)], now: Time) -> Result<Vec<File>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MemoryId> = named.iter().map(|(_, id)| *id).collect();
    let memories = app.records.memories(scope, &ids).await?;
    let files = named.iter().zip(memories);
    Ok(files.filter_map(|((path, _), memory)| Some((path.clone(), memory.filter(|m| m.is_visible(now))?))).collect())
}

/// The file of exactly that path.
async fn file(app: &App, scope: &Scope, path: &FilePath, now: Time) -> Result<Option<Memory>> {
    let files = app.records.files(scope).await?;
    let Some(id) = files.paths.get(path) else { return Ok(None) };
    let found = readable(app, scope, &[(path.clone(), *id)], now).await?;
    Ok(found.into_iter().next().map(|(_, memory)| memory))
}

/// The answer to a text that no file can hold.
fn refused(text: &str) -> Option<Answer> {
    let is_blank = text.chars().all(|c| c.is_whitespace() || c.is_control());
    let most = if is_blank { MOST_BLANK_BYTES } else { MOST_CONTENT_BYTES };
    (text.len() > most).then(|| answers::too_long(text.len(), most))
}

/// Writes the next state of the files. Whether nobody was quicker.
async fn put(app: &App, scope: &Scope, before: &Files, next: &Files) -> Result<bool> {
    app.records.put_files(scope, before, next).await
}

fn busy() -> Error {
    Error::conflict("the files keep changing under this change")
}
