//! In which memories of a large scope a term stands: shards of postings, each an object of its own.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::error::Result;
use crate::index::sealed::{self, Format};
use crate::index::terms::Term;
use crate::memory::MemoryId;
use crate::memory::id::BYTES;

/// How a shard is stored.
pub const FORMAT: Format = Format { magic: b"MEMTERMS", version: 1, extension: "terms" };

/// Most memories kept for a term. A term that stands in more of them tells little, and the best by far are kept.
const MOST_POSTINGS: usize = 512;
/// About how large a shard shall be: small beside a wave's other reads.
const SHARD_BYTES: usize = 96 * 1024;
/// Bytes of one posting.
const POSTING_BYTES: usize = BYTES + 3;
/// Most buckets of [`Rarity`], a byte each.
const MOST_BUCKETS: usize = 1 << 16;
/// Steps of [`Rarity`]'s scale for each doubling.
const STEPS: f32 = 8.0;

/// One memory in which a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The memory.
    pub id: MemoryId,
    /// How often the term stands in it.
    pub times: u8,
    /// How many terms it has.
    pub length: u16,
}

/// The postings of some terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shard {
    /// By term: in how many memories it stands, and the best of them.
    terms: Vec<(Term, u32, ByteBuf)>,
}

/// About how many memories hold a term: a byte for each of some buckets that terms fall into. What shares a bucket counts
/// as the commoner, so a term may seem commoner than it is, and never rarer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rarity(ByteBuf);

/// Gathers postings, memory by memory.
#[derive(Debug, Default)]
pub struct Postings {
    terms: HashMap<Term, (u32, Vec<Posting>)>,
}

impl Postings {
    /// Adds one memory's terms.
    pub fn add(&mut self, id: MemoryId, length: u16, terms: &[(Term, u8)]) {
        for (term, times) in terms {
            let (count, best) = self.terms.entry(*term).or_default();
            *count += 1;
            best.push(Posting { id, times: *times, length });
            if best.len() >= 2 * MOST_POSTINGS {
                keep_best(best);
            }
        }
    }

    /// The shards, their number a power of two, and how rare each term is.
    pub fn finish(self) -> (Vec<Shard>, Rarity) {
        let mut terms: Vec<(Term, u32, Vec<Posting>)> =
            self.terms.into_iter().map(|(term, (count, best))| (term, count, best)).collect();
        terms.sort_unstable_by_key(|(term, ..)| *term);
        terms.iter_mut().for_each(|(_, _, best)| keep_best(best));
        let bytes: usize = terms.iter().map(|(_, _, best)| 8 + POSTING_BYTES * best.len()).sum();
        let mut shards = vec![Shard::default(); (bytes / SHARD_BYTES).next_power_of_two()];
        let mut rarity = vec![0_u8; terms.len().next_power_of_two().clamp(1, MOST_BUCKETS)];
        for (term, count, best) in terms {
            let place = bucket(term, rarity.len());
            let bucket = &mut rarity[place];
            *bucket = (*bucket).max((STEPS * (count as f32).log2()).ceil().clamp(0.0, 254.0) as u8 + 1);
            let place = shard(term, shards.len());
            shards[place].terms.push((term, count, ByteBuf::from(packed(&best))));
        }
        (shards, Rarity(ByteBuf::from(rarity)))
    }
}

impl Rarity {
    /// About how many memories hold the term; 0 where none does.
    pub fn memories(&self, term: Term) -> f32 {
        if self.0.is_empty() {
            return 0.0;
        }
        match self.0[bucket(term, self.0.len())] {
            0 => 0.0,
            level => (f32::from(level - 1) / STEPS).exp2().round(),
        }
    }
}

impl Shard {
    /// As bytes.
    pub fn encode(&self) -> Result<Vec<u8>> {
        sealed::seal(FORMAT, self)
    }

    /// Back from bytes. Corrupt, with the name, where they are not what [`Shard::encode`] wrote.
    pub fn decode(name: &str, bytes: &[u8]) -> Result<Shard> {
        sealed::open(FORMAT, name, bytes)
    }

    /// The best memories of a term, and in how many it stands.
    pub fn find(&self, term: Term) -> (u32, Vec<Posting>) {
        match self.terms.binary_search_by_key(&term, |(term, ..)| *term) {
            Ok(place) => (self.terms[place].1, unpacked(&self.terms[place].2)),
            Err(_) => (0, Vec::new()),
        }
    }
}

/// Which of that many shards holds the term: by its first bits.
pub fn shard(term: Term, shards: usize) -> usize {
    debug_assert!(shards.is_power_of_two());
    ((u64::from(term) * shards as u64) >> Term::BITS) as usize
}

/// By its last bits, so that buckets and shards have nothing to do with each other.
fn bucket(term: Term, buckets: usize) -> usize {
    term as usize & (buckets - 1)
}

/// Leaves the memories in which the term weighs most: often in a short one.
fn keep_best(best: &mut Vec<Posting>) {
    let weight = |p: &Posting| f32::from(p.times) / (f32::from(p.times) + 0.5 + 0.05 * f32::from(p.length));
    best.sort_unstable_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.id.cmp(&b.id)));
    best.truncate(MOST_POSTINGS);
}

fn packed(postings: &[Posting]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(POSTING_BYTES * postings.len());
    for posting in postings {
        bytes.extend_from_slice(&posting.id.bytes());
        bytes.push(posting.times);
        bytes.extend_from_slice(&posting.length.to_le_bytes());
    }
    bytes
}

fn unpacked(bytes: &[u8]) -> Vec<Posting> {
    let posting = |bytes: &[u8; POSTING_BYTES]| {
        let mut id = [0; BYTES];
        id.copy_from_slice(&bytes[..BYTES]);
        let length = u16::from_le_bytes([bytes[BYTES + 1], bytes[BYTES + 2]]);
        Posting { id: MemoryId::from_bytes(id), times: bytes[BYTES], length }
    };
    bytes.as_chunks::<POSTING_BYTES>().0.iter().map(posting).collect()
}

#[cfg(test)]
mod tests;
