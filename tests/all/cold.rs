//! The cold tier: what lies there is found, read, changed and forgotten like anything else, and its text is nowhere else.

use jiff::SignedDuration;
use memorable::app::App;
use memorable::memory::cold::{self, Row};
use memorable::memory::{Tenant, Time};
use memorable::night::{self, Settings};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{self, Call, alice, drain, house};

const CONTENT: [&str; 4] = [
    "The bees swarmed on Sunday and settled in the quince tree.",
    "Ben repaired the greenhouse window with putty.",
    "My card number is 4111 1111 1111 1111 and the PIN is 9821.",
    "The choir sings in Graça every second Tuesday.",
];

fn at(text: &str) -> Time {
    text.parse().expect("a time")
}

fn later(days: i64) -> Time {
    at("2100-01-01T12:00:00Z").plus(SignedDuration::from_hours(24 * days))
}

/// Another container: nothing is kept in it.
fn container(house: &House) -> App {
    house.container(house.sdk.http_client().expect("the house's AWS")).expect("a container")
}

async fn call_at(house: &House, when: Time, method: &'static str, path: &str, body: Value) -> (u16, Value) {
    let what = Call { token: "local", method, path: path.to_owned(), key: None, body };
    support::call_at(house, &container(house), when, &what).await
}

async fn recalled(house: &House, when: Time, query: &str) -> Value {
    let body = json!({ "query": query, "scopes": ["user:alice"] });
    let (status, answer) = call_at(house, when, "POST", "/v1/recall", body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn get(house: &House, when: Time, id: &str) -> (u16, Value) {
    call_at(house, when, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await
}

async fn set(house: &House, settings: Settings) {
    let tenant = Tenant::parse("local").expect("a tenant");
    house.app.records.put_settings(&tenant, &settings).await.expect("settings");
}

/// A house where all that may is cold: stored on day 0, gone cold on day 10. Gives the ids, in the order of [`CONTENT`].
async fn cold_house() -> (House, Vec<String>) {
    let house = house().await;
    set(&house, Settings { cold_after_days: Some(7), cold_below: Some(2.0), ..Settings::default() }).await;
    let items: Vec<Value> = CONTENT
        .iter()
        .map(|content| json!({ "content": content, "session": "s", "metadata": {"n": 1}, "tags": ["t"] }))
        .collect();
    let body = json!({ "scope": "user:alice", "items": items });
    let (status, stored) = call_at(&house, later(0), "POST", "/v1/memories", body).await;
    assert_eq!(status, 202, "{stored}");
    drain(&house).await;
    let done = night(&house, later(10)).await;
    assert_eq!(done.figure("tier", "cooled"), 3, "all but what nobody else may see: {done:?}");
    let ids = stored["memories"].as_array().expect("memories").iter();
    let ids = ids.map(|memory| memory["id"].as_str().expect("an id").to_owned()).collect();
    (house, ids)
}

async fn night(house: &House, when: Time) -> night::Checkpoint {
    night::work(&container(house), &alice(), when.date(), when).await.expect("a night")
}

/// All that the table holds, as text.
async fn table(house: &House) -> String {
    let client = aws_sdk_dynamodb::Client::new(&house.sdk);
    let scan = client.scan().table_name(&house.app.config.table).send().await.expect("a scan");
    format!("{:?}", scan.items())
}

/// All rows of all cold objects, with the objects' names.
async fn rows(house: &House) -> Vec<(String, Vec<Row>)> {
    let mut objects = Vec::new();
    for listed in house.app.objects.list("cold/").await.expect("a list") {
        let bytes = house.app.objects.get(&listed.name).await.expect("an object");
        objects.push((listed.name.clone(), cold::decode(&listed.name, bytes).expect("rows")));
    }
    objects
}

fn says(objects: &[(String, Vec<Row>)], word: &str) -> bool {
    objects.iter().any(|(_, rows)| rows.iter().any(|row| format!("{row:?}").contains(word)))
}

#[tokio::test]
async fn what_is_cold_leaves_the_table_and_is_read_found_and_listed_as_before() {
    let (house, ids) = cold_house().await;
    let (table, objects) = (table(&house).await, rows(&house).await);
    assert!(!table.contains("quince") && !table.contains("putty"), "the text has left the table");
    assert!(table.contains("4111") && !says(&objects, "4111"), "what is secret stays where it was");
    assert_eq!(objects.len(), 1);
    assert!(objects[0].0.starts_with("cold/tenant=local/month=2100-01/") && says(&objects, "quince"), "{objects:?}");
    for (id, content) in ids.iter().zip(CONTENT) {
        let (status, memory) = get(&house, later(11), id).await;
        assert_eq!((status, &memory["content"], &memory["state"]), (200, &json!(content), &json!("ready")));
        assert_eq!((&memory["metadata"], &memory["tags"]), (&json!({"n": 1}), &json!(["t"])));
        assert!(memory["kind"].is_string(), "{memory}");
    }
    let (_, list) = call_at(&house, later(11), "GET", "/v1/memories?scope=user:alice", Value::Null).await;
    assert_eq!(list["memories"].as_array().expect("memories").len(), 4);
    let (_, history) =
        call_at(&house, later(11), "GET", &format!("/v1/memories/{}/history?scope=user:alice", ids[0]), Value::Null)
            .await;
    assert_eq!(history["revisions"][0]["content"], json!(CONTENT[0]));
    let found = recalled(&house, later(11), "Where did the swarm of bees settle?").await;
    assert_eq!(support::ids(&found)[0], ids[0]);
    assert!(found["context"].as_str().expect("a context").contains("quince"), "{found}");
    // Index, segment, stubs, and one wave more for the records; two to mark that they were wanted.
    assert_eq!(found["receipt"]["requests"]["s3.GetObject"], json!(2), "{found}");
    assert!(found["receipt"]["stages"].as_u64().expect("stages") <= 6, "{found}");
}

#[tokio::test]
async fn what_is_recalled_from_the_cold_comes_back_the_next_night() {
    let (house, ids) = cold_house().await;
    let found = recalled(&house, later(11), "Where did the swarm of bees settle?").await;
    let found = support::ids(&found).len() as u64 - 1;
    let done = night(&house, later(12)).await;
    assert_eq!(done.figure("tier", "warmed"), found);
    assert!(table(&house).await.contains("quince"));
    night(&house, later(13)).await;
    assert!(!says(&rows(&house).await, "quince"), "its row is stale, and goes the night after");
    assert_eq!(get(&house, later(13), &ids[0]).await.1["content"], json!(CONTENT[0]));
    assert_eq!(night(&house, later(14)).await.figure("tier", "cooled"), 0, "and it stays");
}

#[tokio::test]
async fn what_is_forgotten_in_the_cold_is_gone_from_there_at_once() {
    let (house, ids) = cold_house().await;
    for _ in 0..2 {
        let path = format!("/v1/memories/{}?scope=user:alice", ids[0]);
        let (status, proof) = call_at(&house, later(11), "DELETE", &path, Value::Null).await;
        assert_eq!((status, &proof["state"]), (200, &json!("forgotten")));
        let objects = rows(&house).await;
        assert!(!says(&objects, "quince") && says(&objects, "putty"), "the others stay: {objects:?}");
    }
    assert_eq!(get(&house, later(11), &ids[0]).await.0, 404);
    assert_eq!(get(&house, later(11), &ids[1]).await.1["content"], json!(CONTENT[1]));
    assert!(!recalled(&house, later(11), "quince tree bees").await.to_string().contains("quince tree."));
    for id in [&ids[1], &ids[3]] {
        call_at(&house, later(11), "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    }
    assert!(rows(&house).await.is_empty(), "an object without rows goes");
    night(&house, later(12)).await;
    assert!(house.app.records.cold_objects(&alice()).await.expect("notes").is_empty());
}

#[tokio::test]
async fn what_is_changed_in_the_cold_comes_back_with_its_past() {
    let (house, ids) = cold_house().await;
    let path = format!("/v1/memories/{}?scope=user:alice", ids[1]);
    let (status, answer) = call_at(&house, later(11), "PATCH", &path, json!({"tags": ["glass"]})).await;
    assert_eq!(status, 202, "{answer}");
    drain(&house).await;
    let (_, memory) = get(&house, later(11), &ids[1]).await;
    assert_eq!((&memory["content"], &memory["tags"]), (&json!(CONTENT[1]), &json!(["glass"])));
    let path = format!("/v1/memories/{}/history?scope=user:alice", ids[1]);
    let (_, history) = call_at(&house, later(11), "GET", &path, Value::Null).await;
    assert_eq!(history["revisions"].as_array().expect("revisions").len(), 2);
    assert_eq!(history["revisions"][1]["content"], json!(CONTENT[1]));
    night(&house, later(12)).await;
    let objects = rows(&house).await;
    assert!(!says(&objects, "putty") && says(&objects, "quince"), "its row is stale: {objects:?}");
    assert_eq!(get(&house, later(12), &ids[0]).await.1["content"], json!(CONTENT[0]));
}

/// One of many alike: letters tell them apart, since numbers may be taken for secrets.
fn numbered(n: u8) -> String {
    let letters = [b'a' + n / 26, b'a' + n % 26].map(char::from);
    format!("Ben repaired the greenhouse window with putty of sort {}{}.", letters[0], letters[1])
}

#[tokio::test]
async fn two_workers_that_cool_one_scope_lose_nothing() {
    let house = house().await;
    set(&house, Settings { cold_after_days: Some(7), cold_below: Some(2.0), ..Settings::default() }).await;
    let mut ids = Vec::new();
    for n in 0..60_u8 {
        let body = json!({ "scope": "user:alice", "content": numbered(n) });
        let (_, stored) = call_at(&house, later(0), "POST", "/v1/memories", body).await;
        ids.push(stored["memories"][0]["id"].as_str().expect("an id").to_owned());
    }
    drain(&house).await;
    let when = |n: i64| later(10).plus(SignedDuration::from_secs(n));
    tokio::join!(night(&house, when(0)), night(&house, when(1)), night(&house, when(1)));
    let noted = house.app.records.checkpoint(&alice(), when(0).date()).await.expect("a read").expect("a checkpoint");
    assert_eq!(noted.figure("tier", "cooled"), 60, "each of them once: {noted:?}");
    let report = night::report(&house.app, alice().tenant(), when(0).date()).await.expect("a report");
    assert_eq!(report.steps["tier"].figures["cooled"], 60, "whoever of them ended first: {report:?}");
    for days in [11, 12, 13] {
        night(&house, later(days)).await;
        for (n, id) in (0..).zip(&ids) {
            let (status, memory) = get(&house, later(days), id).await;
            assert_eq!((status, &memory["content"]), (200, &json!(numbered(n))));
        }
    }
    let full = rows(&house).await.iter().flat_map(|(_, rows)| rows.clone()).filter(|row| !row.is_blank()).count();
    assert_eq!(full, 60, "no record lies there twice");
}

#[tokio::test]
async fn what_is_older_than_its_tenant_keeps_is_forgotten_with_its_record() {
    let (house, ids) = cold_house().await;
    set(&house, Settings { retention_days: Some(30), cold_after_days: Some(7), ..Settings::default() }).await;
    assert_eq!(night(&house, later(20)).await.figure("expire", "retired"), 0);
    assert_eq!(night(&house, later(31)).await.figure("expire", "retired"), 4);
    assert!(rows(&house).await.is_empty());
    for id in &ids {
        assert_eq!(get(&house, later(31), id).await.0, 404);
    }
    let table = table(&house).await;
    assert!(!table.contains("4111") && table.contains("forgotten"), "only proofs are left");
}

#[tokio::test]
async fn a_long_text_takes_less_room_once_it_is_classified() {
    let house = house().await;
    let content = "The ledger says that the rent for the boathouse was paid in March. ".repeat(40);
    let body = json!({ "scope": "user:alice", "content": content });
    let (_, stored) = call_at(&house, later(0), "POST", "/v1/memories", body).await;
    assert!(table(&house).await.contains("boathouse"));
    drain(&house).await;
    assert!(!table(&house).await.contains("boathouse"), "it is compressed");
    let id = stored["memories"][0]["id"].as_str().expect("an id");
    assert_eq!(get(&house, later(0), id).await.1["content"], json!(content));
}
