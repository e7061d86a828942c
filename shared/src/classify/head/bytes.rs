//! What is left to read of a file that was learned: of the head's weights, or of its net.

use crate::error::{Error, Result};

/// Bytes not read yet, and what they are of. Numbers are little-endian.
pub(super) struct Bytes<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(super) fn of(what: &'static str, bytes: &'a [u8]) -> Bytes<'a> {
        Bytes { what, rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn some(&mut self, count: usize) -> Result<&'a [u8]> {
        let (first, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.early())?;
        self.rest = rest;
        Ok(first)
    }

    pub(super) fn take<const COUNT: usize>(&mut self) -> Result<[u8; COUNT]> {
        let (first, rest) = self.rest.split_first_chunk().ok_or_else(|| self.early())?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn float(&mut self) -> Result<f32> {
        let float = f32::from_le_bytes(self.take()?);
        if float.is_finite() { Ok(float) } else { Err(self.corrupt("it holds a number that is none")) }
    }

    pub(super) fn floats(&mut self, count: usize) -> Result<Vec<f32>> {
        (0..count).map(|_| self.float()).collect()
    }

    /// Corrupt where there is more.
    pub(super) fn end(&self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.corrupt("it goes on after its end")) }
    }

    pub(super) fn corrupt(&self, detail: &str) -> Error {
        Error::corrupt(self.what, detail.to_owned())
    }

    fn early(&self) -> Error {
        self.corrupt("it ends too early")
    }
}
