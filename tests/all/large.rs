//! A scope too large to be read whole: an atlas maps it, and a recall reads the part that matters.

use memorable::app::App;
use memorable::aws::memories::Memories;
use memorable::recall::{Recalled, Request};
use memorable::receipt::{Receipt, metered};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{alice, call, drain, house_with, in_segments, index, night, now};

const THINGS: [&str; 12] = [
    "garden", "train", "letter", "doctor", "violin", "kitchen", "bridge", "passport", "painter", "bakery", "island",
    "storm",
];
const DEEDS: [&str; 9] = ["saw", "sold", "painted", "lost", "repaired", "found", "wanted", "forgot", "bought"];

/// What memory `n` says: of one thing and one deed, with a number that nothing else has.
fn text(n: usize) -> String {
    let (thing, deed) = (THINGS[n % THINGS.len()], DEEDS[n / THINGS.len() % DEEDS.len()]);
    format!("We {deed} the {thing} under number Q{n:04}X.")
}

/// A house with 700 memories of alice, mapped from 200 on, and the settings' night behind it.
async fn large() -> House {
    let house = house_with(&[("MEMORABLE_ATLAS_FROM", "200")]).await;
    add(&house, 0..700).await;
    night(&house).await;
    assert!(index(&house).await.manifest.atlas.is_some());
    house
}

async fn add(house: &House, numbers: std::ops::Range<usize>) {
    let items: Vec<Value> = numbers
        .map(|n| json!({"content": text(n), "session": format!("s{}", n / 20), "metadata": {"n": n, "tenth": n % 10 == 0}}))
        .collect();
    for items in items.chunks(100) {
        let (status, answer) =
            call(house, "POST", "/v1/memories", json!({"scope": "user:alice", "items": items})).await;
        assert_eq!(status, 202, "{answer}");
    }
    drain(house).await;
}

/// A container that has cached nothing yet.
fn cold(house: &House) -> App {
    house.container(house.faults.http_client()).expect("a container")
}

async fn recall(app: &App, body: Value) -> (Recalled, Receipt) {
    let request = Request::parse(alice().tenant(), body.to_string().as_bytes()).expect("a request");
    let (recalled, receipt) = metered(memorable::recall::recall(app, &request, now())).await;
    (recalled.expect("an answer"), receipt)
}

fn asking(query: &str, extra: impl Into<Value>) -> Value {
    let extra: Value = extra.into();
    let mut body = json!({"query": query, "scopes": ["user:alice"]});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    body
}

/// The same container, had it read no memory yet.
fn unread(app: &App) -> App {
    let mut app = app.clone();
    app.memories = Memories::default();
    app
}

fn requests(receipt: &Receipt, name: &str) -> u32 {
    receipt.requests.get(name).copied().unwrap_or(0)
}

#[tokio::test]
async fn a_cold_recall_takes_three_stages_and_a_warm_one_two_and_nothing_is_listed() {
    let house = large().await;
    let app = cold(&house);
    let (found, receipt) = recall(&app, asking("Which violin was repaired, number Q0412X?", json!({}))).await;
    assert_eq!(found.found[0].memory.content, text(412));
    assert_eq!(receipt.stages, 3, "{receipt:?}");
    assert!(requests(&receipt, "s3.GetObject") <= 6, "{receipt:?}");
    for (filter, extra) in [("none", json!({})), ("one", json!({"filters": {"metadata.n": {"gte": 300}}}))] {
        let app = cold(&house);
        let (_, first) = recall(&app, asking("Which violin was repaired?", extra.clone())).await;
        let (_, second) = recall(&unread(&app), asking("Which violin was repaired?", extra.clone())).await;
        let (_, third) = recall(&app, asking("Which violin was repaired?", extra)).await;
        assert_eq!((first.stages, second.stages, third.stages), (3, 2, 1), "filter: {filter}");
        assert_eq!(requests(&second, "s3.GetObject"), 0, "{second:?}");
        for name in ["s3.ListObjectsV2", "s3.HeadObject"] {
            assert_eq!(requests(&first, name) + requests(&second, name), 0);
        }
    }
    add(&house, 700..710).await;
    let (found, receipt) = recall(&cold(&house), asking("number Q0705X", json!({}))).await;
    assert_eq!((found.found[0].memory.content.clone(), receipt.stages), (text(705), 3), "a fresh tail costs no stage");
}

#[tokio::test]
async fn a_small_scope_is_one_object_and_takes_three_stages_cold_and_two_warm() {
    let house = house_with(&[]).await;
    add(&house, 0..700).await;
    assert_eq!(index(&house).await.manifest.segments.len(), 1);
    let app = cold(&house);
    let (_, first) = recall(&app, asking("Which violin was repaired?", json!({}))).await;
    let (_, second) = recall(&unread(&app), asking("Which violin was repaired?", json!({}))).await;
    assert_eq!((requests(&first, "s3.GetObject"), first.stages), (1, 3), "{first:?}");
    assert_eq!((requests(&second, "s3.GetObject"), second.stages), (0, 2), "{second:?}");
    assert!(first.bytes_received <= 1_500_000, "{}", first.bytes_received);

    let tail_only = house_with(&[]).await;
    add(&tail_only, 0..20).await;
    let (_, receipt) = recall(&cold(&tail_only), asking("Which violin was repaired?", json!({}))).await;
    assert_eq!((requests(&receipt, "s3.GetObject"), receipt.stages), (0, 2), "{receipt:?}");
}

#[tokio::test]
async fn every_memory_of_a_large_scope_is_found_by_what_is_its_own() {
    let house = large().await;
    let app = cold(&house);
    for n in (0..700).step_by(23) {
        let (found, _) = recall(&app, asking(&format!("number Q{n:04}X"), json!({"top_k": 3}))).await;
        assert_eq!(found.found[0].memory.content, text(n));
    }
}

#[tokio::test]
async fn what_a_filter_lets_through_is_found_wherever_it_lies() {
    let house = large().await;
    let app = cold(&house);
    for (filter, expected) in [(json!({"metadata.n": {"in": [3, 333, 633]}}), 3), (json!({"metadata.tenth": true}), 70)]
    {
        let body = asking("What did we do with the storm?", json!({"filters": filter, "top_k": 100}));
        let (found, receipt) = recall(&app, body).await;
        assert_eq!(found.found.len(), expected, "{filter}");
        assert!(receipt.stages <= 3);
    }
}

#[tokio::test]
async fn what_is_forgotten_or_changed_leaves_a_large_scope_at_once_and_its_objects_by_night() {
    let house = large().await;
    let app = cold(&house);
    let (found, _) = recall(&app, asking("number Q0100X", json!({}))).await;
    let gone = found.found[0].memory.id;
    let (found, _) = recall(&app, asking("number Q0200X", json!({}))).await;
    let changed = found.found[0].memory.id;
    let path = |id| format!("/v1/memories/{id}?scope=user:alice");
    assert_eq!(call(&house, "DELETE", &path(gone), Value::Null).await.0, 200);
    assert_eq!(call(&house, "PATCH", &path(changed), json!({"content": "We kept the bridge, W0001W."})).await.0, 202);
    for step in ["before", "drained", "after the night"] {
        let (found, _) = recall(&app, asking("number Q0100X", json!({"top_k": 50}))).await;
        assert!(found.found.iter().all(|found| found.memory.id != gone), "{step}");
        assert!(!found.context.contains("Q0100X"), "{step}");
        let (found, _) = recall(&app, asking("W0001W", json!({"top_k": 50}))).await;
        let with: Vec<_> = found.found.iter().filter(|found| found.memory.id == changed).collect();
        assert_eq!((with.len(), with[0].memory.revision), (1, 2), "{step}");
        match step {
            "before" => drop(drain(&house).await),
            _ => night(&house).await,
        }
    }
    let state = index(&house).await;
    assert!(state.manifest.segments.is_empty() && state.gone.is_empty(), "{:?}", state.manifest);
    let entries = in_segments(&house.app, &state).await;
    assert_eq!(entries.len(), 699);
    assert!(entries.iter().all(|entry| entry.id != gone && (entry.id != changed || entry.revision == 2)));
}

#[tokio::test]
async fn a_scope_that_has_shrunk_is_read_whole_again() {
    let house = house_with(&[("MEMORABLE_ATLAS_FROM", "40")]).await;
    add(&house, 0..60).await;
    night(&house).await;
    let memories = crate::support::listed(&house).await;
    for memory in &memories[..45] {
        let path = format!("/v1/memories/{}?scope=user:alice", memory["id"].as_str().expect("an id"));
        assert_eq!(call(&house, "DELETE", &path, Value::Null).await.0, 200);
    }
    assert!(index(&house).await.manifest.atlas.is_some());
    night(&house).await;
    let manifest = index(&house).await.manifest;
    assert_eq!((manifest.atlas.is_some(), manifest.fresh()), (false, 15), "{manifest:?}");
    let (found, _) = recall(&cold(&house), asking("the violin", json!({"top_k": 100}))).await;
    assert_eq!(found.found.len(), 15);
}

#[tokio::test]
async fn a_broken_part_of_a_large_scope_is_named_and_the_rest_still_answers() {
    let house = large().await;
    let manifest = index(&house).await.manifest;
    let named = manifest.atlas.expect("an atlas").name;
    let atlas = house.app.atlases.get(&named).await.expect("the atlas");
    let codes = atlas.blocks[0].codes.clone();
    house.app.objects.put(&codes, vec![0; 10]).await.expect("a put");
    let (found, receipt) = recall(&cold(&house), asking("number Q0412X", json!({}))).await;
    assert_eq!(found.found[0].memory.content, text(412), "its terms still find it");
    assert!(receipt.warnings.iter().any(|warning| warning.contains(&codes)), "{:?}", receipt.warnings);
    for name in atlas.shards.iter().chain([&named]) {
        house.app.objects.put(name, b"not what it was".to_vec()).await.expect("a put");
    }
    add(&house, 700..705).await;
    let (found, receipt) = recall(&cold(&house), asking("number Q0702X", json!({}))).await;
    assert_eq!(found.found[0].memory.content, text(702), "what is fresh still answers");
    assert!(receipt.warnings.len() >= 2, "{:?}", receipt.warnings);
}

#[tokio::test]
async fn what_a_container_has_read_is_not_shown_once_it_is_changed_forgotten_or_past_its_end() {
    for house in [house_with(&[]).await, large().await] {
        add(&house, 800..803).await;
        let soon = crate::support::after(jiff::SignedDuration::from_secs(3_600));
        let ends = json!({"scope": "user:alice", "content": "The ladder is in the cellar.", "expires_at": soon});
        call(&house, "POST", "/v1/memories", ends).await;
        drain(&house).await;
        night(&house).await;
        // This container reads them; what changes them is done by another.
        let app = cold(&house);
        let mut ids = Vec::new();
        for query in ["number Q0800X", "number Q0801X", "Where is the ladder?"] {
            let (found, _) = recall(&app, asking(query, json!({"top_k": 1}))).await;
            let (again, receipt) = recall(&app, asking(query, json!({"top_k": 1}))).await;
            assert_eq!((receipt.stages, again.context), (1, found.context), "it is read once");
            ids.push(found.found[0].memory.id);
        }
        let path = |n: usize| format!("/v1/memories/{}?scope=user:alice", ids[n]);
        assert_eq!(call(&house, "DELETE", &path(0), Value::Null).await.0, 200);
        let revised = json!({"content": "We sold nothing under number Q0801X."});
        assert_eq!(call(&house, "PATCH", &path(1), revised).await.0, 202);
        for step in ["at once", "once classified", "after a night"] {
            let (found, _) = recall(&app, asking("number Q0800X", json!({}))).await;
            assert!(found.found.iter().all(|found| found.memory.id != ids[0]), "{step}");
            let (found, _) = recall(&app, asking("number Q0801X", json!({}))).await;
            assert_eq!(found.found[0].memory.content, "We sold nothing under number Q0801X.", "{step}");
            drain(&house).await;
            if step == "once classified" {
                night(&house).await;
            }
        }
        let body = asking("Where is the ladder?", json!({})).to_string();
        let request = Request::parse(alice().tenant(), body.as_bytes()).expect("a request");
        let found = memorable::recall::recall(&app, &request, soon).await.expect("an answer").found;
        assert!(found.iter().all(|found| found.memory.id != ids[2]), "past its end");
    }
}
