//! Sums up the sessions in which something was said, changed or forgotten since they were summed up last.

use std::collections::BTreeMap;

use crate::aws::keys;
use crate::error::Result;
use crate::memory::MemoryId;
use crate::night::each::each_live;
use crate::night::{Night, Worked};
use crate::recall;
use crate::summarize::{self, MOST_FAILURES, MOST_TURNS};

/// Makes the summaries of what changed, and removes those of sessions of which nothing is left. Doing it again changes
/// nothing; where time runs out it goes on with what is still to be made.
pub async fn summaries(night: &Night<'_>) -> Result<Worked> {
    let Night { app, scope, now, budget, .. } = *night;
    let state = app.records.index(scope).await?;
    let mut sessions: BTreeMap<String, Vec<(i64, MemoryId, u32)>> = BTreeMap::new();
    each_live(app, &state, |entry| {
        let Some(session) = &entry.session else { return };
        if !entry.is_expired(now) && entry.derived_from.is_none() {
            sessions.entry(session.clone()).or_default().push((entry.order, entry.id, entry.revision));
        }
    })
    .await?;
    let mut made = app.records.summaries(scope).await?;
    let (mut summed, mut by_model) = (0, 0);
    let mut worked = Worked::default();
    for (session, mut turns) in sessions {
        turns.sort_unstable();
        let turns: Vec<(MemoryId, u32)> =
            turns[turns.len().saturating_sub(MOST_TURNS)..].iter().map(|(_, id, revision)| (*id, *revision)).collect();
        let before = made.remove(&keys::summary(&session));
        let same = before.filter(|before| before.fingerprint == summarize::fingerprint(&turns));
        let failed = same.as_ref().map_or(0, |same| same.failed);
        let wants_words = !app.summarize.is_empty() && failed < MOST_FAILURES;
        if same.is_some_and(|same| same.words.is_some() || !wants_words) {
            continue;
        }
        if budget.is_spent() {
            worked.more = true;
            break;
        }
        let ids: Vec<MemoryId> = turns.iter().map(|(id, _)| *id).collect();
        let turns: Vec<_> = recall::several(app, scope, &ids, now).await?.into_iter().flatten().collect();
        by_model += usize::from(Box::pin(summarize::make(app, scope, &session, &turns, failed, now)).await?);
        summed += usize::from(!turns.is_empty());
    }
    let mut removed = 0;
    if !worked.more {
        for sort in made.keys() {
            app.records.remove_summary(scope, sort).await?;
            removed += 1;
        }
    }
    Ok(worked.counted("summed_up", summed).counted("by_model", by_model).counted("removed", removed))
}
