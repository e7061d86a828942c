//! The account of one call to a model: who was asked, what came of it, what it took.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::Task;
use crate::error::{Error, Result};
use crate::models::Model;

/// One call to a model, for receipts and metrics. Holds nothing of the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelCall {
    /// What for.
    pub task: Task,
    /// Who was asked, as routes write it: `bedrock:amazon.titan-embed-text-v2:0`.
    pub model: String,
    /// `ok`, or the kind of the error: `unavailable`, `throttled`, `internal`.
    pub outcome: &'static str,
    /// What went wrong, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How many texts were sent; 1 for a prompt.
    pub texts: usize,
    /// Tokens sent: of a prompt as the model counted them, of texts to embed by the builtin vocabulary. 0 after a failure.
    pub tokens_in: u32,
    /// Tokens answered, as the model counted them.
    pub tokens_out: u32,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl ModelCall {
    pub(super) fn new(task: Task, model: &Model, texts: usize) -> ModelCall {
        ModelCall {
            task,
            model: model.name(),
            outcome: "ok",
            detail: None,
            texts,
            tokens_in: 0,
            tokens_out: 0,
            micros: 0,
        }
    }

    pub(super) fn failed(&mut self, error: &Error) {
        self.outcome = error.kind.name();
        self.detail = Some(error.detail.clone());
    }

    pub(super) fn took(mut self, begun: Instant) -> ModelCall {
        self.micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self
    }

    /// Whether the model answered as it should.
    pub fn is_ok(&self) -> bool {
        self.outcome == "ok"
    }
}

/// What is left of a deadline.
pub(super) struct Clock {
    started: Instant,
    deadline: Duration,
}

impl Clock {
    pub(super) fn start(deadline: Duration) -> Clock {
        Clock { started: Instant::now(), deadline }
    }

    /// The call's answer if it comes in time; unavailable otherwise. With no time left the call is not made.
    pub(super) async fn bound<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let left = self.deadline.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            return Err(Error::unavailable("no time was left to ask it"));
        }
        match tokio::time::timeout(left, call).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::unavailable(format!("did not answer within the {} ms left", left.as_millis()))),
        }
    }
}
