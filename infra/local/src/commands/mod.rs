//! The command line: a file for each command, and what they share.

mod backup;
mod chat;
mod completion;
mod digest;
mod ended;
mod export;
mod forget;
mod get;
mod import;
mod keys;
mod list;
mod load;
mod mcp;
mod night;
mod output;
mod place;
mod recall;
mod remember;
mod serve;
mod status;
mod transfers;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use memorable::error::Result;

use ended::Ended;

/// Long-term memory for AI agents. Without a command it serves on this machine: the deployed functions over embedded
/// DynamoDB, S3 and SQS.
#[derive(Parser)]
#[command(name = "memorable", version, args_conflicts_with_subcommands = true, after_help = ended::CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Remember(remember::Remember),
    Recall(recall::Recall),
    List(list::List),
    Get(get::Get),
    Forget(forget::Forget),
    Chat(chat::Chat),
    Digest(digest::Digest),
    Night(night::Night),
    Status(status::Status),
    Import(import::Import),
    Export(export::Export),
    Load(load::Load),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Keys(keys::Keys),
    Mcp(mcp::Mcp),
    Completion(completion::Completion),
}

/// Reads the command line and does what it says; the exit code is one of [`ended::CODES`].
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let command = cli.command.unwrap_or(Command::Serve(cli.serve));
    // Serving, a line for each call is what one wants to see; a command has an output of its own.
    let level = if matches!(&command, Command::Serve(serve) if serve.goes_on()) { "info" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(output::colours(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .init();
    ended::code(command.run().await)
}

impl Command {
    /// Boxed each: what they await is large, and only one of them is awaited.
    async fn run(self) -> Result<Ended> {
        match self {
            Command::Serve(command) => Box::pin(command.run()).await,
            Command::Remember(command) => Box::pin(command.run()).await,
            Command::Recall(command) => Box::pin(command.run()).await,
            Command::List(command) => Box::pin(command.run()).await,
            Command::Get(command) => Box::pin(command.run()).await,
            Command::Forget(command) => Box::pin(command.run()).await,
            Command::Chat(command) => Box::pin(command.run()).await,
            Command::Digest(command) => Box::pin(command.run()).await,
            Command::Night(command) => Box::pin(command.run()).await,
            Command::Status(command) => Box::pin(command.run()).await,
            Command::Import(command) => Box::pin(command.run()).await,
            Command::Export(command) => Box::pin(command.run()).await,
            Command::Load(command) => Box::pin(command.run()).await,
            Command::Backup(command) => Box::pin(command.run()).await,
            Command::Restore(command) => Box::pin(command.run()).await,
            Command::Keys(command) => Box::pin(command.run()).await,
            Command::Mcp(command) => Box::pin(command.run()).await,
            Command::Completion(command) => Ok(command.run()),
        }
    }
}
