//! Profiles: routes for all tasks under one name, for a kind of machine; and how much Ollama's models read. `profiles.json`
//! beside this is what they are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::ollama::Served;
use super::routes::Task;
use crate::error::{Error, Result};

const FILE: &str = include_str!("profiles.json");

static ALL: LazyLock<std::result::Result<File, String>> =
    LazyLock::new(|| serde_json::from_str(FILE).map_err(|error| error.to_string()));

/// Tokens of a context of a model that `profiles.json` does not name: most that are pulled today read more, and a message of
/// the largest size fits.
const DEFAULT_CONTEXT: u32 = 32_768;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Tokens that a model of Ollama's was made to read and write at once, by what its name begins with.
    contexts: BTreeMap<String, u32>,
    profiles: BTreeMap<String, Profile>,
}

/// How many tokens a model of Ollama's reads and writes at once.
pub fn context(id: &str) -> u32 {
    // A name without a tag ends where one with a tag has a colon.
    let named = format!("{id}:");
    let contexts = ALL.as_ref().ok().map(|file| &file.contexts);
    let fitting = contexts.into_iter().flatten().filter(|(part, _)| named.starts_with(part.as_str()));
    fitting.max_by_key(|(part, _)| part.len()).map_or(DEFAULT_CONTEXT, |(_, context)| *context)
}

/// Routes for a kind of machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// For what machine, in one sentence.
    pub about: String,
    /// Gigabytes of memory that such a machine has at least.
    #[serde(default)]
    pub memory_gb: u64,
    routes: BTreeMap<Task, Vec<String>>,
}

impl Profile {
    /// The profile of that name. Invalid, naming those that there are, where there is none.
    pub fn named(name: &str) -> Result<Profile> {
        let all = all()?;
        let known: Vec<String> = all.keys().cloned().collect();
        let wrong = || Error::invalid("MEMORABLE_PROFILE", format!("there is no profile `{name}`"), known.join(", "));
        all.get(name).cloned().ok_or_else(wrong)
    }

    /// The name of the profile that fits a machine with that Ollama and so many bytes of memory, where these are known: the
    /// largest of which a model to converse with was pulled. None where no profile's was.
    pub fn fitting(served: &Served, memory_bytes: Option<u64>) -> Option<&'static str> {
        ["server", "small"].into_iter().find(|name| {
            let Ok(profile) = Profile::named(name) else { return false };
            let has_room = memory_bytes.is_none_or(|bytes| bytes >= profile.memory_gb * 1_000_000_000);
            has_room && profile.lacking(served).len() < profile.routes.get(&Task::Converse).map_or(0, Vec::len)
        })
    }

    /// The models to converse with that were not pulled.
    pub fn lacking(&self, served: &Served) -> Vec<&str> {
        let names = self.routes.get(&Task::Converse).into_iter().flatten();
        names.filter_map(|name| name.strip_prefix("ollama:")).filter(|id| !served.has(id)).collect()
    }

    /// The route of that task, as `Route::parse` reads it; empty for none.
    pub fn route(&self, task: Task) -> String {
        self.routes.get(&task).map(|names| names.join(",")).unwrap_or_default()
    }
}

fn all() -> Result<&'static BTreeMap<String, Profile>> {
    let file = ALL.as_ref().map_err(|error| Error::internal(format!("profiles.json cannot be read: {error}")))?;
    Ok(&file.profiles)
}

#[cfg(test)]
mod tests;
