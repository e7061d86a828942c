//! Many memories: nothing lost, nothing doubled, from the tail into segments and through nights.

use serde_json::json;

use crate::support::{call, drain, house, index, index_entries, listed, night};

async fn store_many(house: &memorable_local::House, from: usize, to: usize) {
    for start in (from..to).step_by(50) {
        let items: Vec<_> = (start..(start + 50).min(to))
            .map(|n| json!({"content": format!("Entry number {n} of the log."), "session": format!("s{}", n / 20), "metadata": {"n": n}}))
            .collect();
        let (status, answer) =
            call(house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
        assert_eq!(status, 202, "{answer}");
    }
}

#[tokio::test]
async fn every_memory_is_in_the_index_exactly_once_at_every_step() {
    let house = house().await;
    store_many(&house, 0, 100).await;
    assert_eq!(index_entries(&house).await.len(), 100);
    drain(&house).await;
    store_many(&house, 100, 330).await;
    drain(&house).await;
    let state = index(&house).await;
    assert!(!state.manifest.segments.is_empty() && state.tail.len() < 100, "long tails are flushed");
    for _ in 0..2 {
        let counts = index_entries(&house).await;
        assert_eq!((counts.len(), counts.values().max()), (330, Some(&1)));
        let mut numbers: Vec<_> =
            listed(&house).await.iter().map(|m| m["metadata"]["n"].as_u64().expect("n")).collect();
        assert_eq!(numbers.len(), 330);
        numbers.sort_unstable();
        assert_eq!(numbers, (0..330).collect::<Vec<_>>());
        night(&house).await;
    }
    let state = index(&house).await;
    assert_eq!((state.tail.len(), state.manifest.segments.len()), (0, 1), "a night leaves one segment");
}

#[tokio::test]
async fn the_list_is_latest_first() {
    let house = house().await;
    for day in ["2026-01-02", "1960-01-01", "2026-03-04", "2025-12-31T23:59:59.999999Z"] {
        crate::support::store(&house, json!({"content": format!("on {day}"), "occurred_at": day})).await;
    }
    let days: Vec<_> =
        listed(&house).await.iter().map(|m| m["occurred_at"].as_str().expect("a time")[..4].to_owned()).collect();
    assert_eq!(days, ["2026", "2026", "2025", "1960"]);
}

#[tokio::test]
async fn a_broken_segment_costs_its_own_memories_and_the_answer_says_so() {
    let house = house().await;
    store_many(&house, 0, 70).await;
    drain(&house).await;
    night(&house).await;
    crate::support::store(&house, json!({"content": "A fresh note on entries."})).await;
    let name = index(&house).await.manifest.segments[0].name.clone();
    let s3 =
        aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&house.sdk).force_path_style(true).build());
    let broken = aws_sdk_s3::primitives::ByteStream::from_static(b"not a segment");
    s3.put_object().bucket("memorable").key(&name).body(broken).send().await.expect("a put");
    let mut app = house.app.clone();
    // A container that has not read it yet.
    let objects = memorable::aws::objects::Objects::new(s3, "memorable", None);
    app.segments = memorable::aws::segments::Segments::new(objects, memorable::aws::cache::Cache::default());
    let request = memorable::recall::Request::parse(
        crate::support::alice().tenant(),
        br#"{"query": "entries", "scopes": ["user:alice"]}"#,
    )
    .expect("a request");
    let work = memorable::recall::recall(&app, &request, "2026-11-20".parse().expect("a time"));
    let (found, receipt) = memorable::receipt::metered(work).await;
    assert_eq!(found.expect("an answer").found.len(), 1);
    assert!(receipt.warnings[0].contains(&name), "{:?}", receipt.warnings);
}
