//! `kill -9` at any moment of a night: whoever runs it again comes to the same state as one that nobody killed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use http::Request;
use memorable::memory::{Scope, Tenant};
use memorable_local::{House, Options, gateway, queues, schedule};
use serde_json::{Value, json};

use crate::service::{alone, command};

const SCOPES: usize = 12;
const KILLS: u64 = 14;

async fn open(folder: &Path) -> House {
    House::open(Options { data: Some(folder.to_owned()), ..Options::default() }).await.expect("a house")
}

async fn call(house: &House, method: &str, path: &str, body: Value) -> Value {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer local");
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let response = gateway::call(house, request.body(body).expect("a request")).await;
    assert!(response.status().is_success(), "{method} {path}: {}", response.status());
    serde_json::from_slice(response.body()).expect("JSON")
}

/// Scopes with segments, tails, changes and marks: something for each step.
async fn fill(folder: &Path) {
    let house = open(folder).await;
    for scope in 0..SCOPES {
        let subject = format!("user:u{scope}");
        let items: Vec<Value> =
            (0..90).map(|n| json!({"content": format!("Note {n} of {subject} on gardens and bees.")})).collect();
        let stored = call(&house, "POST", "/v1/memories", json!({"scope": subject, "items": items})).await;
        queues::drain(&house).await.expect("the queues run empty");
        let path = |n: usize| {
            let id = stored["memories"][n]["id"].as_str().expect("an id").to_owned();
            format!("/v1/memories/{id}?scope={subject}")
        };
        for n in 0..5 {
            call(&house, "DELETE", &path(n), Value::Null).await;
            call(&house, "PATCH", &path(20 + n), json!({"tags": ["bees"]})).await;
        }
    }
    queues::drain(&house).await.expect("the queues run empty");
}

/// What embeds in the nights: another model than the one that embedded what was stored.
const MODEL: &str = concat!("folder:", env!("CARGO_MANIFEST_DIR"), "/../../shared/src/models/folder/fixture");

/// What a night is to come to, whenever it ran: memories, the live index with vectors of one new model, digests, and that
/// nothing is left to do.
async fn state(folder: &Path) -> String {
    let house = open(folder).await;
    let mut state = Vec::new();
    for n in 0..SCOPES {
        let scope = Scope::parse(&Tenant::parse("local").expect("a tenant"), &format!("user:u{n}")).expect("a scope");
        let index = house.app.records.index(&scope).await.expect("an index");
        assert!(index.gone.is_empty() && index.tail.is_empty() && index.manifest.segments.len() == 1, "{scope}");
        let blocks = house.app.segments.get_all(&index.manifest.segments).await.expect("segments");
        let entries: Vec<_> = blocks.iter().flat_map(|block| block.iter()).map(|e| (e.id, e.revision)).collect();
        let vectors: Vec<_> = blocks.iter().flat_map(|block| block.iter()).map(|e| &e.embedding).collect();
        let old = memorable::models::builtin::fingerprint();
        assert!(vectors.iter().all(|vector| vector.as_ref().is_some_and(|v| v.fingerprint != old)), "{scope}");
        let memories = house.app.records.memories(&scope, &entries.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await;
        let digest = house.app.records.digest(&scope, schedule::today()).await.expect("a digest");
        let checkpoint = house.app.records.checkpoint(&scope, schedule::today()).await.expect("a checkpoint");
        assert!(checkpoint.expect("a night").is_done, "{scope}");
        state.push(format!("{entries:?} {vectors:?} {:?} {digest:?}", memories.expect("memories")));
    }
    blake3::hash(state.concat().as_bytes()).to_hex().to_string()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for file in std::fs::read_dir(from).expect("files") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
}

fn night(data: &Path) -> Command {
    let mut night = command(data, &["--night"]);
    night.env("MEMORABLE_ROUTE_EMBED", MODEL).stdout(Stdio::null()).stderr(Stdio::null());
    night
}

#[tokio::test]
async fn a_night_that_is_killed_at_any_moment_and_run_again_comes_to_the_same_state() {
    let _alone = alone().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (filled, whole, killed) =
        (folder.path().join("filled"), folder.path().join("whole"), folder.path().join("killed"));
    fill(&filled).await;
    copy(&filled, &whole);
    assert!(night(&whole).status().expect("a night").success());
    let expected = state(&whole).await;
    copy(&filled, &killed);
    let mut kills = 0;
    for round in 0..KILLS {
        let mut process = night(&killed).spawn().expect("a night");
        std::thread::sleep(Duration::from_millis(40 + 53 * round));
        // One that has ended by then was not killed.
        if process.try_wait().expect("its state").is_none() {
            process.kill().expect("SIGKILL");
            kills += 1;
        }
        process.wait().expect("its end");
    }
    assert!(kills > 2, "only {kills} nights were killed");
    // Messages that a killed worker held come again later; it is told of those, and they change nothing.
    night(&killed).status().expect("a night");
    assert_eq!(state(&killed).await, expected, "after {kills} kills");
}
