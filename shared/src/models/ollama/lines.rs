//! Lines out of pieces that break anywhere.

use crate::error::{Error, Result};

/// Longest line: one piece of an answer has a few bytes, so what is longer is no such stream.
const LONGEST: usize = 1024 * 1024;

/// What came and is not a whole line yet.
#[derive(Debug, Default)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// The lines that are whole with this piece, without their ends and without empty ones. Internal where one has no end.
    pub fn push(&mut self, piece: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.0.extend_from_slice(piece);
        let mut whole = Vec::new();
        while let Some(end) = self.0.iter().position(|byte| *byte == b'\n') {
            let mut line: Vec<u8> = self.0.drain(..=end).collect();
            line.pop();
            if !line.iter().all(u8::is_ascii_whitespace) {
                whole.push(line);
            }
        }
        if self.0.len() > LONGEST {
            return Err(Error::internal("a line of a streamed answer has no end"));
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests;
