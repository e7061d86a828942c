//! Models served by Ollama, on this machine or on one that the operator named.

mod context;
mod lines;
mod served;

use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{MISSING, Place, Prompt, Reply, Say, checked, read, retry};
use crate::error::{Error, Result};
use context::Context;
use lines::Lines;
pub use served::{Loaded, Served};

/// Longest wait for one answer: a large model takes this long to load from a slow disk.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// Longest wait for a connection: a host that does not take it within this is not there.
const LONGEST_CONNECT: Duration = Duration::from_secs(2);

/// How long a model stays loaded after a call: loading takes seconds, and who talks comes back within minutes.
const KEEP_ALIVE: &str = "30m";

/// One model of one Ollama server.
#[derive(Debug, Clone)]
pub struct Ollama {
    http: Client,
    url: String,
    id: String,
    place: Place,
    context: Context,
}

impl Ollama {
    /// The model of that name (`nomic-embed-text`, `qwen3:4b`) at that URL (`http://localhost:11434`).
    ///
    /// Invalid for a URL that is not plain http (no TLS is compiled in), and for Ollama's cloud models: whatever the
    /// server's host, they run outside the account.
    pub fn new(url: &str, id: impl Into<String>) -> Result<Ollama> {
        let id = id.into();
        let wrong = |detail: &str| Error::invalid("ollama_url", detail, "a URL such as http://localhost:11434");
        let parsed = Url::parse(url).map_err(|error| wrong(&format!("is not a URL: {error}")))?;
        if parsed.scheme() != "http" {
            return Err(wrong("only http:// is possible: no TLS is compiled in"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(wrong("a user or password in the URL would end up in logs"));
        }
        let host = parsed.host_str().ok_or_else(|| wrong("names no host"))?;
        let tag = id.rsplit_once(':').map_or("", |(_, tag)| tag);
        if tag == "cloud" || tag.ends_with("-cloud") {
            let detail = format!("`ollama:{id}` runs on Ollama's own servers, not where the URL points");
            return Err(Error::invalid("model", detail, "a model that was pulled: `ollama list` names them"));
        }
        let http = Client::builder()
            .connect_timeout(LONGEST_CONNECT)
            .timeout(LONGEST_CALL)
            // Texts go to the host that was named, and nowhere else.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| Error::internal(format!("no HTTP client for Ollama: {error}")))?;
        let place = if is_this_machine(host) { Place::Machine } else { Place::Account };
        let path = parsed.path().trim_end_matches('/');
        let context = Context::of(&id);
        Ok(Ollama { http, url: format!("{}{path}", parsed.origin().ascii_serialization()), id, place, context })
    }

    /// The model's name, as Ollama writes it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// On this machine where the host is `localhost` or a loopback address, else inside the account.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Why it must not be asked that, where it could not read all of it: it would lose the rules first.
    pub fn lacks_room(&self, prompt: &Prompt) -> Option<String> {
        self.context.lacks_room(prompt)
    }

    /// One vector per text, in their order, all of one size; a text longer than the model reads loses its end.
    ///
    /// Throttled or unavailable where Ollama does not answer; internal where it answers something else than was
    /// asked for. All texts fail together.
    pub async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let body = json!({ "model": self.id, "input": texts, "truncate": true, "keep_alive": KEEP_ALIVE });
        let answer: Embeddings = self.call(self.post("/api/embed").json(&body)).await?;
        checked(&self.name(), texts.len(), answer.embeddings)
    }

    /// The model's answer to the prompt, at temperature 0 and without a thinking part.
    ///
    /// Throttled or unavailable where Ollama does not answer; internal where the answer holds no text.
    pub async fn converse(&self, prompt: &Prompt) -> Result<Reply> {
        let answer: Chat = self.call(self.asked(prompt, false)).await?;
        self.whole(answer.message.content, answer.prompt_eval_count, answer.eval_count)
    }

    /// The same, told piece by piece as it comes. An answer that does not say it is done broke off.
    pub async fn converse_aloud(&self, prompt: &Prompt, say: Say<'_>) -> Result<Reply> {
        let mut answer = self.begin(self.asked(prompt, true)).await?;
        let (mut lines, mut text) = (Lines::default(), String::new());
        while let Some(piece) = answer.chunk().await.map_err(|error| self.unreached(&error))? {
            for line in lines.push(&piece)? {
                let part: Part = read(&self.name(), &line)?;
                if part.error.is_some() {
                    return Err(Error::unavailable(format!("{} failed in the middle of its answer", self.name())));
                }
                let said = part.message.map(|message| message.content).unwrap_or_default();
                if !said.is_empty() {
                    say(&said);
                    text.push_str(&said);
                }
                if part.done {
                    return self.whole(text, part.prompt_eval_count, part.eval_count);
                }
            }
        }
        Err(Error::unavailable(format!("{} broke off its answer", self.name())))
    }

    fn asked(&self, prompt: &Prompt, stream: bool) -> RequestBuilder {
        let mut body = json!({
            "model": self.id,
            "messages": [
                { "role": "system", "content": prompt.system },
                { "role": "user", "content": prompt.user },
            ],
            "stream": stream,
            // Models that can think do so unless told not to, and spend the answer's tokens on it.
            "think": false,
            "keep_alive": KEEP_ALIVE,
            "options": {
                "num_ctx": self.context.for_prompt(prompt),
                "num_predict": prompt.max_tokens,
                "temperature": 0,
            },
        });
        if prompt.json {
            body["format"] = json!("json");
        }
        self.post("/api/chat").json(&body)
    }

    fn whole(&self, text: String, tokens_in: u32, tokens_out: u32) -> Result<Reply> {
        if text.trim().is_empty() {
            return Err(Error::internal(format!("{} answered without any text", self.name())));
        }
        Ok(Reply { text, tokens_in, tokens_out })
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// The answer, read to its end.
    async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T> {
        let answer = self.begin(request).await?;
        let body = answer.bytes().await.map_err(|error| self.unreached(&error))?;
        read(&self.name(), &body)
    }

    /// The answer from its begin, of a second or third try where the server says that it is busy or broke: whoever waits drops this when
    /// time is up. What cannot be reached or does not answer in time is not tried again: the next model is quicker.
    async fn begin(&self, request: RequestBuilder) -> Result<Response> {
        let mut waits = retry::waits();
        loop {
            let unbuilt = || Error::internal(format!("a request for {} could not be built", self.name()));
            let attempt = request.try_clone().ok_or_else(unbuilt)?;
            let answer = attempt.send().await.map_err(|error| self.unreached(&error))?;
            let status = answer.status().as_u16();
            if status == 200 {
                return Ok(answer);
            }
            let body = answer.bytes().await.map_err(|error| self.unreached(&error))?;
            match (status, waits.next()) {
                (429 | 500..=599, Some(wait)) => tokio::time::sleep(wait).await,
                _ => return Err(self.refused(status, &body)),
            }
        }
    }

    fn unreached(&self, error: &reqwest::Error) -> Error {
        let (name, url) = (self.name(), &self.url);
        if error.is_builder() {
            Error::internal(format!("a request for {name} could not be built"))
        } else if error.is_timeout() {
            Error::unavailable(format!("{name} did not answer in time at {url}"))
        } else if error.is_connect() {
            Error::unavailable(format!("nothing answers at {url}: start Ollama with `ollama serve`"))
        } else {
            Error::unavailable(format!("{name} broke off its answer"))
        }
    }

    /// What Ollama says is read but never repeated, because it may hold text of the request.
    fn refused(&self, status: u16, body: &[u8]) -> Error {
        let (name, id) = (self.name(), &self.id);
        let told = serde_json::from_slice(body).map(|refusal: Refusal| refusal.error).unwrap_or_default();
        match status {
            404 if told.contains("model") => {
                Error { field: Some(MISSING.to_owned()), ..Error::unavailable(self.how_to_get_it()) }
            }
            404 => Error::unavailable(format!("{} is no Ollama server, or one older than 0.3", self.url)),
            400 if told.contains("does not support") => {
                Error::unavailable(format!("`{id}` cannot do this: embedding and conversation need different models"))
            }
            429 => Error::throttled(format!("{name} is asked too often")),
            401 | 403 | 408 | 500.. => Error::unavailable(format!("{name} failed to answer (status {status})")),
            _ => Error::internal(format!("{name} refused the request (status {status})")),
        }
    }

    fn name(&self) -> String {
        format!("ollama:{}", self.id)
    }
}

/// A name other than `localhost` may resolve to anything, so only addresses count besides it.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[derive(Deserialize)]
struct Embeddings {
    embeddings: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Chat {
    message: ChatMessage,
    #[serde(default)]
    prompt_eval_count: u32,
    #[serde(default)]
    eval_count: u32,
}

/// A line of a streamed answer.
#[derive(Deserialize)]
struct Part {
    message: Option<ChatMessage>,
    error: Option<String>,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    prompt_eval_count: u32,
    #[serde(default)]
    eval_count: u32,
}

#[derive(Deserialize)]
struct ChatMessage {
    content: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

#[cfg(test)]
mod tests;
