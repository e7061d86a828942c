//! Routes as configuration writes them: `bedrock:amazon.titan-embed-text-v2:0,ollama:nomic-embed-text,builtin`, or
//! `folder:/opt/embedder,builtin`.

use super::{Route, Task};
use crate::error::{Error, Result};
use crate::models::Model;
use crate::models::bedrock::{Bedrock, Client};
use crate::models::health::Health;
use crate::models::ollama::Ollama;
use crate::models::vectors::Vectors;

/// What the models of a route are reached through.
#[derive(Debug, Clone)]
pub struct Backends {
    /// The client for Bedrock; None where there is no AWS account to ask.
    pub bedrock: Option<Client>,
    /// Where Ollama listens: `http://localhost:11434`. Looked at only if a route names one of its models.
    pub ollama_url: String,
}

impl Route {
    /// The route that the text describes: model names with commas between them, first asked first.
    ///
    /// To embed, `builtin` is added at the end unless it is named. The other tasks may have no model: an empty text.
    /// Invalid, with the task as the field, for a name that is unknown, twice there, or cannot do the task.
    pub fn parse(task: Task, text: &str, backends: &Backends) -> Result<Route> {
        let names: Vec<&str> =
            if text.trim().is_empty() { Vec::new() } else { text.split(',').map(str::trim).collect() };
        let mut chain = Vec::with_capacity(names.len() + 1);
        for (i, name) in names.iter().enumerate() {
            if names[..i].contains(name) {
                return Err(wrong(task, format!("`{name}` is named twice"), "each model once"));
            }
            chain.push(model(task, name, backends)?);
        }
        if task == Task::Embed && !chain.iter().any(|model| matches!(model, Model::Builtin)) {
            chain.push(Model::Builtin);
        }
        Ok(Route { task, chain: chain.into(), health: Health::default(), vectors: Vectors::default(), payer: None })
    }
}

fn model(task: Task, name: &str, backends: &Backends) -> Result<Model> {
    let models = match task {
        Task::Embed => "builtin, bedrock:MODEL_ID, ollama:MODEL or folder:PATH, with commas between them",
        _ => "bedrock:MODEL_ID or ollama:MODEL, with commas between them, or nothing",
    };
    let (backend, id) = name.split_once(':').unwrap_or((name, ""));
    match (backend, id) {
        ("builtin", "") if task == Task::Embed => Ok(Model::Builtin),
        ("builtin", "") => Err(wrong(task, "`builtin` embeds only", models)),
        ("folder", path) if !path.is_empty() && task == Task::Embed => folder(task, path),
        ("folder", path) if !path.is_empty() => Err(wrong(task, format!("`{name}` embeds only"), models)),
        ("bedrock", id) if !id.is_empty() => bedrock(task, id, backends),
        ("ollama", id) if !id.is_empty() => {
            let model = Ollama::new(&backends.ollama_url, id).map_err(|error| Error {
                field: Some(task.name().to_owned()),
                detail: format!("`{name}`: {}", error.detail),
                ..error
            })?;
            Ok(Model::Ollama(model))
        }
        _ => Err(wrong(task, format!("there is no model `{name}`"), models)),
    }
}

#[cfg(feature = "minilm")]
fn folder(task: Task, path: &str) -> Result<Model> {
    let model = crate::models::folder::Folder::open(path);
    model.map(Model::Folder).map_err(|error| Error { field: Some(task.name().to_owned()), ..error })
}

#[cfg(not(feature = "minilm"))]
fn folder(task: Task, path: &str) -> Result<Model> {
    let detail = format!("`folder:{path}` needs a build with Cargo's feature `minilm`, and this one is without");
    Err(wrong(task, detail, "a build with `--features minilm`, or another model"))
}

fn bedrock(task: Task, id: &str, backends: &Backends) -> Result<Model> {
    let Some(client) = &backends.bedrock else {
        return Err(wrong(
            task,
            format!("`bedrock:{id}` needs AWS, which is not set up here"),
            "ollama:MODEL or builtin",
        ));
    };
    let model = Bedrock::new(client.clone(), id);
    match (task, model.embeds()) {
        (Task::Embed, Err(error)) => Err(Error { field: Some(task.name().to_owned()), ..error }),
        (Task::Embed, Ok(())) | (_, Err(_)) => Ok(Model::Bedrock(model)),
        (_, Ok(())) => Err(wrong(
            task,
            format!("`bedrock:{id}` embeds only"),
            "a language model, such as one of Anthropic or Amazon Nova",
        )),
    }
}

fn wrong(task: Task, detail: impl Into<String>, expected: &str) -> Error {
    Error::invalid(task.name(), detail, expected)
}

#[cfg(test)]
mod tests;
