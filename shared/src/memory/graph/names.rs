//! One name for each: what is written in several ways, and first names of whom only one bears them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::NodeKind;
use crate::memory::gist::Gist;

/// Words for a relation whose object is somebody.
const OF_PERSONS: [&str; 5] = ["works at", "lives in", "studies at", "comes from", "plays"];
const TASTES: [&str; 3] = ["likes", "dislikes", "prefers"];

/// Each name in lower case, with how often each way of writing it and each kind occurs.
type Seen = BTreeMap<String, (BTreeMap<String, usize>, BTreeMap<NodeKind, usize>)>;

/// How names are written, and which are the same.
pub(super) struct Names {
    /// By the name in lower case: how it is mostly written.
    canonical: HashMap<String, String>,
    /// By that: all ways.
    written: BTreeMap<String, BTreeSet<String>>,
    /// By that: what it is.
    kinds: HashMap<String, NodeKind>,
}

/// Whether that is somebody's name and not a role.
pub(super) fn is_somebody(voice: &str) -> bool {
    !matches!(voice, "" | "user" | "assistant" | "system" | "tool")
}

impl Names {
    pub(super) fn of(gists: &[&Gist]) -> Names {
        let mut seen = Seen::new();
        let mut see = |name: &str, kind: Option<NodeKind>| {
            let (ways, kinds) = seen.entry(name.to_lowercase()).or_default();
            *ways.entry(name.to_owned()).or_default() += 1;
            if let Some(kind) = kind {
                *kinds.entry(kind).or_default() += 1;
            }
        };
        for gist in gists {
            gist.entities.iter().for_each(|entity| see(&entity.name, Some(entity.kind.into())));
            gist.voice.iter().filter(|voice| is_somebody(voice)).for_each(|voice| see(voice, Some(NodeKind::Person)));
            for relation in &gist.relations {
                see(&relation.subject, Some(NodeKind::Person));
                let object = match relation.word.as_str() {
                    "works at" | "studies at" => Some(NodeKind::Organisation),
                    "lives in" | "comes from" => Some(NodeKind::Place),
                    word if TASTES.contains(&word) || OF_PERSONS.contains(&word) => None,
                    _ => Some(NodeKind::Person),
                };
                see(&relation.object, object);
            }
        }
        let mut names = Names { canonical: HashMap::new(), written: BTreeMap::new(), kinds: HashMap::new() };
        let full = full_names(&seen);
        for (lower, (ways, kinds)) in &seen {
            let target = full.get(lower).unwrap_or(lower);
            let Some(name) = seen.get(target).and_then(|(ways, _)| mostly(ways)) else { continue };
            names.canonical.insert(lower.clone(), name.clone());
            names.written.entry(name.clone()).or_default().extend(ways.keys().cloned());
            // Of no certain sort is what nothing else is known of.
            let sure = kinds.iter().filter(|(kind, _)| **kind != NodeKind::Other).max_by_key(|(_, n)| **n);
            if let Some((kind, _)) = sure.or_else(|| kinds.iter().next()) {
                let known = names.kinds.entry(name).or_insert(*kind);
                *known = (*known).min(*kind);
            }
        }
        names
    }

    /// The one name of whoever is meant.
    pub(super) fn canonical(&self, name: &str) -> String {
        self.canonical.get(&name.to_lowercase()).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Its other ways of being written.
    pub(super) fn aliases(&self, name: &str) -> Vec<String> {
        let ways = self.written.get(name).into_iter().flatten();
        ways.filter(|way| *way != name).cloned().collect()
    }

    pub(super) fn kinds(&self) -> &HashMap<String, NodeKind> {
        &self.kinds
    }
}

/// First names of which there is one full name only, by which.
fn full_names(seen: &Seen) -> HashMap<String, String> {
    let may_be_somebody = |kinds: &BTreeMap<NodeKind, usize>| {
        kinds.contains_key(&NodeKind::Person) || kinds.is_empty() || kinds.contains_key(&NodeKind::Other)
    };
    let mut full: HashMap<String, Vec<&String>> = HashMap::new();
    for (lower, (_, kinds)) in seen {
        if let Some((first, _)) = lower.split_once(' ').filter(|_| may_be_somebody(kinds)) {
            full.entry(first.to_owned()).or_default().push(lower);
        }
    }
    let alone = full
        .into_iter()
        .filter(|(first, names)| names.len() == 1 && seen.get(first).is_some_and(|(_, kinds)| may_be_somebody(kinds)));
    alone.map(|(first, names)| (first, names[0].clone())).collect()
}

fn mostly(ways: &BTreeMap<String, usize>) -> Option<String> {
    ways.iter().max_by_key(|(_, n)| **n).map(|(way, _)| way.clone())
}
