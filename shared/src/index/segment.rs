//! An immutable block of entries on S3: named by its content, checksummed, versioned; framed as `sealed` says.

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

/// A name for a segment put now.
pub fn name(scope: &Scope, bytes: &[u8], now: Time) -> String {
    sealed::name(scope, bytes, FORMAT.extension, now)
}

#[cfg(test)]
mod tests;
