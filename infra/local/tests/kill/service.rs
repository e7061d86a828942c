//! The service as a process of its own, that can be killed at any moment.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

/// Waits until no other of these tests runs: what is told in time depends on the machine, which is one's own then.
pub async fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::const_new(());
    ONE.lock().await
}

/// The command on that folder, with what else it is told.
pub fn command(data: &Path, told: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memorable"));
    command.args(told).arg("--data").arg(data).env("RUST_LOG", "error");
    command
}

/// The service while it runs.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub url: String,
    /// Kept open: the service goes on writing to it.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it on that folder, at a port of its own.
    pub fn start(data: &Path) -> Server {
        let told = ["--port", "0", "--allow-local-webhooks"];
        let mut process = command(data, &told).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its first line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("its address");
        Server { url: url.trim_end_matches(',').to_owned(), process, _output: output }
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("its end");
    }
}

/// All that is listed of user:alice.
pub async fn memories(client: &reqwest::Client, url: &str) -> Vec<Value> {
    let mut memories = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = vec![("scope", "user:alice".to_owned()), ("limit", "100".to_owned())];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let page = client.get(format!("{url}/v1/memories?{query}")).bearer_auth("local").send().await;
        let page: Value = page.expect("an answer").json().await.expect("a page");
        memories.extend_from_slice(page["memories"].as_array().expect("memories"));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return memories;
        }
    }
}
