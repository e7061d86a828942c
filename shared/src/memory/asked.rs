//! A recall as it is remembered for a while: what was asked and what came of it, so that nights can learn from it.

pub mod recurring;

use serde::{Deserialize, Serialize};

use crate::memory::{MemoryId, Time};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// Most returned memories that are remembered: what was ranked below them was hardly read.
pub const MOST_RETURNED: usize = 10;

/// One recall of one scope. Names of memories only, and the query, which is kept for a month at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub at: Time,
    /// What was asked.
    pub query: String,
    /// What was returned, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<MemoryId>,
    /// What of it an answer was made from, as far as we know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<MemoryId>,
    /// The chance that the evidence was among the best ten.
    pub confidence: f32,
    /// Whether it was advised to say that it is not known.
    pub abstained: bool,
}

/// The same questions together, however often they were asked, in the order of first asking.
pub fn merged(asked: Vec<Asked>) -> Vec<Asked> {
    let mut merged: Vec<Asked> = Vec::new();
    let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for one in asked {
        match places.get(&one.query) {
            Some(place) => {
                let first = &mut merged[*place];
                for id in one.used {
                    if !first.used.contains(&id) {
                        first.used.push(id);
                    }
                }
            }
            None => {
                places.insert(one.query.clone(), merged.len());
                merged.push(one);
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests;
