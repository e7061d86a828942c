//! A memory's name, derived from what makes it that memory, so that storing it twice is one memory.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::memory::{Scope, Time};

/// Crockford's base 32 without letters that look like digits, in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Bytes of an id, 80 bits: at ten million memories in a scope the odds of one clash are below one in ten billion.
pub const BYTES: usize = 10;
/// Letters of a printed id: five bits each.
const LETTERS: usize = 16;

/// 80 bits, printed as 16 letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemoryId([u8; BYTES]);

/// What makes two writes the same memory.
#[derive(Debug, Clone, Copy)]
pub enum Identity<'a> {
    /// The caller's own key, and the place in that call's list.
    Key {
        /// The `Idempotency-Key` of the call.
        key: &'a str,
        /// Which item of the call, from 0.
        position: usize,
    },
    /// Made from a memory as it was at a revision.
    Derived {
        /// That memory.
        from: MemoryId,
        /// Its revision.
        revision: u32,
        /// Which of all that was made from it, from 0.
        nth: usize,
    },
    /// The same text at the same time in the same session from the same speaker.
    Content {
        /// The text.
        content: &'a str,
        /// When it was said; without a time, the same words in the same session are the same memory.
        occurred_at: Option<Time>,
        /// The conversation.
        session: Option<&'a str>,
        /// Who said it.
        speaker: Option<&'a str>,
        /// How many equal ones stand before it in the same call: two equal turns of one call are two memories.
        nth: usize,
    },
}

impl MemoryId {
    /// Which of so many parts it belongs to. Ids are hashes, so parts are alike in size and in what they hold.
    pub fn part_of(self, parts: usize) -> usize {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d]) as usize % parts.max(1)
    }

    /// The id of that identity within the scope.
    pub fn derive(scope: &Scope, identity: Identity<'_>) -> MemoryId {
        let mut hash = Fields::new("memorable memory id v1");
        hash.add(scope.path());
        match identity {
            Identity::Key { key, position } => {
                hash.add("key").add(key).add(position.to_string());
            }
            Identity::Derived { from, revision, nth } => {
                hash.add("derived").add(from.to_string()).add(revision.to_string()).add(nth.to_string());
            }
            Identity::Content { content, occurred_at, session, speaker, nth } => {
                hash.add("content").add(content);
                hash.add(occurred_at.map(|t| t.to_string()).unwrap_or_default());
                hash.add(session.unwrap_or_default()).add(speaker.unwrap_or_default()).add(nth.to_string());
            }
        }
        let digest = hash.finish();
        let mut id = [0; BYTES];
        id.copy_from_slice(&digest.as_bytes()[..BYTES]);
        MemoryId(id)
    }
}

impl MemoryId {
    /// Its 80 bits.
    pub fn bytes(self) -> [u8; BYTES] {
        self.0
    }

    /// Of those 80 bits.
    pub fn from_bytes(bytes: [u8; BYTES]) -> MemoryId {
        MemoryId(bytes)
    }
}

/// A hash over separate fields: each goes in with its length, so that no two lists of fields run together.
pub struct Fields(blake3::Hasher);

impl Fields {
    /// `purpose` separates hashes of different use, even over equal fields.
    pub fn new(purpose: &str) -> Fields {
        Fields(blake3::Hasher::new_derive_key(purpose))
    }

    /// Adds a field.
    pub fn add(&mut self, field: impl AsRef<[u8]>) -> &mut Fields {
        let field = field.as_ref();
        self.0.update(&(field.len() as u64).to_le_bytes());
        self.0.update(field);
        self
    }

    /// The hash of all fields so far.
    pub fn finish(&self) -> blake3::Hash {
        self.0.finalize()
    }
}

impl fmt::Display for MemoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        (0..LETTERS).rev().try_for_each(|place| {
            let digit = (bits >> (5 * place)) & 31;
            write!(f, "{}", ALPHABET[digit as usize] as char)
        })
    }
}

impl FromStr for MemoryId {
    type Err = Error;

    fn from_str(text: &str) -> Result<MemoryId> {
        let wrong =
            || Error::invalid("id", "this is not a memory's id", "16 letters and digits, as an answer gave them");
        if text.len() != LETTERS {
            return Err(wrong());
        }
        let mut bits = 0_u128;
        for letter in text.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == letter).ok_or_else(wrong)?;
            bits = bits << 5 | digit as u128;
        }
        let mut id = [0; BYTES];
        id.copy_from_slice(&bits.to_be_bytes()[16 - BYTES..]);
        Ok(MemoryId(id))
    }
}

impl TryFrom<String> for MemoryId {
    type Error = Error;

    fn try_from(text: String) -> Result<MemoryId> {
        text.parse()
    }
}

impl From<MemoryId> for String {
    fn from(id: MemoryId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests;
