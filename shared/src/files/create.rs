//! Making a file: a note, its entry and the path that names it, in one transaction.

use serde_json::Map;

use crate::app::App;
use crate::aws::writes::{NewMemory, Outcome};
use crate::error::Result;
use crate::files::{ATTEMPTS, Answer, answers, busy, readable, refused};
use crate::index::Entry;
use crate::ingest::{self, Draft};
use crate::memory::files::Files;
use crate::memory::id::{Fields, Identity};
use crate::memory::{FilePath, Memory, MemoryId, Scope, Time};

/// Makes the file. Refused where there is one, where there is a directory of that path, or a file on the way to it.
pub async fn create(app: &App, scope: &Scope, path: &FilePath, text: &str, now: Time) -> Result<Answer> {
    if path.is_root() {
        return Ok(answers::is_directory(path));
    }
    if let Some(answer) = refused(text) {
        return Ok(answer);
    }
    let mut tried = None;
    for _ in 0..ATTEMPTS {
        let files = app.records.files(scope).await?;
        if tried.is_some() && files.paths.get(path).copied() == tried {
            // The answer to an earlier try got lost on its way.
            return Ok(answers::created(path));
        }
        let in_the_way = files.in_the_way(path);
        if let Some((file, _)) = readable(app, scope, &in_the_way, now).await?.first() {
            return Ok(match file {
                file if file == path => answers::exists(path),
                file if file.is_below(path) => answers::is_directory(path),
                file => answers::not_a_directory(file),
            });
        }
        // What is named there still was forgotten elsewhere.
        let stale: Vec<FilePath> = in_the_way.into_iter().map(|(path, _)| path).collect();
        let memory = note(scope, &files, path, text, now)?;
        let next = files.next(&stale, [(path.clone(), memory.id)]);
        if !next.fits() {
            return Ok(answers::too_many());
        }
        let id = memory.id;
        tried = Some(id);
        if store(app, scope, memory, &files, &next, now).await? == Outcome::Done {
            ingest::queue(app, scope, &[id]).await;
            return Ok(answers::created(path));
        }
    }
    Err(busy())
}

/// The note of a file. Its id is that of path and text in this state of the files, which comes once: making a file anew
/// where one was deleted makes another memory.
fn note(scope: &Scope, files: &Files, path: &FilePath, text: &str, now: Time) -> Result<Memory> {
    let (content, metadata) = Memory::of_file(path, text, Map::new());
    let draft = Draft { metadata, ..Draft::of(scope, content) };
    draft.check(now)?;
    let mut hash = Fields::new("memorable file v1");
    let key = hash.add(path.as_str()).add(files.generation.to_string()).add(text).finish().to_hex();
    let id = MemoryId::derive(scope, Identity::Key { key: &key, position: 0 });
    Ok(draft.into_memory(id, now, 0))
}

async fn store(app: &App, scope: &Scope, memory: Memory, files: &Files, next: &Files, now: Time) -> Result<Outcome> {
    let embeddings = ingest::embed(app, scope, &[&memory], app.config.embed_within, now).await;
    let entry = Entry::of(&memory, embeddings.into_iter().flatten().next());
    app.register(scope, now).await?;
    app.records.create_file(scope, &NewMemory { memory, entry, replaces: None }, files, next).await
}
