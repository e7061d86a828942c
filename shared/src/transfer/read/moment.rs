//! What was said in one moment: times of chats and notes have minutes, and people say "ok" twice in one.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::ingest::Draft;

/// Most different messages of one moment that are told apart.
const MOST_AT_ONCE: usize = 1_000;

/// The time of the last messages, and how often each was said then, by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    #[serde(default)]
    at: Option<DateTime>,
    #[serde(default)]
    said: BTreeMap<String, usize>,
}

impl Moment {
    /// How often the same was said in this moment before.
    pub fn nth(&mut self, at: Option<DateTime>, draft: &Draft) -> usize {
        if self.at != at || self.said.len() >= MOST_AT_ONCE {
            self.at = at;
            self.said.clear();
        }
        let often = self.said.entry(draft.fingerprint()).or_default();
        *often += 1;
        *often - 1
    }
}
