//! Changing a file's text. An edit is of the text that was read for it: where that changed meanwhile, it is not made.

use crate::app::App;
use crate::error::Result;
use crate::files::{Answer, answers, file, refused};
use crate::ingest;
use crate::memory::{FilePath, Memory, Scope, Time};

/// Puts `new` in the place of `old`, which must stand in the file once.
pub async fn replace(app: &App, scope: &Scope, path: &FilePath, old: &str, new: &str, now: Time) -> Result<Answer> {
    let Some(memory) = file(app, scope, path, now).await? else { return Ok(answers::nothing_to_replace(path)) };
    let text = memory.file_text();
    let mut places = text.match_indices(old).map(|(place, _)| place);
    let line = |place: usize| text[..place].matches('\n').count();
    let Some(first) = places.next() else { return Ok(answers::not_found_in(path, old)) };
    let others: Vec<usize> = places.collect();
    if !others.is_empty() {
        let mut lines: Vec<usize> = [first].into_iter().chain(others).map(|place| line(place) + 1).collect();
        lines.dedup();
        return Ok(answers::found_often(old, &lines));
    }
    let changed = format!("{}{new}{}", &text[..first], &text[first + old.len()..]);
    let done = answers::replaced(&changed, line(first), new.matches('\n').count() + 1);
    write(app, scope, path, &memory, &changed, done, now).await
}

/// Puts lines after the given one.
pub async fn insert(app: &App, scope: &Scope, path: &FilePath, line: i64, new: &str, now: Time) -> Result<Answer> {
    let Some(memory) = file(app, scope, path, now).await? else { return Ok(answers::nothing_there(path)) };
    let text = memory.file_text();
    // What ends with a line's end has no further line.
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop_if(|last| last.is_empty());
    let Some(at) = usize::try_from(line).ok().filter(|at| *at <= lines.len()) else {
        return Ok(answers::no_such_line(line, lines.len()));
    };
    lines.splice(at..at, new.strip_suffix('\n').unwrap_or(new).split('\n'));
    let changed = lines.join("\n") + "\n";
    write(app, scope, path, &memory, &changed, answers::inserted(path), now).await
}

async fn write(
    app: &App,
    scope: &Scope,
    path: &FilePath,
    old: &Memory,
    text: &str,
    done: Answer,
    now: Time,
) -> Result<Answer> {
    if let Some(answer) = refused(text) {
        return Ok(answer);
    }
    let (content, metadata) = Memory::of_file(path, text, old.metadata.clone());
    let new = Memory { content, metadata, ..old.clone() };
    let written = ingest::replace(app, scope, old, new, now).await?;
    Ok(if written { done } else { answers::changed_meanwhile(path) })
}
