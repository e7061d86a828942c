//! `keys`: access keys of the folder.

use clap::{Args, Subcommand};
use memorable::error::Result;
use memorable_local::house::LOCAL;
use memorable_local::keys;

use super::ended::Ended;
use super::place::Place;

/// Make, list and revoke access keys, for clients that send a key instead of a token: mem0's, MCP's.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and show it, this once. The service must not be running on the folder.
    Create {
        /// Whose calls it makes.
        #[arg(long, default_value = LOCAL)]
        tenant: String,
        /// The scope of calls that name none, such as user:alice.
        #[arg(long)]
        scope: Option<String>,
        /// What it is for.
        #[arg(long, default_value = "")]
        label: String,
        /// Store nothing; print the command that puts it into this deployed table.
        #[arg(long, value_name = "TABLE")]
        for_table: Option<String>,
    },
    /// List all keys by the start of their hash, which is all that is known of them.
    List,
    /// Revoke a key.
    Revoke {
        /// The start of its hash, as the list shows it.
        name: String,
    },
}

impl Keys {
    pub async fn run(self) -> Result<Ended> {
        match self.command {
            Command::Create { tenant, scope, label, for_table } => {
                let (key, known) = keys::make(&tenant, scope.as_deref(), &label)?;
                match for_table {
                    Some(table) => keys::print_for(&table, &key, &known),
                    None => keys::create(&self.place.open(&[]).await?.app, &key, &known).await?,
                }
            }
            Command::List => keys::list(&self.place.open(&[]).await?.app).await?,
            Command::Revoke { name } => keys::revoke(&self.place.open(&[]).await?.app, &name).await?,
        }
        Ok(Ended::Done)
    }
}
