//! One JSON object a line: ours, or an item as `POST /v1/memories` takes them.

use serde_json::Value;

use crate::error::Error;
use crate::ingest;
use crate::json;
use crate::transfer::check;
use crate::transfer::job::LineError;
use crate::transfer::line::Line;
use crate::transfer::read::{Found, Setting};

/// What can stand under a line's `v`: what makes it one of ours.
const OURS: [&str; 4] = ["memory", "history", "feedback", "files"];

/// What a line holds.
pub fn read(setting: &Setting, text: &str, line: u64, found: &mut Vec<Found>) {
    if text.trim().is_empty() {
        return;
    }
    found.push(of(setting, text, line).unwrap_or_else(|error| Found::Wrong(told(line, &error))));
}

fn of(setting: &Setting, text: &str, line: u64) -> Result<Found, Error> {
    let value = json::read(text.as_bytes())?;
    if value.get("v").is_some() && OURS.iter().any(|name| value.get(name).is_some()) {
        let own: Line = json::shaped(value)?;
        check::line(&own)?;
        return Ok(Found::Own { own: Box::new(own), line });
    }
    let mut draft = ingest::draft_of(&setting.scope, without_scope(value))?;
    if draft.session.is_none() {
        draft.session.clone_from(&setting.session);
    }
    check::draft(&draft)?;
    Ok(Found::Said { draft: Box::new(draft), line, nth: 0 })
}

/// The import says where it all goes; a line that was written for another scope goes there, too.
fn without_scope(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.remove("scope");
    }
    value
}

/// What is wrong with a line, in the words of the error.
pub fn told(line: u64, error: &Error) -> LineError {
    let field = error.field.as_deref().filter(|field| *field != "body");
    let wrong = match field {
        Some(field) => format!("{field}: {}", error.detail),
        None => error.detail.clone(),
    };
    LineError { line, wrong, expected: error.expected.clone().unwrap_or_default() }
}
