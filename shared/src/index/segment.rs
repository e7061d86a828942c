//! An immutable block of entries on S3: named by its content, checksummed, versioned.
//!
//! Layout, little-endian: 8 bytes `MEMSEGMT`; 2 bytes format version; 2 bytes zero; 4 bytes number of entries;
//! the entries (postcard); 32 bytes BLAKE3 of all before.

use crate::error::{Error, Result};
use crate::index::entry::Entry;
use crate::index::sealed;
use crate::memory::{Scope, Time};

/// Version of the layout above.
pub const VERSION: u16 = 1;

const MAGIC: &[u8; 8] = b"MEMSEGMT";
const HEADER_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 32;

/// Entries as a segment's bytes.
pub fn encode(entries: &[Entry]) -> Result<Vec<u8>> {
    let count = u32::try_from(entries.len()).map_err(|_| Error::internal("too many entries for one segment"))?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + entries.len() * 512 + CHECKSUM_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(&count.to_le_bytes());
    for entry in entries {
        bytes = postcard::to_extend(entry, bytes)
            .map_err(|error| Error::internal(format!("an entry cannot be encoded: {error}")))?;
    }
    let checksum = blake3::hash(&bytes);
    bytes.extend_from_slice(checksum.as_bytes());
    Ok(bytes)
}

/// A segment's bytes back as entries. Corrupt, with the name, where they are torn, changed or of another version.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Vec<Entry>> {
    let (body, checksum) = bytes
        .split_last_chunk::<CHECKSUM_BYTES>()
        .filter(|(body, _)| body.len() >= HEADER_BYTES)
        .ok_or_else(|| Error::corrupt(name, format!("only {} bytes", bytes.len())))?;
    if &body[..8] != MAGIC {
        return Err(Error::corrupt(name, "this is not a segment"));
    }
    if blake3::hash(body) != blake3::Hash::from_bytes(*checksum) {
        return Err(Error::corrupt(name, "its checksum does not hold"));
    }
    let version = u16::from_le_bytes([body[8], body[9]]);
    if version != VERSION {
        return Err(Error::corrupt(name, format!("segment version {version} is not known here")));
    }
    let count = u32::from_le_bytes([body[12], body[13], body[14], body[15]]);
    let mut rest = &body[HEADER_BYTES..];
    let mut entries = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let (entry, after) = postcard::take_from_bytes(rest).map_err(|error| Error::corrupt(name, error))?;
        entries.push(entry);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(Error::corrupt(name, "bytes are left over"));
    }
    Ok(entries)
}

/// A name for a segment put now.
pub fn name(scope: &Scope, bytes: &[u8], now: Time) -> String {
    sealed::name(scope, bytes, "seg", now)
}

#[cfg(test)]
mod tests;
