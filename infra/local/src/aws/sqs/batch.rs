//! Batches: their limits, and one answer for each entry.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::SqsError;

/// The most entries in a batch.
const MAX_ENTRIES: usize = 10;

/// An entry of a batch: its id, and the rest.
#[derive(Deserialize)]
pub(super) struct Entry<T> {
    #[serde(rename = "Id")]
    pub id: String,
    #[serde(flatten)]
    pub what: T,
}

/// The answer to a batch.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Results<T> {
    successful: Vec<Done<T>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Done<T> {
    #[serde(rename = "Id")]
    id: String,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failed {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// Refuses a batch that is empty, too long, or whose ids are not distinct.
pub(super) fn check<T>(entries: &[Entry<T>]) -> Result<(), SqsError> {
    if entries.is_empty() {
        return Err(SqsError::empty_batch());
    }
    if entries.len() > MAX_ENTRIES {
        return Err(SqsError::too_many_entries());
    }
    let mut seen = BTreeSet::new();
    for Entry { id, .. } in entries {
        let letters = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if id.is_empty() || id.len() > 80 || !letters {
            return Err(SqsError::bad_entry_id(id));
        }
        if !seen.insert(id) {
            return Err(SqsError::ids_not_distinct(id));
        }
    }
    Ok(())
}

/// Does something with each entry, and reports for each how it went.
///
/// # Errors
/// Only what is no entry's fault, such as a database that does not answer.
pub(super) fn each<T, R>(
    entries: &[Entry<T>],
    mut act: impl FnMut(&T) -> Result<R, SqsError>,
) -> Result<Results<R>, SqsError> {
    let mut results = Results { successful: Vec::new(), failed: Vec::new() };
    for Entry { id, what } in entries {
        let id = id.clone();
        match act(what) {
            Ok(what) => results.successful.push(Done { id, what }),
            Err(error) if error.is_senders() => {
                results.failed.push(Failed { id, sender_fault: true, code: error.code, message: error.message })
            }
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}
