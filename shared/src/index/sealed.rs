//! The frame of a stored object: what it is, its version, its bytes, their checksum.
//!
//! Layout, little-endian: 8 bytes of magic; 2 bytes format version; 2 bytes zero; 4 bytes count of the parts (0 where the
//! body says itself); the body; 32 bytes BLAKE3 of all before.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::memory::{Scope, Time};

const HEADER_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 32;
/// Bytes of a part's checksum, where a part of an object is read by itself.
pub const CHECK_BYTES: usize = 8;

/// What kind of object it is.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its first bytes.
    pub magic: &'static [u8; 8],
    /// The version that is written and read.
    pub version: u16,
    /// How its names end.
    pub extension: &'static str,
}

/// The body (postcard) in its frame.
pub fn seal(format: Format, body: &impl Serialize) -> Result<Vec<u8>> {
    seal_parts(format, std::iter::once(body), 0)
}

/// Parts (postcard), one after the other, in one frame that counts them.
pub fn seal_all<T: Serialize>(format: Format, parts: &[T]) -> Result<Vec<u8>> {
    let count = u32::try_from(parts.len()).map_err(|_| Error::internal("too many parts for one object"))?;
    seal_parts(format, parts.iter(), count)
}

fn seal_parts<'a, T: Serialize + 'a>(
    format: Format,
    parts: impl Iterator<Item = &'a T>,
    count: u32,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(format.magic);
    bytes.extend_from_slice(&format.version.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(&count.to_le_bytes());
    for part in parts {
        bytes = postcard::to_extend(part, bytes)
            .map_err(|error| Error::internal(format!("an object cannot be encoded: {error}")))?;
    }
    let checksum = blake3::hash(&bytes);
    bytes.extend_from_slice(checksum.as_bytes());
    Ok(bytes)
}

/// The version that the bytes say they are of, if they are long enough to say one. Whoever opens them checks the rest.
pub fn version(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(8)?, *bytes.get(9)?]))
}

/// The body back. Corrupt, with the name, where the bytes are torn, changed, or of another kind or version.
pub fn open<T: DeserializeOwned>(format: Format, name: &str, bytes: &[u8]) -> Result<T> {
    let (_, body) = framed(format, name, bytes)?;
    match postcard::take_from_bytes(body) {
        Ok((body, [])) => Ok(body),
        Ok(_) => Err(Error::corrupt(name, "bytes are left over")),
        Err(error) => Err(Error::corrupt(name, error)),
    }
}

/// The parts back, as [`open`] gives a body.
pub fn open_all<T: DeserializeOwned>(format: Format, name: &str, bytes: &[u8]) -> Result<Vec<T>> {
    let read = Parts::new(format, name, bytes)?;
    let mut parts = Vec::with_capacity(read.count);
    for part in read {
        parts.push(part?.1);
    }
    Ok(parts)
}

/// Where each part begins, so that [`part`] reads it from there.
pub fn starts<T: DeserializeOwned>(format: Format, name: &str, bytes: &[u8]) -> Result<Vec<u32>> {
    Parts::<T>::new(format, name, bytes)?.map(|part| part.map(|(start, _)| start as u32)).collect()
}

/// The part that the bytes begin with.
pub fn part<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let part = postcard::take_from_bytes(bytes);
    part.map(|(part, _)| part).map_err(|error| Error::corrupt("a part of an object", error))
}

/// The parts of an object, each with where it begins.
struct Parts<'a, T> {
    name: &'a str,
    rest: &'a [u8],
    /// Bytes up to where the last part ends.
    end: usize,
    /// Parts that are left.
    count: usize,
    of: PhantomData<T>,
}

impl<'a, T> Parts<'a, T> {
    fn new(format: Format, name: &'a str, bytes: &'a [u8]) -> Result<Parts<'a, T>> {
        let (count, rest) = framed(format, name, bytes)?;
        Ok(Parts { name, rest, end: HEADER_BYTES + rest.len(), count, of: PhantomData })
    }
}

impl<T: DeserializeOwned> Iterator for Parts<'_, T> {
    type Item = Result<(usize, T)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.count == 0 {
            let left = std::mem::take(&mut self.rest);
            return (!left.is_empty()).then(|| Err(Error::corrupt(self.name, "bytes are left over")));
        }
        self.count -= 1;
        let start = self.end - self.rest.len();
        let read = postcard::take_from_bytes(self.rest).map_err(|error| Error::corrupt(self.name, error));
        Some(read.map(|(part, rest)| {
            self.rest = rest;
            (start, part)
        }))
    }
}

/// Count and bytes of what is in the frame, once all of it is as it was written.
fn framed<'a>(format: Format, name: &str, bytes: &'a [u8]) -> Result<(usize, &'a [u8])> {
    let (framed, checksum) = bytes
        .split_last_chunk::<CHECKSUM_BYTES>()
        .filter(|(framed, _)| framed.len() >= HEADER_BYTES)
        .ok_or_else(|| Error::corrupt(name, format!("only {} bytes", bytes.len())))?;
    if &framed[..8] != format.magic {
        return Err(Error::corrupt(name, "this is another kind of object"));
    }
    if blake3::hash(framed) != blake3::Hash::from_bytes(*checksum) {
        return Err(Error::corrupt(name, "its checksum does not hold"));
    }
    let version = u16::from_le_bytes([framed[8], framed[9]]);
    if version != format.version {
        return Err(Error::corrupt(name, format!("version {version} is not known here")));
    }
    let count = u32::from_le_bytes([framed[12], framed[13], framed[14], framed[15]]);
    Ok((count as usize, &framed[HEADER_BYTES..]))
}

/// The checksum of a part that is read without the rest of its object.
pub fn check(part: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&blake3::hash(part).as_bytes()[..CHECK_BYTES]);
    check
}

/// The folder of a scope's objects. The scope's name goes in as a hash: object names show up in logs and listings.
pub fn folder(scope: &Scope) -> String {
    let hash = blake3::derive_key("memorable segment folder v1", scope.path().as_bytes());
    format!("segments/{}/", &blake3::Hash::from_bytes(hash).to_hex()[..32])
}

/// A name for an object put now: the scope's folder, the hash of the bytes, and the hour. The hour keeps the same bytes
/// that are put again after a crash apart from those that a sweep, a day later, is about to delete.
pub fn name(scope: &Scope, bytes: &[u8], extension: &str, now: Time) -> String {
    let hour = now.seconds().div_euclid(3_600);
    format!("{}{}-{hour:x}.{extension}", folder(scope), &blake3::hash(bytes).to_hex()[..32])
}

#[cfg(test)]
mod tests;
