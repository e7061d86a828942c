//! Deleting and renaming: of one file, or of all that is in a directory.

use crate::app::App;
use crate::error::{Kind, Result};
use crate::files::{ATTEMPTS, Answer, answers, busy, put, readable};
use crate::memory::{FilePath, Memory, MemoryId, Scope, Time};
use crate::{forget, ingest};

/// How often a note is given its new path when it changed under that.
const NAMINGS: u32 = 5;

/// Forgets the file, or all files of the directory. The notes first, their paths last: what is still named but forgotten
/// is not there for any reader.
pub async fn delete(app: &App, scope: &Scope, path: &FilePath, now: Time) -> Result<Answer> {
    if path.is_root() {
        return Ok(answers::root_stays());
    }
    let mut is_there = false;
    for _ in 0..ATTEMPTS {
        let files = app.records.files(scope).await?;
        let named = files.at(path);
        let found = readable(app, scope, &named, now).await?;
        is_there |= !found.is_empty();
        if !is_there {
            return Ok(answers::nothing_there(path));
        }
        for (_, memory) in &found {
            match forget::forget(app, scope, memory.id, now).await {
                Err(error) if error.kind != Kind::NotFound => return Err(error),
                _ => {}
            }
        }
        let gone: Vec<FilePath> = named.into_iter().map(|(path, _)| path).collect();
        if gone.is_empty() || put(app, scope, &files, &files.next(&gone, [])).await? {
            return Ok(answers::deleted(path));
        }
    }
    Err(busy())
}

/// Gives the file, or the directory, another path. The paths change at once, as one write; then each note is told its
/// own.
pub async fn rename(app: &App, scope: &Scope, from: &FilePath, to: &FilePath, now: Time) -> Result<Answer> {
    if from.is_root() {
        return Ok(answers::root_stays());
    }
    for _ in 0..ATTEMPTS {
        let files = app.records.files(scope).await?;
        let named = files.at(from);
        let found = readable(app, scope, &named, now).await?;
        if found.is_empty() {
            return Ok(answers::nothing_there(from));
        }
        if to.is_below(from) {
            return Ok(answers::into_itself(from, to));
        }
        let in_the_way = files.in_the_way(to);
        let clashes = readable(app, scope, &in_the_way, now).await?;
        if to.is_root() || clashes.iter().any(|(file, _)| file == to || file.is_below(to)) {
            return Ok(answers::destination_exists(to));
        }
        // A file on the way there; one that moves away itself is none.
        if let Some((file, _)) = clashes.iter().find(|(file, _)| file != from) {
            return Ok(answers::not_a_directory(file));
        }
        let moved: Result<Vec<(FilePath, MemoryId)>> =
            found.iter().map(|(file, memory)| Ok((file.moved(from, to)?, memory.id))).collect();
        let moved = moved?;
        let gone: Vec<FilePath> = named.into_iter().chain(in_the_way).map(|(path, _)| path).collect();
        if put(app, scope, &files, &files.next(&gone, moved.iter().cloned())).await? {
            for ((path, _), (_, memory)) in moved.iter().zip(found) {
                name(app, scope, path, memory, now).await?;
            }
            return Ok(answers::renamed(from, to));
        }
    }
    Err(busy())
}

/// Tells a note its path. An edit at the same time does so, too, if it comes later.
async fn name(app: &App, scope: &Scope, path: &FilePath, memory: Memory, now: Time) -> Result<()> {
    let mut old = memory;
    for _ in 0..NAMINGS {
        let (content, metadata) = Memory::of_file(path, &old.file_text(), old.metadata.clone());
        let new = Memory { content, metadata, ..old.clone() };
        if ingest::replace(app, scope, &old, new, now).await? {
            return Ok(());
        }
        match app.records.memory(scope, old.id).await?.filter(|memory| memory.is_visible(now)) {
            Some(memory) => old = memory,
            None => return Ok(()),
        }
    }
    Ok(())
}
