//! The scope's web as it may be shown: without what was forgotten since it was made.

use std::collections::HashMap;
use std::sync::Arc;

use crate::app::App;
use crate::error::Result;
use crate::index::view::Gone;
use crate::memory::gist::Gist;
use crate::memory::web::Web;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// A web, and what was forgotten since.
#[derive(Debug, Clone)]
pub struct Known {
    /// The web.
    pub web: Arc<Web>,
    /// When it was made.
    pub as_of: Time,
    gone: Vec<Gone>,
}

impl Known {
    /// The scope's web; none before its first night.
    pub async fn of(app: &App, scope: &Scope) -> Result<Option<Known>> {
        // The marks first: one goes only after a web without what it names is published.
        let gone = app.records.gone(scope).await?;
        let Some(named) = app.records.web(scope).await? else { return Ok(None) };
        Ok(Some(Known { web: app.webs.get(&named.name).await?, as_of: named.made_at, gone }))
    }

    /// What may be spoken of, in the order of storing.
    pub fn living(&self, now: Time) -> Vec<&Gist> {
        self.web.living(&self.gone, now)
    }
}

/// Those of the memories that a reader may see now, as they are: what nothing is shown without.
pub async fn visible(app: &App, scope: &Scope, ids: &[MemoryId], now: Time) -> Result<HashMap<MemoryId, Memory>> {
    let memories = app.records.memories(scope, ids).await?;
    let visible = memories.into_iter().flatten().filter(|memory| memory.is_visible(now));
    Ok(visible.map(|memory| (memory.id, memory)).collect())
}
