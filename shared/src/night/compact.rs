//! Makes one segment of many and drops what is forgotten, expired or revised.

use crate::app::App;
use crate::classify::publish_merged;
use crate::error::{Error, Result};
use crate::index::Entry;
use crate::index::manifest::FLUSH_MOST;
use crate::index::view::Gone;
use crate::memory::{Scope, Time};
use crate::night::Report;

/// How often compaction is tried again when a flush changed the manifest under it.
const ATTEMPTS: u32 = 4;

/// Compacts the scope; the report says from what to what. `digested`: the marks that the digests have heeded. Those that
/// came since stay for another night, so that it writes their days' digests again.
pub async fn compact(app: &App, scope: &Scope, digested: &[Gone], now: Time, report: &mut Report) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let state = app.records.index(scope).await?;
        let segments = state.manifest.segments.len();
        let mut complete: Vec<&Entry> = state.tail.iter().filter(|entry| entry.is_complete()).collect();
        complete.sort_unstable_by_key(|entry| (entry.order, entry.id));
        complete.truncate(FLUSH_MOST);
        if segments <= 1 && complete.is_empty() && state.gone.is_empty() {
            (report.segments_before, report.segments_after) = (segments, segments);
            return Ok(());
        }
        let before: usize = state.manifest.segments.iter().map(|segment| segment.entries as usize).sum();
        let Some(next) = publish_merged(app, scope, &state, &complete, segments, now).await? else {
            continue;
        };
        // These marks have done their work: no live segment holds what they name.
        let done: Vec<Gone> = state.gone.iter().copied().filter(|gone| digested.contains(gone)).collect();
        app.records.remove_gone(scope, &done).await?;
        let after: usize = next.segments.iter().map(|segment| segment.entries as usize).sum();
        report.segments_before = segments;
        report.segments_after = next.segments.len();
        report.dropped = (before + complete.len()).saturating_sub(after);
        return Ok(());
    }
    Err(Error::conflict(format!("the manifest of {scope} keeps changing under its compaction")))
}
