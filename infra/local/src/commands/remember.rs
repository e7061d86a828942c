//! `remember`: texts of the command line or of standard input become memories.

use std::io::{IsTerminal, Read};

use clap::Args;
use http::Method;
use memorable::error::{Error, Result};
use memorable_local::console;
use serde_json::{Map, Value, json};

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};

/// Memories of one call.
const TOGETHER: usize = 100;

/// Store texts, and print the id of each.
///
/// Without a text, standard input is stored as one memory, or with --lines each of its lines as one:
///
///   echo 'Clara moves to Porto in May.' | memorable remember --scope user:alice
#[derive(Args)]
pub struct Remember {
    /// What to remember, each text a memory; `-` stands for standard input.
    texts: Vec<String>,
    /// Whose memory, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    /// Each line of standard input is a memory of its own.
    #[arg(long)]
    lines: bool,
    /// The conversation it belongs to.
    #[arg(long)]
    session: Option<String>,
    /// Who said it.
    #[arg(long)]
    speaker: Option<String>,
    /// The speaker's part in the conversation: user, assistant, system or tool.
    #[arg(long)]
    role: Option<String>,
    /// When it was said: 2026-11-18T19:02:00Z, or 2026-11-18.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Until when it holds.
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// A label. May be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A field of your own: JSON, or else a text. May be given several times.
    #[arg(long = "meta", value_name = "KEY=VALUE", value_parser = field)]
    metadata: Vec<(String, Value)>,
    /// An idempotency key: the same call sent again with it stores nothing twice.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Remember {
    pub async fn run(self) -> Result<Ended> {
        let texts = self.texts()?;
        if texts.is_empty() {
            output::usage("there is nothing to remember: give a text, or write it to standard input");
        }
        let opened = self.place.make().await?;
        let service = opened.service();
        let bar = console::bar(texts.len() as u64, "storing");
        let mut stored: Vec<Value> = Vec::new();
        for (nth, some) in texts.chunks(TOGETHER).enumerate() {
            let items: Vec<Value> = some.iter().map(|text| self.item(text)).collect();
            let body = json!({ "scope": self.scope, "items": items });
            let mut headers = vec![("content-type", "application/json".to_owned())];
            // Of several calls each has a key of its own.
            headers.extend(
                self.key
                    .as_ref()
                    .map(|key| ("idempotency-key", if nth == 0 { key.clone() } else { format!("{key}.{nth}") })),
            );
            let answer = service.call(Method::POST, "/v1/memories", &headers, body.to_string().into_bytes()).await?;
            let answer = answer.accepted()?.json()?;
            let memories = answer["memories"].as_array().cloned().unwrap_or_default();
            if memories.len() != some.len() {
                return Err(Error::internal(format!("{} of {} texts were answered for", memories.len(), some.len())));
            }
            bar.inc(memories.len() as u64);
            if !self.output.json {
                memories.iter().for_each(|memory| console::say(output::text(memory, "id")));
            }
            stored.extend(memories);
        }
        bar.finish_and_clear();
        opened.settle().await?;
        let repeated = stored.iter().filter(|memory| memory["repeated"] == true).count();
        if self.output.json {
            output::json(&json!({ "memories": stored }));
        } else if repeated > 0 {
            console::note(format!("{repeated} of {} were stored before", stored.len()));
        }
        Ok(Ended::Done)
    }

    /// What to remember, in order.
    fn texts(&self) -> Result<Vec<String>> {
        if self.texts.is_empty() && std::io::stdin().is_terminal() {
            return Ok(Vec::new());
        }
        let mut texts = Vec::new();
        let from_input = ["-".to_owned()];
        for text in if self.texts.is_empty() { &from_input[..] } else { &self.texts[..] } {
            if text != "-" {
                texts.push(text.clone());
                continue;
            }
            let mut input = String::new();
            std::io::stdin()
                .read_to_string(&mut input)
                .map_err(|error| Error::invalid("standard input", error.to_string(), "a text in UTF-8"))?;
            if self.lines {
                texts.extend(input.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
            } else if !input.trim().is_empty() {
                texts.push(input.trim_end_matches(['\n', '\r']).to_owned());
            }
        }
        Ok(texts)
    }

    fn item(&self, text: &str) -> Value {
        let mut item = Map::from_iter([("content".to_owned(), json!(text))]);
        for (name, value) in [
            ("session", &self.session),
            ("speaker", &self.speaker),
            ("role", &self.role),
            ("occurred_at", &self.at),
            ("expires_at", &self.expires),
        ] {
            item.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
        }
        if !self.tags.is_empty() {
            item.insert("tags".to_owned(), json!(self.tags));
        }
        if !self.metadata.is_empty() {
            let metadata: Map<String, Value> = self.metadata.iter().cloned().collect();
            item.insert("metadata".to_owned(), Value::Object(metadata));
        }
        Value::Object(item)
    }
}

fn field(text: &str) -> std::result::Result<(String, Value), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok((key.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| json!(value))))
        }
        _ => Err("expected KEY=VALUE, as team=payments".to_owned()),
    }
}
