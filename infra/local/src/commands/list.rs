//! `list`: a scope's memories by time.

use clap::Args;
use form_urlencoded::Serializer;
use http::Method;
use memorable::error::Result;
use memorable_local::console;
use serde_json::{Value, json};

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};

/// Memories of one call.
const PAGE: usize = 100;

/// List a scope's memories, the latest first.
#[derive(Args)]
pub struct List {
    /// Whose memories, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    /// Most memories to list.
    #[arg(short = 'n', long, default_value_t = 20)]
    limit: usize,
    /// List all of them.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Go on where an earlier list ended.
    #[arg(long)]
    cursor: Option<String>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl List {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.open().await?;
        let service = opened.service();
        let most = if self.all { usize::MAX } else { self.limit };
        let (mut memories, mut cursor): (Vec<Value>, _) = (Vec::new(), self.cursor.clone());
        while memories.len() < most {
            let limit = (most - memories.len()).min(PAGE).to_string();
            let mut query = Serializer::new(String::new());
            query.append_pair("scope", &self.scope).append_pair("limit", &limit);
            if let Some(cursor) = &cursor {
                query.append_pair("cursor", cursor);
            }
            let page = service.ask(Method::GET, &format!("/v1/memories?{}", query.finish()), None).await?;
            memories.extend(page["memories"].as_array().cloned().unwrap_or_default());
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        if self.output.json {
            output::json(&json!({ "memories": memories, "next_cursor": cursor }));
        } else {
            let row =
                |memory: &Value| ["id", "kind", "speaker", "content"].map(|field| output::text(memory, field)).to_vec();
            let rows = memories.iter().map(|memory| {
                let mut row = row(memory);
                row.insert(1, output::when(memory));
                row
            });
            output::table(&["ID", "WHEN", "KIND", "WHO", "WHAT"], rows);
            if let Some(cursor) = cursor {
                console::note(format!("there are more: --cursor '{cursor}', or --all"));
            }
        }
        if memories.is_empty() {
            console::note(format!("there is nothing in {}", self.scope));
            return Ok(Ended::Nothing);
        }
        Ok(Ended::Done)
    }
}
