//! An immutable block of entries on S3: named by its content, checksummed, versioned; framed as `sealed` says.

use crate::error::Result;
use crate::index::entry::Entry;
use crate::index::sealed::{self, Format};
use crate::memory::{Scope, Time};

/// What segments are.
pub const FORMAT: Format = Format { magic: b"MEMSEGMT", version: 1, extension: "seg" };

/// Entries as a segment's bytes.
pub fn encode(entries: &[Entry]) -> Result<Vec<u8>> {
    sealed::seal_all(FORMAT, entries)
}

/// A segment's bytes back as entries. Corrupt, with the name, where they are torn, changed or of another version.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Vec<Entry>> {
    sealed::open_all(FORMAT, name, bytes)
}

/// A name for a segment put now.
pub fn name(scope: &Scope, bytes: &[u8], now: Time) -> String {
    sealed::name(scope, bytes, FORMAT.extension, now)
}

#[cfg(test)]
mod tests;
