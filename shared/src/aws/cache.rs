//! What a container keeps of the bucket, bounded in bytes. Everything in it is known by its content, so it is never stale.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache as QuickCache;

use crate::index::postings::Shard;
use crate::index::sealed::CHECK_BYTES;
use crate::index::{Atlas, Entry};
use crate::memory::web::Web;
use crate::receipt::meter;

/// Bytes, as stored, that a container keeps decoded; entries take about three times as much decoded.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// A guess at how many things that may be; sizes the cache's own tables only.
const CACHED_THINGS: usize = 4_096;

/// What a thing is known by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A whole object, by its name, which comes from its content.
    Object(String),
    /// A cell's codes, by their checksum.
    Codes([u8; CHECK_BYTES]),
    /// A cell's columns, by their checksum.
    Columns([u8; CHECK_BYTES]),
}

/// A thing, decoded.
#[derive(Debug, Clone)]
pub enum Thing {
    /// A segment.
    Segment(Arc<[Entry]>),
    /// An atlas.
    Atlas(Arc<Atlas>),
    /// A shard of postings.
    Shard(Arc<Shard>),
    /// A web.
    Web(Arc<Web>),
    /// A cell's codes.
    Codes(Bytes),
    /// A cell's columns.
    Columns(Arc<[Entry]>),
}

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<Key, (Thing, u64)> for BySize {
    fn weight(&self, _: &Key, (_, bytes): &(Thing, u64)) -> u64 {
        (*bytes).max(1)
    }
}

/// The container's cache. Clones share it.
#[derive(Debug, Clone)]
pub struct Cache(Arc<QuickCache<Key, (Thing, u64), BySize>>);

impl Default for Cache {
    fn default() -> Cache {
        Cache(Arc::new(QuickCache::with_weighter(CACHED_THINGS, CACHE_BYTES, BySize)))
    }
}

impl Cache {
    /// The thing, if it is here; the receipt counts whether.
    pub fn get(&self, key: &Key) -> Option<Thing> {
        let found = self.0.get(key).map(|(thing, _)| thing);
        meter().cached(found.is_some());
        found
    }

    /// Keeps it as long as there is room; `bytes` as stored.
    pub fn keep(&self, key: Key, thing: Thing, bytes: usize) {
        self.0.insert(key, (thing, bytes as u64));
    }
}
