//! `get`: one memory, or all that it ever said.

use clap::Args;
use form_urlencoded::byte_serialize;
use http::Method;
use memorable::error::Result;
use serde_json::Value;

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{self, Where};

/// Show one memory.
#[derive(Args)]
pub struct Get {
    /// Its id.
    id: String,
    /// Whose memory, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    /// Show all that it ever said, the current first.
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Get {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.open().await?;
        let what = if self.history { "/history" } else { "" };
        let path = format!("{}{what}?{}", path(&self.id), in_scope(&self.scope));
        let answer = opened.service().ask(Method::GET, &path, None).await?;
        if self.output.json {
            output::json(&answer);
        } else if self.history {
            let revisions = answer["revisions"].as_array().cloned().unwrap_or_default();
            let row =
                |revision: &Value| ["revision", "from", "content"].map(|field| output::text(revision, field)).to_vec();
            output::table(&["REVISION", "SINCE", "WHAT"], revisions.iter().map(row));
        } else {
            let fields =
                answer.as_object().into_iter().flatten().filter(|(name, value)| !value.is_null() && *name != "receipt");
            output::table(&["FIELD", "VALUE"], fields.map(|(name, _)| vec![name.clone(), output::text(&answer, name)]));
        }
        Ok(Ended::Done)
    }
}

/// The path of a memory.
pub fn path(id: &str) -> String {
    format!("/v1/memories/{}", byte_serialize(id.as_bytes()).collect::<String>())
}

/// The query that names a scope.
pub fn in_scope(scope: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("scope", scope).finish()
}
