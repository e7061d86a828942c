//! `kill -9` at any moment of loading: every acknowledged turn is there, exactly once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const TURNS: usize = 400;
const TOGETHER: usize = 20;

struct Server {
    process: Child,
    url: String,
    /// Kept open: the service goes on writing to it.
    _output: BufReader<ChildStdout>,
}

impl Server {
    fn start(data: &Path) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_memorable"))
            .args(["--port", "0", "--data"])
            .arg(data)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its first line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("its address");
        Server { url: url.trim_end_matches(',').to_owned(), process, _output: output }
    }

    fn kill(mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("its end");
    }
}

fn items(from: usize) -> Value {
    let item = |n: usize| {
        json!({"content": format!("Turn {n} of a long talk."), "session": format!("s{}", n / 50),
        "occurred_at": "2026-01-01T00:00:00Z", "metadata": {"n": n}})
    };
    json!({"scope": "user:alice", "items": (from..from + TOGETHER).map(item).collect::<Vec<_>>()})
}

async fn listed(client: &reqwest::Client, url: &str) -> BTreeMap<u64, (usize, String)> {
    let mut counts = BTreeMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = vec![("scope", "user:alice".to_owned()), ("limit", "100".to_owned())];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let page =
            client.get(format!("{url}/v1/memories?{query}")).bearer_auth("local").send().await.expect("an answer");
        let page: Value = page.json().await.expect("a page");
        for memory in page["memories"].as_array().expect("memories") {
            let entry = counts.entry(memory["metadata"]["n"].as_u64().expect("n")).or_insert((0, String::new()));
            *entry = (entry.0 + 1, memory["state"].as_str().expect("a state").to_owned());
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return counts;
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9_at_any_moment() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = reqwest::Client::new();
    let mut acknowledged = 0;
    // A different moment each time: while a call is under way, and while the queue is worked on behind it.
    for round in 0..8_u64 {
        let server = Server::start(folder.path());
        let (url, from) = (server.url.clone(), acknowledged);
        let seen = listed(&client, &url).await;
        for n in 0..acknowledged as u64 {
            assert_eq!(seen.get(&n).map(|(count, _)| *count), Some(1), "turn {n} after {round} kills");
        }
        let sender = client.clone();
        let load = tokio::spawn(async move {
            let mut done = from;
            while done < TURNS {
                let call =
                    sender.post(format!("{url}/v1/memories")).bearer_auth("local").json(&items(done)).send().await;
                match call {
                    Ok(answer) if answer.status() == 202 => done += TOGETHER,
                    Ok(answer) => panic!("{}", answer.status()),
                    Err(_) => break,
                }
            }
            done
        });
        tokio::time::sleep(Duration::from_millis(15 + 37 * round)).await;
        server.kill();
        acknowledged = load.await.expect("a loader");
    }
    let server = Server::start(folder.path());
    for from in (acknowledged..TURNS).step_by(TOGETHER) {
        let call = client.post(format!("{}/v1/memories", server.url)).bearer_auth("local").json(&items(from));
        assert_eq!(call.send().await.expect("an answer").status(), 202);
    }
    let seen = listed(&client, &server.url).await;
    assert_eq!((seen.len(), seen.values().map(|(count, _)| *count).max()), (TURNS, Some(1)));
    server.kill();
}
