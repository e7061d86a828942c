//! What an Ollama server has: the models that were pulled, and those that are loaded.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{KEEP_ALIVE, Ollama};
use crate::error::{Error, Result};

/// Longest wait for a list: who looks shall not wait for a server that is away.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// What a server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Names of the models that were pulled, with their tags.
    pub pulled: Vec<String>,
    /// Those that are loaded.
    pub loaded: Vec<Loaded>,
}

/// A model that is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Loaded {
    /// Its name, with its tag.
    pub name: String,
    /// How much of it lies in a GPU's memory, in bytes; 0 where it runs on the processor.
    #[serde(default, rename = "size_vram")]
    pub vram_bytes: u64,
}

impl Served {
    /// What the server at that URL has. Unavailable where none answers within a second.
    pub async fn at(url: &str) -> Result<Served> {
        let server = Ollama::new(url, "")?;
        let late = |_| Error::unavailable(format!("nothing answered at {url} within {} s", LONGEST_LOOK.as_secs()));
        let get = |path: &str| server.http.get(format!("{}{path}", server.url));
        let look = async {
            let pulled: Listed<Pulled> = server.call(get("/api/tags")).await?;
            // An older server has no such list; what is pulled is known all the same.
            let loaded: Listed<Loaded> = server.call(get("/api/ps")).await.unwrap_or_default();
            let pulled = pulled.models.into_iter().map(|model| model.name).collect();
            Ok(Served { pulled, loaded: loaded.models })
        };
        tokio::time::timeout(LONGEST_LOOK, look).await.map_err(late)?
    }

    /// Whether a model of that name was pulled. A name without a tag means `latest`.
    pub fn has(&self, id: &str) -> bool {
        self.pulled.iter().any(|name| is_of(name, id))
    }

    /// The model of that name, where it is loaded.
    pub fn loaded(&self, id: &str) -> Option<&Loaded> {
        self.loaded.iter().find(|loaded| is_of(&loaded.name, id))
    }
}

fn is_of(name: &str, id: &str) -> bool {
    name == id || (!id.contains(':') && name.strip_suffix(":latest") == Some(id))
}

impl Ollama {
    /// Has the server load the model, so that the first call need not wait for it.
    pub async fn load(&self, embeds: bool) -> Result<()> {
        let request = match embeds {
            true => self.post("/api/embed").json(&json!({ "model": self.id, "input": "", "keep_alive": KEEP_ALIVE })),
            // Without a prompt nothing is generated. With another context than calls ask for it would be loaded twice.
            false => {
                let options = json!({ "num_ctx": self.context.first() });
                let body = json!({ "model": self.id, "keep_alive": KEEP_ALIVE, "options": options });
                self.post("/api/generate").json(&body)
            }
        };
        self.begin(request).await.map(|_| ())
    }

    /// What to do where the server does not have the model.
    pub fn how_to_get_it(&self) -> String {
        format!("Ollama does not have `{0}`: get it with `ollama pull {0}`", self.id)
    }
}

#[derive(Deserialize)]
struct Listed<T> {
    models: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Listed<T> {
        Listed { models: Vec::new() }
    }
}

#[derive(Deserialize)]
struct Pulled {
    name: String,
}

#[cfg(test)]
mod tests;
