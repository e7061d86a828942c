//! `status`: whether the service answers, and what it has for models.

use clap::Args;
use http::Method;
use memorable::error::Result;
use memorable_local::console;
use serde_json::{Value, json};

use super::ended::Ended;
use super::output::{self, Output};
use super::place::{Opened, Where};

/// Say whether the service answers, where it is, and how its models do.
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    place: Where,
}

impl Status {
    pub async fn run(self) -> Result<Ended> {
        let opened = self.place.open().await?;
        let service = opened.service();
        let health = service.ask(Method::GET, "/health", None).await?;
        let models = service.ask(Method::GET, "/v1/models", None).await?;
        let place = match &opened {
            Opened::House(_) => self.place.told(),
            Opened::Remote(remote) => remote.url().to_owned(),
        };
        if self.output.json {
            output::json(&json!({
                "where": place, "status": health["status"], "version": health["version"], "models": models["models"],
            }));
            return Ok(Ended::Done);
        }
        console::say(format!(
            "MemoRable {} at {place}: {}\n",
            output::text(&health, "version"),
            output::text(&health, "status")
        ));
        let rows = models["models"].as_array().cloned().unwrap_or_default();
        let row = |model: &Value| {
            ["model", "state", "place", "calls", "errors", "p50_ms"].map(|field| output::text(model, field))
        };
        output::table(
            &["MODEL", "STATE", "PLACE", "CALLS", "ERRORS", "MS"],
            rows.iter().map(|model| row(model).to_vec()),
        );
        Ok(Ended::Done)
    }
}
