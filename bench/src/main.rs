//! Speed and size on this machine, as ratios where a peer is at hand: `cargo run --release -p memorable-bench [FILE.json]`.
//! How well texts are classified: `cargo run --release -p memorable-bench -- classify`.
//! What recalling and storing would take and cost on AWS: `cargo run --release -p memorable-bench -- cost`.
#![recursion_limit = "256"] // the SDKs' futures nest deeply
#![expect(clippy::disallowed_macros, reason = "a benchmark prints its tables")]

mod beside;
mod classify;
mod corpus;
mod cost;
mod embed;
mod engine;
mod fallback;
mod memo;
mod nights;
mod price;
mod scopes;
#[path = "../../shared/src/models/scripted.rs"]
#[expect(dead_code, reason = "of the server that the tests of models use, talking needs a part")]
mod scripted;
mod talk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use memorable::error::{Error, Result};
use serde_json::{Value, json};
use tokio::runtime::Builder;

/// MemoRable's benchmarks. Without a subcommand: speed and size on this machine.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where the results go, as JSON.
    file: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// How much of what is nearest a large scope's atlas finds, for how many reads and bytes.
    Engine {
        /// Memories of the scopes.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000])]
        sizes: Vec<usize>,
        /// Nights of 5 % churn before it is asked again.
        #[arg(long, default_value_t = 0)]
        nights: usize,
        /// Texts to embed instead of random vectors, a line each.
        #[arg(long)]
        texts: Option<PathBuf>,
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// How well texts are classified without a language model, and how fast.
    Classify {
        /// Train the head anew, from examples/labelled, and write it beside the code.
        #[arg(long)]
        train: bool,
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Nights over many scopes, over a large one, and a month of them: seconds, memory, requests, dollars.
    Nights {
        /// Ordinary scopes.
        #[arg(long, default_value_t = 1_000)]
        scopes: usize,
        /// Memories of the large one.
        #[arg(long, default_value_t = 100_000)]
        size: usize,
        /// Nights of 5 % churn.
        #[arg(long, default_value_t = 30)]
        nights: usize,
        /// Where the data lies meanwhile: an empty folder.
        #[arg(long)]
        data: PathBuf,
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// One night of one scope of such a folder, as JSON: seconds, and how much memory each step took.
    #[command(hide = true)]
    Night {
        /// Where the data lies.
        #[arg(long)]
        data: PathBuf,
        /// Whose memories.
        #[arg(long)]
        subject: String,
        /// Which day's, from the first one on.
        #[arg(long)]
        day: usize,
    },
    /// Conversations while their models, which are scripted, fail in turn: who answers, and how soon.
    Fallback {
        /// How many at once.
        #[arg(long, default_value_t = 40)]
        conversations: usize,
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// A conversation replayed: answers from memos, calls and dollars saved.
    Memo {
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Milliseconds and dollars on AWS, modelled, beside the goals.
    Cost {
        /// The latencies' seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Memories of the scopes.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000])]
        sizes: Vec<usize>,
        /// Recalls under each condition.
        #[arg(long, default_value_t = 200)]
        recalls: usize,
        /// Where the results go, as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => speed(cli.file.as_deref()),
        Some(Command::Engine { sizes, nights, texts, json }) => {
            engine(&sizes, nights, texts.as_deref(), json.as_deref())
        }
        Some(Command::Classify { train: true, .. }) => classify::learn(),
        Some(Command::Classify { json, .. }) => {
            classify::measure().and_then(|results| write(json.as_deref(), &results))
        }
        Some(Command::Nights { scopes, size, nights, data, json }) => {
            run(nights::measure(scopes, size, nights, &data)).and_then(|results| write(json.as_deref(), &results))
        }
        Some(Command::Night { data, subject, day }) => {
            run(nights::alone(&data, &subject, day)).map(|night| println!("{night}"))
        }
        Some(Command::Fallback { conversations, json }) => talking(fallback::measure(conversations), json.as_deref()),
        Some(Command::Memo { json }) => talking(memo::measure(), json.as_deref()),
        Some(Command::Cost { seed, sizes, recalls, json }) => cost(&sizes, seed, recalls, json.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn speed(file: Option<&Path>) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| not_started(&error))?;
    let results = json!({ "embed": embed::measure(), "scopes": runtime.block_on(scopes::measure()) });
    print_table("embed", results["embed"].as_array());
    print_table("scopes", results["scopes"].as_array());
    write(file, &results)
}

fn engine(sizes: &[usize], nights: usize, texts: Option<&Path>, file: Option<&Path>) -> Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| not_started(&error))?;
    write(file, &runtime.block_on(engine::measure(sizes, nights, texts))?)
}

fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| not_started(&error))?;
    runtime.block_on(work)
}

fn talking(measure: impl Future<Output = Result<Value>>, file: Option<&Path>) -> Result<()> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(|error| not_started(&error))?;
    write(file, &runtime.block_on(measure)?)
}

fn cost(sizes: &[usize], seed: u64, recalls: usize, file: Option<&Path>) -> Result<()> {
    if sizes.contains(&0) || recalls == 0 {
        return Err(Error::invalid("sizes, recalls", "nothing can be measured of nothing", "1 or more"));
    }
    // Paused from the start: the clock then stands at a whole millisecond of the runtime's timers, always.
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.map_err(|error| not_started(&error))?;
    let report = runtime.block_on(cost::measure(sizes, seed, recalls))?;
    cost::print(&report);
    let results = serde_json::to_value(&report);
    write(file, &results.map_err(|error| Error::internal(format!("the results cannot be encoded: {error}")))?)
}

fn not_started(error: &std::io::Error) -> Error {
    Error::internal(format!("the runtime did not start: {error}"))
}

fn write(file: Option<&Path>, results: &Value) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    std::fs::write(file, format!("{results:#}\n"))
        .map_err(|error| Error::internal(format!("{}: {error}", file.display())))
}

/// The middle one of the measured values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print_table(name: &str, rows: Option<&Vec<Value>>) {
    println!("\n{name}");
    for row in rows.into_iter().flatten() {
        let cells = row.as_object().into_iter().flatten().map(|(name, value)| format!("{name} {value}"));
        println!("  {}", cells.collect::<Vec<_>>().join("  "));
    }
}
