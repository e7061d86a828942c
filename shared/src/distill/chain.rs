//! Which of several facts about the same things hold, and until when: decided from all of them at once, by when what they
//! tell came about, so that the order in which they arrived plays no part.

use std::collections::HashMap;

use crate::memory::{Memory, MemoryId, Time};

/// What holds of a fact beside the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The first later fact that contradicts it, and from when on.
    pub superseded: Option<(MemoryId, Time)>,
    /// An earlier fact that says the same, with nothing in between that contradicts it.
    pub merged_into: Option<MemoryId>,
    /// Later facts that say the same, likewise.
    pub merged: Vec<MemoryId>,
}

/// The verdict on each of the facts.
pub fn chain(facts: &[Memory]) -> HashMap<MemoryId, Verdict> {
    let mut facts: Vec<&Memory> = facts.iter().collect();
    facts.sort_by_key(|fact| (fact.time(), fact.order, fact.id));
    let mut verdicts: HashMap<MemoryId, Verdict> = HashMap::new();
    // Places of facts that stand for themselves and are not superseded by what has been gone through.
    let mut holding: Vec<usize> = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        holding.retain(|earlier| {
            let is_over = contradict(facts[*earlier], fact);
            if is_over {
                let verdict = verdicts.entry(facts[*earlier].id).or_default();
                verdict.superseded = Some((fact.id, fact.time()));
            }
            !is_over
        });
        let head = holding.iter().find(|earlier| agree(facts[**earlier], fact)).map(|head| facts[*head].id);
        let verdict = verdicts.entry(fact.id).or_default();
        verdict.merged_into = head;
        match head {
            Some(head) => verdicts.entry(head).or_default().merged.push(fact.id),
            None => holding.push(place),
        }
    }
    verdicts
}

fn contradict(earlier: &Memory, later: &Memory) -> bool {
    // Of a change from one to another both sides are claimed: what it put an end to is no longer news when it comes back.
    let held = |fact: &Memory| fact.claims.iter().any(|claim| claim.holds);
    let ends = |claim: &&crate::memory::Claim| claim.holds || !held(earlier);
    earlier.claims.iter().filter(ends).any(|claim| later.claims.iter().any(|other| claim.contradicts(other)))
}

fn agree(one: &Memory, other: &Memory) -> bool {
    one.claims.len() == other.claims.len()
        && one.claims.iter().all(|claim| other.claims.iter().any(|same| claim.agrees(same)))
}

#[cfg(test)]
mod tests;
