//! `memorable-local`: MemoRable on one machine, with one command.
#![recursion_limit = "256"] // the SDKs' futures nest deeply

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use memorable::error::{Error, Result};
use memorable_local::house::{House, LOCAL, Options};
use memorable_local::load::{self, Service};
use memorable_local::machine::Machine;
use memorable_local::{backup, console, conversation, keys, mcp, queues, sample, schedule, server};

/// A third of a call in this process was spent allocating: JSON of every item on both sides of the seam.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Settings that the house passes on to the functions from its own environment.
const PASSED_ON: [&str; 13] = [
    "MEMORABLE_ROUTE_EMBED",
    "MEMORABLE_ROUTE_CLASSIFY",
    "MEMORABLE_ROUTE_DISTILL",
    "MEMORABLE_ROUTE_SUMMARIZE",
    "MEMORABLE_ROUTE_CONVERSE",
    "MEMORABLE_ROUTE_DECOMPOSE",
    "MEMORABLE_ROUTE_JUDGE",
    "MEMORABLE_PROFILE",
    "MEMORABLE_BUDGETS",
    "MEMORABLE_CHAT_PER_MINUTE",
    "MEMORABLE_CHAT_OVERALL",
    "MEMORABLE_EMBED_MS",
    "OLLAMA_HOST",
];

/// What a write or a recall waits for the model of --embedder, unless MEMORABLE_EMBED_MS says so: 50 turns at once take it
/// a second, and a caller on the same machine would rather have its vectors than be done sooner.
const EMBEDDER_MS: &str = "5000";

/// Long-term memory for AI agents, on this machine: the deployed functions over embedded DynamoDB, S3 and SQS.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Store the conversations of a file (LoCoMo's shape, plain or gzip), then classify them.
    Load {
        /// The file.
        file: PathBuf,
        /// Where they go, such as user:alice; {id} in it gives each conversation a scope of its own.
        #[arg(long)]
        scope: String,
        /// A running service to store them in, such as http://127.0.0.1:8080, instead of the folder.
        #[arg(long, conflicts_with_all = ["data", "memory", "embedder"])]
        url: Option<String>,
        /// The token for --url.
        #[arg(long, default_value = LOCAL)]
        token: String,
        #[command(flatten)]
        place: Place,
    },
    /// Copy a folder's memories into an empty folder; a service may run on it meanwhile.
    Backup {
        /// Where to.
        to: PathBuf,
        /// The folder that holds the data.
        #[arg(long, value_name = "DIR", default_value = ".memorable")]
        data: PathBuf,
    },
    /// Make a folder of a backup: exactly what there was when it was taken.
    Restore {
        /// The backup.
        from: PathBuf,
        /// The folder to make, which must hold nothing.
        #[arg(long, value_name = "DIR", default_value = ".memorable")]
        data: PathBuf,
        /// Forget at once what was forgotten in this folder since.
        #[arg(long, value_name = "DIR")]
        forgotten_in: Option<PathBuf>,
    },
    /// Access keys, for clients that send a key instead of a token: mem0's, MCP's.
    Keys {
        #[command(subcommand)]
        command: Keys,
        #[command(flatten)]
        place: Place,
    },
    /// Speak the Model Context Protocol on standard input and output, for clients that start their servers themselves.
    Mcp {
        /// Whose memory, such as user:alice. Without it each call of a tool names a scope.
        #[arg(long)]
        scope: Option<String>,
        /// A running service to ask, such as http://127.0.0.1:8080, instead of the folder.
        #[arg(long, conflicts_with_all = ["data", "memory", "embedder"])]
        url: Option<String>,
        /// The token for --url.
        #[arg(long, default_value = LOCAL)]
        token: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
enum Keys {
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

#[derive(Args)]
struct Place {
    /// The folder that holds the data.
    #[arg(long, value_name = "DIR", default_value = ".memorable")]
    data: PathBuf,
    /// Keep everything in memory: it is gone at the end.
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// A folder with model.safetensors and tokenizer.json of all-MiniLM-L6-v2 or its like: embed with it.
    #[arg(long, value_name = "DIR")]
    embedder: Option<PathBuf>,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// One more token and its tenant. May be given several times.
    #[arg(long = "token", value_name = "NAME=TENANT", value_parser = token)]
    tokens: Vec<(String, String)>,
    /// Run a night now for all scopes, say what it did, and end.
    #[arg(long)]
    night: bool,
    /// Store a sample conversation, ask it five questions, and end.
    #[arg(long, conflicts_with = "night")]
    sample: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Serving, a line for each call is what one wants to see; a command has an output of its own.
    let quiet = cli.command.is_some() || cli.serve.sample || cli.serve.night;
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(if quiet { "warn" } else { "info" }));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .init();
    let result = match cli.command {
        Some(Command::Load { file, scope, url, token, place }) => load(&file, &scope, url, token, &place).await,
        Some(Command::Backup { to, data }) => back_up(&data, &to).await,
        Some(Command::Restore { from, data, forgotten_in }) => restore(&from, &data, forgotten_in.as_deref()).await,
        Some(Command::Keys { command, place }) => access_keys(command, &place).await,
        Some(Command::Mcp { scope, url, token, place }) => speak_mcp(scope.as_deref(), url, token, &place).await,
        None if cli.serve.sample => sample(&cli.serve).await,
        None if cli.serve.night => night(&cli.serve).await,
        None => serve(cli.serve).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let expected =
                error.expected.as_ref().map(|expected| format!("\nexpected: {expected}")).unwrap_or_default();
            console::note(format!("memorable-local: {error}{expected}"));
            ExitCode::FAILURE
        }
    }
}

async fn open(place: &Place, tokens: &[(String, String)]) -> Result<House> {
    #[expect(clippy::disallowed_methods, reason = "the house stands for the deployment, which sets these variables")]
    let mut settings: HashMap<String, String> =
        PASSED_ON.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect();
    if let Some(embedder) = &place.embedder {
        settings.insert("MEMORABLE_ROUTE_EMBED".to_owned(), format!("folder:{},builtin", embedder.display()));
        settings.entry("MEMORABLE_EMBED_MS".to_owned()).or_insert_with(|| EMBEDDER_MS.to_owned());
    }
    let data = (!place.memory).then(|| place.data.clone());
    House::open(Options { data, tokens: tokens.iter().cloned().collect(), settings, ..Options::default() }).await
}

async fn serve(serve: Serve) -> Result<()> {
    let listener = server::listen(serve.port).await?;
    let house = Arc::new(open(&serve.place, &serve.tokens).await?);
    let port = listener.local_addr().map_or(serve.port, |address| address.port());
    welcome(&serve.place, port);
    let found = Machine::look(&house.app.config.ollama_url).await;
    console::say(format!("{}\n", found.told(house.profile.as_deref())));
    let app = house.app.clone();
    // Loading a model takes seconds to minutes; whoever asks before that waits for it as without this.
    tokio::spawn(async move { app.load_models().await });
    server::serve(house, listener, stopped()).await;
    console::note("stopped; everything acknowledged is kept");
    Ok(())
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        // What `kill` and service managers send.
        if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

fn welcome(place: &Place, port: u16) {
    let data = if place.memory { "in memory".to_owned() } else { format!("under {}", place.data.display()) };
    console::say(format!("MemoRable listens on http://127.0.0.1:{port}, data {data}. Ctrl-C stops it.\n"));
    console::say(format!(
        "Store something:\n\n  curl -s http://127.0.0.1:{port}/v1/memories -H 'Authorization: Bearer {LOCAL}' \\\n    \
         -H 'Content-Type: application/json' \\\n    \
         -d '{{\"scope\":\"user:alice\",\"content\":\"My sister Clara moves to Porto in May.\",\"speaker\":\"Alice\"}}'\n"
    ));
    console::say(format!(
        "Recall it:\n\n  curl -s http://127.0.0.1:{port}/v1/recall -H 'Authorization: Bearer {LOCAL}' \\\n    \
         -H 'Content-Type: application/json' \\\n    \
         -d '{{\"query\":\"Where is Clara going to live?\",\"scopes\":[\"user:alice\"]}}'\n"
    ));
}

async fn sample(serve: &Serve) -> Result<()> {
    let house = open(&serve.place, &serve.tokens).await?;
    sample::run(&house).await?;
    console::note("\nNow run it without --sample and ask it something yourself; the scope is user:sample.");
    Ok(())
}

async fn night(serve: &Serve) -> Result<()> {
    let house = open(&serve.place, &serve.tokens).await?;
    let scopes = schedule::start(&house, Some(schedule::today())).await?;
    let bar = console::bar(scopes as u64, "scopes");
    let work = queues::drain(&house);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                done?;
                break;
            }
            () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {
                let left = queues::waiting(&house, queues::Source::Night).await?;
                bar.set_position((scopes as u64).saturating_sub(left));
                if let Some((scope, step)) = house.app.progress.last() {
                    bar.set_message(format!("{scope} {}", step.name()));
                }
            }
        }
    }
    bar.finish();
    let left = queues::waiting(&house, queues::Source::Night).await?;
    console::say(format!(
        "the night of {} went through {} of {scopes} scopes",
        schedule::today(),
        scopes as u64 - left.min(scopes as u64)
    ));
    if left == 0 {
        Ok(())
    } else {
        Err(Error::unavailable(format!("{left} scopes failed and will be tried again; the log says why")))
    }
}

async fn load(file: &Path, scope: &str, url: Option<String>, token: String, place: &Place) -> Result<()> {
    let conversations = conversation::read(file)?;
    let stored = match url {
        Some(url) => load::load(&Service::Url(url, token), &conversations, scope).await?,
        None => {
            let house = open(place, &[]).await?;
            let stored = load::load(&Service::House(&house), &conversations, scope).await?;
            console::note("classifying ...");
            queues::drain(&house).await?;
            stored
        }
    };
    console::say(format!("{stored} turns of {} conversations are in {scope}", conversations.len()));
    Ok(())
}

async fn back_up(data: &Path, to: &Path) -> Result<()> {
    let taken = backup::take(data, to, schedule::now()).await?;
    let (scopes, objects) = (taken.checked.scopes, taken.checked.objects);
    console::say(format!("{}: {scopes} scopes and {objects} objects, as of {}", to.display(), taken.taken_at));
    Ok(())
}

async fn restore(from: &Path, data: &Path, forgotten_in: Option<&Path>) -> Result<()> {
    let taken = backup::restore(from, data).await?;
    let (scopes, objects) = (taken.checked.scopes, taken.checked.objects);
    console::say(format!("{}: {scopes} scopes and {objects} objects, as of {}", data.display(), taken.taken_at));
    match forgotten_in {
        Some(other) => {
            let forgotten = backup::forget_as_in(data, other, schedule::now()).await?;
            console::say(format!("{forgotten} memories were forgotten since, and are again"));
        }
        None => console::note("what was forgotten since is remembered again: --forgotten-in DIR forgets it once more"),
    }
    Ok(())
}

async fn access_keys(command: Keys, place: &Place) -> Result<()> {
    match command {
        Keys::Create { tenant, scope, label, for_table } => {
            let (key, known) = keys::make(&tenant, scope.as_deref(), &label)?;
            match for_table {
                Some(table) => keys::print_for(&table, &key, &known),
                None => keys::create(&open(place, &[]).await?.app, &key, &known).await?,
            }
        }
        Keys::List => keys::list(&open(place, &[]).await?.app).await?,
        Keys::Revoke { name } => keys::revoke(&open(place, &[]).await?.app, &name).await?,
    }
    Ok(())
}

async fn speak_mcp(scope: Option<&str>, url: Option<String>, token: String, place: &Place) -> Result<()> {
    mcp::check(scope)?;
    if let Some(url) = url {
        return mcp::run(&Service::Url(url, token), scope, stopped()).await;
    }
    let house = Arc::new(open(place, &[]).await?);
    // What is stored is classified while the client thinks; what is left stays in the queues.
    let mut background = server::background(&house);
    let spoken = mcp::run(&Service::House(&house), scope, stopped()).await;
    background.shutdown().await;
    spoken
}

fn token(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, tenant)) if !name.is_empty() && !tenant.is_empty() => Ok((name.to_owned(), tenant.to_owned())),
        _ => Err("expected NAME=TENANT, as s3cret=acme".to_owned()),
    }
}
