//! A head as bytes, versioned.
//!
//! `MEMHEAD1` | u16 layout | calibration: f32 temperature, f32 closeness, u8 steps, each two f32 | of kinds, then of
//! sensitivities: u8 classes, u32 weights, an f32 scale for each class, an i16 for each weight. Little-endian.

use super::bytes::Bytes;
use super::calibration::Calibration;
use super::features::{ALL, COMMON, LAYOUT};
use super::{Head, KINDS, Linear, SENSITIVITIES};
use crate::error::Result;

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
        let mut bytes = Bytes::of("a head of the classifier", bytes);
        if bytes.take::<8>()? != *MAGIC {
            return Err(bytes.corrupt("it does not begin as one"));
        }
        let layout = u16::from_le_bytes(bytes.take()?);
        if layout != LAYOUT {
            return Err(bytes.corrupt(&format!("its features are of layout {layout}, and here they are of {LAYOUT}")));
        }
        let (temperature, closeness) = (bytes.float()?, bytes.float()?);
        let [steps] = bytes.take::<1>()?;
        let steps = (0..steps).map(|_| Ok((bytes.float()?, bytes.float()?))).collect::<Result<_>>()?;
        let kinds = Linear::decode(&mut bytes, KINDS, ALL)?;
        let sensitivities = Linear::decode(&mut bytes, SENSITIVITIES, COMMON)?;
        bytes.end()?;
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
            return Err(bytes
                .corrupt(&format!("{found} classes and {weights} weights, not {classes} and {}", classes * features)));
        }
        let scales = bytes.floats(classes)?;
        let read = |scale: &f32| Ok(scale * f32::from(i16::from_le_bytes(bytes.take()?)));
        let weights = scales.iter().cycle().take(weights).map(read).collect::<Result<_>>()?;
        Ok(Linear { classes, weights })
    }
}
