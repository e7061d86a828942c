//! An immutable block of entries on S3: named by its content, checksummed, versioned; framed as `sealed` says.

use bytes::Bytes;

use crate::error::Result;
use crate::index::entry::{Entry, EntryV1};
use crate::index::sealed::{self, Format};
use crate::memory::{Scope, Time};

/// What segments are.
pub const FORMAT: Format = Format { magic: b"MEMSEGMT", version: 2, extension: "seg" };

/// What they were before entries knew of relations. A night's compaction writes what it reads in the present form.
const V1: Format = Format { version: 1, ..FORMAT };

/// Entries as a segment's bytes.
pub fn encode(entries: &[Entry]) -> Result<Vec<u8>> {
    sealed::seal_all(FORMAT, entries)
}

/// A segment's bytes back as entries. Corrupt, with the name, where they are torn, changed or of another version.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Vec<Entry>> {
    if sealed::version(bytes) == Some(V1.version) {
        let entries: Vec<EntryV1> = sealed::open_all(V1, name, bytes)?;
        return Ok(entries.into_iter().map(Entry::from).collect());
    }
    sealed::open_all(FORMAT, name, bytes)
}

/// A segment's entries as they are stored, each to be read by itself: decoded they take more than twice as much.
#[derive(Debug, Clone)]
pub struct Packed {
    bytes: Bytes,
    is_v1: bool,
    /// Where each entry begins.
    starts: Vec<u32>,
}

impl Packed {
    /// Of a segment's bytes. Corrupt, with the name, where [`decode`] would say so.
    pub fn new(name: &str, bytes: Bytes) -> Result<Packed> {
        let is_v1 = sealed::version(&bytes) == Some(V1.version);
        let starts = if is_v1 {
            sealed::starts::<EntryV1>(V1, name, &bytes)?
        } else {
            sealed::starts::<Entry>(FORMAT, name, &bytes)?
        };
        Ok(Packed { bytes, is_v1, starts })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The `nth` entry.
    pub fn entry(&self, nth: usize) -> Result<Entry> {
        let bytes = &self.bytes[self.starts[nth] as usize..];
        match self.is_v1 {
            true => Ok(Entry::from(sealed::part::<EntryV1>(bytes)?)),
            false => sealed::part(bytes),
        }
    }
}

/// A name for a segment put now.
pub fn name(scope: &Scope, bytes: &[u8], now: Time) -> String {
    sealed::name(scope, bytes, FORMAT.extension, now)
}

#[cfg(test)]
mod tests;
