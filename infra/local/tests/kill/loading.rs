//! `kill -9` at any moment of loading: every acknowledged turn is there, exactly once, and whoever listens hears of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use serde_json::{Value, json};

use crate::service::{Server, alone, memories};

const TURNS: usize = 400;
const TOGETHER: usize = 20;

fn items(from: usize) -> Value {
    let item = |n: usize| {
        json!({"content": format!("Turn {n} of a long talk."), "session": format!("s{}", n / 50),
        "occurred_at": "2026-01-01T00:00:00Z", "metadata": {"n": n}})
    };
    json!({"scope": "user:alice", "items": (from..from + TOGETHER).map(item).collect::<Vec<_>>()})
}

async fn listed(client: &reqwest::Client, url: &str) -> BTreeMap<u64, (usize, String)> {
    let mut counts = BTreeMap::new();
    for memory in memories(client, url).await {
        let entry = counts.entry(memory["metadata"]["n"].as_u64().expect("n")).or_insert((0, String::new()));
        *entry = (entry.0 + 1, memory["state"].as_str().expect("a state").to_owned());
    }
    counts
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9_at_any_moment() {
    let _alone = alone().await;
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

/// Whether a request has come with all of its body.
fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase();
    let length = length.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}

/// An endpoint that keeps every body it is sent.
async fn receiver() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let received = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (mut text, mut part) = (String::new(), [0; 4096]);
                while !is_whole(&text) {
                    match stream.read(&mut part).await {
                        Ok(0) | Err(_) => return,
                        Ok(read) => text.push_str(&String::from_utf8_lossy(&part[..read])),
                    }
                }
                kept.lock().expect("a lock").push(text);
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    (url, received)
}

#[tokio::test]
async fn whoever_listens_hears_of_all_that_was_acknowledged_before_kill_9() {
    let _alone = alone().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = reqwest::Client::new();
    let (hook, received) = receiver().await;
    let server = Server::start(folder.path());
    let webhook = json!({ "url": hook, "events": ["memory.created"] });
    let made = client.post(format!("{}/v1/webhooks", server.url)).bearer_auth("local").json(&webhook);
    assert_eq!(made.send().await.expect("an answer").status(), 201);
    server.kill();
    let mut acknowledged = BTreeSet::new();
    for round in 0..6_u64 {
        let server = Server::start(folder.path());
        let url = format!("{}/v1/memories", server.url);
        let sender = client.clone();
        let (count, mut counted) = tokio::sync::watch::channel(0);
        let load = tokio::spawn(async move {
            let mut ids = Vec::new();
            for n in 0.. {
                let body = json!({"scope": "user:alice", "content": format!("Turn {n} of round {round}.")});
                let Ok(answer) = sender.post(&url).bearer_auth("local").json(&body).send().await else { break };
                assert_eq!(answer.status(), 202);
                let Ok(answer) = answer.json::<Value>().await else { break };
                ids.push(answer["memories"][0]["id"].as_str().expect("an id").to_owned());
                count.send_replace(ids.len());
            }
            ids
        });
        let enough = 3 + 2 * usize::try_from(round).expect("few rounds");
        counted.wait_for(|count| *count >= enough).await.expect("a loader");
        // At a moment of its own, while more is under way.
        tokio::time::sleep(Duration::from_millis(7 * round)).await;
        server.kill();
        acknowledged.extend(load.await.expect("a loader"));
    }
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    let server = Server::start(folder.path());
    let mut missing = acknowledged.clone();
    // What was being told when the process ended comes again after thirty seconds.
    for _ in 0..450 {
        let told = received.lock().expect("a lock").join("\n");
        missing.retain(|id| !told.contains(id.as_str()));
        if missing.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.kill();
    assert!(missing.is_empty(), "{} of {} were never told", missing.len(), acknowledged.len());
}
