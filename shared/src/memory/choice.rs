//! What nights chose for a tenant beside its ranking: the trained head that classifies, and the order in which the models
//! of a route are asked. And the record of every night that proposed another choice.
//!
//! Names only: of models, and of a head that lies beside. What is not chosen is as it was delivered and configured.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::index::tuning::Decision;
use crate::memory::Time;
use crate::memory::standing::Standing;
use crate::memory::trial::Trial;

/// Version of the stored shapes.
pub const VERSION: u8 = 1;
/// The choice of a head.
pub const HEAD: &str = "head";
/// How the choice of a route's order begins; the task follows.
const ROUTE: &str = "route.";

/// The choice of the order of that task's models.
pub fn route(task: &str) -> String {
    format!("{ROUTE}{task}")
}

/// The task whose order that choice is; none where it is another choice.
pub fn task(what: &str) -> Option<&str> {
    what.strip_prefix(ROUTE)
}

/// One thing as it is chosen now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// A head's name, or models in their order; nothing for what was delivered or configured.
    #[serde(default)]
    pub names: Vec<String>,
    /// The night that chose it.
    #[serde(default)]
    pub night: Option<Date>,
    /// Until then nothing else is promoted, since a promotion was taken back.
    #[serde(default)]
    pub held_until: Option<Time>,
    /// Models that were asked too seldom to be judged: a small part of the calls tries them first.
    #[serde(default)]
    pub trying: Vec<String>,
}

/// All that is chosen for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// One more with every change: two changes at once cannot both be made.
    pub revision: u32,
    /// By what is chosen.
    pub chosen: BTreeMap<String, Chosen>,
}

impl Default for Choices {
    fn default() -> Choices {
        Choices { v: VERSION, revision: 0, chosen: BTreeMap::new() }
    }
}

impl Choices {
    /// What is chosen there.
    pub fn of(&self, what: &str) -> Chosen {
        self.chosen.get(what).cloned().unwrap_or_default()
    }

    /// With another choice there, to be written over this.
    #[must_use]
    pub fn with(&self, what: &str, chosen: Chosen) -> Choices {
        let mut next = Choices { revision: self.revision + 1, ..self.clone() };
        next.chosen.insert(what.to_owned(), chosen);
        next
    }
}

/// What one night proposed to choose, and what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// What was to be chosen.
    pub what: String,
    /// The night.
    pub night: Date,
    /// When it was decided.
    pub at: Time,
    /// What was decided.
    pub decision: Decision,
    /// Why, in one sentence.
    pub because: String,
    /// Cases that the proposal was fitted to.
    pub fitted: u32,
    /// What it did on others, by what was measured.
    pub trials: BTreeMap<String, Trial>,
    /// What was proposed, as [`Chosen::names`] would have it.
    pub proposed: Vec<String>,
    /// What was chosen before; what a rollback goes back to.
    pub replaced: Vec<String>,
    /// How the models of a route stood that night.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, Standing>,
}

#[cfg(test)]
mod tests;
