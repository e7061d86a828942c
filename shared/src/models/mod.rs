//! Models as edges: what can embed a text or answer a prompt, wherever it runs.

pub mod bedrock;
mod breaker;
pub mod budgets;
pub mod builtin;
#[cfg(feature = "minilm")]
pub mod folder;
pub mod health;
pub mod ledger;
pub mod marks;
pub mod memo;
pub mod ollama;
pub mod prices;
pub mod profiles;
pub mod retry;
pub mod routes;
#[cfg(test)]
pub(crate) mod scripted;
pub mod told;
mod vectors;

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::index::Fingerprint;
use crate::memory::Sensitivity;

/// Where a model runs, and so what it may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In this process.
    Process,
    /// On this machine.
    Machine,
    /// Inside the account, or on another machine that the operator named.
    Account,
}

impl Place {
    /// Whether a model there may see a text of that sensitivity.
    pub fn may_see(self, sensitivity: Sensitivity) -> bool {
        match sensitivity {
            Sensitivity::General | Sensitivity::Confidential => true,
            Sensitivity::Secret => self != Place::Account,
            Sensitivity::UltraSecret => false,
        }
    }
}

/// What a vector is for. Some models place what is searched for elsewhere than what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be kept and found.
    Store,
    /// To find with.
    Search,
}

/// What a language model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The rules of the task. Never holds text of a memory.
    pub system: String,
    /// What they are applied to. May hold text that tries to give orders; the system part says to ignore them.
    pub user: String,
    /// Longest answer, in the model's tokens.
    pub max_tokens: u32,
    /// Whether the answer must be one JSON object.
    pub json: bool,
}

/// What a language model answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// Tokens of the prompt, as the model counted them; 0 where it does not say.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
}

/// A model that a route can name. A closed set.
#[derive(Debug, Clone)]
pub enum Model {
    /// The table compiled in: embeds only.
    Builtin,
    /// A model on Amazon Bedrock.
    Bedrock(bedrock::Bedrock),
    /// A model served by Ollama.
    Ollama(ollama::Ollama),
    /// A model of MiniLM's kind out of a folder, run in this process: embeds only.
    #[cfg(feature = "minilm")]
    Folder(folder::Folder),
}

impl Model {
    /// As routes and receipts write it: `builtin`, `bedrock:amazon.titan-embed-text-v2:0`, `ollama:nomic-embed-text`,
    /// `folder:/opt/embedder`.
    pub fn name(&self) -> String {
        match self {
            Model::Builtin => builtin::NAME.to_owned(),
            Model::Bedrock(model) => format!("bedrock:{}", model.id()),
            Model::Ollama(model) => format!("ollama:{}", model.id()),
            #[cfg(feature = "minilm")]
            Model::Folder(model) => format!("folder:{}", model.path()),
        }
    }

    /// Where it runs.
    pub fn place(&self) -> Place {
        match self {
            Model::Builtin => Place::Process,
            Model::Bedrock(_) => Place::Account,
            Model::Ollama(model) => model.place(),
            #[cfg(feature = "minilm")]
            Model::Folder(_) => Place::Process,
        }
    }

    /// Whether its calls are on the account's bill.
    pub fn is_billed(&self) -> bool {
        matches!(self, Model::Bedrock(_))
    }

    /// Names its vectors.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Model::Builtin => builtin::fingerprint(),
            #[cfg(feature = "minilm")]
            Model::Folder(model) => model.fingerprint(),
            Model::Bedrock(_) | Model::Ollama(_) => Fingerprint::of(&self.name()),
        }
    }

    /// Asks a language model. Unavailable or throttled where it does not answer, internal where it answers nonsense.
    pub async fn converse(&self, prompt: &Prompt) -> Result<Reply> {
        match self {
            Model::Builtin => Err(Error::unavailable("the builtin model embeds; it does not converse")),
            Model::Bedrock(model) => model.converse(prompt).await,
            Model::Ollama(model) => model.converse(prompt).await,
            #[cfg(feature = "minilm")]
            Model::Folder(_) => Err(Error::unavailable("a model out of a folder embeds; it does not converse")),
        }
    }

    /// The same, told piece by piece as it comes. An answer that breaks off is an error, whatever was told of it.
    pub async fn converse_aloud(&self, prompt: &Prompt, say: Say<'_>) -> Result<Reply> {
        match self {
            Model::Bedrock(model) => model.converse_aloud(prompt, say).await,
            Model::Ollama(model) => model.converse_aloud(prompt, say).await,
            silent => silent.converse(prompt).await,
        }
    }
}

/// The field of an error that says that the server does not have the model at all.
pub const MISSING: &str = "model";

/// The field of an error that came after the model had all that it was to read: that counts as paid for.
pub const SENT: &str = "sent";

/// The error, of a model that had all that it was to read.
fn sent(error: Error) -> Error {
    Error { field: Some(SENT.to_owned()), ..error }
}

/// Who is told each piece of an answer as it comes.
pub type Say<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// The JSON that a model answered. Internal where it is not of that shape; says where, and never repeats any of it.
fn read<T: DeserializeOwned>(model: &str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        let (sort, line, column) = (error.classify(), error.line(), error.column());
        Error::internal(format!("{model} answered JSON that is not as documented ({sort:?} at {line}:{column})"))
    })
}

/// The vectors, if they are what was asked for: as many as texts, all of one size, finite and not zero.
fn checked(model: &str, texts: usize, vectors: Vec<Vec<f32>>) -> Result<Vec<Vec<f32>>> {
    if vectors.len() != texts {
        return Err(Error::internal(format!("{model} answered {} vectors for {texts} texts", vectors.len())));
    }
    let dimensions = vectors.first().map_or(0, Vec::len);
    for vector in &vectors {
        if vector.len() != dimensions {
            let other = vector.len();
            return Err(Error::internal(format!("{model} answered vectors of {dimensions} and of {other} numbers")));
        }
        let square: f32 = vector.iter().map(|x| x * x).sum();
        if !square.is_finite() {
            return Err(Error::internal(format!("{model} answered a vector with numbers that are not finite")));
        }
        if square == 0.0 {
            return Err(Error::internal(format!("{model} answered a vector that is empty or all zero")));
        }
    }
    Ok(vectors)
}
