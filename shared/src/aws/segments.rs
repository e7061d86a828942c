//! Segments on S3, and the container's cache of them. A name stands for one content, so the cache is never stale.

use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::try_join_all;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::aws::errors::from_sdk;
use crate::error::{Error, Result};
use crate::index::{Entry, SegmentRef, segment};
use crate::memory::{Scope, Time};
use crate::receipt::meter;

/// Bytes of segments, as stored, that a container keeps decoded; decoded they take about three times as much.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// A guess at how many segments that may be; sizes the cache's own tables only.
const CACHE_SEGMENTS: usize = 256;

/// The bucket's segments.
#[derive(Debug, Clone)]
pub struct Segments {
    client: Client,
    bucket: String,
    cache: Arc<Cache<String, Cached, BySize>>,
}

#[derive(Debug, Clone)]
struct Cached {
    entries: Arc<[Entry]>,
    bytes: u64,
}

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<String, Cached> for BySize {
    fn weight(&self, _: &String, segment: &Cached) -> u64 {
        segment.bytes.max(1)
    }
}

/// An object found by listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// When it was put.
    pub put_at: Time,
}

impl Segments {
    /// Of that bucket.
    pub fn new(client: Client, bucket: impl Into<String>) -> Segments {
        let cache = Arc::new(Cache::with_weighter(CACHE_SEGMENTS, CACHE_BYTES, BySize));
        Segments { client, bucket: bucket.into(), cache }
    }

    /// Puts the entries as one segment of the scope. Putting the same entries again changes nothing.
    pub async fn put(&self, scope: &Scope, entries: &[Entry]) -> Result<SegmentRef> {
        let bytes = segment::encode(entries)?;
        let name = segment::name(scope, &bytes);
        let size = bytes.len() as u64;
        let call = self.client.put_object().bucket(&self.bucket).key(&name).body(ByteStream::from(bytes));
        call.send().await.map_err(|error| from_sdk("put a segment", &error))?;
        Ok(SegmentRef { name, entries: u32::try_from(entries.len()).unwrap_or(u32::MAX), bytes: size })
    }

    /// A segment's entries, from the cache or from S3. Corrupt, with its name, where its bytes are missing or changed.
    pub async fn get(&self, name: &str) -> Result<Arc<[Entry]>> {
        if let Some(cached) = self.cache.get(name) {
            meter().cached(true);
            return Ok(cached.entries);
        }
        meter().cached(false);
        let answer = match self.client.get_object().bucket(&self.bucket).key(name).send().await {
            Ok(answer) => answer,
            // S3 says so of a missing object to a function that may not list the bucket.
            Err(error) if matches!(error.code(), Some("NoSuchKey" | "AccessDenied")) => {
                return Err(Error::corrupt(format!("segment {name}"), "it is named but not there"));
            }
            Err(error) => return Err(from_sdk("get a segment", &error)),
        };
        let body = answer.body.collect().await;
        let bytes = body.map_err(|_| Error::unavailable("could not get a segment: the answer broke off"))?.into_bytes();
        let entries: Arc<[Entry]> = segment::decode(&format!("segment {name}"), &bytes)?.into();
        let cached = Cached { entries: Arc::clone(&entries), bytes: bytes.len() as u64 };
        self.cache.insert(name.to_owned(), cached);
        Ok(entries)
    }

    /// The entries of several segments, in their order.
    pub async fn get_all(&self, segments: &[SegmentRef]) -> Result<Vec<Arc<[Entry]>>> {
        try_join_all(segments.iter().map(|segment| self.get(&segment.name))).await
    }

    /// All objects in the scope's folder, also those that no manifest names. For the night only.
    pub async fn list(&self, scope: &Scope) -> Result<Vec<Listed>> {
        let mut listed = Vec::new();
        let mut more = None;
        loop {
            let call = self.client.list_objects_v2().bucket(&self.bucket).prefix(segment::folder(scope));
            let call = call.set_continuation_token(more).send();
            let page = call.await.map_err(|error| from_sdk("list segments", &error))?;
            for object in page.contents() {
                let put_at = object.last_modified().and_then(|at| i64::try_from(at.as_nanos() / 1_000).ok());
                let put_at = Time::from_micros(put_at.unwrap_or(i64::MAX));
                listed.extend(object.key().map(|name| Listed { name: name.to_owned(), put_at }));
            }
            more = page.next_continuation_token;
            if more.is_none() {
                return Ok(listed);
            }
        }
    }

    /// Removes an object. Removing what is not there is well.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let call = self.client.delete_object().bucket(&self.bucket).key(name);
        call.send().await.map_err(|error| from_sdk("delete a segment", &error))?;
        Ok(())
    }
}
