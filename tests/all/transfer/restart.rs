//! A job that failed is begun again and goes on; a call that comes twice begins one job.

use aws_sdk_dynamodb::types::AttributeValue;
use memorable_local::House;
use serde_json::{Value, json};

use super::{export, import, lines, told};
use crate::support::{call, drain, house, send, store};

/// An item that no export can read, behind all memories of user:alice.
fn unreadable() -> [(&'static str, AttributeValue); 2] {
    [("pk", AttributeValue::S("local/user:alice".to_owned())), ("sk", AttributeValue::S("memory#~".to_owned()))]
}

/// More than one file of an export takes, in few memories.
async fn much(house: &House) {
    for half in 0..2 {
        let line = |n: usize| {
            // One long word: what takes time is to embed many.
            let text = format!("{} {}", 100 * half + n, "x".repeat(30_000));
            json!({ "content": text, "occurred_at": "2026-01-01" }).to_string() + "\n"
        };
        let content: String = (0..100).map(line).collect();
        let done = import(house, json!({ "scope": "user:alice", "content": content })).await;
        assert_eq!(done["counts"]["stored"], 100, "{done}");
    }
}

async fn start(house: &House, sort: &str, job: &Value) -> (u16, Value) {
    let path = format!("/v1/{sort}/{}/start", job["id"].as_str().expect("an id"));
    call(house, "POST", &path, Value::Null).await
}

#[tokio::test]
async fn an_export_that_failed_goes_on_behind_its_last_file() {
    let house = house().await;
    much(&house).await;
    let whole = lines(&house, "user:alice").await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&house.sdk);
    let table = &house.app.config.table;
    let [pk, sk] = unreadable();
    dynamodb.put_item().table_name(table).item(pk.0, pk.1).item(sk.0, sk.1).send().await.expect("it is there");
    let (_, begun) = call(&house, "POST", "/v1/exports", json!({ "scope": "user:alice" })).await;
    drain(&house).await;
    let failed = told(&house, "exports", &begun).await;
    assert_eq!((&failed["state"], &failed["files"]), (&json!("failed"), &json!([])), "{failed}");
    assert!(failed["problem"].is_string() && failed["memories"].as_u64() > Some(100), "{failed}");

    // As long as it is there, it fails as before.
    let (status, again) = start(&house, "exports", &begun).await;
    assert_eq!((status, &again["state"], &again["problem"]), (202, &json!("queued"), &Value::Null), "{again}");
    drain(&house).await;
    assert_eq!(told(&house, "exports", &begun).await["state"], "failed");
    let [pk, sk] = unreadable();
    dynamodb.delete_item().table_name(table).key(pk.0, pk.1).key(sk.0, sk.1).send().await.expect("it is gone");

    assert_eq!(start(&house, "exports", &begun).await.0, 202);
    drain(&house).await;
    let done = told(&house, "exports", &begun).await;
    assert_eq!((&done["state"], &done["memories"]), (&json!("done"), &json!(200)), "{done}");
    let mut text = String::new();
    for file in done["files"].as_array().expect("files") {
        let (id, name) = (done["id"].as_str().expect("an id"), file["name"].as_str().expect("a name"));
        let bytes = house.app.objects.get(&format!("transfers/exports/{id}/{name}")).await.expect("the file");
        text.push_str(std::str::from_utf8(&bytes).expect("text"));
    }
    assert!(text == whole, "each line once, as in one that never failed");

    // What is done stays so, whoever begins it again.
    let (status, still) = start(&house, "exports", &begun).await;
    assert_eq!((status, &still["state"]), (202, &json!("done")));
}

#[tokio::test]
async fn an_export_is_begun_again_by_its_tenant_only() {
    let house = house().await;
    store(&house, json!({ "content": "Something" })).await;
    let (done, _) = export(&house, json!({ "scope": "user:alice" })).await;
    let path = format!("/v1/exports/{}/start", done["id"].as_str().expect("an id"));
    assert_eq!(send(&house, "POST", &path, &[("authorization", "Bearer other")], Vec::new()).await.0, 404);
}

#[tokio::test]
async fn the_same_call_under_one_key_is_one_import_and_another_is_refused() {
    let house = house().await;
    let asked = async |key: &str, body: Value| {
        let headers = [("authorization", "Bearer local"), ("idempotency-key", key)];
        send(&house, "POST", "/v1/imports", &headers, body.to_string().into_bytes()).await
    };
    let notes = json!({ "scope": "user:alice", "content": "- a note" });
    let (status, first) = asked("k", notes.clone()).await;
    assert_eq!(status, 202, "{first}");
    let (status, second) = asked("k", notes.clone()).await;
    assert_eq!((status, &second["id"]), (202, &first["id"]));
    drain(&house).await;
    let (_, third) = asked("k", notes.clone()).await;
    assert_eq!((&third["id"], &third["state"]), (&first["id"], &json!("done")), "{third}");
    assert_eq!(third["counts"]["stored"], 1);
    let (status, other) = asked("k", json!({ "scope": "user:alice", "content": "- another" })).await;
    assert_eq!((status, &other["field"]), (409, &json!("Idempotency-Key")), "{other}");
    let (_, under_another) = asked("l", notes).await;
    assert_ne!(under_another["id"], first["id"]);
    // Another tenant's key is another key.
    let headers = [("authorization", "Bearer other"), ("idempotency-key", "k")];
    let (status, theirs) = send(&house, "POST", "/v1/imports", &headers, br#"{"scope":"user:alice"}"#.to_vec()).await;
    assert_eq!((status, &theirs["state"]), (202, &json!("waiting")), "{theirs}");
}
