//! The atlases of large scopes, and what they map: cells of codes and columns in ranged reads, shards of postings.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache as QuickCache;

use crate::aws::cache::{Cache, Key, Thing};
use crate::aws::objects::Objects;
use crate::error::{Error, Result};
use crate::index::atlas::Stretch;
use crate::index::postings::Shard;
use crate::index::{Atlas, Entry, cell, sealed};
use crate::memory::{Scope, Time};

/// Scopes of which a container knows whether they have an atlas.
const KNOWN_SCOPES: usize = 10_000;

/// The bucket's atlases.
#[derive(Debug, Clone)]
pub struct Atlases {
    objects: Objects,
    cache: Cache,
    /// By scope, the name of the atlas that it had when it was last recalled.
    latest: Arc<QuickCache<String, Option<String>>>,
}

impl Atlases {
    /// Of those objects, kept in that cache.
    pub fn new(objects: Objects, cache: Cache) -> Atlases {
        Atlases { objects, cache, latest: Arc::new(QuickCache::new(KNOWN_SCOPES)) }
    }

    /// Puts bytes of the scope under the name that their content gives them.
    pub async fn put(&self, scope: &Scope, bytes: Vec<u8>, extension: &str, now: Time) -> Result<String> {
        let name = sealed::name(scope, &bytes, extension, now);
        self.objects.put(&name, bytes).await?;
        Ok(name)
    }

    /// Puts a shard of postings; gives its name.
    pub async fn put_shard(&self, scope: &Scope, shard: &Shard, now: Time) -> Result<String> {
        self.put(scope, shard.encode()?, crate::index::postings::FORMAT.extension, now).await
    }

    /// Whether the container knows which atlas the scope had lately, and has it, or knows that it had none.
    pub fn is_at_hand(&self, scope: &Scope) -> bool {
        self.latest.get(&scope.path()).is_some_and(|name| name.is_none_or(|name| self.cached(&name).is_some()))
    }

    /// Takes down which atlas the scope has now.
    pub fn note(&self, scope: &Scope, name: Option<&str>) {
        self.latest.insert(scope.path(), name.map(str::to_owned));
    }

    /// The atlas, if the container has it.
    pub fn cached(&self, name: &str) -> Option<Arc<Atlas>> {
        match self.cache.get(&Key::Object(name.to_owned())) {
            Some(Thing::Atlas(atlas)) => Some(atlas),
            _ => None,
        }
    }

    /// Takes an atlas from its bytes, if they are those that its name stands for.
    pub fn take(&self, name: &str, bytes: &[u8]) -> Result<Arc<Atlas>> {
        let atlas = Arc::new(Atlas::decode(&format!("atlas {name}"), bytes)?);
        self.cache.keep(Key::Object(name.to_owned()), Thing::Atlas(Arc::clone(&atlas)), bytes.len());
        Ok(atlas)
    }

    /// The atlas from the cache or from S3. Corrupt, with its name, where its bytes are missing or changed.
    pub async fn get(&self, name: &str) -> Result<Arc<Atlas>> {
        if let Some(atlas) = self.cached(name) {
            return Ok(atlas);
        }
        let bytes = self.objects.get(name).await?;
        self.take(name, &bytes)
    }

    /// A shard of postings, from the cache or from S3.
    pub async fn shard(&self, name: &str) -> Result<Arc<Shard>> {
        let key = Key::Object(name.to_owned());
        if let Some(Thing::Shard(shard)) = self.cache.get(&key) {
            return Ok(shard);
        }
        let (shard, size) = self.objects.fetch(name, |bytes| Shard::decode(&format!("postings {name}"), bytes)).await?;
        let shard = Arc::new(shard);
        self.cache.keep(key, Thing::Shard(Arc::clone(&shard)), size);
        Ok(shard)
    }

    /// The codes of a stretch's cells, in order: one ranged read of those that the container has not.
    pub async fn codes(&self, atlas: &Atlas, stretch: &Stretch) -> Result<Vec<Bytes>> {
        let record = cell::record_bytes(atlas.mean.len());
        let name = &atlas.blocks[stretch.block].codes;
        let read = Part {
            name,
            key: &|cell| Key::Codes(atlas.cells[cell].codes_check),
            check: &|cell| atlas.cells[cell].codes_check,
            range: &|stretch| atlas.codes_range(stretch, record),
            decode: &|bytes| Ok(Thing::Codes(bytes)),
        };
        let things = self.cells(stretch, &read).await?;
        Ok(things
            .into_iter()
            .filter_map(|thing| if let Thing::Codes(codes) = thing { Some(codes) } else { None })
            .collect())
    }

    /// The columns of a stretch's cells, in order: one ranged read of those that the container has not.
    pub async fn columns(&self, atlas: &Atlas, stretch: &Stretch) -> Result<Vec<Arc<[Entry]>>> {
        let name = &atlas.blocks[stretch.block].columns;
        let read = Part {
            name,
            key: &|cell| Key::Columns(atlas.cells[cell].columns_check),
            check: &|cell| atlas.cells[cell].columns_check,
            range: &|stretch| atlas.columns_range(stretch),
            decode: &|bytes| Ok(Thing::Columns(cell::columns(name, atlas.version, &bytes)?.into())),
        };
        let things = self.cells(stretch, &read).await?;
        let columns =
            things.into_iter().filter_map(|thing| if let Thing::Columns(rows) = thing { Some(rows) } else { None });
        Ok(columns.collect())
    }

    async fn cells(&self, stretch: &Stretch, part: &Part<'_>) -> Result<Vec<Thing>> {
        let mut things: Vec<Option<Thing>> =
            stretch.cells.clone().map(|cell| self.cache.get(&(part.key)(cell))).collect();
        let first = things.iter().position(Option::is_none);
        let last = things.iter().rposition(Option::is_none);
        if let (Some(first), Some(last)) = (first, last) {
            let start = stretch.cells.start;
            let missing = Stretch { block: stretch.block, cells: start + first..start + last + 1 };
            let range = (part.range)(&missing);
            let bytes = self.objects.get_range(part.name, range.clone()).await?;
            for cell in missing.cells {
                let own = (part.range)(&Stretch { block: stretch.block, cells: cell..cell + 1 });
                let own = slice(&bytes, &range, &own);
                if sealed::check(&own) != (part.check)(cell) {
                    return Err(Error::corrupt(format!("object {}", part.name), format!("cell {cell} does not hold")));
                }
                let size = own.len();
                let thing = (part.decode)(own)?;
                self.cache.keep((part.key)(cell), thing.clone(), size);
                things[cell - start] = Some(thing);
            }
        }
        Ok(things.into_iter().flatten().collect())
    }
}

/// What is read of each cell: where, by which name it is kept, and how it is checked and decoded.
struct Part<'a> {
    name: &'a str,
    key: &'a (dyn Fn(usize) -> Key + Sync),
    check: &'a (dyn Fn(usize) -> [u8; sealed::CHECK_BYTES] + Sync),
    range: &'a (dyn Fn(&Stretch) -> Range<u64> + Sync),
    decode: &'a (dyn Fn(Bytes) -> Result<Thing> + Sync),
}

fn slice(bytes: &Bytes, of: &Range<u64>, part: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at - of.start).unwrap_or(usize::MAX);
    // A copy, so that one kept cell does not keep the whole read.
    Bytes::copy_from_slice(&bytes[place(part.start)..place(part.end)])
}
