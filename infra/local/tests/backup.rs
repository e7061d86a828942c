//! A backup is taken while a house goes on: what is restored is what there was, whatever was written, forgotten, compacted
//! and swept since.

use std::collections::BTreeSet;
use std::path::Path;

use http::Request;
use jiff::SignedDuration;
use memorable::memory::{Scope, Tenant, Time};
use memorable::night;
use memorable_local::{House, Options, backup, gateway, queues};
use serde_json::{Value, json};

const SUBJECTS: [&str; 2] = ["user:alice", "team:payments"];

async fn open(folder: &Path) -> House {
    let settings = [("MEMORABLE_ATLAS_FROM".to_owned(), "150".to_owned())].into();
    House::open(Options { data: Some(folder.to_owned()), settings, ..Options::default() }).await.expect("a house")
}

async fn call(house: &House, method: &str, path: &str, body: Value) -> Value {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer local");
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let response = Box::pin(gateway::call(house, request.body(body).expect("a request"))).await;
    assert!(response.status().is_success(), "{method} {path}: {}", response.status());
    serde_json::from_slice(response.body()).expect("JSON")
}

fn scope(subject: &str) -> Scope {
    Scope::parse(&Tenant::parse("local").expect("a tenant"), subject).expect("a scope")
}

#[expect(clippy::disallowed_methods, reason = "what is stored here is stored by the wall clock")]
fn later(days: i64) -> Time {
    Time::from(jiff::Timestamp::now()).plus(SignedDuration::from_hours(24 * days))
}

/// Stores so many; gives their ids.
async fn tell(house: &House, subject: &str, numbers: std::ops::Range<usize>) -> Vec<String> {
    let mut ids = Vec::new();
    for numbers in numbers.collect::<Vec<_>>().chunks(100) {
        let items: Vec<Value> = numbers
            .iter()
            .map(
                |n| json!({ "content": format!("Note {n} of {subject}: hive {} was opened.", n % 40), "session": "s" }),
            )
            .collect();
        let stored = call(house, "POST", "/v1/memories", json!({ "scope": subject, "items": items })).await;
        let stored = stored["memories"].as_array().expect("memories").clone();
        ids.extend(stored.iter().map(|memory| memory["id"].as_str().expect("an id").to_owned()));
    }
    queues::drain(house).await.expect("the queues run empty");
    ids
}

async fn nights(house: &House, days: std::ops::Range<i64>) {
    for day in days {
        for subject in SUBJECTS {
            let now = later(day);
            Box::pin(night::work(&house.app, &scope(subject), now.date(), now)).await.expect("a night");
        }
    }
}

/// All that callers can see of it, and what its index is made of.
async fn state(house: &House) -> String {
    let mut state = String::new();
    for subject in SUBJECTS {
        let mut path = format!("/v1/memories?scope={subject}&limit=100");
        loop {
            let mut page = call(house, "GET", &path, Value::Null).await;
            for memory in page["memories"].as_array_mut().expect("memories") {
                state.push_str(&format!("{memory}\n"));
            }
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/memories?scope={subject}&limit=100&cursor={}", next.replace('#', "%23"));
        }
        let index = house.app.records.index(&scope(subject)).await.expect("an index");
        state.push_str(&format!("{:?} {:?}\n", index.manifest, index.gone));
        let body = json!({ "query": "Which hive was opened in note 7?", "scopes": [subject], "top_k": 5 });
        let found = call(house, "POST", "/v1/recall", body).await;
        state.push_str(&format!("{} {}\n", found["memories"], found["context"]));
    }
    state
}

/// The segments and atlases that its manifests name.
async fn named(house: &House) -> Vec<String> {
    let mut names = Vec::new();
    for subject in SUBJECTS {
        let manifest = house.app.records.index(&scope(subject)).await.expect("an index").manifest;
        names.extend(manifest.live().map(str::to_owned));
    }
    names
}

/// All objects that the table names for its scopes: what these name, what the atlas does, and the web.
async fn objects(house: &House) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = named(house).await.into_iter().collect();
    for subject in SUBJECTS {
        let scope = scope(subject);
        if let Some(named) = house.app.records.index(&scope).await.expect("an index").manifest.atlas {
            let atlas = house.app.atlases.get(&named.name).await.expect("an atlas");
            names.extend(atlas.blocks.iter().flat_map(|block| [block.codes.clone(), block.columns.clone()]));
            names.extend(atlas.shards.iter().cloned().chain(atlas.leaves.iter().map(|leaf| leaf.name.clone())));
        }
        names.extend(house.app.records.web(&scope).await.expect("a read").map(|web| web.name));
    }
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_restored_is_what_there_was_when_the_backup_was_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let house = open(&at("live")).await;
    let ids = tell(&house, SUBJECTS[0], 0..260).await;
    tell(&house, SUBJECTS[1], 0..70).await;
    nights(&house, 0..1).await;
    tell(&house, SUBJECTS[0], 300..310).await;
    let (expected, then, there) = (state(&house).await, named(&house).await, objects(&house).await);
    let of = |ending: &str| there.iter().filter(|name| name.ends_with(ending)).count();
    // One scope is mapped, the other is a segment; each has its web.
    assert_eq!([".atlas", ".codes", ".columns", ".web"].map(of), [1, 1, 1, 2], "{there:?}");

    // The house runs, and somebody writes to it all the while.
    let (live, to) = (at("live"), at("backup"));
    let (taken, _) = tokio::join!(backup::take(&live, &to, later(0)), tell(&house, "user:busy", 0..40));
    let taken = taken.expect("a backup");
    assert_eq!((taken.checked.objects, &taken.checked.broken), (there.len(), &Vec::new()), "{taken:?} {there:?}");

    for id in &ids[..20] {
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope={}", SUBJECTS[0]), Value::Null).await;
    }
    for id in &ids[30..40] {
        let path = format!("/v1/memories/{id}?scope={}", SUBJECTS[0]);
        call(&house, "PATCH", &path, json!({ "content": "It was another hive." })).await;
    }
    tell(&house, SUBJECTS[0], 400..460).await;
    tell(&house, SUBJECTS[1], 400..420).await;
    nights(&house, 1..6).await;
    for name in &then {
        assert!(house.app.objects.get(name).await.is_err(), "{name} was to be swept by now");
    }
    assert_ne!(state(&house).await, expected);
    drop(house);

    let manifest = backup::restore(&at("backup"), &at("restored")).await.expect("a restored house");
    assert_eq!(manifest, taken);
    let restored = open(&at("restored")).await;
    assert_eq!(state(&restored).await, expected);
    assert_eq!(named(&restored).await, then);
    for name in &then {
        assert!(restored.app.objects.get(name).await.is_ok(), "{name}");
    }
    // It lives: nights go on from there.
    nights(&restored, 1..3).await;
    drop(restored);

    // What was forgotten since is forgotten here, too, where the house that it was forgotten in is named.
    backup::restore(&at("backup"), &at("again")).await.expect("a restored house");
    let forgotten = backup::forget_as_in(&at("again"), &at("live"), later(1)).await.expect("forgotten");
    assert_eq!(forgotten, 20);
    let again = open(&at("again")).await;
    let listed = call(&again, "GET", &format!("/v1/memories?scope={}&limit=100", SUBJECTS[0]), Value::Null).await;
    let listed = listed.to_string();
    assert!(ids[..20].iter().all(|id| !listed.contains(id.as_str())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_whole_is_neither_taken_nor_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    assert!(backup::take(&at("nothing"), &at("none"), later(0)).await.is_err(), "there is no house");
    let house = open(&at("live")).await;
    tell(&house, SUBJECTS[0], 0..80).await;
    nights(&house, 0..1).await;
    backup::take(&at("live"), &at("backup"), later(0)).await.expect("a backup");
    assert!(backup::take(&at("live"), &at("backup"), later(0)).await.is_err(), "it is not empty");
    assert!(backup::restore(&at("backup"), &at("live")).await.is_err(), "there is a house");

    let name = named(&house).await.remove(0);
    house.app.objects.delete(&name).await.expect("deleted");
    let refused = backup::take(&at("live"), &at("other"), later(0)).await.expect_err("a segment is missing");
    assert!(refused.detail.contains(&name), "{refused}");

    let file = at("backup").join("objects.db");
    let mut bytes = std::fs::read(&file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let refused = backup::restore(&at("backup"), &at("restored")).await.expect_err("a bit has changed");
    assert!(refused.detail.contains("objects.db"), "{refused}");
    assert!(!at("restored").exists(), "nothing was begun");
}
