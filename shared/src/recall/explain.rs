//! How a recall's ranking came about, for whoever asks: what was asked of it, and what each signal adds to a score.

use serde::Serialize;

use crate::app::App;
use crate::index::QueryVector;
use crate::index::question::Question;
use crate::index::ranking::{Ranked, Signals, Weights};
use crate::models::Model;

/// What a ranking was made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The query as it was compared, without the names of those who speak.
    pub question: String,
    /// The names that were taken out of it: who said something counts by itself.
    pub names: Vec<String>,
    /// Whose vectors were compared.
    pub models: Vec<String>,
    /// How many memories were looked at.
    pub candidates: Candidates,
    /// What each signal counts: the same for everybody, unless nights found better for this tenant.
    pub weights: Weights,
}

/// How many memories went which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// That were scored: all of the index of the scopes.
    pub considered: usize,
    /// That met times, filters, least score and what is excluded.
    pub admitted: usize,
}

/// What each signal adds to a memory's sum, weighted; the order goes by the sum, and the score is the chance it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contributions {
    /// Each of them.
    #[serde(flatten)]
    pub signals: Signals,
    /// All of them together.
    pub sum: f32,
}

impl Explanation {
    /// Of a ranking.
    pub(super) fn new(
        app: &App,
        question: &Question,
        vectors: &[QueryVector],
        weights: &Weights,
        ranked: &Ranked,
    ) -> Explanation {
        let mut names: Vec<String> = question.named.iter().cloned().collect();
        names.sort_unstable();
        let model = |vector: &QueryVector| {
            let mut chain = app.embed.chain().iter().chain(std::iter::once(&Model::Builtin));
            chain.find(|model| model.fingerprint() == vector.fingerprint).map(Model::name)
        };
        Explanation {
            question: question.text.clone(),
            names,
            models: vectors.iter().filter_map(model).collect(),
            candidates: Candidates { considered: ranked.considered, admitted: ranked.scored.len() },
            weights: weights.clone(),
        }
    }

    /// What each of a memory's signals adds to its sum.
    pub fn contributions(&self, signals: &Signals) -> Contributions {
        let signals = self.weights.of(signals);
        Contributions { signals, sum: signals.sum() }
    }
}
