//! Every write is safe to repeat.

use serde_json::{Value, json};

use crate::support::{call, drain, house, index_entries, listed, recall, send, store};

#[tokio::test]
async fn the_same_words_at_the_same_time_are_one_memory() {
    let house = house().await;
    let turn =
        json!({"content": "Good morning!", "speaker": "Ana", "session": "s", "occurred_at": "2026-01-02T08:00:00Z"});
    let id = store(&house, turn.clone()).await;
    drain(&house).await;
    for again in [turn.clone(), {
        let mut same = turn.clone();
        same["occurred_at"] = json!("2026-01-02T09:00:00+01:00");
        same
    }] {
        let (_, answer) = call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": [again]})).await;
        assert_eq!(answer["memories"], json!([{"id": id, "state": "ready", "repeated": true}]));
    }
    for (field, value) in
        [("occurred_at", "2026-01-03"), ("speaker", "Ben"), ("session", "t"), ("content", "Good morning")]
    {
        let mut other = turn.clone();
        other[field] = json!(value);
        assert_ne!(store(&house, other).await, id, "another {field} is another memory");
    }
    assert_eq!(listed(&house).await.len(), 5);
    assert_eq!(index_entries(&house).await.len(), 5);
}

#[tokio::test]
async fn what_is_said_twice_in_one_call_is_two_memories_and_a_repeated_call_still_two() {
    let house = house().await;
    let message = json!({"role": "user", "content": "ok"});
    let body = json!({"scope": "user:alice", "session": "s", "messages": [message, message]});
    let first = call(&house, "POST", "/v1/memories", body.clone()).await.1;
    let again = call(&house, "POST", "/v1/memories", body).await.1;
    assert_ne!(first["memories"][0]["id"], first["memories"][1]["id"]);
    assert_eq!(first["memories"][0]["id"], again["memories"][0]["id"]);
    assert_eq!(listed(&house).await.len(), 2);

    let dated = json!({"content": "bye", "occurred_at": "2026-01-02"});
    let (status, answer) =
        call(&house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": [dated, dated]})).await;
    assert_eq!((status, answer["memories"].as_array().map(Vec::len)), (202, Some(2)), "{answer}");
    assert_eq!(answer["memories"][0]["id"], answer["memories"][1]["id"], "a time says that it was said once");
    assert_eq!(listed(&house).await.len(), 3);
}

async fn keyed(house: &memorable_local::House, key: &str, body: Value) -> (u16, Value) {
    let headers = [("authorization", "Bearer local"), ("idempotency-key", key)];
    send(house, "POST", "/v1/memories", &headers, body.to_string().into_bytes()).await
}

#[tokio::test]
async fn a_key_makes_a_call_once_and_refuses_other_content() {
    let house = house().await;
    let items: Vec<_> = (0..70).map(|n| json!({"content": format!("item {n}")})).collect();
    let body = json!({"scope": "user:alice", "items": items});
    let (status, first) = keyed(&house, "k-1", body.clone()).await;
    assert_eq!(status, 202, "{first}");
    let (_, again) = keyed(&house, "k-1", body.clone()).await;
    let ids = |answer: &Value| {
        answer["memories"].as_array().expect("memories").iter().map(|m| m["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(listed(&house).await.len(), 70);

    let (status, problem) = keyed(&house, "k-1", json!({"scope": "user:alice", "content": "something else"})).await;
    assert_eq!((status, &problem["field"]), (409, &json!("Idempotency-Key")), "{problem}");
    let mut changed = body;
    changed["items"][69]["content"] = json!("a change at the very end");
    assert_eq!(keyed(&house, "k-1", changed).await.0, 409);
    assert_eq!(listed(&house).await.len(), 70, "nothing is stored by a refused call");

    // Another key, or none, is another memory, though the words are the same.
    assert_eq!(keyed(&house, "k-2", json!({"scope": "user:alice", "content": "item 0"})).await.0, 202);
    assert_eq!(listed(&house).await.len(), 71);
    let (status, problem) = keyed(&house, "", json!({"scope": "user:alice", "content": "item 0"})).await;
    assert_eq!((status, &problem["field"]), (400, &json!("Idempotency-Key")));
}

#[tokio::test]
async fn a_key_over_several_scopes_is_refused_as_a_whole() {
    let house = house().await;
    let over = |content: &str| {
        json!({"items": [
        {"scope": "user:alice", "content": content}, {"scope": "user:zoe", "content": "the same"}]})
    };
    assert_eq!(keyed(&house, "k", over("one")).await.0, 202);
    assert_eq!(keyed(&house, "k", over("two")).await.0, 409);
    assert_eq!(listed(&house).await.len(), 1);
}

#[tokio::test]
async fn what_is_forgotten_stays_so_when_an_old_write_is_repeated_and_can_be_told_anew() {
    let house = house().await;
    let dated = json!({"content": "My pin is on the fridge.", "occurred_at": "2026-01-02"});
    let id = store(&house, dated.clone()).await;
    drain(&house).await;
    let path = format!("/v1/memories/{id}?scope=user:alice");
    let (_, proof) = call(&house, "DELETE", &path, Value::Null).await;
    let (status, again) = call(&house, "DELETE", &path, Value::Null).await;
    assert_eq!(
        (status, &again["forgotten_at"]),
        (200, &proof["forgotten_at"]),
        "forgetting again gives the same proof"
    );

    let body = json!({"scope": "user:alice", "items": [dated]});
    let (_, answer) = call(&house, "POST", "/v1/memories", body).await;
    assert_eq!(answer["memories"][0]["state"], "forgotten");
    assert_eq!(listed(&house).await.len(), 0);

    let note = json!({"content": "I like tea."});
    let id = store(&house, note.clone()).await;
    drain(&house).await;
    call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(store(&house, note).await, id, "said again without a time, it is known again");
    for _ in 0..2 {
        assert_eq!(crate::support::ids(&recall(&house, "tea").await), std::slice::from_ref(&id));
        drain(&house).await;
        crate::support::night(&house).await;
    }
}
