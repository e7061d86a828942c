//! How a recall's ranking came about, for whoever asks: what was asked of it, and what each signal adds to a score.

use serde::Serialize;

use crate::app::App;
use crate::index::QueryVector;
use crate::index::ranking::{Question, Scored, Signals, Weights};
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
    /// What a sum of words and vectors of 1 adds to a score: the best of the query has all that they can give.
    #[serde(skip)]
    unit: f32,
}

/// How many memories went which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Candidates {
    /// That were scored: all of the index of the scopes.
    pub considered: usize,
    /// That met times, filters, least score and what is excluded.
    pub admitted: usize,
}

/// What each signal adds to a score, weighted; their sum is the score, where that is not held within 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contributions {
    /// Words in common.
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness with its neighbours.
    pub window: f32,
    /// How well the neighbours match.
    pub neighbours: f32,
    /// How well its session matches.
    pub session: f32,
    /// That somebody said it whom the query names.
    pub speaker: f32,
    /// What is taken off a question.
    pub question: f32,
}

impl Explanation {
    /// Of all that was scored.
    pub(super) fn new(app: &App, question: &Question, vectors: &[QueryVector], scored: &[Scored]) -> Explanation {
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
            candidates: Candidates { considered: scored.len(), admitted: 0 },
            unit: unit(scored.iter().map(|scored| &scored.signals), &Weights::default()),
        }
    }

    /// With the number of those that may be returned.
    pub(super) fn admitting(mut self, admitted: usize) -> Explanation {
        self.candidates.admitted = admitted;
        self
    }

    /// What each of a memory's signals adds to its score.
    pub fn contributions(&self, signals: &Signals) -> Contributions {
        contributions(signals, &Weights::default(), self.unit)
    }
}

/// The most that the sum can be, which the score is divided by.
fn most(weights: &Weights) -> f32 {
    1.0 + 2.0 * weights.neighbours + weights.session + weights.speaker
}

fn words_and_vectors(signals: &Signals, weights: &Weights) -> f32 {
    weights.lexical * signals.lexical + weights.semantic * signals.semantic + weights.window * signals.window
}

/// Words and vectors together are brought to 1 for the best of the query; this is by what.
fn unit<'a>(scored: impl Iterator<Item = &'a Signals>, weights: &Weights) -> f32 {
    let best = scored.map(|signals| words_and_vectors(signals, weights)).fold(0.0_f32, f32::max);
    if best > 0.0 { 1.0 / best } else { 0.0 }
}

fn contributions(signals: &Signals, weights: &Weights, unit: f32) -> Contributions {
    let most = most(weights);
    Contributions {
        lexical: weights.lexical * signals.lexical * unit / most,
        semantic: weights.semantic * signals.semantic * unit / most,
        window: weights.window * signals.window * unit / most,
        neighbours: 2.0 * weights.neighbours * signals.neighbours / most,
        session: weights.session * signals.session / most,
        speaker: weights.speaker * signals.speaker / most,
        question: -weights.question * signals.question / most,
    }
}
