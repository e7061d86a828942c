//! What is told of a job.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Result;
use crate::memory::{Tenant, Time};
use crate::transfer::job::{Export, Import, State};
use crate::transfer::read::Pass;
use crate::transfer::start::{found, found_export};

/// How long a URL for a file holds.
const URL_HOLDS: SignedDuration = SignedDuration::from_hours(1);
/// How long files are kept, as template.yaml has it for all objects under `transfers/`.
pub const FILES_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most files of an export that one answer names.
const MOST_FILES: usize = 100;

/// What is told of the import of that id.
pub async fn imported(app: &App, tenant: &Tenant, id: &str, now: Time) -> Result<Value> {
    tell_import(app, &found(app, tenant, id).await?, now).await
}

/// What is told of an import.
pub async fn tell_import(app: &App, import: &Import, now: Time) -> Result<Value> {
    let place = &import.place;
    let mut answer = json!({
        "id": import.id,
        "scope": import.scope,
        "state": import.state,
        "format": import.format,
        "timezone": import.timezone,
        "dates": import.dates,
        "created_at": import.created_at,
        "updated_at": import.updated_at,
        "progress": {
            "pass": place.pass,
            "bytes": if import.state == State::Done { import.bytes } else { place.offset },
            "of_bytes": import.bytes,
            "lines": place.lines,
            "messages": place.items,
        },
        "counts": import.counts,
        "errors": import.errors,
        "problem": import.problem,
    });
    // The file of a failed one may have been the reason.
    let takes_file =
        matches!(import.state, State::Waiting | State::Failed) && place.pass == Pass::Read && place.offset == 0;
    if takes_file {
        let url = app.objects.url_to_put(&import.object(), URL_HOLDS, now).await?;
        answer["upload"] = json!({ "method": "PUT", "url": url, "expires_at": now.plus(URL_HOLDS) });
    }
    Ok(answer)
}

/// What is told of the export of that id, with URLs of the files after `cursor`.
pub async fn exported(app: &App, tenant: &Tenant, id: &str, cursor: Option<&str>, now: Time) -> Result<Value> {
    tell_export(app, &found_export(app, tenant, id).await?, cursor, now).await
}

/// What is told of an export.
pub async fn tell_export(app: &App, export: &Export, cursor: Option<&str>, now: Time) -> Result<Value> {
    let lapses_at = export.created_at.plus(FILES_KEPT);
    let mut answer = json!({
        "id": export.id,
        "scope": export.scope,
        "state": export.state,
        "format": export.format,
        "history": export.history,
        "timezone": export.timezone,
        "created_at": export.created_at,
        "updated_at": export.updated_at,
        "memories": export.memories,
        "secrets": export.secrets,
        "bytes": export.bytes,
        "files": [],
        "next_cursor": null,
        "lapses_at": lapses_at,
        "problem": export.problem,
    });
    if export.state != State::Done || now >= lapses_at {
        return Ok(answer);
    }
    let prefix = export.prefix();
    let listed = app.objects.list(&prefix).await?;
    let after = cursor.map(|cursor| format!("{prefix}{cursor}"));
    // Found before anything is awaited: a lazy iterator that borrows cannot be sent between threads. The list is sorted.
    let begin = after.map_or(0, |after| listed.partition_point(|file| file.name <= after));
    let end = listed.len().min(begin + MOST_FILES);
    let mut files = Vec::with_capacity(end - begin);
    for file in &listed[begin..end] {
        let name = file.name.strip_prefix(&prefix).unwrap_or(&file.name);
        let url = app.objects.url_to_get(&file.name, URL_HOLDS, now).await?;
        files.push(json!({ "name": name, "bytes": file.bytes, "url": url, "expires_at": now.plus(URL_HOLDS) }));
    }
    if end < listed.len() {
        answer["next_cursor"] = files.last().map_or(Value::Null, |last| last["name"].clone());
    }
    answer["files"] = json!(files);
    Ok(answer)
}
