//! `completion`: a shell's completion of all of this.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use memorable_local::console;

use super::Cli;
use super::ended::Ended;

/// Print the completion of a shell: source <(memorable completion bash)
#[derive(Args)]
pub struct Completion {
    /// The shell.
    shell: Shell,
}

impl Completion {
    pub fn run(self) -> Ended {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "memorable", &mut script);
        console::say(String::from_utf8_lossy(&script).trim_end());
        Ended::Done
    }
}
