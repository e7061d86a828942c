//! Brings what facts say of each other up to date with what there is: validity, what took their place, what is merged.

use std::collections::{BTreeSet, HashSet};

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::distill::chain::{Verdict, chain};
use crate::distill::stale;
use crate::distill::write::put_in_place;
use crate::error::Result;
use crate::memory::{Claim, Memory, MemoryId, Scope, State, Time};

/// How often it is tried again when a fact changed under it. What is still not settled then a night settles.
const ATTEMPTS: u32 = 3;
/// Facts of one attribute that are looked at, the latest: who moved house more often is a special case.
const MOST: usize = 96;

/// An attribute of a subject.
pub type Slot = (String, String);

/// The slots of those claims.
pub fn slots<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> BTreeSet<Slot> {
    claims.into_iter().map(|claim| (claim.subject.clone(), claim.attribute.clone())).collect()
}

/// Settles the facts that claim something of those; gives how many changed.
pub async fn settle(app: &App, scope: &Scope, slots_of: &BTreeSet<Slot>, now: Time) -> Result<usize> {
    let mut ids: BTreeSet<MemoryId> = BTreeSet::new();
    let mut known: BTreeSet<Slot> = BTreeSet::new();
    let mut open = slots_of.clone();
    let mut facts = Vec::new();
    // A fact may claim something of several things, and then stands in several chains: those beside are read, too.
    for _ in 0..2 {
        for (subject, attribute) in &open {
            let claimants = app.records.claimants(scope, subject, attribute).await?;
            ids.extend(claimants.into_iter().rev().take(MOST));
        }
        known.append(&mut open);
        let list: Vec<MemoryId> = ids.iter().copied().collect();
        facts = app.records.memories(scope, &list).await?.into_iter().flatten().collect();
        open = slots(facts.iter().flat_map(|fact: &Memory| &fact.claims)).difference(&known).cloned().collect();
        if open.is_empty() {
            break;
        }
    }
    Box::pin(settle_facts(app, scope, facts, now)).await
}

/// Settles facts that were read, all that there are of their attributes.
pub async fn settle_facts(app: &App, scope: &Scope, mut facts: Vec<Memory>, now: Time) -> Result<usize> {
    let mut changed = 0;
    for _ in 0..ATTEMPTS {
        facts.retain(|fact| fact.is_visible(now) && fact.state == State::Ready && !fact.claims.is_empty());
        let among: HashSet<MemoryId> = facts.iter().map(|fact| fact.id).collect();
        let verdicts = chain(&facts);
        let mut is_refused = false;
        for fact in &facts {
            let verdict = verdicts.get(&fact.id).cloned().unwrap_or_default();
            let new = with(fact, verdict, &among);
            if new == *fact {
                continue;
            }
            match Box::pin(put_in_place(app, scope, fact, new, now)).await? {
                Outcome::Done => {
                    changed += 1;
                    if fact.superseded_by.is_none() {
                        Box::pin(stale::flag(app, scope, fact.id, now)).await?;
                    }
                }
                Outcome::Refused(_) => is_refused = true,
            }
        }
        if !is_refused {
            break;
        }
        let ids: Vec<MemoryId> = among.into_iter().collect();
        facts = app.records.memories(scope, &ids).await?.into_iter().flatten().collect();
    }
    Ok(changed)
}

/// The fact as the verdict has it. What something outside of these took the place of, it keeps.
fn with(fact: &Memory, verdict: Verdict, among: &HashSet<MemoryId>) -> Memory {
    let outside = |id: Option<MemoryId>| id.filter(|id| !among.contains(id));
    let (by, at) = match verdict.superseded {
        Some((by, at)) => (Some(by), Some(at)),
        None => match outside(fact.superseded_by) {
            Some(by) => (Some(by), fact.superseded_at),
            None => (None, None),
        },
    };
    let mut merged: Vec<MemoryId> = fact.merged.iter().copied().filter(|id| !among.contains(id)).collect();
    merged.extend(verdict.merged);
    Memory {
        superseded_by: by,
        superseded_at: at,
        merged_into: verdict.merged_into.or(outside(fact.merged_into)),
        sources: u32::try_from(merged.len()).unwrap_or(u32::MAX - 1) + 1,
        merged,
        ..fact.clone()
    }
}
