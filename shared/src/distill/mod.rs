//! Distilling: what somebody said and what lasts of it, as facts of their own beside the turn, never instead of it.
//!
//! [README](README.md) says what is found, and what facts do to each other.

pub mod cascade;
pub mod chain;
pub mod extract;
mod fact;
mod known;
mod model;
mod settle;
pub mod stale;
mod write;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::app::App;
use crate::aws::writes::Outcome;
use crate::classify::closed::closed;
use crate::classify::rules;
use crate::error::Result;
use crate::index::Entry;
use crate::memory::id::Identity;
use crate::memory::{Classification, Memory, MemoryId, Scope, Sensitivity, State, Time};

pub use fact::{Fact, Said};
pub use settle::{settle, settle_facts, slots};
pub use write::{indexed, put_in_place};

/// Who found the facts of the extractor, as their classification says.
pub const BY: &str = "forms";

/// What was found in one turn, and who found it.
#[derive(Debug, Clone, Default)]
struct Found {
    facts: Vec<Fact>,
    by: String,
}

/// Stores the facts of these memories, which were classified and are about to be stored as such, and settles what they
/// contradict. Before that, so that what is classified is distilled, wherever this is interrupted. Doing it again changes
/// nothing.
pub async fn distill(app: &App, scope: &Scope, classified: &[(Memory, Entry)], now: Time) -> Result<()> {
    let turns: Vec<&(Memory, Entry)> = classified.iter().filter(|(memory, _)| is_source(memory)).collect();
    let mut found = Box::pin(found(app, scope, &turns, now)).await?;
    let mut touched: BTreeSet<settle::Slot> = BTreeSet::new();
    for (turn, _) in turns {
        let Some(Found { facts, by }) = found.remove(&turn.id) else { continue };
        touched.extend(slots(facts.iter().flat_map(|fact| &fact.claims)));
        let mut made = Vec::with_capacity(facts.len());
        let mut ended = Vec::new();
        for (nth, mut fact) in facts.into_iter().enumerate() {
            let ends = std::mem::take(&mut fact.ends);
            let memory = made_of(scope, turn, nth, fact, &by);
            let entry = write::indexed(app, scope, &memory, now).await;
            ended.extend(ends.into_iter().map(|old| (old, memory.id, memory.time())));
            made.push((memory, entry));
        }
        if !made.is_empty() && app.records.derive(scope, turn, &made).await? == Outcome::Done {
            for (old, by, at) in ended {
                Box::pin(end(app, scope, old, by, at, now)).await?;
            }
        }
        // Refused where it was done before, or the turn changed meanwhile: then it is classified again.
        if turn.revision > 1 {
            touched.extend(Box::pin(retire(app, scope, turn, &made, now)).await?);
        }
    }
    if !touched.is_empty() {
        Box::pin(settle(app, scope, &touched, now)).await?;
    }
    Ok(())
}

/// Lets a fact give way to a later one, as whoever found that says; an earlier one never ends a later.
async fn end(app: &App, scope: &Scope, old: MemoryId, by: MemoryId, at: Time, now: Time) -> Result<()> {
    let old = app.records.memory(scope, old).await?.filter(|old| old.state == State::Ready && old.is_visible(now));
    let Some(old) = old.filter(|old| !old.derived_from.is_empty() && old.superseded_by.is_none() && old.time() < at)
    else {
        return Ok(());
    };
    let new = Memory { superseded_by: Some(by), superseded_at: Some(at), ..old.clone() };
    if put_in_place(app, scope, &old, new, now).await? == Outcome::Done {
        stale::flag(app, scope, old.id, now).await?;
    }
    Ok(())
}

/// Whether facts may be made of it: what somebody said or wrote, and not so closed that there shall be no copy.
fn is_source(memory: &Memory) -> bool {
    memory.derived_from.is_empty() && memory.classification.is_some() && closed(memory) < Sensitivity::UltraSecret
}

/// What a model finds in each turn, where one is routed and answers for it; else what the forms find. Turns of which facts
/// are there already, made from this revision, are left out.
async fn found(app: &App, scope: &Scope, turns: &[&(Memory, Entry)], now: Time) -> Result<HashMap<MemoryId, Found>> {
    let mut by_model = HashMap::new();
    let mut done: HashSet<MemoryId> = HashSet::new();
    if !app.distill.is_empty() {
        let first = |turn: &Memory| {
            MemoryId::derive(scope, Identity::Derived { from: turn.id, revision: turn.revision, nth: 0 })
        };
        let firsts: Vec<MemoryId> = turns.iter().map(|(turn, _)| first(turn)).collect();
        let there = app.records.memories(scope, &firsts).await?;
        done = turns.iter().zip(there).filter_map(|((turn, _), first)| first.map(|_| turn.id)).collect();
        let open: Vec<&(Memory, Entry)> = turns.iter().filter(|(turn, _)| !done.contains(&turn.id)).copied().collect();
        let known = known::near(app, scope, &open, now).await?;
        let open: Vec<&Memory> = open.into_iter().map(|(turn, _)| turn).collect();
        let route = app.paid(&app.distill, scope, now);
        by_model = Box::pin(model::facts(app, scope, &route, &open, &known, now)).await;
    }
    let read = |turn: &Memory| {
        let said = Said {
            text: &turn.content,
            speaker: turn.speaker.as_deref(),
            role: turn.role,
            scope,
            session: turn.session.as_deref(),
            at: turn.time(),
        };
        Found { facts: extract::facts(&said), by: BY.to_owned() }
    };
    let open = turns.iter().map(|(turn, _)| turn).filter(|turn| !done.contains(&turn.id));
    let each = open.map(|turn| {
        let of_model = by_model.remove(&turn.id).map(|(facts, by)| Found { facts, by });
        (turn.id, of_model.unwrap_or_else(|| read(turn)))
    });
    Ok(each.collect())
}

/// The memory that a fact becomes. Its name follows from the turn, the turn's revision and its place among the turn's facts.
fn made_of(scope: &Scope, turn: &Memory, nth: usize, fact: Fact, by: &str) -> Memory {
    let identity = Identity::Derived { from: turn.id, revision: turn.revision, nth };
    let at = fact.since.unwrap_or(turn.time());
    let class = rules::classify(&fact.text, turn.speaker.as_deref(), at);
    let classification = Classification {
        kind: fact.kind,
        sensitivity: class.sensitivity.max(closed(turn)),
        importance: class.importance.max(0.5),
        confidence: fact.confidence,
        by: by.to_owned(),
        ..class
    };
    // Known since the turn says so: made later or again it is the same.
    let made = Memory::new(MemoryId::derive(scope, identity), fact.text, turn.updated_at);
    Memory {
        speaker: turn.speaker.clone(),
        occurred_at: Some(at),
        order: turn.order,
        // Whatever narrows down or ends the turn does so to what was made of it.
        expires_at: turn.expires_at,
        metadata: if turn.is_file() { serde_json::Map::new() } else { turn.metadata.clone() },
        tags: turn.tags.clone(),
        claims: fact.claims,
        ..made.derived(vec![turn.id], classification)
    }
}

/// Facts of what the turn said before it was changed give way to those of what it says now, or to the turn itself; gives
/// what they had claimed.
async fn retire(
    app: &App,
    scope: &Scope,
    turn: &Memory,
    made: &[(Memory, Entry)],
    now: Time,
) -> Result<BTreeSet<settle::Slot>> {
    let mut touched = BTreeSet::new();
    let relatives = app.records.relatives(scope, turn.id).await?;
    for old in app.records.memories(scope, &relatives).await?.into_iter().flatten() {
        let is_of_before = old.derived_from == [turn.id] && !made.iter().any(|(new, _)| new.id == old.id);
        let is_done = old.superseded_by.is_some() && old.claims.is_empty();
        if !is_of_before || is_done || old.state != State::Ready || old.classification.is_none() {
            continue;
        }
        let slots_of_old = slots(&old.claims);
        let heir = made.iter().find(|(new, _)| slots(&new.claims).intersection(&slots_of_old).next().is_some());
        let new = Memory {
            superseded_by: Some(heir.map_or(turn.id, |(heir, _)| heir.id)),
            superseded_at: Some(turn.updated_at),
            claims: Vec::new(),
            ..old.clone()
        };
        put_in_place(app, scope, &old, new, now).await?;
        touched.extend(slots_of_old);
    }
    Ok(touched)
}
