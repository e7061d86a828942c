//! What models are asked to do.

use serde::{Deserialize, Serialize};

/// What models are asked to do. Each has its route, and its part of a tenant's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Give texts their vectors.
    Embed,
    /// Find a memory's classification.
    Classify,
    /// Find the facts in what was said.
    Distill,
    /// Say in short what a session or a day held.
    Summarize,
    /// Answer a person.
    Converse,
    /// Take a question apart into simpler ones.
    Decompose,
    /// Say which of several answers is right.
    Judge,
}

impl Task {
    /// All of them.
    pub const ALL: [Task; 7] =
        [Task::Embed, Task::Classify, Task::Distill, Task::Summarize, Task::Converse, Task::Decompose, Task::Judge];

    /// The name, as in configuration and receipts.
    pub fn name(self) -> &'static str {
        match self {
            Task::Embed => "embed",
            Task::Classify => "classify",
            Task::Distill => "distill",
            Task::Summarize => "summarize",
            Task::Converse => "converse",
            Task::Decompose => "decompose",
            Task::Judge => "judge",
        }
    }
}
