//! Makes drafts durable: memory, tail entry and turn in one transaction, then names to the queue.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::app::App;
use crate::aws::writes::{NewMemory, Outcome, STORED_TOGETHER};
use crate::error::{Error, Result};
use crate::index::Entry;
use crate::ingest::{Draft, embed, queue};
use crate::memory::id::{Fields, Identity};
use crate::memory::{Memory, MemoryId, Presence, Scope, State, Time};

/// Longest idempotency key.
const MOST_KEY_BYTES: usize = 255;
/// How often a chunk is tried again after parts of it turned out to be stored already.
const ATTEMPTS: u32 = 8;

/// What became of one draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stored {
    /// The memory.
    pub id: MemoryId,
    /// How far it has come.
    pub state: State,
    /// Whether it was stored by an earlier write; this one changed nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeated: bool,
}

/// One draft on its way, with its place in the call.
struct Pending {
    place: usize,
    new: NewMemory,
    /// Said without a time and without a key: saying it again after it was forgotten is a new memory.
    may_return: bool,
}

/// Stores the drafts and answers for each in order. Storing the same drafts again changes nothing. Conflict where the
/// key was used with different drafts.
pub async fn store(app: &App, drafts: Vec<Draft>, key: Option<&str>, now: Time) -> Result<Vec<Stored>> {
    // An application that hands over what is said is there.
    store_until(app, drafts, key, now.plus(Presence::Active.keeps()), now).await
}

/// As [`store`], with turns that stay in short-term memory until then.
pub async fn store_until(
    app: &App,
    drafts: Vec<Draft>,
    key: Option<&str>,
    until: Time,
    now: Time,
) -> Result<Vec<Stored>> {
    check_key(key)?;
    let fingerprint = call_fingerprint(&drafts);
    let key = key.map(|key| (key, fingerprint.as_str()));
    let ids = ids(&drafts, key);
    let mut first_places: HashMap<MemoryId, usize> = HashMap::new();
    let mut new: Vec<(usize, Scope, Memory)> = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.into_iter().enumerate() {
        if *first_places.entry(ids[place]).or_insert(place) == place {
            new.push((place, draft.scope.clone(), draft.into_memory(ids[place], now, place)));
        }
    }
    // All items of a call are one tenant's.
    let Some((_, paid, _)) = new.first() else { return Ok(Vec::new()) };
    let memories: Vec<&Memory> = new.iter().map(|(.., memory)| memory).collect();
    let embeddings = embed(app, paid, &memories, app.config.embed_within, now).await;

    let mut by_scope: BTreeMap<Scope, Vec<Pending>> = BTreeMap::new();
    for ((place, scope, memory), embedding) in new.into_iter().zip(embeddings) {
        let may_return = key.is_none() && memory.occurred_at.is_none();
        let entry = Entry::of(&memory, embedding);
        let new = NewMemory { memory, entry, replaces: None };
        by_scope.entry(scope).or_default().push(Pending { place, new, may_return });
    }
    if let (Some(key), true) = (key, by_scope.len() > 1) {
        // Within one scope the first transaction decides; over several, a look before any is written.
        for scope in by_scope.keys() {
            check_used(app.records.used_key(scope, key.0).await?.as_deref(), key.1)?;
        }
    }

    let mut stored: Vec<Option<Stored>> = vec![None; ids.len()];
    for (scope, mut pending) in by_scope {
        app.register(&scope, now).await?;
        let mut key = key;
        let mut names = Vec::new();
        while !pending.is_empty() {
            let chunk: Vec<Pending> = pending.drain(..pending.len().min(STORED_TOGETHER)).collect();
            for (place, outcome) in store_chunk(app, &scope, chunk, key, until, now).await? {
                if outcome.state == State::Pending {
                    names.push(outcome.id);
                }
                stored[place] = Some(outcome);
            }
            // The first chunk carried the key; the others follow from it.
            key = None;
        }
        queue(app, &scope, &names).await;
    }
    // What stands twice in one call is one memory, answered twice.
    let answers = ids.iter().enumerate().filter_map(|(place, id)| {
        let first = stored[first_places[id]].as_ref()?;
        Some(Stored { repeated: first.repeated || first_places[id] != place, ..first.clone() })
    });
    Ok(answers.collect())
}

async fn store_chunk(
    app: &App,
    scope: &Scope,
    mut chunk: Vec<Pending>,
    key: Option<(&str, &str)>,
    until: Time,
    now: Time,
) -> Result<Vec<(usize, Stored)>> {
    let mut stored = Vec::new();
    for _ in 0..ATTEMPTS {
        if chunk.is_empty() {
            return Ok(stored);
        }
        let new: Vec<NewMemory> = chunk.iter().map(|pending| pending.new.clone()).collect();
        let depends = |new: &NewMemory| new.memory.depends_on.iter().map(|of| (*of, new.memory.id)).collect::<Vec<_>>();
        app.records.note_relations(scope, &new.iter().flat_map(depends).collect::<Vec<_>>()).await?;
        let refused = match app.records.store(scope, &new, key, until, now).await? {
            Outcome::Done => {
                let done =
                    |p: Pending| (p.place, Stored { id: p.new.memory.id, state: State::Pending, repeated: false });
                stored.extend(chunk.into_iter().map(done));
                return Ok(stored);
            }
            Outcome::Refused(places) => places,
        };
        if refused.contains(&chunk.len()) {
            return Err(key_conflict());
        }
        let ids: Vec<MemoryId> = refused.iter().map(|place| chunk[*place].new.memory.id).collect();
        let existing = app.records.stubs(scope, &ids).await?;
        let existing: HashMap<MemoryId, Memory> = existing.into_iter().flatten().map(|m| (m.id, m)).collect();
        let mut again = Vec::new();
        for mut pending in chunk {
            match existing.get(&pending.new.memory.id) {
                None => again.push(pending),
                Some(old) if takes_place_of(&pending, old, now) => {
                    pending.new.replaces = Some((old.revision, old.state));
                    pending.new.memory.revision = old.revision + 1;
                    pending.new.memory.cold.clone_from(&old.cold);
                    pending.new.entry.revision = old.revision + 1;
                    again.push(pending);
                }
                Some(memory) => {
                    let forgotten = memory.state == State::Forgotten;
                    if key.is_some() && !forgotten && memory.fingerprint != pending.new.memory.fingerprint {
                        return Err(key_conflict());
                    }
                    stored.push((pending.place, Stored { id: memory.id, state: memory.state, repeated: true }));
                }
            }
        }
        chunk = again;
    }
    if chunk.is_empty() { Ok(stored) } else { Err(Error::throttled("the same memories are being written elsewhere")) }
}

/// Whether the new memory may stand where the old one stood: that one is past its end, or it was forgotten and this is
/// not the same write repeated.
fn takes_place_of(new: &Pending, old: &Memory, now: Time) -> bool {
    match old.state {
        State::Forgotten => new.may_return,
        State::Pending | State::Ready => !old.is_visible(now),
    }
}

fn ids(drafts: &[Draft], key: Option<(&str, &str)>) -> Vec<MemoryId> {
    let mut seen: HashMap<MemoryId, usize> = HashMap::new();
    let numbered = drafts.iter().enumerate();
    numbered
        .map(|(position, draft)| {
            if let Some((key, _)) = key {
                return MemoryId::derive(&draft.scope, Identity::Key { key, position });
            }
            // What is said twice within one call, without times to tell them apart, was said twice; a time says once.
            let first = MemoryId::derive(&draft.scope, draft.identity(0));
            let nth = seen.entry(first).or_default();
            *nth += 1;
            if draft.occurred_at.is_some() { first } else { MemoryId::derive(&draft.scope, draft.identity(*nth - 1)) }
        })
        .collect()
}

fn call_fingerprint(drafts: &[Draft]) -> String {
    let mut hash = Fields::new("memorable call fingerprint v1");
    for draft in drafts {
        hash.add(draft.fingerprint());
    }
    hash.finish().to_hex()[..32].to_owned()
}

/// Whether an idempotency key can be used.
pub(crate) fn check_key(key: Option<&str>) -> Result<()> {
    match key {
        Some(key)
            if key.is_empty() || key.len() > MOST_KEY_BYTES || !key.bytes().all(|b| (0x20..0x7f).contains(&b)) =>
        {
            let expected = format!("1 to {MOST_KEY_BYTES} printable ASCII characters");
            Err(Error::invalid("Idempotency-Key", "this key cannot be used", expected))
        }
        _ => Ok(()),
    }
}

fn check_used(used: Option<&str>, fingerprint: &str) -> Result<()> {
    if used.is_some_and(|used| used != fingerprint) { Err(key_conflict()) } else { Ok(()) }
}

/// A key that was used for something else.
pub(crate) fn key_conflict() -> Error {
    Error {
        field: Some("Idempotency-Key".to_owned()),
        expected: Some("a new key for new content, or the same content as before".to_owned()),
        ..Error::conflict("this key was used before with different content")
    }
}
