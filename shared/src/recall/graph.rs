//! The people, places, organisations and topics of a scope, and how they stand to each other.

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::error::{Error, Result};
use crate::memory::gist::Gist;
use crate::memory::graph::{Edge, Graph, Node};
use crate::memory::{MemoryId, Scope, Time};
use crate::recall::web::{Known, visible};

/// How often the graph is made again without what turns out to be gone: marks tell of nearly all of it before.
const ATTEMPTS: u32 = 4;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Around whom or what; none for the strongest of the scope.
    pub entity: Option<String>,
    /// Most nodes of the answer.
    pub limit: usize,
    /// How many nodes, or relationships of the entity, come before this page.
    pub from: usize,
}

/// A part of the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// When its web was made; none before the scope's first night.
    pub as_of: Option<Time>,
    /// Around whom or what.
    pub entity: Option<Node>,
    /// Who and what, the strongest first.
    pub nodes: Vec<Node>,
    /// How they stand to each other.
    pub edges: Vec<Edge>,
    /// Where the next page begins; none at the end.
    pub next: Option<usize>,
}

/// A page of the graph. Not found where the entity is not in it.
pub async fn graph(app: &App, scope: &Scope, asked: &Asked, now: Time) -> Result<Part> {
    let missing = || Error::not_found(format!("nobody and nothing of that name is known in {scope}"));
    let Some(known) = Known::of(app, scope).await? else {
        return if asked.entity.is_some() { Err(missing()) } else { Ok(Part::default()) };
    };
    let mut living = known.living(now);
    for _ in 0..ATTEMPTS {
        let part = part(&living, &known, asked).ok_or_else(missing)?;
        let gone = gone(app, scope, &part, &living, now).await?;
        if gone.is_empty() {
            return Ok(Part { as_of: Some(known.as_of), ..part });
        }
        living.retain(|gist| !gone.contains(&gist.id));
    }
    Err(Error::conflict(format!("the memories of {scope} keep changing while its graph is drawn")))
}

fn part(living: &[&Gist], known: &Known, asked: &Asked) -> Option<Part> {
    let graph = Graph::of(living, &known.web.links);
    let Some(name) = &asked.entity else {
        let nodes: Vec<Node> = graph.nodes.iter().skip(asked.from).take(asked.limit).cloned().collect();
        let shown: HashSet<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let within = |edge: &&Edge| shown.contains(edge.from.as_str()) && shown.contains(edge.to.as_str());
        let edges: Vec<Edge> = graph.edges.iter().filter(within).take(2 * asked.limit).cloned().collect();
        let next = (asked.from + nodes.len() < graph.nodes.len()).then_some(asked.from + nodes.len());
        return Some(Part { nodes, edges, next, ..Part::default() });
    };
    let entity = graph.find(name)?.clone();
    let around = graph.around(&entity.name);
    let edges: Vec<Edge> = around.iter().skip(asked.from).take(asked.limit).map(|edge| (*edge).clone()).collect();
    let ends: HashSet<&str> = edges.iter().flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]).collect();
    let is_end = |node: &&Node| node.name != entity.name && ends.contains(node.name.as_str());
    let nodes: Vec<Node> = graph.nodes.iter().filter(is_end).cloned().collect();
    let next = (asked.from + edges.len() < around.len()).then_some(asked.from + edges.len());
    Some(Part { as_of: None, entity: Some(entity), nodes, edges, next })
}

/// Those of the cited memories that are not there any more, or say something else by now.
async fn gone(app: &App, scope: &Scope, part: &Part, living: &[&Gist], now: Time) -> Result<HashSet<MemoryId>> {
    let nodes = part.nodes.iter().chain(&part.entity).map(|node| &node.evidence);
    let cited = nodes.chain(part.edges.iter().map(|edge| &edge.evidence)).flat_map(|e| e.evidence.iter().copied());
    let mut cited: Vec<MemoryId> = cited.collect();
    cited.sort_unstable();
    cited.dedup();
    let there = visible(app, scope, &cited, now).await?;
    let revisions: HashMap<MemoryId, u32> = living.iter().map(|gist| (gist.id, gist.revision)).collect();
    let holds = |id: &MemoryId| there.get(id).is_some_and(|memory| revisions.get(id) == Some(&memory.revision));
    Ok(cited.into_iter().filter(|id| !holds(id)).collect())
}
