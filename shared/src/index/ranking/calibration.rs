//! What a score means: chances, fitted to how often the evidence was there.
//!
//! Fitted on the questions of five conversations, each asked of its own and of the four others. Held out, by conversation:
//! expected calibration error 0.013 and area under the curve 0.90 for `confidence` with the builtin embedder, 0.022 and
//! 0.92 with MiniLM. It cannot tell a question about the wrong person, and is too sure in memories of under some 40 turns.

/// Below this confidence a recall advises to abstain: turns away two thirds of questions on what was never said, and loses
/// one in fifteen of those whose evidence was found.
pub const ABSTAIN_BELOW: f32 = 0.2;

/// A chance above this is not said of one memory: above it, it was too sure.
const MOST_CHANCE: f32 = 0.7;
/// Ranks whose mean sum the best one is compared with.
const MIDDLE: std::ops::Range<usize> = 10..30;

/// What tells whether there is evidence at all.
pub struct Evidence {
    /// The largest share of the query's rarity that a memory with its company covers.
    pub coverage: f32,
    /// The largest cosine, of a model whose scale is known.
    pub cosine: Option<f32>,
    /// All sums, best first.
    pub sums: Vec<f32>,
}

impl Evidence {
    /// The logarithm of the odds that the evidence is among the best ten; none where there is nothing at all.
    pub fn strength(&self) -> Option<f32> {
        let best = *self.sums.first()?;
        let middle = self.sums.get(MIDDLE.start..self.sums.len().min(MIDDLE.end)).filter(|sums| !sums.is_empty());
        let last = self.sums.last().copied().unwrap_or(best);
        let middle = middle.map_or(last, |sums| sums.iter().sum::<f32>() / sums.len() as f32);
        let margin = best - middle;
        Some(match self.cosine {
            Some(cosine) => 4.0 * self.coverage + 7.0 * cosine + 7.5 * margin - 8.2,
            None => 6.6 * self.coverage + 7.7 * margin - 5.85,
        })
    }
}

/// The chance that the evidence is among the best ten.
pub fn confidence(strength: Option<f32>) -> f32 {
    strength.map_or(0.0, sigmoid)
}

/// The chance that a memory is evidence whose sum is so far behind the best.
pub fn chance(strength: Option<f32>, behind: f32) -> f32 {
    strength.map_or(0.0, |strength| sigmoid(0.58 * strength - 9.25 * behind - 1.5).min(MOST_CHANCE))
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
