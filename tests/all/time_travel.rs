//! What was true then (`as_of`), and what we knew then (`known_at`).

use memorable::memory::Time;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{after, call, drain, house, ids, night, now, store};

/// Recalls in user:alice with these fields beside the query.
async fn ask(house: &House, query: &str, extra: Value) -> Value {
    let mut body = json!({"query": query, "scopes": ["user:alice"]});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    let (status, answer) = call(house, "POST", "/v1/recall", body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn change(house: &House, id: &str, change: Value) {
    let (status, answer) = call(house, "PATCH", &format!("/v1/memories/{id}?scope=user:alice"), change).await;
    assert_eq!(status, 202, "{answer}");
}

fn known(at: Time) -> Value {
    json!({"known_at": at.to_string()})
}

#[tokio::test]
async fn a_memory_is_answered_as_it_stood_when_we_knew_it() {
    let house = house().await;
    let before = now();
    let first = json!({"content": "I live in Lisbon.", "tags": ["old"], "metadata": {"n": 1}});
    let id = store(&house, first).await;
    drain(&house).await;
    let one = now();
    change(&house, &id, json!({"content": "I live in Bergen.", "tags": ["new"], "metadata": {"n": 2}})).await;
    drain(&house).await;
    let two = now();
    change(&house, &id, json!({"content": "I live in Porto."})).await;
    // The first recall of a container also asks whether the scope has an atlas.
    ask(&house, "Where do I live?", json!({})).await;
    for step in ["at once", "once classified", "after a night"] {
        for (at, content, tags, n, revision) in [
            (one, "I live in Lisbon.", "old", 1, 1),
            (two, "I live in Bergen.", "new", 2, 2),
            (now(), "I live in Porto.", "new", 2, 3),
        ] {
            let found = ask(&house, "Where do I live?", known(at)).await;
            let memory = &found["memories"][0];
            assert_eq!((ids(&found).len(), &memory["id"]), (1, &json!(id)), "{step}");
            assert_eq!((&memory["content"], &memory["tags"]), (&json!(content), &json!([tags])), "{step}");
            assert_eq!((&memory["metadata"], &memory["revision"]), (&json!({"n": n}), &json!(revision)), "{step}");
            assert!(found["context"].as_str().expect("a context").contains(content), "{step}: {found}");
            let queries = if revision == 3 { 1 } else { 2 };
            assert_eq!(found["receipt"]["requests"]["dynamodb.Query"], queries, "{step}: one history, where needed");
        }
        assert_eq!(ids(&ask(&house, "Where do I live?", known(before)).await), Vec::<String>::new());
        drain(&house).await;
        if step != "at once" {
            night(&house).await;
        }
    }
}

#[tokio::test]
async fn filters_and_as_of_go_by_what_was_known_then() {
    let house = house().await;
    let id = store(&house, json!({"content": "I rent a flat.", "tags": ["old"], "expires_at": "2050-01-01"})).await;
    let other = store(&house, json!({"content": "I rent a car.", "tags": ["old"]})).await;
    drain(&house).await;
    let then = now();
    change(&house, &id, json!({"tags": ["new"], "expires_at": null})).await;
    drain(&house).await;
    let at = then.to_string();
    let both = vec![id.clone(), other.clone()];
    let cases = [
        (json!({"filters": {"tags": "old"}}), vec![other.clone()]),
        (json!({"filters": {"tags": "old"}, "known_at": at}), both.clone()),
        (json!({"filters": {"tags": "new"}, "known_at": at}), vec![]),
        (json!({"filters": {"NOT": {"tags": "new"}}, "known_at": at}), both.clone()),
        (json!({"as_of": "2060-01-01"}), both.clone()),
        (json!({"as_of": "2060-01-01", "known_at": at}), vec![other.clone()]),
        (json!({"as_of": "2040-01-01", "known_at": at}), both),
    ];
    for (extra, expected) in cases {
        let mut found = ids(&ask(&house, "What do I rent?", extra.clone()).await);
        let mut expected = expected;
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{extra}");
    }
}

#[tokio::test]
async fn as_of_leaves_out_what_had_not_begun_and_what_had_ended() {
    let house = house().await;
    let lease = json!({"content": "The lease runs.", "occurred_at": "2026-01-01", "expires_at": "2090-01-01"});
    let id = store(&house, lease).await;
    for (as_of, expected) in [("2025-12-31", 0), ("2026-01-01", 1), ("2089-12-31", 1), ("2090-01-01", 0)] {
        let found = ask(&house, "lease", json!({"as_of": as_of})).await;
        assert_eq!(ids(&found).len(), expected, "{as_of} {id}");
    }
}

#[tokio::test]
async fn what_is_forgotten_or_hidden_now_stays_so_whatever_was_known_then() {
    let house = house().await;
    let id = store(&house, json!({"content": "The safe opens with a key."})).await;
    let soon = after(jiff::SignedDuration::from_millis(1_200)).to_string();
    let ends = store(&house, json!({"content": "The safe opens with a code."})).await;
    drain(&house).await;
    let then = now();
    change(&house, &id, json!({"content": "The safe opens with a word."})).await;
    change(&house, &ends, json!({"expires_at": soon})).await;
    assert_eq!(ids(&ask(&house, "safe", known(then)).await).len(), 2);
    call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
    for step in ["at once", "after a night"] {
        let found = ask(&house, "safe", known(then)).await;
        assert_eq!(ids(&found), Vec::<String>::new(), "{step}");
        assert!(!found.to_string().contains("opens"), "{step}");
        let found = ask(&house, "safe", json!({"as_of": then.to_string()})).await;
        assert_eq!(ids(&found), Vec::<String>::new(), "{step}");
        drain(&house).await;
        night(&house).await;
    }
}

#[tokio::test]
async fn what_took_the_place_of_an_ended_memory_has_not_its_past() {
    let house = house().await;
    let soon = after(jiff::SignedDuration::from_millis(1_000)).to_string();
    let said = json!({"content": "The gate code is 5.", "expires_at": soon});
    let id = store(&house, said).await;
    let then = now();
    change(&house, &id, json!({"content": "The gate code is 6."})).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(store(&house, json!({"content": "The gate code is 5."})).await, id);
    let again = now();
    change(&house, &id, json!({"content": "The gate code is 7."})).await;
    assert_eq!(ids(&ask(&house, "gate code", known(then)).await), Vec::<String>::new());
    let found = ask(&house, "gate code", known(again)).await;
    assert_eq!(found["memories"][0]["content"], "The gate code is 5.");
    let found = ask(&house, "gate code", json!({})).await;
    assert_eq!(found["memories"][0]["content"], "The gate code is 7.");
}

#[tokio::test]
async fn a_memory_whose_revision_of_then_is_left_out_gives_its_place_to_the_next() {
    let house = house().await;
    let mut all = Vec::new();
    for n in 0..30 {
        all.push(store(&house, json!({"content": format!("The boat has sail {n}."), "tags": ["old"]})).await);
    }
    let then = now();
    for id in &all[..20] {
        change(&house, id, json!({"tags": ["new"]})).await;
    }
    let extra = json!({"filters": {"tags": "new"}, "known_at": then.to_string(), "top_k": 5});
    assert_eq!(ids(&ask(&house, "boat sail", extra).await).len(), 0);
    let extra = json!({"filters": {"tags": "old"}, "known_at": then.to_string(), "top_k": 30});
    assert_eq!(ids(&ask(&house, "boat sail", extra).await).len(), 30);
    let extra = json!({"filters": {"tags": "old"}, "top_k": 5});
    assert_eq!(ids(&ask(&house, "boat sail", extra).await).len(), 5);
}
