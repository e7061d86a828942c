//! A house that embeds with a model out of a folder: here the small one of random weights that its own tests use.

use std::collections::BTreeSet;

use memorable::index::Fingerprint;
use memorable_local::{House, Options};
use serde_json::json;

use crate::support::{call, drain, index, recall};

const MODEL: &str = concat!("folder:", env!("CARGO_MANIFEST_DIR"), "/../shared/src/models/folder/fixture");
/// So many that they are flushed into a segment.
const TURNS: usize = 70;

async fn house(embed_ms: &str) -> House {
    let settings = [("MEMORABLE_ROUTE_EMBED", MODEL), ("MEMORABLE_EMBED_MS", embed_ms)];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    House::open(Options { settings, redeliver_after: 0, ..Options::default() }).await.expect("a house in memory")
}

async fn talk(house: &House) {
    let turn = |number: usize| json!({ "content": format!("Clara moved to Porto, city {number}"), "session": "s", "speaker": "Alice" });
    let items: Vec<_> = (0..TURNS).map(turn).collect();
    let (status, answer) = call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
    assert_eq!(status, 202, "{answer}");
}

/// Whose vectors the entries of user:alice have, in the tail and in segments, and how many entries of turns that are.
async fn makers(house: &House) -> (BTreeSet<Option<u64>>, usize) {
    let state = index(house).await;
    let mut entries = state.tail.clone();
    for segment in &state.manifest.segments {
        entries.extend_from_slice(&house.app.segments.get(&segment.name).await.expect("a segment"));
    }
    let maker = |fingerprint: Fingerprint| fingerprint.0;
    let turns = entries.iter().filter(|entry| entry.derived_from.is_none()).count();
    (entries.iter().map(|e| e.embedding.as_ref().map(|e| maker(e.fingerprint))).collect(), turns)
}

fn names(answer: &serde_json::Value) -> Vec<String> {
    let calls = answer["receipt"]["models"].as_array().expect("calls of models");
    calls.iter().map(|call| format!("{} {}", call["model"].as_str().unwrap_or_default(), call["outcome"])).collect()
}

#[tokio::test]
async fn what_is_stored_and_what_is_asked_meet_in_the_models_space() {
    let house = house("60000").await;
    talk(&house).await;
    let first = house.app.embed.first().map(|fingerprint| fingerprint.0);
    assert_eq!(makers(&house).await, (BTreeSet::from([first]), TURNS));
    drain(&house).await;
    assert_eq!(makers(&house).await, (BTreeSet::from([first]), TURNS));
    let answer = recall(&house, "Where does Clara live?").await;
    assert_eq!(names(&answer), [format!("{MODEL} \"ok\""), "builtin \"ok\"".to_owned()]);
    assert!(answer["memories"].as_array().is_some_and(|found| !found.is_empty()), "{answer}");
}

#[tokio::test]
async fn what_took_too_long_when_it_was_stored_gets_its_vector_when_it_is_classified() {
    let house = house("0").await;
    talk(&house).await;
    let builtin = memorable::models::builtin::fingerprint().0;
    assert_eq!(makers(&house).await, (BTreeSet::from([Some(builtin)]), TURNS));
    drain(&house).await;
    let first = house.app.embed.first().map(|fingerprint| fingerprint.0);
    assert_eq!(makers(&house).await, (BTreeSet::from([first]), TURNS));
}
