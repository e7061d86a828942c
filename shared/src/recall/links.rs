//! What a memory is linked with.

use std::collections::HashMap;

use crate::app::App;
use crate::error::Result;
use crate::memory::link::Link;
use crate::memory::{Memory, MemoryId, Scope, Time};
use crate::recall::read::get;
use crate::recall::web::{Known, visible};

/// A link as it is seen from one of its ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// The link.
    pub link: Link,
    /// The memory at its other end.
    pub memory: Memory,
}

/// The strongest links of a memory, and when they were made; none before the scope's first night, or before that which
/// follows a change of the memory. Not found as [`get`].
pub async fn links(
    app: &App,
    scope: &Scope,
    id: MemoryId,
    limit: usize,
    now: Time,
) -> Result<(Option<Time>, Vec<Linked>)> {
    let memory = get(app, scope, id, now).await?;
    let Some(known) = Known::of(app, scope).await? else { return Ok((None, Vec::new())) };
    let revisions: HashMap<MemoryId, u32> = known.living(now).iter().map(|gist| (gist.id, gist.revision)).collect();
    let holds = |memory: &Memory| revisions.get(&memory.id) == Some(&memory.revision);
    if !holds(&memory) {
        return Ok((Some(known.as_of), Vec::new()));
    }
    let mut links: Vec<&Link> = known.web.links_of(id);
    links.retain(|link| link.other(id).is_some_and(|other| revisions.contains_key(&other)));
    links.truncate(limit);
    let ids: Vec<MemoryId> = links.iter().filter_map(|link| link.other(id)).collect();
    let mut others = visible(app, scope, &ids, now).await?;
    others.retain(|_, memory| holds(memory));
    let linked = links.into_iter().filter_map(|link| {
        let memory = others.get(&link.other(id)?)?.clone();
        Some(Linked { link: link.clone(), memory })
    });
    Ok((Some(known.as_of), linked.collect()))
}
