//! `kill -9` at any moment of an import: it goes on where it was, and in the end each message is there, exactly once.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::service::{Server, alone, memories};

/// Messages of the chat; 2 MB of them.
const MESSAGES: usize = 2_000;
/// Lines that no import can take, and after how many messages one stands.
const WRONG_EVERY: usize = 500;

fn chat() -> String {
    let mut chat = String::new();
    for n in 0..MESSAGES {
        let (day, hour, minute) = (13 + n / 1_440, n / 60 % 24, n % 60);
        let name = if n % 2 == 0 { "Ann" } else { "Bob" };
        chat.push_str(&format!("[{day}.05.24, {hour:02}:{minute:02}:00] {name}: Message {n} of a long chat.\n"));
        for line in 0..12 {
            chat.push_str(&format!("Line {line} of it, {}\n", "word after word ".repeat(5)));
        }
        if n % WRONG_EVERY == 0 {
            chat.push_str("[13.15.24, 10:00:00] Ann: in a month that is none\n");
        }
    }
    chat
}

async fn asked(client: &reqwest::Client, method: &str, url: &str, body: Value) -> Option<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let call = client.request(method.parse().expect("a method"), url).bearer_auth("local").body(body);
    let answer = call.send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// How often each message is there, by its number.
async fn stored(client: &reqwest::Client, url: &str) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for memory in memories(client, url).await {
        // Facts that were made of messages stand beside them.
        if memory["speaker"].is_string() && memory["derived_from"].as_array().is_none_or(Vec::is_empty) {
            let text = memory["content"].as_str().expect("a text");
            let number = text.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("its number");
            *counts.entry(number).or_insert(0) += 1;
        }
    }
    counts
}

#[tokio::test]
async fn an_import_goes_on_after_kill_9_and_each_message_is_there_once() {
    let _alone = alone().await;
    let folder = tempfile::tempdir().expect("a folder");
    let client = reqwest::Client::new();
    let chat = chat();
    assert!(chat.len() > 2_000_000, "{}", chat.len());
    let mut server = Server::start(folder.path());
    let (_, import) = asked(&client, "POST", &format!("{}/v1/imports", server.url), json!({"scope": "user:alice"}))
        .await
        .expect("an answer");
    let id = import["id"].as_str().expect("an id").to_owned();
    let put = client.put(import["upload"]["url"].as_str().expect("a URL")).body(chat.clone()).send().await;
    assert_eq!(put.expect("an answer").status(), 200);
    let mut kills = 0;
    let mut seen = 0;
    let done = loop {
        let job = format!("{}/v1/imports/{id}", server.url);
        // A message that a dead worker had comes again after half a minute by itself; asking is quicker.
        let (status, begun) = asked(&client, "POST", &format!("{job}/start"), Value::Null).await.expect("an answer");
        assert_eq!(status, 202, "{begun}");
        let told = loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let (_, told) = asked(&client, "GET", &job, Value::Null).await.expect("an answer");
            let read = told["progress"]["messages"].as_u64().expect("messages");
            let is_over = told["state"] == "done" || told["state"] == "failed";
            if is_over || kills < 4 && told["progress"]["pass"] == "read" && read > seen {
                seen = read;
                break told;
            }
        };
        if told["state"] != "running" || kills == 4 {
            break told;
        }
        // Not at the checkpoint itself: somewhere on the way to the next one.
        tokio::time::sleep(Duration::from_millis(13 * kills)).await;
        server.kill();
        kills += 1;
        server = Server::start(folder.path());
    };
    assert!(kills >= 1, "it was over before it could be killed");
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["counts"]["stored"], json!(MESSAGES), "after {kills} kills: {done}");
    assert_eq!(done["counts"]["errors"], json!(MESSAGES / WRONG_EVERY), "{done}");
    let lines: Vec<&Value> = done["errors"].as_array().expect("errors").iter().map(|error| &error["line"]).collect();
    assert_eq!(lines, [14, 14 + 6_501, 14 + 2 * 6_501, 14 + 3 * 6_501], "{done}");
    let counts = stored(&client, &server.url).await;
    assert_eq!((counts.len(), counts.values().max()), (MESSAGES, Some(&1)), "after {kills} kills");
    server.kill();
}
