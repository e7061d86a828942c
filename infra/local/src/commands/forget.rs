//! `forget`: memories go for every reader at once.

use std::io::Read;

use clap::Args;
use http::Method;
use memorable::error::{Error, Kind, Result};
use memorable_local::console;
use serde_json::{Value, json};

use super::ended::Ended;
use super::get::{in_scope, path};
use super::output::{self, Output};
use super::place::{self, Where};

/// Forget memories, and print the proof of each.
///
/// Exits with 3 where one of them is not there; the others are forgotten all the same.
#[derive(Args)]
pub struct Forget {
    /// Their ids; `-` reads them from standard input, one a line.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Whose memories, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Forget {
    pub async fn run(self) -> Result<Ended> {
        let ids = self.ids()?;
        let opened = self.place.open().await?;
        let service = opened.service();
        let (mut proofs, mut missing): (Vec<Value>, _) = (Vec::new(), 0);
        for id in &ids {
            let path = format!("{}?{}", path(id), in_scope(&self.scope));
            match service.ask(Method::DELETE, &path, None).await {
                Ok(proof) => proofs.push(proof),
                Err(error) if error.kind == Kind::NotFound => {
                    console::note(format!("memorable: {}", error.detail));
                    missing += 1;
                }
                Err(error) => return Err(error),
            }
        }
        if self.output.json {
            output::json(&json!({ "forgotten": proofs }));
        } else {
            let row = |proof: &Value| ["id", "state", "forgotten_at"].map(|field| output::text(proof, field)).to_vec();
            output::table(&["ID", "STATE", "SINCE"], proofs.iter().map(row));
        }
        Ok(if missing == 0 { Ended::Done } else { Ended::Nothing })
    }

    fn ids(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for id in &self.ids {
            if id != "-" {
                ids.push(id.clone());
                continue;
            }
            let mut input = String::new();
            std::io::stdin()
                .read_to_string(&mut input)
                .map_err(|error| Error::invalid("standard input", error.to_string(), "ids, one a line"))?;
            ids.extend(input.split_whitespace().map(str::to_owned));
        }
        Ok(ids)
    }
}
