//! The trained head: weighs what the rules found, the text's vector and its words, hears what a small net makes of their
//! order, and knows when it is unsure.
//!
//! `memorable-bench classify --train` makes `head/weights.bin` from the labelled texts, `infra/kinds` the net.

mod bytes;
pub mod calibration;
pub mod features;
mod file;
mod moved;
mod net;
pub mod report;
pub mod train;

use std::sync::LazyLock;

use calibration::Calibration;
use features::{ALL, COMMON, Features};
use train::softmax;

use crate::memory::{Kind, Sensitivity};

/// How many kinds there are.
pub const KINDS: usize = Kind::ALL.len();
/// How many sensitivities there are.
pub const SENSITIVITIES: usize = Sensitivity::ALL.len();

/// A text is secret from this chance on: of two mistakes, showing a secret is the worse. Found by cross-validation.
const SECRET_FROM: f32 = 0.15;
/// The same for what only few should know.
const CONFIDENTIAL_FROM: f32 = 0.4;

static BYTES: &[u8] = include_bytes!("head/weights.bin");
static BUILTIN: LazyLock<Head> = LazyLock::new(|| match Head::decode(BYTES) {
    Ok(head) => head,
    // The file is compiled in: every test would fail on it.
    Err(error) => panic!("the builtin head cannot be read: {error}"),
});

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub(self) kinds: Linear,
    pub(self) sensitivities: Linear,
    /// What its scores are worth.
    pub calibration: Calibration,
}

/// A weight for each feature and class; those of one feature stand together.
#[derive(Debug, Clone, PartialEq)]
struct Linear {
    classes: usize,
    weights: Vec<f32>,
}

/// Scores of all classes, before they are chances.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// Of each kind, in the order of `Kind::ALL`.
    pub kinds: [f32; KINDS],
    /// Of each sensitivity, in the order of `Sensitivity::ALL`.
    pub sensitivities: [f32; SENSITIVITIES],
}

/// What a head says of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The likeliest kind.
    pub kind: Kind,
    /// How often such an answer is right.
    pub confidence: f32,
    /// Kinds by their chances, likeliest first.
    pub kinds: Vec<(Kind, f32)>,
    /// Who may see it.
    pub sensitivity: Sensitivity,
}

impl Head {
    /// The head that is compiled in.
    pub fn builtin() -> &'static Head {
        &BUILTIN
    }

    /// A head that has learned nothing yet.
    pub fn empty() -> Head {
        let linear = |classes, features| Linear { classes, weights: vec![0.0; classes * features] };
        Head {
            kinds: linear(KINDS, ALL),
            sensitivities: linear(SENSITIVITIES, COMMON),
            calibration: Calibration::default(),
        }
    }

    /// What it says of these features, those of [`Features::of`].
    pub fn read(&self, features: &Features) -> Reading {
        self.judge(&self.scores(features), features.by_rules)
    }

    /// What scores mean, with what the rules said of the text's sensitivity.
    pub fn judge(&self, scores: &Scores, by_rules: Option<Sensitivity>) -> Reading {
        let chances = self.calibration.kinds(&scores.kinds);
        let mut kinds: Vec<(Kind, f32)> = Kind::ALL.into_iter().zip(chances).collect();
        // By score: the calibrated chance of the likeliest may lie below another's where the head is unsure.
        kinds.sort_by(|a, b| scores.kinds[b.0 as usize].total_cmp(&scores.kinds[a.0 as usize]));
        let (kind, confidence) = kinds[0];
        Reading { kind, confidence, kinds, sensitivity: self.closeness(&scores.sensitivities, by_rules) }
    }

    /// Who may see a text with these features; those of [`Features::of_sensitivity`] are enough.
    pub fn sensitivity(&self, features: &Features) -> Sensitivity {
        self.closeness(&self.sensitivities.scores(features.common()), features.by_rules)
    }

    /// The scores of all classes.
    pub fn scores(&self, features: &Features) -> Scores {
        let kinds = self.kinds.scores(features.all());
        Scores { kinds, sensitivities: self.sensitivities.scores(features.common()) }.beside_net(features)
    }

    /// What the rules hold for secret stays so: they know forms and check digits, which are never learned. What they do
    /// not, the head may.
    fn closeness(&self, scores: &[f32; SENSITIVITIES], by_rules: Option<Sensitivity>) -> Sensitivity {
        if let Some(closed) = by_rules.filter(|by_rules| *by_rules >= Sensitivity::Secret) {
            return closed;
        }
        let mut chances = scores.map(|score| score / self.calibration.closeness);
        softmax(&mut chances);
        let [_, confidential, secret, ultra_secret] = chances;
        if secret + ultra_secret >= SECRET_FROM {
            Sensitivity::Secret
        } else if confidential + secret + ultra_secret >= CONFIDENTIAL_FROM {
            Sensitivity::Confidential
        } else {
            Sensitivity::General
        }
    }
}

impl Scores {
    /// With what the net says of the kinds of a text with these features.
    #[must_use]
    pub fn beside_net(mut self, features: &Features) -> Scores {
        self.kinds.iter_mut().zip(features.by_net).for_each(|(score, by_net)| *score += by_net);
        self
    }
}

impl Linear {
    /// The weights of that place, class by class.
    fn of(&self, place: u32) -> &[f32] {
        &self.weights[place as usize * self.classes..][..self.classes]
    }

    fn of_mut(&mut self, place: u32) -> &mut [f32] {
        &mut self.weights[place as usize * self.classes..][..self.classes]
    }

    fn scores<const CLASSES: usize>(&self, values: &[(u32, f32)]) -> [f32; CLASSES] {
        let mut scores = [0.0; CLASSES];
        for (place, value) in values {
            let weights = &self.weights[*place as usize * CLASSES..][..CLASSES];
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight * value);
        }
        scores
    }
}

#[cfg(test)]
mod tests;
