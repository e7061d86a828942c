//! A head as bytes, versioned.
//!
//! `MEMHEAD1` | u16 layout | calibration: f32 temperature, f32 closeness, u8 steps, each two f32 | of kinds, then of
//! sensitivities: u8 classes, u32 weights, an f32 scale for each class, an i16 for each weight. Little-endian.

use super::calibration::Calibration;
use super::features::{ALL, COMMON, LAYOUT};
use super::{Head, KINDS, Linear, SENSITIVITIES};
use crate::error::{Error, Result};

const MAGIC: &[u8; 8] = b"MEMHEAD1";
/// What a weight may be, as a step of its class's scale.
const STEPS: f32 = 32_767.0;

impl Head {
    /// As bytes. Weights are rounded to 16 bits.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(LAYOUT.to_le_bytes());
        bytes.extend(self.calibration.temperature.to_le_bytes());
        bytes.extend(self.calibration.closeness.to_le_bytes());
        bytes.push(self.calibration.steps.len() as u8);
        for (share, chance) in &self.calibration.steps {
            bytes.extend(share.to_le_bytes());
            bytes.extend(chance.to_le_bytes());
        }
        for linear in [&self.kinds, &self.sensitivities] {
            linear.encode(&mut bytes);
        }
        bytes
    }

    /// Back from bytes. Corrupt where they are not what [`Head::encode`] wrote, or of another layout.
    pub fn decode(bytes: &[u8]) -> Result<Head> {
        let mut bytes = Bytes(bytes);
        if bytes.take::<8>()? != *MAGIC {
            return Err(corrupt("it does not begin as one"));
        }
        let layout = u16::from_le_bytes(bytes.take()?);
        if layout != LAYOUT {
            return Err(corrupt(&format!("its features are of layout {layout}, and here they are of {LAYOUT}")));
        }
        let (temperature, closeness) = (bytes.float()?, bytes.float()?);
        let [steps] = bytes.take::<1>()?;
        let steps = (0..steps).map(|_| Ok((bytes.float()?, bytes.float()?))).collect::<Result<_>>()?;
        let kinds = Linear::decode(&mut bytes, KINDS, ALL)?;
        let sensitivities = Linear::decode(&mut bytes, SENSITIVITIES, COMMON)?;
        if !bytes.0.is_empty() {
            return Err(corrupt("it goes on after its end"));
        }
        Ok(Head { kinds, sensitivities, calibration: Calibration { temperature, closeness, steps } })
    }
}

impl Linear {
    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.classes as u8);
        bytes.extend((self.weights.len() as u32).to_le_bytes());
        let of_class = |class: usize| self.weights.iter().skip(class).step_by(self.classes);
        let largest = |class| of_class(class).fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        let scales: Vec<f32> = (0..self.classes).map(|class| (largest(class) / STEPS).max(f32::MIN_POSITIVE)).collect();
        scales.iter().for_each(|scale| bytes.extend(scale.to_le_bytes()));
        for (weight, scale) in self.weights.iter().zip(scales.iter().cycle()) {
            bytes.extend(((weight / scale).round() as i16).to_le_bytes());
        }
    }

    fn decode(bytes: &mut Bytes<'_>, classes: usize, features: usize) -> Result<Linear> {
        let [found] = bytes.take::<1>()?;
        let weights = u32::from_le_bytes(bytes.take()?) as usize;
        if usize::from(found) != classes || weights != classes * features {
            return Err(corrupt(&format!(
                "{found} classes and {weights} weights, not {classes} and {}",
                classes * features
            )));
        }
        let scales = (0..classes).map(|_| bytes.float()).collect::<Result<Vec<f32>>>()?;
        let read = |scale: &f32| Ok(scale * f32::from(i16::from_le_bytes(bytes.take()?)));
        let weights = scales.iter().cycle().take(weights).map(read).collect::<Result<_>>()?;
        Ok(Linear { classes, weights })
    }
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const COUNT: usize>(&mut self) -> Result<[u8; COUNT]> {
        let (first, rest) = self.0.split_first_chunk().ok_or_else(|| corrupt("it ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn float(&mut self) -> Result<f32> {
        let float = f32::from_le_bytes(self.take()?);
        if float.is_finite() { Ok(float) } else { Err(corrupt("it holds a number that is none")) }
    }
}

fn corrupt(detail: &str) -> Error {
    Error::corrupt("a head of the classifier", detail)
}
