//! A text as a point: a unit vector of eight-bit numbers and the fingerprint of the model that made it.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::memory::id::Fields;

/// Names a model and all that makes its vectors comparable. Vectors of different fingerprints are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Of a model's full name, with its dimensions and the hash of its weights where there is one.
    pub fn of(model: &str) -> Fingerprint {
        let hash = Fields::new("memorable embedding model v1").add(model).finish();
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        Fingerprint(u64::from_le_bytes(first))
    }
}

/// A stored vector: `unit[i] = scale * codes[i]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// The model that made it.
    pub fingerprint: Fingerprint,
    /// How much text stands behind it, in the model's own measure: the share it has in a sum with its neighbours.
    pub weight: f32,
    /// What one step of a code is worth.
    pub scale: f32,
    /// The eight-bit numbers, as two's complement bytes.
    codes: ByteBuf,
}

/// A query's vector, in full precision.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryVector {
    /// The model that made it.
    pub fingerprint: Fingerprint,
    /// Of length 1, or all zero where the text held nothing the model knows.
    pub unit: Vec<f32>,
    /// Whether its cosines are of the scale that chances were fitted to: those of MiniLM, and of the table made from it.
    pub is_familiar: bool,
}

impl QueryVector {
    /// Of that vector, brought to length 1.
    pub fn new(fingerprint: Fingerprint, mut vector: Vec<f32>) -> QueryVector {
        let length = length(&vector);
        if length > 0.0 {
            vector.iter_mut().for_each(|x| *x /= length);
        }
        QueryVector { fingerprint, unit: vector, is_familiar: false }
    }
}

impl QueryVector {
    /// The same, its cosines known to be of the familiar scale.
    #[must_use]
    pub fn familiar(self) -> QueryVector {
        QueryVector { is_familiar: true, ..self }
    }
}

impl Embedding {
    /// Of that vector, of any length. None where it is zero or not finite: such a text has no place to be found at.
    pub fn new(fingerprint: Fingerprint, weight: f32, vector: &[f32]) -> Option<Embedding> {
        let length = length(vector);
        let largest = vector.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
        if !length.is_finite() || length == 0.0 {
            return None;
        }
        let step = largest / 127.0;
        let codes: Vec<u8> = vector.iter().map(|x| (x / step).round() as i8 as u8).collect();
        // The codes' own length, so that what is stored is a unit vector in spite of rounding.
        let coded = codes.iter().map(|code| f32::from(*code as i8).powi(2)).sum::<f32>().sqrt();
        Some(Embedding { fingerprint, weight, scale: 1.0 / coded, codes: ByteBuf::from(codes) })
    }

    /// How many numbers it has.
    pub fn dimensions(&self) -> usize {
        self.codes.len()
    }

    /// The unit vector.
    pub fn unit(&self) -> impl Iterator<Item = f32> + '_ {
        self.codes.iter().map(|code| self.scale * f32::from(*code as i8))
    }

    /// The cosine with the query; None across models.
    pub fn cosine(&self, query: &QueryVector) -> Option<f32> {
        if self.fingerprint != query.fingerprint || self.codes.len() != query.unit.len() {
            return None;
        }
        Some(self.scale * product(&self.codes, &query.unit))
    }

    /// The cosine between two stored vectors; None across models.
    pub fn cosine_between(&self, other: &Embedding) -> Option<f32> {
        if self.fingerprint != other.fingerprint || self.codes.len() != other.codes.len() {
            return None;
        }
        let pairs = self.codes.iter().zip(other.codes.iter());
        let sum: i32 = pairs.map(|(a, b)| i32::from(*a as i8) * i32::from(*b as i8)).sum();
        Some(self.scale * other.scale * sum as f32)
    }
}

/// The sum of the products. Sixteen sums side by side, which the compiler turns into wide registers: one alone would have
/// to wait for itself.
fn product(codes: &[u8], vector: &[f32]) -> f32 {
    const WIDE: usize = 16;
    let mut sums = [0.0_f32; WIDE];
    let (codes, vector) = (codes.chunks_exact(WIDE), vector.chunks_exact(WIDE));
    let rest: f32 = codes.remainder().iter().zip(vector.remainder()).map(|(code, x)| f32::from(*code as i8) * x).sum();
    for (codes, vector) in codes.zip(vector) {
        for i in 0..WIDE {
            sums[i] += f32::from(codes[i] as i8) * vector[i];
        }
    }
    sums.iter().sum::<f32>() + rest
}

fn length(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests;
