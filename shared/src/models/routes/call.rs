//! The account of one call to a model: who was asked, what came of it, what it took.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::Task;
use crate::error::Error;
use crate::models::prices::Dollars;
use crate::models::{Model, prices};

/// One call to a model, for receipts and metrics. Holds nothing of the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelCall {
    /// What for.
    pub task: Task,
    /// Who was asked, as routes write it: `bedrock:amazon.titan-embed-text-v2:0`.
    pub model: String,
    /// `ok`; `memo` where the answer was at hand; the kind of the error: `unavailable`, `throttled`, `internal`; or why
    /// nobody was asked: `open` (it failed too often lately), `missing` (its server does not have it), `context` (it could
    /// not read all of the prompt), `budget` (what the tenant may spend is spent, or what it costs is not known).
    pub outcome: &'static str,
    /// Whether it was asked twice, since the first answer took longer than usual; both count as paid for.
    #[serde(skip_serializing_if = "is_false")]
    pub hedged: bool,
    /// What went wrong, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How many texts were sent; 1 for a prompt.
    pub texts: usize,
    /// Tokens sent: of a prompt as the model counted them, of texts to embed and of what was not answered in time, or not to
    /// its end, by the builtin vocabulary. 0 after any other failure.
    pub tokens_in: u32,
    /// Tokens answered, as the model counted them.
    pub tokens_out: u32,
    /// What that cost by `prices.json`; null where the price is not known.
    pub dollars: Option<Dollars>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl ModelCall {
    pub(super) fn new(task: Task, model: &Model, texts: usize) -> ModelCall {
        ModelCall {
            task,
            model: model.name(),
            outcome: "ok",
            hedged: false,
            detail: None,
            texts,
            tokens_in: 0,
            tokens_out: 0,
            dollars: Some(Dollars::ZERO),
            micros: 0,
        }
    }

    /// The account of an answer that was at hand.
    pub(crate) fn memo(task: Task, model: String, texts: usize) -> ModelCall {
        ModelCall {
            task,
            model,
            outcome: "memo",
            hedged: false,
            detail: None,
            texts,
            tokens_in: 0,
            tokens_out: 0,
            dollars: Some(Dollars::ZERO),
            micros: 0,
        }
    }

    /// The model was not asked, and why.
    pub(super) fn skipped(mut self, outcome: &'static str, detail: String) -> ModelCall {
        (self.outcome, self.detail) = (outcome, Some(detail));
        self
    }

    /// What the tokens were, and so what they cost.
    pub(super) fn spent(&mut self, model: &Model, tokens_in: u32, tokens_out: u32) {
        (self.tokens_in, self.tokens_out) = (tokens_in, tokens_out);
        self.dollars = prices::of(model).map(|price| price.of(tokens_in, tokens_out));
    }

    pub(super) fn failed(&mut self, error: &Error) {
        self.outcome = error.kind.name();
        self.detail = Some(error.detail.clone());
    }

    pub(super) fn took(&mut self, begun: Instant) {
        self.micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    }

    /// Whether the model was not asked because it could not have read all of the prompt.
    pub fn lacked_room(&self) -> bool {
        self.outcome == super::NO_ROOM
    }

    /// Whether the answer was at hand.
    pub fn is_memo(&self) -> bool {
        self.outcome == "memo"
    }

    /// Whether there is an answer, of now or of before.
    pub fn is_ok(&self) -> bool {
        matches!(self.outcome, "ok" | "memo")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What is left of a deadline.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    started: Instant,
    deadline: Duration,
}

impl Clock {
    pub(super) fn start(deadline: Duration) -> Clock {
        Clock { started: Instant::now(), deadline }
    }

    /// Of what is left of it that part.
    pub(super) fn share(self, part: f64) -> Clock {
        let gone = self.started.elapsed();
        Clock { deadline: gone + self.deadline.saturating_sub(gone).mul_f64(part), ..self }
    }

    /// What is left of it; none where nothing is.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.deadline.saturating_sub(self.started.elapsed());
        (!left.is_zero()).then_some(left)
    }
}
