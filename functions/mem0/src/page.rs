//! A memory as mem0's clients see it.

use jiff::SignedDuration;
use memorable::memory::{Memory, Time};
use serde_json::{Value, json};

use crate::entities;
use crate::names;

/// The memory, with the score it was found with.
pub fn memory(subject: &str, memory: &Memory, score: Option<f32>) -> Value {
    let (ids, metadata) = entities::of_memory(subject, memory);
    let mut categories = memory.tags.clone();
    categories.extend(memory.classification.as_ref().map(|class| class.kind.name().to_owned()));
    let mut page = json!({
        "id": names::memory(subject, memory.id),
        "memory": memory.content,
        "hash": memory.fingerprint,
        "metadata": metadata,
        "categories": categories,
        "created_at": memory.time(),
        "updated_at": memory.updated_at,
        "expiration_date": memory.expires_at.map(last_day),
        "actor_id": memory.speaker,
        "role": memory.role,
    });
    for (field, id) in ids {
        page[field] = json!(id);
    }
    if let Some(score) = score {
        page["score"] = json!(score);
    }
    page
}

/// The moment after the given day, which is the last one of a memory that expires on it.
pub fn end_of(day: Time) -> Time {
    Time::start_of(day.date()).plus(SignedDuration::from_hours(24))
}

fn last_day(expires: Time) -> String {
    expires.plus(SignedDuration::from_micros(-1)).date().to_string()
}
