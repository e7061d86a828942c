//! The net as bytes, versioned, as `infra/kinds` writes it.
//!
//! `MEMKIND2` | 16 bytes of the BLAKE3 of all that follows | u32 rows, u16 size of a row, u16 width, u16 blocks, u16 sorts of means |
//! the table: an f32 scale for each number of a row, then rows of i8 | widen | places | blocks: u16 away, norm, mix, whole | norm |
//! heed | judge. Of each matrix an f32 scale and an i16 for each weight; of what is added or scales, f32. Little-endian.

use super::super::bytes::Bytes;
use super::layers::{Dense, Norm};
use super::{Block, KINDS, LONGEST, MARKS, Net};
use crate::error::Result;
use crate::models::builtin;

const MAGIC: &[u8; 8] = b"MEMKIND2";
const HASH: usize = 16;

impl Net {
    /// From bytes. Corrupt where they are not what `infra/kinds` writes for the builtin tokens.
    pub(super) fn decode(bytes: &'static [u8]) -> Result<Net> {
        let mut bytes = Bytes::of("the classifier's net", bytes);
        if bytes.some(MAGIC.len())? != MAGIC {
            return Err(bytes.corrupt("it does not begin as one"));
        }
        let hash = bytes.some(HASH)?;
        if blake3::hash(bytes.rest()).as_bytes()[..HASH] != *hash {
            return Err(bytes.corrupt("it is not what was written"));
        }
        let rows = u32::from_le_bytes(bytes.take()?) as usize;
        let [size, width, blocks, sorts] = [bytes.count()?, bytes.count()?, bytes.count()?, bytes.count()?];
        if rows != builtin::vocabulary().len() + MARKS {
            return Err(bytes.corrupt("it is of other tokens"));
        }
        let scales = bytes.floats(size)?;
        let table = bytes.some(rows * size)?;
        let widen = bytes.dense(size, width)?;
        let places = bytes.weights(LONGEST * width)?;
        let blocks = (0..blocks).map(|_| bytes.block(width)).collect::<Result<_>>()?;
        let norm = bytes.norm(width)?;
        let heed = bytes.dense(width, sorts)?;
        let judge = bytes.dense((sorts + 2) * width, KINDS)?;
        bytes.end()?;
        Ok(Net { table, scales, widen, places, blocks, norm, heed, judge })
    }
}

impl Bytes<'_> {
    fn count(&mut self) -> Result<usize> {
        Ok(u16::from_le_bytes(self.take()?).into())
    }

    fn weights(&mut self, count: usize) -> Result<Vec<f32>> {
        let scale = self.float()?;
        let (steps, _) = self.some(2 * count)?.as_chunks::<2>();
        Ok(steps.iter().map(|step| scale * f32::from(i16::from_le_bytes(*step))).collect())
    }

    fn dense(&mut self, inputs: usize, outputs: usize) -> Result<Dense> {
        let weights = self.weights(inputs * outputs)?;
        Ok(Dense::new(weights, self.floats(outputs)?))
    }

    fn block(&mut self, width: usize) -> Result<Block> {
        Ok(Block {
            away: self.count()?,
            norm: self.norm(width)?,
            mix: self.dense(3 * width, width)?,
            whole: self.dense(width, width)?,
        })
    }

    fn norm(&mut self, width: usize) -> Result<Norm> {
        Ok(Norm { scale: self.floats(width)?, bias: self.floats(width)? })
    }
}
