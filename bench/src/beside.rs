//! What is found of a text beside its kind and sensitivity, against what its labels say: how much it matters, how its speaker feels.

use memorable::memory::Classification;
use serde::{Deserialize, Serialize};

/// The labels of a text.
#[derive(Deserialize)]
pub struct Labels {
    importance: Importance,
    emotion: Emotion,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Importance {
    Low,
    Medium,
    High,
}

#[derive(Deserialize)]
struct Emotion {
    valence: f64,
    arousal: f64,
}

/// How well it agrees.
#[derive(Debug, Serialize)]
pub struct Agreement {
    /// Of pairs of texts that are labelled unlike, the share in which the one that matters more was found to matter more; 0.5 is chance.
    importance: f64,
    /// Texts that are labelled good or bad by 0.4 or more, of these the share that was found so or neither, and the share found so.
    felt: usize,
    not_contradicted: f64,
    found: f64,
    /// Pearson's correlation of found and labelled.
    valence: f64,
    arousal: f64,
}

impl Agreement {
    pub fn of(all: &[(&Labels, Classification)]) -> Agreement {
        let (mut right, mut pairs) = (0.0, 0.0);
        for (less, found_less) in all {
            for (_, found_more) in all.iter().filter(|(more, _)| more.importance > less.importance) {
                pairs += 1.0;
                right += match found_more.importance.total_cmp(&found_less.importance) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        let felt: Vec<f64> = (all.iter().filter(|(labels, _)| labels.emotion.valence.abs() >= 0.4))
            .map(|(labels, found)| labels.emotion.valence * f64::from(valence(found)))
            .collect();
        let share = |holds: fn(f64) -> bool| felt.iter().filter(|x| holds(**x)).count() as f64 / felt.len() as f64;
        let pairs_of = |label: fn(&Emotion) -> f64, found: fn(&Classification) -> f32| -> f64 {
            correlation(
                &all.iter()
                    .map(|(labels, class)| (label(&labels.emotion), f64::from(found(class))))
                    .collect::<Vec<_>>(),
            )
        };
        Agreement {
            importance: right / pairs,
            felt: felt.len(),
            not_contradicted: share(|x| x >= 0.0),
            found: share(|x| x > 0.0),
            valence: pairs_of(|emotion| emotion.valence, valence),
            arousal: pairs_of(|emotion| emotion.arousal, arousal),
        }
    }

    pub fn print(&self) {
        println!("  importance         {:.3} of pairs that are labelled unlike in the right order", self.importance);
        println!(
            "  feeling            of {} good or bad ones {:.3} found so, {:.3} not for the opposite",
            self.felt, self.found, self.not_contradicted
        );
        println!("  correlation        valence {:.3}, arousal {:.3}", self.valence, self.arousal);
    }
}

/// No feeling found is neither good nor bad, and calm.
fn valence(class: &Classification) -> f32 {
    class.emotion.as_ref().map_or(0.0, |emotion| emotion.valence)
}

fn arousal(class: &Classification) -> f32 {
    class.emotion.as_ref().map_or(0.0, |emotion| emotion.arousal)
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let (x, y) =
        (pairs.iter().map(|pair| pair.0).sum::<f64>() / count, pairs.iter().map(|pair| pair.1).sum::<f64>() / count);
    let sum = |product: fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| product(a - x, b - y)).sum::<f64>();
    sum(|a, b| a * b) / (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt()
}
