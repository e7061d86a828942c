//! Whom and what a scope's memories tell of, and how these stand to each other. Made of gists and links when it is asked
//! for, so that what is forgotten is in none.

mod names;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::memory::classification::EntityKind;
use crate::memory::gist::Gist;
use crate::memory::link::{Link, Reason};
use crate::memory::{MemoryId, Time};

use names::Names;

/// Least memories that a word stands in to be a topic.
const TOPIC_SUPPORT: usize = 3;
/// A word of more than every so many-th memory is how people talk.
const TOPIC_SHARE: usize = 4;
/// Least memories that two are named together in, where none says how they stand to each other.
const TOGETHER_SUPPORT: usize = 2;
/// Most names of one memory that are taken together: a longer list says nothing of any two.
const MOST_TOGETHER: usize = 8;
/// Memories that are cited for a node or a relationship, the latest ones.
const MOST_EVIDENCE: usize = 5;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Somebody.
    Person,
    /// Somewhere.
    Place,
    /// A company, club, school or authority.
    Organisation,
    /// What is talked about.
    Topic,
    /// Named, but of no certain sort.
    Other,
}

/// What stands for it: in how many memories, from when to when, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// How many memories.
    pub memories: usize,
    /// When the first of them was said.
    pub first: Time,
    /// When the last of them was.
    pub last: Time,
    /// The latest of them.
    pub evidence: Vec<MemoryId>,
}

/// Somebody or something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// As it is mostly written.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// How else it is written.
    pub aliases: Vec<String>,
    /// What stands for it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// How two nodes stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// From whom.
    pub from: String,
    /// The relation's word: `sister`, `works at`, `likes`; `named with`, `speaks of`, `about` and `linked with` where no
    /// text says one.
    pub relation: String,
    /// To whom or what.
    pub to: String,
    /// Whether a text says so.
    pub is_told: bool,
    /// What stands for it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Nodes and edges, the strongest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// Who and what.
    pub nodes: Vec<Node>,
    /// How they stand to each other.
    pub edges: Vec<Edge>,
}

/// The memories that stand for something.
type Found<'a> = Vec<&'a Gist>;

impl Graph {
    /// Of those gists, and of the links between them.
    pub fn of(gists: &[&Gist], links: &[Link]) -> Graph {
        let open: Vec<&Gist> = gists.iter().copied().filter(|gist| gist.is_open()).collect();
        let names = Names::of(&open);
        let topics = topics(&open);
        let mut nodes: BTreeMap<String, Found<'_>> = BTreeMap::new();
        let mut edges: BTreeMap<(String, String, String, bool), Found<'_>> = BTreeMap::new();
        let mut named: HashMap<MemoryId, Vec<String>> = HashMap::new();
        for gist in &open {
            let together: Vec<String> = {
                let mut seen = HashSet::new();
                let entities = gist.entities.iter().map(|entity| names.canonical(&entity.name));
                entities.filter(|name| seen.insert(name.clone())).take(MOST_TOGETHER).collect()
            };
            let speaker = gist.voice.as_deref().filter(|voice| names::is_somebody(voice)).map(|v| names.canonical(v));
            let about: Vec<String> = gist.words.iter().filter_map(|word| topics.get(&word.term).cloned()).collect();
            let mut own: Vec<&String> = together.iter().chain(&about).chain(speaker.as_ref()).collect();
            own.sort_unstable();
            own.dedup();
            own.into_iter().for_each(|name| nodes.entry(name.clone()).or_default().push(gist));
            let mut edge = |from: &str, relation: &str, to: &str, is_told: bool| {
                let key = (from.to_owned(), relation.to_owned(), to.to_owned(), is_told);
                let found = edges.entry(key).or_default();
                if from != to && found.last().is_none_or(|last| last.id != gist.id) {
                    found.push(gist);
                }
            };
            for relation in &gist.relations {
                let (from, to) = (names.canonical(&relation.subject), names.canonical(&relation.object));
                edge(&from, &relation.word, &to, true);
                for name in [from, to] {
                    let found = nodes.entry(name).or_default();
                    if found.last().is_none_or(|last| last.id != gist.id) {
                        found.push(gist);
                    }
                }
            }
            for (place, one) in together.iter().enumerate() {
                for other in &together[place + 1..] {
                    let (one, other) = if one < other { (one, other) } else { (other, one) };
                    edge(one, "named with", other, false);
                }
                about.iter().for_each(|topic| edge(one, "about", topic, false));
                speaker.iter().for_each(|speaker| edge(speaker, "speaks of", one, false));
            }
            speaker.iter().for_each(|speaker| about.iter().for_each(|topic| edge(speaker, "about", topic, false)));
            named.insert(gist.id, together);
        }
        linked(&open, links, &named, &mut edges);
        let kinds = names.kinds();
        let nodes = nodes.into_iter().map(|(name, found)| {
            let is_topic = topics.values().any(|topic| *topic == name);
            let kind = kinds.get(&name).copied().unwrap_or(if is_topic || is_lower(&name) {
                NodeKind::Topic
            } else {
                NodeKind::Other
            });
            Node { kind, aliases: names.aliases(&name), evidence: evidence(&found), name }
        });
        let supported = |key: &(String, String, String, bool), found: &Found<'_>| {
            !found.is_empty() && (key.3 || found.len() >= TOGETHER_SUPPORT)
        };
        let edges = edges.into_iter().filter(|(key, found)| supported(key, found)).map(
            |((from, relation, to, is_told), found)| Edge { from, relation, to, is_told, evidence: evidence(&found) },
        );
        let mut graph = Graph { nodes: nodes.collect(), edges: edges.collect() };
        graph.nodes.sort_by(|a, b| strength(&b.evidence).cmp(&strength(&a.evidence)).then_with(|| a.name.cmp(&b.name)));
        graph.edges.sort_by(|a, b| {
            let order = |edge: &Edge| (edge.is_told, strength(&edge.evidence));
            order(b).cmp(&order(a)).then_with(|| (&a.from, &a.relation, &a.to).cmp(&(&b.from, &b.relation, &b.to)))
        });
        graph
    }

    /// The node that is meant by a name, however it is written; where only one begins so, by its first word.
    pub fn find(&self, name: &str) -> Option<&Node> {
        let wanted = name.trim().to_lowercase();
        let is = |node: &&Node| {
            node.name.to_lowercase() == wanted || node.aliases.iter().any(|alias| alias.to_lowercase() == wanted)
        };
        self.nodes.iter().find(is).or_else(|| {
            let mut begin =
                self.nodes.iter().filter(|node| node.name.to_lowercase().split(' ').next() == Some(wanted.as_str()));
            begin.next().filter(|_| begin.next().is_none())
        })
    }

    /// The relationships of a node, those that a text says first.
    pub fn around(&self, name: &str) -> Vec<&Edge> {
        self.edges.iter().filter(|edge| edge.from == name || edge.to == name).collect()
    }
}

/// Those that are named on either side of a link: what two memories that belong together name belongs together, too.
fn linked<'a>(
    gists: &[&'a Gist],
    links: &[Link],
    named: &HashMap<MemoryId, Vec<String>>,
    edges: &mut BTreeMap<(String, String, String, bool), Found<'a>>,
) {
    let by_id: HashMap<MemoryId, &'a Gist> = gists.iter().map(|gist| (gist.id, *gist)).collect();
    for link in links.iter().filter(|link| !matches!(link.reason, Reason::SameThread | Reason::SameEntity)) {
        let ends = by_id.get(&link.newer).zip(by_id.get(&link.older));
        let (Some((newer, older)), Some(new), Some(old)) = (ends, named.get(&link.newer), named.get(&link.older))
        else {
            continue;
        };
        for one in new {
            for other in old.iter().filter(|other| *other != one && !new.contains(other) && !old.contains(one)) {
                let (one, other) = if one < other { (one, other) } else { (other, one) };
                let found = edges.entry((one.clone(), "linked with".to_owned(), other.clone(), false)).or_default();
                for end in [*older, *newer] {
                    if !found.iter().any(|known| known.id == end.id) {
                        found.push(end);
                    }
                }
            }
        }
    }
    // Two ends are one link: as much as one memory that names both.
    edges.retain(|key, found| key.1 != "linked with" || found.len() > TOGETHER_SUPPORT);
}

/// The words that are topics, each as it is mostly written, by stem.
fn topics(gists: &[&Gist]) -> HashMap<u32, String> {
    let mut forms: HashMap<u32, BTreeMap<&str, usize>> = HashMap::new();
    for word in gists.iter().flat_map(|gist| &gist.words) {
        *forms.entry(word.term).or_default().entry(&word.word).or_default() += 1;
    }
    let most = (gists.len() / TOPIC_SHARE).max(TOPIC_SUPPORT);
    let is_topic = |n: usize| (TOPIC_SUPPORT..=most).contains(&n);
    let topics = forms.into_iter().filter(|(_, forms)| is_topic(forms.values().sum()));
    topics.filter_map(|(term, forms)| Some((term, (*forms.iter().max_by_key(|(_, n)| **n)?.0).to_owned()))).collect()
}

fn evidence(found: &Found<'_>) -> Evidence {
    let mut found: Vec<&Gist> = found.clone();
    found.sort_by_key(|gist| std::cmp::Reverse((gist.at, gist.id)));
    let time = |gist: Option<&&Gist>| gist.map_or(Time::from_micros(0), |gist| gist.at);
    Evidence {
        memories: found.len(),
        first: time(found.last()),
        last: time(found.first()),
        evidence: found.iter().take(MOST_EVIDENCE).map(|gist| gist.id).collect(),
    }
}

fn strength(evidence: &Evidence) -> (usize, Time) {
    (evidence.memories, evidence.last)
}

fn is_lower(name: &str) -> bool {
    !name.chars().any(char::is_uppercase)
}

impl From<EntityKind> for NodeKind {
    fn from(kind: EntityKind) -> NodeKind {
        match kind {
            EntityKind::Person => NodeKind::Person,
            EntityKind::Place => NodeKind::Place,
            EntityKind::Organisation => NodeKind::Organisation,
            EntityKind::Other => NodeKind::Other,
        }
    }
}

#[cfg(test)]
mod tests;
