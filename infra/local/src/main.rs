//! `memorable`: MemoRable on one machine, with one command; and the commands that people and scripts give it.
#![recursion_limit = "256"] // the SDKs' futures nest deeply

mod commands;

use std::process::ExitCode;

/// A third of a call in this process was spent allocating: JSON of every item on both sides of the seam.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    commands::run().await
}
