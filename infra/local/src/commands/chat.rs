//! `chat`: a message, answered from memory.

use clap::Args;
use http::Method;
use memorable::error::Result;
use memorable_local::console;
use serde_json::json;

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};

/// Say something and have it answered from memory, by a language model where one is configured.
#[derive(Args)]
pub struct Chat {
    /// The message. It is stored, and so is the answer of a model.
    message: String,
    /// Whose memory, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    /// The conversation it belongs to.
    #[arg(long, default_value = "terminal")]
    session: String,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Chat {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.make().await?;
        let body = json!({ "scope": self.scope, "session": self.session, "message": self.message });
        let answer = opened.service().ask(Method::POST, "/v1/chat", Some(&body)).await?;
        opened.settle().await?;
        if self.output.json {
            output::json(&answer);
        } else {
            console::say(answer["reply"].as_str().unwrap_or_default());
            if let Some(why) = answer["no_model"].as_object() {
                let told = why.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
                console::note(format!("this is what memory holds, and no model's answer: {told}"));
            }
        }
        let has_evidence = answer["memories"].as_array().is_some_and(|memories| !memories.is_empty());
        Ok(if has_evidence || answer["model"].is_string() { Ended::Done } else { Ended::Nothing })
    }
}
