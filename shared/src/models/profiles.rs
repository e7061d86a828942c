//! Profiles: routes for all tasks under one name, for a kind of machine. `profiles.json` beside this is what they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::routes::Task;
use crate::error::{Error, Result};

const FILE: &str = include_str!("profiles.json");

/// Routes for a kind of machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// For what machine, in one sentence.
    pub about: String,
    routes: BTreeMap<Task, Vec<String>>,
}

impl Profile {
    /// The profile of that name. Invalid, naming those that there are, where there is none.
    pub fn named(name: &str) -> Result<Profile> {
        let mut all = all()?;
        let known: Vec<String> = all.keys().cloned().collect();
        let wrong = || Error::invalid("MEMORABLE_PROFILE", format!("there is no profile `{name}`"), known.join(", "));
        all.remove(name).ok_or_else(wrong)
    }

    /// The route of that task, as `Route::parse` reads it; empty for none.
    pub fn route(&self, task: Task) -> String {
        self.routes.get(&task).map(|names| names.join(",")).unwrap_or_default()
    }
}

fn all() -> Result<BTreeMap<String, Profile>> {
    serde_json::from_str(FILE).map_err(|error| Error::internal(format!("profiles.json cannot be read: {error}")))
}

#[cfg(test)]
mod tests;
