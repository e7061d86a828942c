//! `mcp`: the Model Context Protocol on standard input and output.

use std::sync::Arc;

use clap::Args;
use memorable::error::Result;
use memorable_local::service::Service;
use memorable_local::{mcp, server};

use super::ended::Ended;
use super::place::{self, Opened, Where};
use super::serve::stopped;

/// Speak the Model Context Protocol on standard input and output, for clients that start their servers themselves.
#[derive(Args)]
pub struct Mcp {
    /// Whose memory, such as user:alice. Without it each call of a tool names a scope.
    #[arg(short, long, env = "MEMORABLE_SCOPE", value_parser = place::scope)]
    scope: Option<String>,
    #[command(flatten)]
    place: Where,
}

impl Mcp {
    pub async fn run(self) -> Result<Ended> {
        let scope = self.scope.as_deref();
        match self.place.make().await? {
            Opened::Remote(remote) => mcp::run(&Service::Remote(&remote), scope, stopped()).await?,
            Opened::House(house) => {
                let house = Arc::new(*house);
                // What is stored is classified while the client thinks; what is left stays in the queues.
                let mut background = server::background(&house);
                let spoken = mcp::run(&Service::House(&house), scope, stopped()).await;
                background.shutdown().await;
                spoken?;
            }
        }
        Ok(Ended::Done)
    }
}
