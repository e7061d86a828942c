//! How a recall's ranking came about, for whoever asks: what was asked of it, and what each signal adds to a score.

use serde::Serialize;

use crate::app::App;
use crate::index::QueryVector;
use crate::index::question::Question;
use crate::index::ranking::{Signals, Weights};
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
    /// Words in common.
    pub lexical: f32,
    /// Nearness of the text's own vector.
    pub semantic: f32,
    /// Nearness with its company.
    pub window: f32,
    /// How well its session matches.
    pub session: f32,
    /// That somebody said it whom the query names.
    pub speaker: f32,
    /// What is taken off a question.
    pub question: f32,
    /// That it tells a time and a time is asked for.
    pub asked_time: f32,
    /// That it was said at, or about, a time that the query names.
    pub date: f32,
    /// All of it.
    pub sum: f32,
}

impl Explanation {
    /// Of a ranking that looked at `considered` memories and found `admitted`.
    pub(super) fn new(
        app: &App,
        question: &Question,
        vectors: &[QueryVector],
        considered: usize,
        admitted: usize,
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
            candidates: Candidates { considered, admitted },
        }
    }

    /// What each of a memory's signals adds to its sum.
    pub fn contributions(&self, signals: &Signals) -> Contributions {
        let weights = Weights::default();
        let all = weights.lexical + weights.semantic + weights.window;
        let mut contributions = Contributions {
            lexical: weights.lexical * signals.lexical / all,
            semantic: weights.semantic * signals.semantic / all,
            window: weights.window * signals.window / all,
            session: weights.session * signals.session,
            speaker: weights.speaker * signals.speaker,
            question: -weights.question * signals.question,
            asked_time: weights.asked_time * signals.asked_time,
            date: weights.date * signals.date,
            sum: 0.0,
        };
        let Contributions { lexical, semantic, window, session, speaker, question, asked_time, date, .. } =
            contributions;
        contributions.sum = lexical + semantic + window + session + speaker + question + asked_time + date;
        contributions
    }
}
