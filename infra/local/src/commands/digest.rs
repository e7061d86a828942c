//! `digest`: what a night wrote about a day.

use clap::Args;
use http::Method;
use jiff::ToSpan;
use jiff::civil::Date;
use memorable::error::Result;
use memorable_local::{console, schedule};

use super::ended::Ended;
use super::get::in_scope;
use super::output::{self, Output};
use super::place::{self, Where};

/// Print the digest of a day, as Markdown.
#[derive(Args)]
pub struct Digest {
    /// The day, as 2026-11-20; yesterday where none is named. Days are those of UTC.
    date: Option<Date>,
    /// Whose day, such as user:alice.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: String,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Digest {
    pub async fn run(self) -> Result<Ended> {
        let date = self.date.unwrap_or_else(|| schedule::today().saturating_sub(1.day()));
        let opened = self.place.open().await?;
        let path = format!("/v1/digests/{date}?{}&format=json", in_scope(&self.scope));
        let digest = opened.service().ask(Method::GET, &path, None).await?;
        if self.output.json {
            output::json(&digest);
        } else {
            console::say(digest["markdown"].as_str().unwrap_or_default().trim_end());
        }
        Ok(Ended::Done)
    }
}
