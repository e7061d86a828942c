//! A head as what it differs in from the one that is compiled in.
//!
//! Corrections, and what is rehearsed beside them, move the weights of twenty to forty thousand places of 132,000, and
//! most of these by little. Written in steps of one size, with the places as gaps, and packed (postcard, deflate), that is a
//! thirtieth of a whole head. It means nothing beside another builtin head, so whoever keeps it names that
//! (`classify/trained.rs`).

use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::{Head, Linear};
use crate::error::{Error, Result};

/// Steps of a weight of 1. A power of two, so that a weight that was read is written as the same steps again. With so many
/// scores lie up to 0.05 from what they were, and of 1,800 texts each was read as before; with twice as many a head takes a
/// fifth more, with half as many one text in 1,800 was read differently.
const STEPS: f32 = 1_024.0;
/// Effort of deflate, as with texts.
const PACK_LEVEL: u8 = 6;
/// Most bytes that are unpacked: all weights, three bytes each.
const MOST_UNPACKED: usize = 8 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
struct Moved {
    /// Temperature, closeness, steps.
    calibration: (f32, f32, Vec<(f32, f32)>),
    kinds: Moves,
    sensitivities: Moves,
}

/// The places that moved, each as how far it lies behind the one before it, and for each of these how many steps each class
/// moved.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Moves {
    gaps: Vec<u32>,
    steps: Vec<i16>,
}

impl Head {
    /// What differs from the builtin head, as bytes. Differences are rounded.
    pub fn encode_moved(&self) -> Result<Vec<u8>> {
        let builtin = Head::builtin();
        let Calibration { temperature, closeness, steps } = self.calibration.clone();
        let moved = Moved {
            calibration: (temperature, closeness, steps),
            kinds: Moves::between(&builtin.kinds, &self.kinds),
            sensitivities: Moves::between(&builtin.sensitivities, &self.sensitivities),
        };
        let bytes = postcard::to_allocvec(&moved)
            .map_err(|error| Error::internal(format!("a head cannot be written: {error}")))?;
        Ok(miniz_oxide::deflate::compress_to_vec(&bytes, PACK_LEVEL))
    }

    /// The builtin head with these differences. Corrupt where they are not what [`Head::encode_moved`] wrote.
    pub fn decode_moved(bytes: &[u8]) -> Result<Head> {
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, MOST_UNPACKED);
        let bytes = bytes.map_err(|_| corrupt("it cannot be unpacked"))?;
        let (moved, rest) = postcard::take_from_bytes::<Moved>(&bytes).map_err(|error| corrupt(&error.to_string()))?;
        if !rest.is_empty() {
            return Err(corrupt("it goes on after its end"));
        }
        let (temperature, closeness, steps) = moved.calibration;
        let mut numbers = [temperature, closeness].into_iter().chain(steps.iter().flat_map(|step| [step.0, step.1]));
        if !numbers.all(f32::is_finite) {
            return Err(corrupt("it holds a number that is none"));
        }
        let mut head = Head { calibration: Calibration { temperature, closeness, steps }, ..Head::builtin().clone() };
        moved.kinds.apply(&mut head.kinds)?;
        moved.sensitivities.apply(&mut head.sensitivities)?;
        Ok(head)
    }

    /// As it will be read back: weights lose a little when they are written.
    pub fn rounded(&self) -> Result<Head> {
        Head::decode_moved(&self.encode_moved()?)
    }
}

impl Moves {
    fn between(before: &Linear, now: &Linear) -> Moves {
        let mut moves = Moves::default();
        let mut last = 0;
        for place in 0..(now.weights.len() / now.classes) as u32 {
            let pairs = now.of(place).iter().zip(before.of(place));
            let steps: Vec<i16> = pairs.map(|(now, before)| ((now - before) * STEPS).round() as i16).collect();
            if steps.iter().any(|step| *step != 0) {
                moves.gaps.push(place - last);
                moves.steps.extend(steps);
                last = place;
            }
        }
        moves
    }

    fn apply(&self, linear: &mut Linear) -> Result<()> {
        if self.steps.len() != self.gaps.len() * linear.classes {
            return Err(corrupt("its places and its steps do not fit together"));
        }
        let places = linear.weights.len() / linear.classes;
        let mut last: u32 = 0;
        for (gap, steps) in self.gaps.iter().zip(self.steps.chunks(linear.classes)) {
            let place = last.checked_add(*gap).filter(|place| (*place as usize) < places);
            last = place.ok_or_else(|| corrupt("it moves a place that there is not"))?;
            let weights = linear.of_mut(last).iter_mut();
            weights.zip(steps).for_each(|(weight, step)| *weight += f32::from(*step) / STEPS);
        }
        Ok(())
    }
}

fn corrupt(detail: &str) -> Error {
    Error::corrupt("what moved in a head of the classifier", detail)
}

#[cfg(test)]
mod tests;
