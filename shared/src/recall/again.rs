//! What was found in the cold tier is wanted again: the next night brings it back.

use std::collections::BTreeMap;

use crate::app::App;
use crate::memory::{MemoryId, Scope, Time};
use crate::recall::{Found, Request};

/// Marks those of the found that lie in the cold tier, once per container. A failure is none of the recall's.
pub(super) async fn mark(app: &App, request: &Request, found: &[Found], now: Time) {
    let mut by_scope: BTreeMap<&Scope, Vec<MemoryId>> = BTreeMap::new();
    for found in found.iter().filter(|found| found.memory.cold.is_some()) {
        if let Some(scope) = request.scopes.iter().find(|scope| scope.subject() == found.scope) {
            by_scope.entry(scope).or_default().push(found.memory.id);
        }
    }
    for (scope, ids) in by_scope {
        let ids = app.cold.unmarked(scope, ids);
        if ids.is_empty() {
            continue;
        }
        let marked = async {
            app.register(scope, now).await?;
            app.records.mark_recalled(scope, &ids, now).await
        };
        if let Err(error) = marked.await {
            tracing::warn!(%scope, %error, "recalled memories could not be marked");
        }
    }
}
