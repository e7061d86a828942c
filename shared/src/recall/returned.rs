//! What recalls have returned, as the id of a receipt: a token that a later recall excludes by, with nothing stored.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::memory::id::{BYTES, Fields};
use crate::memory::{MemoryId, Tenant};

/// First byte of a token; other versions are refused.
const VERSION: u8 = 1;
/// Most memories that a token names, the latest: 3.4 KB of text.
const MOST_IDS: usize = 256;
/// Most tokens that one recall takes.
const MOST_RECEIPTS: usize = 16;
/// Bytes of the hash of the tenant, and of the checksum.
const HASH: usize = 8;
const EXPECTED: &str = "the `receipt.id` of an earlier recall, unchanged, or a list of 1 to 16";

/// Memories that recalls have returned, the latest recall's first.
///
/// A token is, in base64 for URLs: the version, a hash of the tenant, ten bytes for each memory, and a checksum of all
/// that. The checksum tells a mangled token from a whole one; nobody gains by forging one, who can leave out of their
/// own recall what they like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    ids: Vec<MemoryId>,
    known: HashSet<MemoryId>,
}

impl Returned {
    /// From one token or a list of them. Invalid, naming the field, where one is mangled, or another tenant's.
    pub fn parse(tenant: &Tenant, tokens: &Value, field: &str) -> Result<Returned> {
        let wrong = |field: &str, detail: &str| Error::invalid(field, detail, EXPECTED);
        let tokens: Vec<(String, &Value)> = match tokens {
            Value::Array(tokens) if !(1..=MOST_RECEIPTS).contains(&tokens.len()) => {
                return Err(wrong(field, &format!("there are {}", tokens.len())));
            }
            Value::Array(tokens) => {
                tokens.iter().enumerate().map(|(i, token)| (format!("{field}[{i}]"), token)).collect()
            }
            single => vec![(field.to_owned(), single)],
        };
        let mut returned = Returned::default();
        // The last of a list is taken for the latest.
        for (field, token) in tokens.iter().rev() {
            let token = token.as_str().ok_or_else(|| wrong(field, "this is not a text"))?;
            returned.add(ids_in(tenant, token).map_err(|detail| wrong(field, &detail))?);
        }
        Ok(returned)
    }

    /// The memories, the latest recall's first.
    pub fn ids(&self) -> &[MemoryId] {
        &self.ids
    }

    /// Whether the memory was returned.
    pub fn contains(&self, id: MemoryId) -> bool {
        self.known.contains(&id)
    }

    /// With what was returned after that.
    #[must_use]
    pub fn after(&self, later: impl IntoIterator<Item = MemoryId>) -> Returned {
        let mut all = Returned::default();
        all.add(later);
        all.add(self.ids.iter().copied());
        all
    }

    /// The token, with the latest 256 of the memories.
    pub fn receipt_id(&self, tenant: &Tenant) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(owner(tenant));
        self.ids.iter().take(MOST_IDS).for_each(|id| bytes.extend(id.bytes()));
        bytes.extend(hash("memorable receipt checksum v1", &bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn add(&mut self, ids: impl IntoIterator<Item = MemoryId>) {
        for id in ids {
            if self.known.insert(id) {
                self.ids.push(id);
            }
        }
    }
}

/// The memories that a token names, or what is wrong with it.
fn ids_in(tenant: &Tenant, token: &str) -> std::result::Result<Vec<MemoryId>, String> {
    let mangled = || "this is not the id of a receipt, or not the whole of it".to_owned();
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| mangled())?;
    let (named, checksum) = bytes.split_last_chunk::<HASH>().ok_or_else(mangled)?;
    if *checksum != hash("memorable receipt checksum v1", named) {
        return Err(mangled());
    }
    match named.split_first() {
        Some((&VERSION, rest)) => {
            let (of, ids) = rest.split_first_chunk::<HASH>().ok_or_else(mangled)?;
            if *of != owner(tenant) {
                return Err("this is the id of another tenant's receipt".to_owned());
            }
            let (ids, rest) = ids.as_chunks::<BYTES>();
            if !rest.is_empty() || ids.len() > MOST_IDS {
                return Err(mangled());
            }
            Ok(ids.iter().map(|id| MemoryId::from_bytes(*id)).collect())
        }
        Some((version, _)) => Err(format!("this is the id of a receipt of version {version}, which is not known here")),
        None => Err(mangled()),
    }
}

fn owner(tenant: &Tenant) -> [u8; HASH] {
    hash("memorable receipt tenant v1", tenant.as_str().as_bytes())
}

fn hash(purpose: &str, bytes: &[u8]) -> [u8; HASH] {
    let digest = Fields::new(purpose).add(bytes).finish();
    let mut first = [0; HASH];
    first.copy_from_slice(&digest.as_bytes()[..HASH]);
    first
}

#[cfg(test)]
mod tests;
