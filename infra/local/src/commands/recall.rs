//! `recall`: what memory holds of a question.

use clap::Args;
use http::Method;
use memorable::error::Result;
use memorable_local::console;
use serde_json::{Map, Value, json};

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};

/// Ask, and print what was found, the best first.
///
/// Exits with 3 where nothing was found; with --sure also where what was found hardly answers.
#[derive(Args)]
pub struct Recall {
    /// The question, in plain words.
    query: String,
    /// Where to look, such as user:alice. May be given up to 16 times.
    #[arg(short, long = "scope", env = "MEMORABLE_SCOPE", value_parser = place::scope, required = true)]
    scopes: Vec<String>,
    /// Most memories to return.
    #[arg(short = 'n', long)]
    top_k: Option<u32>,
    /// Least score to return, 0 to 1.
    #[arg(long, value_name = "SCORE")]
    min_score: Option<f64>,
    /// Budget of the context, in tokens.
    #[arg(long, value_name = "TOKENS")]
    max_tokens: Option<u32>,
    /// What was true then.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// What we knew then.
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    /// Conditions that must hold: {"tags": "travel"}.
    #[arg(long, value_name = "JSON", value_parser = filters)]
    filters: Option<Value>,
    /// Exit with 3 where what was found hardly answers (`abstain`), too.
    #[arg(long)]
    sure: bool,
    /// Print the packed context, as it goes into a prompt.
    #[arg(long, conflicts_with = "json")]
    context: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Recall {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.open().await?;
        let answer = opened.service().ask(Method::POST, "/v1/recall", Some(&self.body())).await?;
        let memories = answer["memories"].as_array().cloned().unwrap_or_default();
        if self.output.json {
            output::json(&answer);
        } else if self.context {
            console::say(answer["context"].as_str().unwrap_or_default().trim_end());
        } else {
            show(&memories);
            show_facts(&answer);
        }
        if memories.is_empty() {
            console::note("nothing was found");
            return Ok(Ended::Nothing);
        }
        if answer["abstain"] == true {
            let confidence = answer["confidence"].as_f64().unwrap_or_default();
            console::note(format!("this hardly answers it: the chance that it does is {confidence:.2}"));
            if self.sure {
                return Ok(Ended::Nothing);
            }
        }
        Ok(Ended::Done)
    }

    fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("query".to_owned(), json!(self.query));
        body.insert("scopes".to_owned(), json!(self.scopes));
        for (name, value) in [
            ("top_k", self.top_k.map(|n| json!(n))),
            ("min_score", self.min_score.map(|score| json!(score))),
            ("max_tokens", self.max_tokens.map(|n| json!(n))),
            ("as_of", self.as_of.as_ref().map(|time| json!(time))),
            ("known_at", self.known_at.as_ref().map(|time| json!(time))),
            ("filters", self.filters.clone()),
        ] {
            body.extend(value.map(|value| (name.to_owned(), value)));
        }
        Value::Object(body)
    }
}

fn show(memories: &[Value]) {
    let row = |memory: &Value| {
        vec![
            format!("{:.2}", memory["score"].as_f64().unwrap_or_default()),
            output::text(memory, "id"),
            output::when(memory),
            output::text(memory, "speaker"),
            output::text(memory, "content"),
        ]
    };
    output::table(&["SCORE", "ID", "WHEN", "WHO", "WHAT"], memories.iter().map(row));
}

fn show_facts(answer: &Value) {
    let facts = answer["facts"].as_array().filter(|facts| !facts.is_empty());
    if let Some(facts) = facts {
        console::say("");
        output::table(
            &["FACT", "WHAT"],
            facts.iter().map(|fact| vec![output::text(fact, "id"), output::text(fact, "content")]),
        );
    }
}

fn filters(text: &str) -> std::result::Result<Value, String> {
    let filters: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if filters.is_object() { Ok(filters) } else { Err("expected a JSON object".to_owned()) }
}
