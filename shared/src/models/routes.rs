//! A route: for one task the chain of models that are asked, one after the other, until one answers.
//!
//! The only place that names a model. A text goes to those models of the chain that its sensitivity allows.

mod call;
mod parse;

use std::time::Duration;

use tokio::time::Instant;

use super::{Model, Place, Prompt, Purpose, Reply, builtin};
use crate::error::{Error, Result};
use crate::index::{Embedding, Fingerprint, QueryVector};
use crate::memory::Sensitivity;
use call::Clock;
pub use call::ModelCall;
pub use parse::Backends;

/// What models are asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Give texts their vectors.
    Embed,
    /// Find a memory's classification and the facts in it.
    Classify,
    /// Write a digest.
    Summarize,
    /// Answer somebody in a conversation.
    Converse,
}

impl Task {
    /// The name, as in configuration and receipts.
    pub fn name(self) -> &'static str {
        match self {
            Task::Embed => "embed",
            Task::Classify => "classify",
            Task::Summarize => "summarize",
            Task::Converse => "converse",
        }
    }
}

/// One task's chain of models. Made by [`Route::parse`].
#[derive(Debug, Clone)]
pub struct Route {
    task: Task,
    chain: Vec<Model>,
}

/// A text to embed, and who may see it.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Decides which models of the chain may see it.
    pub sensitivity: Sensitivity,
}

/// What [`Route::embed`] came to.
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    /// One per text, in their order. None where no model may see the text, or where it holds nothing a model knows.
    pub embeddings: Vec<Option<Embedding>>,
    /// Who was asked, in that order.
    pub calls: Vec<ModelCall>,
}

impl Route {
    /// The task.
    pub fn task(&self) -> Task {
        self.task
    }

    /// The models, first asked first.
    pub fn chain(&self) -> &[Model] {
        &self.chain
    }

    /// Whether it names no model at all.
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Whether the first model is in this process, so that it can wait for the index without a connection's delay: with
    /// who speaks known, a query is embedded without names, and better.
    pub fn is_in_process(&self) -> bool {
        self.chain.first().is_some_and(|model| model.place() == Place::Process)
    }

    /// The model whose vectors are wanted best: what has another's was embedded when that one was away or too slow. None
    /// for a route that names no model.
    pub fn first(&self) -> Option<Fingerprint> {
        self.chain.first().map(Model::fingerprint)
    }

    /// Whether entries may have vectors of a model beside the builtin one's, as `embed_query` has.
    pub fn has_another_than_builtin(&self) -> bool {
        self.chain.iter().any(|model| !matches!(model, Model::Builtin))
    }

    /// Vectors to store. Never fails: what no model embeds in time has none, or the builtin one.
    ///
    /// Each model is asked once, for the texts that it may see and that no earlier one embedded; it has what is left
    /// of the deadline. The builtin model takes no time worth counting and answers past the deadline too.
    pub async fn embed(&self, texts: &[Text<'_>], deadline: Duration) -> Embedded {
        let clock = Clock::start(deadline);
        let mut embedded = Embedded { embeddings: vec![None; texts.len()], calls: Vec::new() };
        for model in &self.chain {
            let open: Vec<usize> = (0..texts.len())
                .filter(|&i| embedded.embeddings[i].is_none() && may_ask(model, texts[i].text, texts[i].sensitivity))
                .collect();
            if open.is_empty() {
                continue;
            }
            let asked: Vec<&str> = open.iter().map(|&i| texts[i].text).collect();
            let begun = Instant::now();
            let mut call = ModelCall::new(self.task, model, asked.len());
            match to_store(model, &asked, &clock).await {
                Ok(answers) => {
                    call.tokens_in = tokens(&asked);
                    for (i, embedding) in open.into_iter().zip(answers) {
                        embedded.embeddings[i] = embedding;
                    }
                }
                Err(error) => call.failed(&error),
            }
            embedded.calls.push(call.took(begun));
        }
        embedded
    }

    /// Vectors to search with: of the first model in the chain that answers, and always the builtin one, so that what
    /// was embedded by the fallback is found too. At most one per fingerprint. None at all for a text no model may see.
    pub async fn embed_query(
        &self,
        text: &str,
        sensitivity: Sensitivity,
        deadline: Duration,
    ) -> (Vec<QueryVector>, Vec<ModelCall>) {
        let clock = Clock::start(deadline);
        let (mut vectors, mut calls) = (Vec::new(), Vec::new());
        let before_builtin = self.chain.iter().take_while(|model| !matches!(model, Model::Builtin));
        for model in before_builtin.filter(|model| may_ask(model, text, sensitivity)) {
            let begun = Instant::now();
            let mut call = ModelCall::new(self.task, model, 1);
            match clock.bound(asked_vectors(model, &[text], Purpose::Search)).await {
                Ok(answers) => {
                    call.tokens_in = tokens(&[text]);
                    calls.push(call.took(begun));
                    let vector = |vector| {
                        let vector = QueryVector::new(model.fingerprint(), vector);
                        // Those that are loaded from a folder are of MiniLM's class.
                        if model.place() == Place::Process { vector.familiar() } else { vector }
                    };
                    vectors.extend(answers.into_iter().map(vector));
                    break;
                }
                Err(error) => {
                    call.failed(&error);
                    calls.push(call.took(begun));
                }
            }
        }
        if Model::Builtin.place().may_see(sensitivity) {
            let begun = Instant::now();
            vectors.push(builtin::embed_query(text));
            let mut call = ModelCall::new(self.task, &Model::Builtin, 1);
            call.tokens_in = tokens(&[text]);
            calls.push(call.took(begun));
        }
        (vectors, calls)
    }

    /// What the first model that answers so that `parse` takes it says. None where none does, or none may be asked.
    ///
    /// The prompt counts as a text of that sensitivity: give the closed-most of all that is in it.
    pub async fn converse<T>(
        &self,
        prompt: &Prompt,
        sensitivity: Sensitivity,
        deadline: Duration,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> (Option<T>, Vec<ModelCall>) {
        let clock = Clock::start(deadline);
        let mut calls = Vec::new();
        for model in self.chain.iter().filter(|model| may_ask(model, &prompt.user, sensitivity)) {
            let begun = Instant::now();
            let mut call = ModelCall::new(self.task, model, 1);
            let answer = clock.bound(model.converse(prompt)).await.and_then(|reply| {
                (call.tokens_in, call.tokens_out) = (reply.tokens_in, reply.tokens_out);
                parse(&reply)
            });
            match answer {
                Ok(answer) => {
                    calls.push(call.took(begun));
                    return (Some(answer), calls);
                }
                Err(error) => {
                    call.failed(&error);
                    calls.push(call.took(begun));
                }
            }
        }
        (None, calls)
    }
}

/// Whether that model may be shown that text, and there is anything to show.
fn may_ask(model: &Model, text: &str, sensitivity: Sensitivity) -> bool {
    model.place().may_see(sensitivity) && !text.trim().is_empty()
}

async fn to_store(model: &Model, texts: &[&str], clock: &Clock) -> Result<Vec<Option<Embedding>>> {
    if matches!(model, Model::Builtin) {
        return Ok(texts.iter().map(|text| builtin::embed(text)).collect());
    }
    let vectors = clock.bound(asked_vectors(model, texts, Purpose::Store)).await?;
    let fingerprint = model.fingerprint();
    let embeddings = texts.iter().zip(vectors).map(|(text, vector)| {
        // These models answer unit vectors whatever a text's length. In the sum of a window a longer text shall have
        // the larger share, as with the builtin model, whose sums grow with about the root of the tokens summed.
        let weight = (builtin::count_tokens(text).max(1) as f32).sqrt();
        Embedding::new(fingerprint, weight, &vector)
    });
    Ok(embeddings.collect())
}

async fn asked_vectors(model: &Model, texts: &[&str], purpose: Purpose) -> Result<Vec<Vec<f32>>> {
    match model {
        Model::Builtin => Err(Error::internal("the builtin model is not asked over a connection")),
        Model::Bedrock(model) => model.embed(texts, purpose).await,
        Model::Ollama(model) => model.embed(texts).await,
        #[cfg(feature = "minilm")]
        Model::Folder(model) => model.embed(texts, purpose).await,
    }
}

fn tokens(texts: &[&str]) -> u32 {
    let count: usize = texts.iter().map(|text| builtin::count_tokens(text)).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
