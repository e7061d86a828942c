//! How closed a memory is, with all of it that a prompt may show.

use serde_json::{Map, Value, json};

use super::sensitivity::{of_name, sensitivity};
use crate::memory::{Memory, Sensitivity};
use crate::models::routes::Text;

/// The field of a reply's metadata in which it is said how it came about.
pub const REPLY: &str = "chat";
/// In that field, how closed the closed-most text was that the reply's model had seen.
pub const SEEN: &str = "seen";

/// By its text and names as they are read now, by what classifying found or a person said, and of a reply by what its model
/// had seen, since it may tell that in other words.
pub fn closed(memory: &Memory) -> Sensitivity {
    let names = [memory.session.as_deref(), memory.speaker.as_deref()];
    let by_text = names.into_iter().flatten().map(of_name).fold(sensitivity(&memory.content), Sensitivity::max);
    let classified = memory.classification.as_ref().map_or(Sensitivity::General, |class| class.sensitivity);
    by_text.max(classified).max(seen(&memory.metadata).unwrap_or(Sensitivity::General))
}

/// Its text, as models may be shown it. Nobody else judges who may see a memory.
pub fn text(memory: &Memory) -> Text<'_> {
    Text { text: &memory.content, sensitivity: closed(memory) }
}

/// What a reply's model had seen, as these fields say. Who writes them may close a memory so, and opens none.
pub fn seen(metadata: &Map<String, Value>) -> Option<Sensitivity> {
    let seen = metadata.get(REPLY)?.get(SEEN)?;
    serde_json::from_value(seen.clone()).ok()
}

/// The fields that take the place of others, with how a reply came about as it was: what they claim of that may close it
/// further, and opens nothing.
pub fn keeping_seen(old: &Map<String, Value>, mut new: Map<String, Value>) -> Map<String, Value> {
    if let (Some(before), Some(reply)) = (seen(old), old.get(REPLY)) {
        let mut reply = reply.clone();
        reply[SEEN] = json!(seen(&new).map_or(before, |claimed| claimed.max(before)));
        new.insert(REPLY.to_owned(), reply);
    }
    new
}

#[cfg(test)]
mod tests;
