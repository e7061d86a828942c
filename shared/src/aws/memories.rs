//! Memories that a container read lately, so that asking again about the same things reads nothing again.
//!
//! A classified revision never changes, and which one holds is told by the index, which every recall reads strongly
//! consistently. So nothing here is ever stale, and what is forgotten or changed is not looked up.

use std::sync::{Arc, OnceLock};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::index::Entry;
use crate::memory::{Memory, MemoryId, Scope, State};
use crate::models::builtin;

/// Bytes of memories that a container keeps.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// A guess at how many memories that may be; sizes the cache's own tables only.
const CACHED_MEMORIES: usize = 8_192;
/// What a memory takes beside its text, with the entry made of it.
const BESIDE_TEXT: u64 = 1_536;

/// A memory as it was read, and the entry made of it where one was needed.
#[derive(Debug)]
pub struct Hydrated {
    /// The memory.
    pub memory: Memory,
    entry: OnceLock<Entry>,
}

impl Hydrated {
    /// Of that memory.
    pub fn new(memory: Memory) -> Hydrated {
        Hydrated { memory, entry: OnceLock::new() }
    }

    /// Its entry, with the builtin model's vector: making that takes microseconds, and it is exact where codes are not.
    pub fn entry(&self) -> &Entry {
        self.entry.get_or_init(|| Entry::of(&self.memory, builtin::embed(&self.memory.content)))
    }
}

/// What tells which state of a memory is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Version {
    /// Its revision.
    Revision(u32),
    /// That which this atlas maps.
    Mapped(Arc<str>),
}

type Key = (String, MemoryId, Version);

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<Key, Arc<Hydrated>> for BySize {
    fn weight(&self, _: &Key, hydrated: &Arc<Hydrated>) -> u64 {
        BESIDE_TEXT + 2 * hydrated.memory.content.len() as u64
    }
}

/// The container's memories. Clones share them.
#[derive(Debug, Clone)]
pub struct Memories(Arc<Cache<Key, Arc<Hydrated>, BySize>>);

impl Default for Memories {
    fn default() -> Memories {
        Memories(Arc::new(Cache::with_weighter(CACHED_MEMORIES, CACHE_BYTES, BySize)))
    }
}

impl Memories {
    /// That version of the scope's memory, if it is here.
    pub fn get(&self, scope: &Scope, id: MemoryId, version: &Version) -> Option<Arc<Hydrated>> {
        self.0.get(&(scope.path(), id, version.clone()))
    }

    /// Keeps it as that version as long as there is room, unless it may still change.
    pub fn keep(&self, scope: &Scope, version: Version, hydrated: &Arc<Hydrated>) {
        if hydrated.memory.state == State::Ready {
            self.0.insert((scope.path(), hydrated.memory.id, version), Arc::clone(hydrated));
        }
    }
}
