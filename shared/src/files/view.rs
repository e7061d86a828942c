//! Showing a directory or a file.

use std::collections::BTreeMap;

use crate::app::App;
use crate::error::Result;
use crate::files::lines::{numbered, size};
use crate::files::{Answer, File, answers, readable};
use crate::memory::{FilePath, Scope, Time};

/// How deep a directory is shown.
const LEVELS: usize = 2;
/// Most lines that fit beside numbers of six digits. A file of 32 KiB has fewer.
const MOST_LINES: usize = 999_999;

/// What is at that path.
pub async fn view(app: &App, scope: &Scope, path: &FilePath, range: Option<(i64, i64)>, now: Time) -> Result<Answer> {
    let files = app.records.files(scope).await?;
    let found = readable(app, scope, &files.at(path), now).await?;
    Ok(match found.iter().find(|(file, _)| file == path) {
        Some((_, memory)) => show(path, &memory.file_text(), range),
        None if found.is_empty() && !path.is_root() => answers::nothing_to_view(path),
        None if range.is_some() => answers::directory_has_no_lines(path),
        None => list(path, &found),
    })
}

fn show(path: &FilePath, text: &str, range: Option<(i64, i64)>) -> Answer {
    let lines: Vec<&str> = text.split('\n').collect();
    if lines.len() > MOST_LINES {
        return Answer::refused(format!("File {path} exceeds maximum line limit of 999,999 lines."));
    }
    let all = lines.len() as i64;
    let (first, last) = range.unwrap_or((1, -1));
    // Who asks for more lines than there are gets those there are.
    let end = if last == -1 { all } else { last.min(all) };
    if first < 1 || end < first {
        return answers::no_such_range(first, last, lines.len());
    }
    // Both are within 1 to the number of lines.
    let (first, end) = (first as usize, end as usize);
    let shown = numbered(&lines[first - 1..end], first);
    Answer::done(format!("Here's the content of {path} with line numbers:\n{shown}"))
}

fn list(path: &FilePath, files: &[File]) -> Answer {
    // A directory is as large as what is in it. Parts of the path from here on tell how deep it is shown.
    let mut sizes: BTreeMap<String, usize> = BTreeMap::from([(path.to_string(), 0)]);
    for (file, memory) in files {
        let names: Vec<&str> = file.below(path).map(|names| names.split('/').collect()).unwrap_or_default();
        if names.iter().any(|name| name.starts_with('.') || *name == "node_modules") {
            continue;
        }
        let bytes = memory.file_text().len();
        let mut place = path.to_string();
        *sizes.entry(place.clone()).or_default() += bytes;
        for (level, name) in names.iter().enumerate().take(LEVELS) {
            // What ends with a slash is a directory.
            let end = if level + 1 < names.len() { "/" } else { "" };
            place = format!("{}/{name}{end}", place.trim_end_matches('/'));
            *sizes.entry(place.clone()).or_default() += bytes;
        }
    }
    let lines: Vec<String> = sizes.into_iter().map(|(place, bytes)| format!("{}\t{place}", size(bytes))).collect();
    Answer::done(format!(
        "Here're the files and directories up to 2 levels deep in {path}, excluding hidden items and node_modules:\n{}",
        lines.join("\n")
    ))
}
