//! One memory from its storing to its forgetting.

use serde_json::{Value, json};

use crate::support::{call, drain, house, ids, index, night, recall, store};

#[tokio::test]
async fn a_memory_is_stored_classified_recalled_kept_over_night_and_forgotten() {
    let house = house().await;
    let id =
        store(&house, json!({"content": "My sister Clara moves to Porto in May.", "speaker": "Alice", "session": "s"}))
            .await;
    store(&house, json!({"content": "I had soup for lunch.", "speaker": "Alice", "session": "s"})).await;

    // At once, before anything is classified.
    assert_eq!(ids(&recall(&house, "Where is Clara going to live?").await)[0], id);
    let path = format!("/v1/memories/{id}?scope=user:alice");
    assert_eq!(call(&house, "GET", &path, Value::Null).await.1["state"], "pending");

    drain(&house).await;
    let (_, memory) = call(&house, "GET", &path, Value::Null).await;
    assert_eq!((&memory["state"], memory["kind"].is_string()), (&json!("ready"), true), "{memory}");

    night(&house).await;
    let state = index(&house).await;
    assert_eq!((state.tail.len(), state.manifest.segments.len()), (0, 1), "the night moved the tail into a segment");
    let found = recall(&house, "Where is Clara going to live?").await;
    assert_eq!(ids(&found)[0], id);
    assert!(
        found["context"]
            .as_str()
            .expect("a context")
            .contains(&format!("Alice: My sister Clara moves to Porto in May. [{id}]"))
    );
    assert!(found["tokens"].as_u64().expect("a count") > 10);

    let (status, proof) = call(&house, "DELETE", &path, Value::Null).await;
    assert_eq!((status, &proof["state"], &proof["id"]), (200, &json!("forgotten"), &json!(id)));
    assert!(!ids(&recall(&house, "Where is Clara going to live?").await).contains(&id));
    assert_eq!(call(&house, "GET", &path, Value::Null).await.0, 404);

    night(&house).await;
    assert!(!crate::support::index_entries(&house).await.contains_key(&id), "compaction dropped it from the segment");
    assert_eq!(index(&house).await.gone, []);
    assert!(!recall(&house, "Clara Porto").await.to_string().contains("Porto in May"));
}

#[tokio::test]
async fn a_recall_takes_two_stages_and_one_more_for_a_cold_segment_and_one_less_where_the_memory_is_known() {
    let house = house().await;
    store(&house, json!({"content": "The boiler was repaired on Monday."})).await;
    drain(&house).await;
    let tail = recall(&house, "boiler").await;
    assert_eq!(tail["receipt"]["stages"], 2, "{}", tail["receipt"]);
    // A container that does not know scope and tenant asks for an atlas and for weights, beside manifest and tail.
    let requests = json!({"dynamodb.Query": 2, "dynamodb.GetItem": 1, "dynamodb.BatchGetItem": 1});
    assert_eq!(tail["receipt"]["requests"], requests);
    let again = recall(&house, "boiler").await;
    assert_eq!(again["receipt"]["requests"], json!({"dynamodb.Query": 1}));

    night(&house).await;
    let cold = recall(&house, "boiler").await["receipt"].clone();
    assert_eq!((&cold["stages"], &cold["cache_misses"]), (&json!(2), &json!(1)), "{cold}");
    let warm = recall(&house, "boiler").await["receipt"].clone();
    assert_eq!((&warm["stages"], &warm["cache_hits"]), (&json!(1), &json!(1)), "{warm}");
    assert_eq!(warm["requests"], json!({"dynamodb.Query": 1}));
}

#[tokio::test]
async fn a_revised_memory_says_the_new_and_keeps_the_old_as_history() {
    let house = house().await;
    let id = store(&house, json!({"content": "I am going to Lisbon in spring.", "tags": ["travel"]})).await;
    drain(&house).await;
    night(&house).await;
    let path = format!("/v1/memories/{id}?scope=user:alice");
    let (status, answer) = call(&house, "PATCH", &path, json!({"content": "I am going to Bergen in spring."})).await;
    assert_eq!((status, &answer["memories"][0]["state"]), (202, &json!("pending")), "{answer}");
    for step in ["at once", "once classified", "after a night"] {
        let found = recall(&house, "Where am I going in spring?").await;
        assert_eq!(found["memories"][0]["content"], "I am going to Bergen in spring.", "{step}");
        assert_eq!(found["memories"][0]["tags"], json!(["travel"]));
        assert_eq!(ids(&found).len(), 1, "{step}");
        if step == "at once" {
            drain(&house).await;
        } else {
            night(&house).await;
        }
    }
    let (_, history) = call(&house, "GET", &format!("/v1/memories/{id}/history?scope=user:alice"), Value::Null).await;
    let said: Vec<_> =
        history["revisions"].as_array().expect("revisions").iter().map(|r| r["content"].clone()).collect();
    assert_eq!(said, ["I am going to Bergen in spring.", "I am going to Lisbon in spring."]);
    assert_eq!(history["revisions"][0]["from"], history["revisions"][1]["until"]);

    call(&house, "DELETE", &path, Value::Null).await;
    let (status, _) = call(&house, "GET", &format!("/v1/memories/{id}/history?scope=user:alice"), Value::Null).await;
    assert_eq!(status, 404);
    let history =
        house.app.records.history(&crate::support::alice(), id.parse().expect("an id")).await.expect("a read");
    assert_eq!(history, [], "forgetting takes the history, too");
}

#[tokio::test]
async fn a_session_gives_its_last_turns_in_order() {
    let house = house().await;
    let messages: Vec<_> =
        (0..60).map(|n| json!({"role": "user", "name": "Ana", "content": format!("turn {n}")})).collect();
    let body = json!({"scope": "user:alice", "session": "a#b/c ?", "messages": messages});
    let (status, answer) = call(&house, "POST", "/v1/memories", body).await;
    assert_eq!((status, answer["memories"].as_array().map(Vec::len)), (202, Some(60)), "{answer}");
    store(&house, json!({"content": "elsewhere", "session": "a"})).await;
    let (status, session) = call(&house, "GET", "/v1/sessions/a%23b%2Fc%20%3F?scope=user:alice", Value::Null).await;
    assert_eq!((status, &session["session"]), (200, &json!("a#b/c ?")));
    let turns: Vec<_> = session["memories"].as_array().expect("turns").iter().map(|m| m["content"].clone()).collect();
    assert_eq!(turns, (10..60).map(|n| json!(format!("turn {n}"))).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_digest_counts_the_day_and_lists_what_is_promised_until_it_is_forgotten() {
    let house = house().await;
    let promise =
        store(&house, json!({"content": "I promise to send Clara the keys by next Friday.", "speaker": "Alice"})).await;
    store(&house, json!({"content": "The garden was flooded.", "speaker": "Ben"})).await;
    store(&house, json!({"content": "We dug the garden all morning.", "speaker": "Ben"})).await;
    drain(&house).await;
    night(&house).await;
    let path = format!("/v1/digests/{}?scope=user:alice", memorable_local::schedule::today());
    let (status, digest) = call(&house, "GET", &path, Value::Null).await;
    assert_eq!((status, &digest["memories"]), (200, &json!(3)), "{digest}");
    assert_eq!(digest["commitments"][0]["id"], json!(promise), "{digest}");
    assert!(digest["commitments"][0]["due"].is_string(), "{digest}");
    assert!(digest["people"].to_string().contains("Ben"), "{digest}");
    assert!(digest["themes"].to_string().contains("garden"), "{digest}");
    assert!(digest["markdown"].as_str().expect("a page").contains("send Clara the keys"));

    call(&house, "DELETE", &format!("/v1/memories/{promise}?scope=user:alice"), Value::Null).await;
    assert_eq!(call(&house, "GET", &path, Value::Null).await.0, 404, "the day's digest went with it");
    night(&house).await;
    let (_, digest) = call(&house, "GET", &path, Value::Null).await;
    assert_eq!((&digest["memories"], &digest["commitments"]), (&json!(2), &json!([])));
    assert!(!digest.to_string().contains("keys"));
    assert_eq!(call(&house, "GET", "/v1/digests/2020-01-01?scope=user:alice", Value::Null).await.0, 404);
}

#[tokio::test]
async fn filters_as_of_min_score_and_token_budget_bound_the_answer() {
    let house = house().await;
    for (content, at, team) in
        [("The red bike is broken.", "2025-01-01", "red"), ("The blue bike is fine.", "2026-01-01", "blue")]
    {
        store(&house, json!({"content": content, "occurred_at": at, "metadata": {"team": team}, "tags": [team]})).await;
    }
    drain(&house).await;
    let cases = [
        (json!({}), 2),
        (json!({"filters": {"metadata.team": "red"}}), 1),
        (json!({"filters": {"NOT": {"tags": "red"}}}), 1),
        (json!({"filters": {"occurred_at": {"lt": "2020-01-01"}}}), 0),
        (json!({"as_of": "2025-06-01"}), 1),
        (json!({"min_score": 1.0}), 0),
        (json!({"top_k": 1}), 1),
    ];
    for (extra, expected) in cases {
        let mut body = json!({"query": "bike", "scopes": ["user:alice"]});
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        let (status, answer) = call(&house, "POST", "/v1/recall", body).await;
        assert_eq!((status, ids(&answer).len()), (200, expected), "{extra}: {answer}");
    }
    let body = json!({"query": "bike", "scopes": ["user:alice"], "max_tokens": 5});
    let (_, answer) = call(&house, "POST", "/v1/recall", body).await;
    assert_eq!(
        (answer["context"].as_str(), ids(&answer).len()),
        (Some(""), 2),
        "a budget bounds the context, not the list"
    );
}

#[tokio::test]
async fn what_expires_is_not_found_and_leaves_the_segment() {
    let house = house().await;
    let soon = crate::support::after(jiff::SignedDuration::from_millis(400));
    let id =
        store(&house, json!({"content": "The visitor code is valid today.", "expires_at": soon.to_string()})).await;
    drain(&house).await;
    night(&house).await;
    tokio::time::sleep(std::time::Duration::from_millis(450)).await;
    assert_eq!(ids(&recall(&house, "visitor code").await), Vec::<String>::new());
    assert_eq!(call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await.0, 404);
    night(&house).await;
    assert!(crate::support::index_entries(&house).await.is_empty());
    let left = house.app.records.memory(&crate::support::alice(), id.parse().expect("an id")).await.expect("a read");
    assert_eq!(left.expect("a stub").content, "", "the night forgets what is past its end");
}

#[tokio::test]
async fn what_ended_may_be_stored_again() {
    let house = house().await;
    let soon = crate::support::after(jiff::SignedDuration::from_millis(300)).to_string();
    let id =
        store(&house, json!({"content": "The visitor code is 5.", "occurred_at": "2026-01-02", "expires_at": soon}))
            .await;
    drain(&house).await;
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    let again = store(&house, json!({"content": "The visitor code is 5.", "occurred_at": "2026-01-02"})).await;
    assert_eq!(again, id);
    for _ in 0..2 {
        assert_eq!(ids(&recall(&house, "visitor code").await), std::slice::from_ref(&id));
        drain(&house).await;
        night(&house).await;
    }
}

#[tokio::test]
async fn what_ended_before_a_flush_is_still_forgotten_by_the_night() {
    let house = house().await;
    let soon = crate::support::after(jiff::SignedDuration::from_millis(300)).to_string();
    let id = store(&house, json!({"content": "The visitor code is 5.", "expires_at": soon})).await;
    drain(&house).await;
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    let items: Vec<_> = (0..70).map(|n| json!({"content": format!("Line {n}.")})).collect();
    call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
    drain(&house).await;
    assert!(!index(&house).await.manifest.segments.is_empty(), "the tail was flushed");
    night(&house).await;
    let left = house.app.records.memory(&crate::support::alice(), id.parse().expect("an id")).await.expect("a read");
    assert_eq!(left.expect("a stub").content, "");
    assert!(!crate::support::index_entries(&house).await.contains_key(&id));
}
