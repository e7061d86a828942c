//! What can be said of a scope beyond its single memories.

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::error::Result;
use crate::memory::insight::{Insight, insights as all};
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::web::{Known, visible};

/// What was found, with the memories that it cites.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Insights {
    /// When the web was made that they come from; none before the scope's first night.
    pub as_of: Option<Time>,
    /// What can be said, what matters most first.
    pub insights: Vec<Insight>,
    /// The cited memories.
    pub memories: HashMap<MemoryId, Memory>,
}

/// What can be said of the scope now. What rests on a memory that is forgotten, or says something else by now, is not.
pub async fn insights(app: &App, scope: &Scope, now: Time) -> Result<Insights> {
    let Some(known) = Known::of(app, scope).await? else { return Ok(Insights::default()) };
    let mut living = known.living(now);
    loop {
        let found = all(&living, &known.web.links, now);
        let cited: HashSet<MemoryId> = found.iter().flat_map(|insight| insight.memories.iter().copied()).collect();
        let cited: Vec<MemoryId> = cited.into_iter().collect();
        let memories = visible(app, scope, &cited, now).await?;
        let revisions: HashMap<MemoryId, u32> = living.iter().map(|gist| (gist.id, gist.revision)).collect();
        let holds = |id: &MemoryId| memories.get(id).is_some_and(|m| revisions.get(id) == Some(&m.revision));
        let gone: HashSet<MemoryId> = cited.into_iter().filter(|id| !holds(id)).collect();
        if gone.is_empty() {
            return Ok(Insights { as_of: Some(known.as_of), insights: found, memories });
        }
        // Fewer each time, so this ends.
        living.retain(|gist| !gone.contains(&gist.id));
    }
}
