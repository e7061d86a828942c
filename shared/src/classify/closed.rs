//! How closed a memory is, with all of it that a prompt may show.

use super::sensitivity::sensitivity;
use crate::memory::{Memory, Sensitivity};

/// The field of a reply's metadata in which it is said how it came about.
pub const REPLY: &str = "chat";
/// In that field, how closed the closed-most text was that the reply's model had seen.
pub const SEEN: &str = "seen";

/// By its text and names as they are read now, by what classifying found, and of a reply by what its model had seen, since
/// it may tell that in other words.
pub fn closed(memory: &Memory) -> Sensitivity {
    let texts = [Some(memory.content.as_str()), memory.session.as_deref(), memory.speaker.as_deref()];
    let by_text = texts.into_iter().flatten().map(sensitivity).max().unwrap_or(Sensitivity::General);
    let classified = memory.classification.as_ref().map_or(Sensitivity::General, |class| class.sensitivity);
    let seen = memory.metadata.get(REPLY).and_then(|chat| chat.get(SEEN));
    let seen = seen.and_then(|seen| serde_json::from_value(seen.clone()).ok()).unwrap_or(Sensitivity::General);
    by_text.max(classified).max(seen)
}
