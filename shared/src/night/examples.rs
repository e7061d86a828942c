//! What people corrected, as examples to learn from: each with its text as it is now, or not at all.
//!
//! What is secret, by the rules, the builtin head, its classification or whoever corrected it, is no example: no weight ever
//! depends on it. It only judges, which leaves no trace of it.

use std::collections::BTreeMap;

use crate::app::App;
use crate::classify::closed::closed;
use crate::classify::head::features::Features;
use crate::classify::head::train::Example;
use crate::classify::trained::{Known, known_by};
use crate::error::Result;
use crate::memory::feedback::Feedback;
use crate::memory::{Memory, MemoryId, Scope, Sensitivity, Tenant, Time};

/// Corrections that are learned from at most: a minute of work.
const MOST: usize = 2_000;

/// What a tenant's people corrected, as it stands.
#[derive(Debug, Default)]
pub struct Corrections {
    /// To learn from and be judged by, each with what it is known by: in an order that has nothing to do with what they say.
    pub open: Vec<(Known, Example)>,
    /// Too closed to learn from: they only judge.
    pub closed: Vec<Example>,
}

impl Corrections {
    /// Those to learn from, place by place.
    pub fn examples(&self) -> Vec<Example> {
        self.open.iter().map(|(_, example)| example.clone()).collect()
    }
}

/// All that stands. Of equal texts one.
pub async fn corrections(app: &App, tenant: &Tenant, now: Time) -> Result<Corrections> {
    let mut open: BTreeMap<String, (Known, Example)> = BTreeMap::new();
    let mut closed: BTreeMap<String, Example> = BTreeMap::new();
    for corrected in app.records.corrected(tenant).await? {
        let scope = Scope::from_path(&corrected.scope)?;
        let ids: Vec<MemoryId> = corrected.feedback.iter().map(|said| said.id).collect();
        let memories = app.records.memories(&scope, &ids).await?;
        for (said, memory) in corrected.feedback.iter().zip(memories) {
            let Some(memory) = memory.filter(|memory| memory.is_visible(now) && said.is_of(memory)) else { continue };
            let example = Example {
                features: Features::of(&memory.content, memory.time()),
                kind: said.correction.kind,
                sensitivity: said.correction.sensitivity,
                weight: 1.0,
            };
            // The hash of the text orders them, and is the same wherever it was said.
            if may_learn(said, &memory) {
                open.insert(said.text.clone(), (known_by(&corrected.scope, said), example));
            } else {
                closed.insert(said.text.clone(), example);
            }
        }
        if open.len() >= MOST {
            break;
        }
    }
    Ok(Corrections { open: open.into_values().collect(), closed: closed.into_values().collect() })
}

fn may_learn(said: &Feedback, memory: &Memory) -> bool {
    let is_open = |sensitivity: Sensitivity| sensitivity <= Sensitivity::Confidential;
    said.correction.sensitivity.is_none_or(is_open) && is_open(closed(memory))
}
