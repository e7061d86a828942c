//! What happens next, as the seed has it.

use jiff::SignedDuration;
use memorable::memory::Time;
use memorable_local::aws::faults::Fault;
use serde_json::{Value, json};

use super::model::Life;
use super::seam::{Hang, Rng};
use super::world::{Asked, Crash, Made, Op, SCOPES, World, scope};
use crate::support;

/// A step, and all checks after it.
pub async fn step(world: &mut World, number: u64) -> Result<(), String> {
    let mut rng = Rng::new(world.seed, number);
    let at_once = rng.chance(25);
    let ops = if at_once { several(world, &mut rng).await } else { one(world, &mut rng).await };
    if ops.is_empty() {
        let by = [SignedDuration::from_secs(1), SignedDuration::from_mins(20), SignedDuration::from_hours(25)];
        let by = *rng.pick(&by).expect("a while");
        world.log.push(format!("{number}: {by} later"));
        world.move_on(by);
        return world.check(&mut rng, &[0, 1, 2]).await;
    }
    // No two calls are made at the same microsecond.
    world.move_on(SignedDuration::from_millis(1));
    let ops: Vec<(Op, Option<Crash>)> = ops.into_iter().map(|op| (op, crash(&mut rng))).collect();
    let told: Vec<String> = ops
        .iter()
        .map(|(op, crash)| format!("{}{}", op.short(), crash.map(|c| format!(" [{c:?}]")).unwrap_or_default()))
        .collect();
    world.log.push(format!("{number}: {}", told.join(" | ")));
    if rng.chance(50) {
        let of = rng.below(SCOPES.len());
        let state = world.house.app.records.index(&scope(of)).await.map_err(|error| error.to_string())?;
        let names = support::named_by(&world.house.app, &state.manifest).await;
        world.readers.push((world.now, of, names));
    }
    let touched = touched(world, &ops);
    let before = world.said();
    let again: Vec<Op> = ops.iter().map(|(op, _)| op.clone()).collect();
    let alone = (ops.len() == 1).then(|| again[0].clone());
    let written: Vec<usize> = again.iter().flat_map(Op::slots).collect();
    let (recalls, is_whole) = world.perform(&mut rng, ops).await?;
    world.check(&mut rng, &touched).await?;
    let known = world.said_or(before, &again);
    for (op, answer) in recalls {
        let Op::Recall(_, scopes, wanted) = &op else { continue };
        world.judge(&answer, scopes, &known).map_err(|why| format!("{}: {why}", op.short()))?;
        if !written.contains(wanted) && world.slots[*wanted].is_surely_visible(world.now) {
            world.holds(&answer, *wanted).map_err(|why| format!("{}: {why}", op.short()))?;
        }
    }
    if let (Some(Op::Night(of)), true) = (&alone, is_whole) {
        world.check_compacted(*of).await?;
    }
    if !is_whole && rng.chance(60) {
        // The client, or the queue, tries again, and nothing is in the way this time.
        world.log.push(format!("{number}: again"));
        world.move_on(SignedDuration::from_millis(1));
        for op in again {
            world.perform(&mut rng, vec![(op, None)]).await?;
        }
        world.check(&mut rng, &touched).await?;
    }
    Ok(())
}

fn touched(world: &World, ops: &[(Op, Option<Crash>)]) -> Vec<usize> {
    let mut touched: Vec<usize> = ops
        .iter()
        .flat_map(|(op, _)| match op {
            Op::Write(_, asked) => asked.iter().map(|(slot, _)| world.slots[*slot].scope).collect(),
            Op::Night(scope) | Op::Flush(scope) => vec![*scope],
            Op::Recall(..) => Vec::new(),
            Op::Classify(_) | Op::Clash(_) => vec![0, 1, 2],
        })
        .collect();
    touched.sort_unstable();
    touched.dedup();
    touched
}

fn crash(rng: &mut Rng) -> Option<Crash> {
    if !rng.chance(35) {
        return None;
    }
    let nth = if rng.chance(70) { 1 + rng.below(6) } else { 1 + rng.below(60) } as u64;
    Some(match rng.below(8) {
        0 => Crash::Fails(nth, Fault::Before),
        1 => Crash::Fails(nth, Fault::After),
        2 => Crash::Fails(nth, Fault::Throttle),
        3 => Crash::Fails(nth, Fault::Status500),
        4 => Crash::Hangs(Hang::Before(nth)),
        5 | 6 => Crash::Hangs(Hang::After(nth)),
        _ => Crash::Dropped(rng.below(12 * nth as usize)),
    })
}

async fn one(world: &mut World, rng: &mut Rng) -> Vec<Op> {
    let (stores, classifies) = if world.is_big { (35, 35) } else { (30, 15) };
    let mut at = rng.below(100);
    let mut within = |weight: usize| {
        let is = at < weight;
        at = at.wrapping_sub(if is { 0 } else { weight });
        is
    };
    let op = if world.slots.is_empty() || within(stores) {
        Some(new(world, rng, None))
    } else if within(classifies) {
        classify(world, rng).await
    } else if within(12) {
        revise(world, rng, None)
    } else if within(12) {
        forget(world, rng, None)
    } else if within(8) {
        repeat(world, rng)
    } else if within(8) {
        Some(Op::Night(rng.below(SCOPES.len())))
    } else if within(4) {
        recall(world, rng, None)
    } else if within(2) {
        clash(world, rng)
    } else {
        None
    };
    op.into_iter().collect()
}

/// Two or three things at once, most of them in one scope.
async fn several(world: &mut World, rng: &mut Rng) -> Vec<Op> {
    let of = rng.below(SCOPES.len());
    let mut ops = Vec::new();
    for _ in 0..2 + rng.below(2) {
        ops.extend(match rng.below(10) {
            0..=2 => Some(Op::Night(of)),
            3 | 4 => classify(world, rng).await,
            5 => forget(world, rng, Some(of)),
            6 => revise(world, rng, Some(of)),
            7 => recall(world, rng, Some(of)),
            8 => repeat(world, rng),
            _ if rng.chance(50) => Some(Op::Flush(of)),
            _ => Some(new(world, rng, Some(of))),
        });
    }
    ops
}

fn end(world: &World, rng: &mut Rng) -> Option<Time> {
    let hours = *rng.pick(&[1, 20, 30, 80])?;
    rng.chance(25).then(|| world.now.plus(SignedDuration::from_hours(hours)))
}

fn new(world: &mut World, rng: &mut Rng, within: Option<usize>) -> Op {
    let count = match world.is_big {
        true if rng.chance(70) => 25 + rng.below(20),
        _ => 1 + rng.below(5),
    };
    let of = within.unwrap_or_else(|| if world.is_big && rng.chance(70) { 0 } else { rng.below(SCOPES.len()) });
    let token = SCOPES[of].0;
    let own: Vec<usize> = (0..SCOPES.len()).filter(|place| SCOPES[*place].0 == token).collect();
    let scopes = if within.is_none() && rng.chance(25) { own } else { vec![of] };
    let key = rng.chance(25).then(|| format!("key-{}", world.made.len()));
    let expires = end(world, rng);
    let slots = world.fresh(rng, &scopes, count, key.is_some());
    let made = Made { token, key, slots, expires };
    world.made.push(made.clone());
    world.store(&made, expires)
}

/// An earlier write again, as it was; what had an end gets a later one where it is past.
fn repeat(world: &mut World, rng: &mut Rng) -> Option<Op> {
    let made = rng.pick(&world.made)?.clone();
    let mut expires = made.expires;
    if expires.is_some_and(|end| end <= world.now.plus(SignedDuration::from_secs(1))) {
        if made.key.is_some() {
            return None;
        }
        expires = Some(world.now.plus(SignedDuration::from_hours(30)));
    }
    Some(world.store(&made, expires))
}

fn clash(world: &mut World, rng: &mut Rng) -> Option<Op> {
    let now = world.now;
    // Only where the first use was acknowledged.
    let used = |made: &&Made| {
        let slots = || made.slots.iter().map(|slot| &world.slots[*slot]);
        made.key.is_some()
            && slots().all(|slot| slot.is_surely_visible(now) && slot.scope == world.slots[made.slots[0]].scope)
    };
    let candidates: Vec<Made> = world.made.iter().filter(used).cloned().collect();
    let made = rng.pick(&candidates)?;
    let of = world.slots[made.slots[0]].scope;
    let body = json!({ "scope": SCOPES[of].1, "content": "Something else altogether." });
    let call = world.call(of, "POST", "/v1/memories", body);
    Some(Op::Clash(crate::support::Call { key: made.key.clone(), ..call }))
}

fn chosen(world: &World, rng: &mut Rng, within: Option<usize>, visible: usize) -> Option<(usize, String)> {
    let wants_visible = rng.chance(visible);
    let fits = |slot: &&super::model::Slot| {
        within.is_none_or(|scope| slot.scope == scope) && (!wants_visible || slot.may_be_visible(world.now))
    };
    let known: Vec<(usize, String)> =
        world.slots.iter().filter(fits).filter_map(|slot| Some((slot.number, slot.id.clone()?))).collect();
    rng.pick(&known).cloned()
}

fn revise(world: &mut World, rng: &mut Rng, within: Option<usize>) -> Option<Op> {
    let (number, id) = chosen(world, rng, within, 90)?;
    let text = world.slots[number].texts;
    world.slots[number].texts += 1;
    let expires = rng.chance(20).then(|| end(world, rng));
    let slot = &world.slots[number];
    let mut body = json!({ "content": slot.content(text), "metadata": slot.metadata(text) });
    if let Some(expires) = expires {
        body["expires_at"] = json!(expires.map(|end| end.to_string()));
    }
    let call = world.call(slot.scope, "PATCH", &format!("/v1/memories/{id}"), body);
    Some(Op::Write(call, vec![(number, Asked::Revise { text, expires })]))
}

fn forget(world: &World, rng: &mut Rng, within: Option<usize>) -> Option<Op> {
    let (number, id) = chosen(world, rng, within, 80)?;
    let call = world.call(world.slots[number].scope, "DELETE", &format!("/v1/memories/{id}"), Value::Null);
    Some(Op::Write(call, vec![(number, Asked::Forget)]))
}

pub fn recall(world: &World, rng: &mut Rng, within: Option<usize>) -> Option<Op> {
    let (number, _) = chosen(world, rng, within, 80)?;
    let slot = &world.slots[number];
    let text = slot.may_be.iter().find_map(|life| if let Life::Live { text, .. } = life { Some(*text) } else { None });
    let (token, own) = SCOPES[slot.scope];
    let scopes: Vec<usize> = (0..SCOPES.len())
        .filter(|place| SCOPES[*place].0 == token && (SCOPES[*place].1 == own || rng.chance(50)))
        .collect();
    let subjects: Vec<&str> = scopes.iter().map(|place| SCOPES[*place].1).collect();
    let word = slot.word(text.unwrap_or(rng.below(slot.texts)));
    let body = json!({ "query": word, "scopes": subjects, "top_k": 20, "max_tokens": 4000 });
    Some(Op::Recall(world.call(slot.scope, "POST", "/v1/recall", body), scopes, number))
}

/// Some of what waits, in any order.
async fn classify(world: &mut World, rng: &mut Rng) -> Option<Op> {
    world.receive(rng).await;
    let mut left = world.messages.clone();
    let mut messages = Vec::new();
    for _ in 0..if rng.chance(50) { 10 } else { 1 + rng.below(3) } {
        if !left.is_empty() {
            messages.push(left.remove(rng.below(left.len())));
        }
    }
    (!messages.is_empty()).then_some(Op::Classify(messages))
}

impl Op {
    /// The memories it writes.
    pub fn slots(&self) -> Vec<usize> {
        match self {
            Op::Write(_, asked) => asked.iter().map(|(slot, _)| *slot).collect(),
            _ => Vec::new(),
        }
    }
}
