//! How memories relate: what was made from which, what depends on which, and which facts claim something of the same thing.

use crate::aws::items::{self, Item};
use crate::aws::keys;
use crate::aws::records::{Records, sort_key};
use crate::aws::writes::{Condition, Outcome, Part, TRANSACTION, stale};
use crate::error::Result;
use crate::index::Entry;
use crate::memory::event::{Event, Happening};
use crate::memory::{Claim, Memory, MemoryId, Scope, Time};

/// A memory with its entry.
pub type Indexed = (Memory, Entry);

impl Records {
    /// Memories that say of themselves that they have to do with that one: made from it, depending on it, superseded by it,
    /// merged into it. Those that no longer do, and the forgotten, are among them: the memory itself says what holds.
    pub async fn relatives(&self, scope: &Scope, id: MemoryId) -> Result<Vec<MemoryId>> {
        Ok(ids(&self.all_with(scope, &keys::relations(id), true).await?))
    }

    /// Facts that claim something of that attribute, oldest first.
    pub async fn claimants(&self, scope: &Scope, subject: &str, attribute: &str) -> Result<Vec<MemoryId>> {
        Ok(ids(&self.all_with(scope, &keys::claims(subject, attribute), true).await?))
    }

    /// All facts that claim something, those of one attribute together.
    pub async fn all_claimants(&self, scope: &Scope) -> Result<Vec<Vec<MemoryId>>> {
        let mut groups: Vec<(String, Vec<MemoryId>)> = Vec::new();
        for item in self.all_with(scope, keys::CLAIM, true).await? {
            let Some((slot, id)) =
                sort_key(&item).and_then(|sort| sort.strip_prefix(keys::CLAIM)).and_then(slot_and_id)
            else {
                continue;
            };
            match groups.last_mut().filter(|(known, _)| known == slot) {
                Some((_, ids)) => ids.push(id),
                None => groups.push((slot.to_owned(), vec![id])),
            }
        }
        Ok(groups.into_iter().map(|(_, ids)| ids).collect())
    }

    /// Notes that the second of each pair has to do with the first. Before the memory that says so: a note without one is
    /// read and means nothing.
    pub async fn note_relations(&self, scope: &Scope, pairs: &[(MemoryId, MemoryId)]) -> Result<()> {
        for pairs in pairs.chunks(TRANSACTION) {
            let notes = pairs.iter().map(|(of, id)| items::key(scope, keys::relation(*of, *id))).collect();
            self.put_all("note relations", notes).await?;
        }
        Ok(())
    }

    /// Stores what was made from one memory: all of it, if none of it is there and the source still is as it was read;
    /// else none.
    pub async fn derive(&self, scope: &Scope, source: &Memory, made: &[Indexed]) -> Result<Outcome> {
        let revision = Condition::Revision(source.revision);
        let mut parts = vec![Part::Check(items::key(scope, keys::memory(source.id)), revision)];
        for (memory, entry) in made {
            parts.push(Part::Put(items::from_memory(scope, memory)?, Some(Condition::Absent)));
            parts.push(Part::Put(items::from_entry(scope, entry)?, None));
            parts.push(Part::Put(items::key(scope, keys::relation(source.id, memory.id)), None));
            parts.extend(claims(scope, memory).map(|key| Part::Put(key, None)));
        }
        let event = |(memory, _): &Indexed| Event::of(Happening::Created, scope, memory, memory.updated_at);
        let at = made.first().map_or(source.updated_at, |(memory, _)| memory.updated_at);
        self.happen("store what was derived", scope, parts, made.iter().map(event).collect(), at).await
    }

    /// Puts `new` in place of `old`, which becomes history, and notes what it has to do with now. Refused where it changed.
    pub async fn relate(
        &self,
        scope: &Scope,
        old: &Memory,
        (new, entry): &Indexed,
        to: &[MemoryId],
    ) -> Result<Outcome> {
        let new = &Memory { cold: None, ..new.clone() };
        let mut parts = vec![
            Part::Put(items::from_memory(scope, new)?, Some(Condition::Revision(old.revision))),
            Part::Put(items::from_history(scope, &Memory { cold: None, ..old.clone() })?, None),
            Part::Put(items::from_entry(scope, entry)?, None),
        ];
        // As a change of what it says, this brings it back from the cold tier.
        parts.extend(old.cold.iter().map(|cold| Part::Update(stale(scope, &cold.object))));
        let kept: Vec<Item> = claims(scope, new).collect();
        parts.extend(claims(scope, old).filter(|key| !kept.contains(key)).map(|key| Part::Delete(key, None)));
        parts.extend(to.iter().map(|of| Part::Put(items::key(scope, keys::relation(*of, new.id)), None)));
        let event = Event::revised(scope, old, new);
        self.happen("relate a memory", scope, parts, vec![event], new.updated_at).await
    }
}

/// Keys of the notes by which a fact's claims are found.
pub(super) fn claims<'a>(scope: &'a Scope, memory: &'a Memory) -> impl Iterator<Item = Item> + 'a {
    let time: Time = memory.time();
    let key = move |claim: &Claim| items::key(scope, keys::claim(&claim.subject, &claim.attribute, time, memory.id));
    memory.claims.iter().map(key)
}

fn ids(items: &[Item]) -> Vec<MemoryId> {
    items.iter().filter_map(|item| sort_key(item)?.rsplit('#').next()?.parse().ok()).collect()
}

fn slot_and_id(sort: &str) -> Option<(&str, MemoryId)> {
    let (slot, rest) = sort.split_once('#')?;
    Some((slot, rest.rsplit('#').next()?.parse().ok()?))
}
