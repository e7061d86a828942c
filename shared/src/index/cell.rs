//! What is kept of each memory of a cell: a record to be found by, and columns to be filtered by.

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::index::code::{Coder, Estimator};
use crate::index::entry::EntryV1;
use crate::index::{Embedding, Entry, atlas};
use crate::memory::MemoryId;
use crate::memory::id::BYTES;

const FACTOR_BYTES: usize = 4;

/// Bytes of one memory's record: its id, its code's factor, its code.
pub fn record_bytes(dimensions: usize) -> usize {
    BYTES + FACTOR_BYTES + dimensions.div_ceil(4)
}

/// A memory's record, after those before it.
pub fn push_record(records: &mut Vec<u8>, id: MemoryId, embedding: &Embedding, coder: &Coder) {
    let (factor, code) = coder.encode(embedding.unit());
    records.extend_from_slice(&id.bytes());
    records.extend_from_slice(&factor.to_le_bytes());
    records.extend_from_slice(&code);
}

/// Each memory of the records with its estimated product with the query.
pub fn estimates<'a>(
    records: &'a [u8],
    dimensions: usize,
    estimator: &'a Estimator,
) -> impl Iterator<Item = (MemoryId, f32)> + 'a {
    records.chunks_exact(record_bytes(dimensions)).map(|record| {
        let (id, rest) = record.split_at(BYTES);
        let (factor, code) = rest.split_at(FACTOR_BYTES);
        let mut bits = [0; BYTES];
        bits.copy_from_slice(id);
        let factor = f32::from_le_bytes([factor[0], factor[1], factor[2], factor[3]]);
        (MemoryId::from_bytes(bits), estimator.estimate(factor, code))
    })
}

/// A memory's columns, after those before it: its entry without terms and embedding.
pub fn push_columns(columns: Vec<u8>, entry: &Entry) -> Result<Vec<u8>> {
    let slim = Entry { terms: Vec::new(), embedding: None, ..entry.clone() };
    postcard::to_extend(&slim, columns).map_err(|error| Error::internal(format!("an entry cannot be encoded: {error}")))
}

/// All columns of a cell back, of an atlas of that version.
pub fn columns(name: &str, version: u16, bytes: &[u8]) -> Result<Vec<Entry>> {
    match version {
        atlas::V1_VERSION => Ok(rows::<EntryV1>(name, bytes)?.into_iter().map(Entry::from).collect()),
        _ => rows(name, bytes),
    }
}

fn rows<T: DeserializeOwned>(name: &str, mut bytes: &[u8]) -> Result<Vec<T>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (entry, rest) =
            postcard::take_from_bytes(bytes).map_err(|error| Error::corrupt(format!("object {name}"), error))?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}
