//! What memories say of each other, brought up to date once a night: which facts hold, what is said twice, what hangs on
//! what no longer holds, and what was left of the forgotten. Doing it again changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::app::App;
use crate::distill::settle_facts;
use crate::error::Result;
use crate::forget::forget;
use crate::index::Entry;
use crate::memory::lesson::goes_with;
use crate::memory::{MemoryId, Scope, State, Time};
use crate::night::each::each_live;
use crate::night::{Worked, dependants, duplicates};

/// What one passage through the scope finds.
#[derive(Default)]
struct Passage {
    /// All that is not derived.
    sources: HashSet<MemoryId>,
    /// What is, with what it was made from.
    derived: Vec<(MemoryId, MemoryId)>,
    /// What has given way.
    gave_way: Vec<MemoryId>,
    twice: duplicates::Candidates,
}

/// Does all of it for one scope.
pub async fn supersede(app: &App, scope: &Scope, now: Time) -> Result<Worked> {
    let done = Worked::default().counted("settled", Box::pin(settle_all(app, scope, now)).await?);
    let state = app.records.index(scope).await?;
    let mut passage = Passage::default();
    each_live(app, &state, |entry| passage.see(entry, now)).await?;
    let done = done.counted("orphans", Box::pin(orphans(app, scope, &passage, now)).await?);
    let done = done.counted("merged", Box::pin(duplicates::merge(app, scope, passage.twice, now)).await?);
    let changed = Box::pin(dependants::changed(app, scope, &passage.gave_way, now)).await?;
    if changed.is_empty() {
        return Ok(done);
    }
    let mut near = dependants::Near::new(&changed);
    each_live(app, &state, |entry| near.see(entry)).await?;
    Ok(done.counted("stale", Box::pin(dependants::flag(app, scope, &changed, near, now)).await?))
}

impl Passage {
    fn see(&mut self, entry: &Entry, now: Time) {
        if entry.is_expired(now) {
            return;
        }
        match entry.derived_from {
            Some(from) => self.derived.push((entry.id, from)),
            None => {
                self.sources.insert(entry.id);
            }
        }
        if entry.superseded_at.is_some() {
            self.gave_way.push(entry.id);
        }
        self.twice.see(entry);
    }
}

/// Settles all facts that claim something of the same things as others.
async fn settle_all(app: &App, scope: &Scope, now: Time) -> Result<usize> {
    let groups = app.records.all_claimants(scope).await?;
    // A fact with several claims joins the groups it stands in.
    let mut home: HashMap<MemoryId, usize> = HashMap::new();
    let mut clusters: BTreeMap<usize, BTreeSet<MemoryId>> = BTreeMap::new();
    for (number, group) in groups.into_iter().enumerate() {
        let mut cluster: BTreeSet<MemoryId> = group.into_iter().collect();
        let joined: BTreeSet<usize> = cluster.iter().filter_map(|id| home.get(id).copied()).collect();
        joined.iter().filter_map(|other| clusters.remove(other)).for_each(|mut other| cluster.append(&mut other));
        cluster.iter().for_each(|id| {
            home.insert(*id, number);
        });
        clusters.insert(number, cluster);
    }
    let mut settled = 0;
    for cluster in clusters.into_values().filter(|cluster| cluster.len() > 1) {
        let ids: Vec<MemoryId> = cluster.into_iter().collect();
        let facts = app.records.memories(scope, &ids).await?.into_iter().flatten().collect();
        settled += settle_facts(app, scope, facts, now).await?;
    }
    Ok(settled)
}

/// Forgets facts whose only source is forgotten: who forgot it was interrupted.
async fn orphans(app: &App, scope: &Scope, passage: &Passage, now: Time) -> Result<usize> {
    let lost = passage.derived.iter().filter(|(_, from)| !passage.sources.contains(from));
    let lost: Vec<(MemoryId, MemoryId)> = lost.copied().collect();
    let from: Vec<MemoryId> = lost.iter().map(|(_, from)| *from).collect();
    let sources = app.records.memories(scope, &from).await?;
    let mut forgotten = 0;
    for ((id, from), source) in lost.into_iter().zip(sources) {
        let is_gone = source.is_none_or(|source| source.state == State::Forgotten);
        let fact = if is_gone { app.records.memory(scope, id).await? } else { None };
        if fact.is_some_and(|fact| goes_with(&fact, from) && fact.state != State::Forgotten) {
            Box::pin(forget(app, scope, id, now)).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
