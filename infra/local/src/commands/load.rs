//! `load`: whole conversations of a file.

use std::path::PathBuf;

use clap::Args;
use memorable::error::Result;
use memorable_local::{console, conversation, load};

use super::ended::Ended;
use super::place::Where;

/// Store the conversations of a file (LoCoMo's shape, plain or gzip), then classify them.
#[derive(Args)]
pub struct Load {
    /// The file.
    file: PathBuf,
    /// Where they go, such as user:alice; {id} in it gives each conversation a scope of its own.
    #[arg(short, long)]
    scope: String,
    #[command(flatten)]
    place: Where,
}

impl Load {
    pub async fn run(self) -> Result<Ended> {
        let conversations = conversation::read(&self.file)?;
        let opened = self.place.make().await?;
        let stored = load::load(&opened.service(), &conversations, &self.scope).await?;
        opened.settle().await?;
        console::say(format!("{stored} turns of {} conversations are in {}", conversations.len(), self.scope));
        Ok(Ended::Done)
    }
}
