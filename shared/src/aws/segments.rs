//! Segments on S3. A name stands for one content, so what is cached is never stale.

use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::aws::cache::{Cache, Key, Thing};
use crate::aws::objects::Objects;
use crate::error::Result;
use crate::index::segment::{self, Packed};
use crate::index::{Entry, SegmentRef};
use crate::memory::{Scope, Time};

/// Segments that are read at a time, so that few wait in memory to be decoded.
const READ_TOGETHER: usize = 4;

/// The bucket's segments.
#[derive(Debug, Clone)]
pub struct Segments {
    objects: Objects,
    cache: Cache,
}

impl Segments {
    /// Of those objects, kept in that cache.
    pub fn new(objects: Objects, cache: Cache) -> Segments {
        Segments { objects, cache }
    }

    /// Puts the entries as one segment of the scope. Putting the same entries again within the hour changes nothing.
    pub async fn put(&self, scope: &Scope, entries: &[Entry], now: Time) -> Result<SegmentRef> {
        let bytes = segment::encode(entries)?;
        let name = segment::name(scope, &bytes, now);
        let size = bytes.len() as u64;
        self.objects.put(&name, bytes).await?;
        Ok(SegmentRef { name, entries: u32::try_from(entries.len()).unwrap_or(u32::MAX), bytes: size })
    }

    /// A segment's entries, from the cache or from S3. Corrupt, with its name, where its bytes are missing or changed.
    pub async fn get(&self, name: &str) -> Result<Arc<[Entry]>> {
        let key = Key::Object(name.to_owned());
        if let Some(Thing::Segment(entries)) = self.cache.get(&key) {
            return Ok(entries);
        }
        let decode = |bytes: &[u8]| segment::decode(&format!("segment {name}"), bytes);
        let (entries, size) = self.objects.fetch(name, decode).await?;
        let entries: Arc<[Entry]> = entries.into();
        self.cache.keep(key, Thing::Segment(Arc::clone(&entries)), size);
        Ok(entries)
    }

    /// A segment's entries, past the cache: for whoever goes through all of a scope once, or puts another in its place.
    pub async fn read(&self, name: &str) -> Result<Vec<Entry>> {
        segment::decode(&format!("segment {name}"), &self.objects.get(name).await?)
    }

    /// The same, as they are stored: for many of which each is looked at for itself.
    pub async fn read_packed(&self, name: &str) -> Result<Packed> {
        Packed::new(&format!("segment {name}"), self.objects.get(name).await?)
    }

    /// The entries of several, likewise, in their order.
    pub async fn read_all(&self, segments: &[SegmentRef]) -> Result<Vec<Vec<Entry>>> {
        let mut blocks = Vec::with_capacity(segments.len());
        for segments in segments.chunks(READ_TOGETHER) {
            blocks.extend(try_join_all(segments.iter().map(|segment| self.read(&segment.name))).await?);
        }
        Ok(blocks)
    }

    /// The entries of several segments, in their order.
    pub async fn get_all(&self, segments: &[SegmentRef]) -> Result<Vec<Arc<[Entry]>>> {
        try_join_all(segments.iter().map(|segment| self.get(&segment.name))).await
    }
}
