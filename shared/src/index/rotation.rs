//! A fixed random rotation: after it a vector's length is spread evenly over its coordinates, so that two bits for each
//! say nearly as much whatever model made the vector.
//!
//! Two rounds of random signs and a Walsh-Hadamard transform over the first and over the last power of two of the
//! coordinates: n log n steps and no matrix to store. Angles and lengths stay as they are.

/// Rounds of signs and transforms; after two, no coordinate of text embeddings stands out.
const ROUNDS: usize = 2;
/// Where the signs come from. Part of the stored format: another seed is another rotation.
const SEED: u64 = 0x6d65_6d6f_7261_626c;

/// The rotation for vectors of one length.
#[derive(Debug, Clone)]
pub struct Rotation {
    signs: Vec<f32>,
    dimensions: usize,
}

impl Rotation {
    /// For vectors of that many numbers.
    pub fn new(dimensions: usize) -> Rotation {
        let mut state = SEED ^ dimensions as u64;
        let signs = (0..ROUNDS * dimensions).map(|_| if splitmix(&mut state) >> 63 == 0 { 1.0 } else { -1.0 });
        Rotation { signs: signs.collect(), dimensions }
    }

    /// Rotates in place.
    pub fn apply(&self, vector: &mut [f32]) {
        debug_assert_eq!(vector.len(), self.dimensions);
        if self.dimensions == 0 {
            return;
        }
        let block = 1 << self.dimensions.ilog2();
        for signs in self.signs.chunks(self.dimensions) {
            vector.iter_mut().zip(signs).for_each(|(x, sign)| *x *= sign);
            hadamard(&mut vector[..block]);
            if block < self.dimensions {
                hadamard(&mut vector[self.dimensions - block..]);
            }
        }
    }
}

/// The next of a sequence of well-mixed numbers (Steele, Lea and Flood, 2014).
pub(super) fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn hadamard(values: &mut [f32]) {
    let mut half = 1;
    while half < values.len() {
        for pair in values.chunks_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    let scale = 1.0 / (values.len() as f32).sqrt();
    values.iter_mut().for_each(|x| *x *= scale);
}

#[cfg(test)]
mod tests;
