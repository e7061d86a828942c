//! How alike two vectors are beside how alike any two of the scope are: cosines mean something else for each model.

use std::collections::HashMap;

use crate::index::Embedding;
use crate::memory::MemoryId;
use crate::memory::gist::Gist;

/// Pairs that are looked at to learn what is usual.
const SAMPLE: usize = 4_000;
/// Standard deviations above the usual from which likeness begins to count.
const FROM: f32 = 2.0;
/// Least cosine that counts, however unlike everything else is.
const LEAST: f32 = 0.35;

/// What is usual in a scope.
#[derive(Debug, Clone, Copy)]
pub struct Likeness {
    from: f32,
}

impl Likeness {
    /// Learned from pairs spread over the scope, always the same ones.
    pub fn of(gists: &[Gist], vectors: &HashMap<MemoryId, Embedding>) -> Likeness {
        let n = gists.len();
        let pairs = (n * n.saturating_sub(1) / 2).min(SAMPLE);
        let mut cosines = Vec::with_capacity(pairs);
        for pair in 0..pairs {
            // Steps without a common factor with most lengths, so that pairs are spread.
            let (a, b) = (pair * 7 % n, (pair * 31 + pair / n + 1) % n);
            let both = vectors.get(&gists[a].id).zip(vectors.get(&gists[b].id));
            cosines.extend(both.filter(|_| a != b).and_then(|(a, b)| a.cosine_between(b)));
        }
        let count = cosines.len().max(1) as f32;
        let mean = cosines.iter().sum::<f32>() / count;
        let spread = (cosines.iter().map(|cosine| (cosine - mean).powi(2)).sum::<f32>() / count).sqrt();
        Likeness { from: (mean + FROM * spread).clamp(LEAST, 0.9) }
    }

    /// 0 to 1; 0 where there is no vector, or they are of two models.
    pub fn between(&self, a: Option<&Embedding>, b: Option<&Embedding>) -> f32 {
        let cosine = a.zip(b).and_then(|(a, b)| a.cosine_between(b)).unwrap_or_default();
        ((cosine - self.from) / (1.0 - self.from)).clamp(0.0, 1.0)
    }
}
