//! Vectors that a container made lately, so that a text is not embedded twice by the same model.
//!
//! In memory only, under hashes: no text can be read back, and nothing outlives the process.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Purpose;
use crate::index::Fingerprint;
use crate::memory::id::Fields;

/// Bytes of vectors that a container keeps: some 16,000 of 256 numbers.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// A guess at how many vectors that may be; sizes the cache's own tables only.
const CACHED_VECTORS: usize = 8_192;
/// What a vector takes beside its numbers.
const BESIDE_NUMBERS: u64 = 96;

/// What a vector is known by.
pub type Key = [u8; 32];

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<Key, Arc<[f32]>> for BySize {
    fn weight(&self, _: &Key, vector: &Arc<[f32]>) -> u64 {
        BESIDE_NUMBERS + 4 * vector.len() as u64
    }
}

/// The container's vectors. Clones share them.
#[derive(Debug, Clone)]
pub struct Vectors(Arc<Cache<Key, Arc<[f32]>, BySize>>);

impl Default for Vectors {
    fn default() -> Vectors {
        Vectors(Arc::new(Cache::with_weighter(CACHED_VECTORS, CACHE_BYTES, BySize)))
    }
}

impl Vectors {
    /// The vector, if it was made lately.
    pub fn get(&self, key: &Key) -> Option<Arc<[f32]>> {
        self.0.get(key)
    }

    /// Keeps it as long as there is room.
    pub fn keep(&self, key: Key, vector: Arc<[f32]>) {
        self.0.insert(key, vector);
    }
}

/// What the vector of a text by that model is known by. `payer` keeps tenants apart: a receipt that says a vector was at
/// hand must not tell one what another stored.
pub fn key(payer: &str, model: Fingerprint, purpose: Purpose, text: &str) -> Key {
    let purpose = match purpose {
        Purpose::Store => "store",
        Purpose::Search => "search",
    };
    let mut fields = Fields::new("memorable vector key v1");
    fields.add(payer).add(model.0.to_string()).add(purpose).add(text);
    *fields.finish().as_bytes()
}
