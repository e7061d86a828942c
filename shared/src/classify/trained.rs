//! A head that was trained on what a tenant's people corrected, as it is kept.
//!
//! `MEMTRAIN` | u8 version | 16 bytes of the BLAKE3 of the builtin head that it was trained from | u32 number of corrections,
//! 16 bytes for each | what in the head differs from the builtin one (`head/moved.rs`). Little-endian. Version 1 held the
//! whole head (`head/file.rs`), which is some thirty times as much; it is read still.
//!
//! Holds no text, and none can be read from it: weights are sums over all texts, at places that some hundred thousand words
//! share by hash, with numbers as their form alone. What is secret never comes near it (`night/examples.rs`). Of which
//! corrections it learned is kept as hashes, so that it goes when one of these is forgotten.

use std::sync::LazyLock;

use super::head::Head;
use crate::error::{Error, Result};
use crate::memory::feedback::Feedback;
use crate::memory::id::Fields;

/// Version of the stored shape.
pub const VERSION: u8 = 2;
/// The one with the whole head.
const WHOLE: u8 = 1;
const MAGIC: &[u8; 8] = b"MEMTRAIN";
/// Bytes of a hash: enough that no two of a tenant's corrections are one.
const HASH: usize = 16;

/// What a correction is known by: of whom it is, of which memory, of which text, and what it says.
pub type Known = [u8; HASH];

/// A trained head.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The head.
    pub head: Head,
    /// The corrections that it learned from, in order.
    pub learned: Vec<Known>,
}

/// The builtin head by its hash.
static BASE: LazyLock<Known> = LazyLock::new(|| known(Fields::new("memorable head v1").add(Head::builtin().encode())));

/// What that correction, of a memory of the scope with that path, is known by.
pub fn known_by(scope: &str, feedback: &Feedback) -> Known {
    let mut fields = Fields::new("memorable correction v1");
    fields.add(scope).add(feedback.id.to_string()).add(&feedback.text);
    let (kind, sensitivity) = (feedback.correction.kind, feedback.correction.sensitivity);
    fields.add(kind.map_or("", |kind| kind.name())).add(sensitivity.map_or("", |sensitivity| sensitivity.name()));
    known(&fields)
}

fn known(fields: &Fields) -> Known {
    let mut known = [0; HASH];
    known.copy_from_slice(&fields.finish().as_bytes()[..HASH]);
    known
}

impl Trained {
    /// As bytes. Weights are rounded to what [`Head::rounded`] gives.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.extend(*BASE);
        bytes.extend((self.learned.len() as u32).to_le_bytes());
        self.learned.iter().for_each(|known| bytes.extend(known));
        bytes.extend(self.head.encode_moved()?);
        Ok(bytes)
    }

    /// Back from bytes; none where it was trained from another builtin head than this one. Corrupt where they are not what
    /// [`Trained::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Option<Trained>> {
        let corrupt = |why: &str| Error::corrupt("a trained head", why.to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| corrupt("it does not begin as one"))?;
        let (version, rest) = rest.split_first().ok_or_else(|| corrupt("it ends early"))?;
        if ![WHOLE, VERSION].contains(version) {
            return Err(corrupt(&format!("version {version} is not known here")));
        }
        let (base, rest) = rest.split_at_checked(HASH).ok_or_else(|| corrupt("it ends early"))?;
        if base != *BASE {
            return Ok(None);
        }
        let (count, rest) = rest.split_first_chunk().ok_or_else(|| corrupt("it ends early"))?;
        let count = u32::from_le_bytes(*count) as usize;
        let (learned, head) = rest.split_at_checked(count * HASH).ok_or_else(|| corrupt("it ends early"))?;
        let (learned, _) = learned.as_chunks::<HASH>();
        let head = if *version == WHOLE { Head::decode(head)? } else { Head::decode_moved(head)? };
        Ok(Some(Trained { head, learned: learned.to_vec() }))
    }
}

#[cfg(test)]
mod tests;
