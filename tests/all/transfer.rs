//! Imports and exports: what comes in is what the file says, once; what goes out comes in again as it was.

mod files;
mod formats;
mod restart;

use std::time::Duration;

use jiff::SignedDuration;
use memorable::aws::queue::{TransferKind, TransferMessage};
use memorable::memory::{Scope, Tenant, Time};
use memorable::night::Budget;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, drain, house, store};

/// Does an import of a file that is sent in the body; gives what is told of it when it is over.
pub async fn import(house: &House, body: Value) -> Value {
    let (status, begun) = call(house, "POST", "/v1/imports", body).await;
    assert_eq!((status, &begun["state"]), (202, &json!("queued")), "{begun}");
    drain(house).await;
    told(house, "imports", &begun).await
}

/// What is told of a job now.
pub async fn told(house: &House, sort: &str, job: &Value) -> Value {
    let path = format!("/v1/{sort}/{}", job["id"].as_str().expect("an id"));
    let (status, told) = call(house, "GET", &path, Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// Does an export; gives what is told of it, and its files by name.
pub async fn export(house: &House, body: Value) -> (Value, Vec<(String, Vec<u8>)>) {
    let (status, begun) = call(house, "POST", "/v1/exports", body).await;
    assert_eq!((status, &begun["state"]), (202, &json!("queued")), "{begun}");
    drain(house).await;
    let done = told(house, "exports", &begun).await;
    assert_eq!(done["state"], "done", "{done}");
    let mut files = Vec::new();
    for file in done["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name").to_owned();
        let object = format!("transfers/exports/{}/{name}", done["id"].as_str().expect("an id"));
        files.push((name, house.app.objects.get(&object).await.expect("the file").to_vec()));
    }
    (done, files)
}

/// The lines of an export.
pub async fn lines(house: &House, scope: &str) -> String {
    let (_, files) = export(house, json!({ "scope": scope })).await;
    files.into_iter().map(|(_, bytes)| String::from_utf8(bytes).expect("text")).collect()
}

/// All memories of a scope, latest first.
pub async fn listed(house: &House, scope: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/memories?scope={scope}&limit=100{cursor}");
        let (status, page) = call(house, "GET", &path, Value::Null).await;
        assert_eq!(status, 200, "{page}");
        all.extend(page["memories"].as_array().expect("memories").clone());
        match page["next_cursor"].as_str() {
            Some(next) => {
                cursor = format!("&cursor={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
            }
            None => return all,
        }
    }
}

/// A scope with all that can be in one: turns, facts made of them, revisions, feedback, files, what depends on others.
async fn furnish(house: &House) {
    let texts = [
        "I live in Vienna and work for Erste Bank.",
        "I love hiking in the mountains with my sister Clara.",
        "My password is hunter2hunter2!",
        "We moved to Porto last week.",
    ];
    let mut ids = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let turn = json!({"content": text, "speaker": "Alice", "role": "user", "session": "s1", "tags": ["a"],
            "occurred_at": format!("2026-05-0{}T10:00:00.123456Z", n + 1), "metadata": {"n": n, "x": 0.1}});
        ids.push(store(house, turn).await);
    }
    store(house, json!({"content": "It follows.", "depends_on": [ids[0]], "expires_at": "2099-01-01"})).await;
    store(house, json!({"content": "Already over.", "expires_at": "2026-12-31"})).await;
    drain(house).await;
    let (status, answer) = call(
        house,
        "PATCH",
        &format!("/v1/memories/{}?scope=user:alice", ids[1]),
        json!({"content": "I love climbing with Clara."}),
    )
    .await;
    assert_eq!(status, 202, "{answer}");
    drain(house).await;
    let said = json!({"kind": "preference", "helpful": true});
    let (status, answer) =
        call(house, "POST", &format!("/v1/memories/{}/feedback?scope=user:alice", ids[1]), said).await;
    assert_eq!(status, 200, "{answer}");
    let file = json!({"scope": "user:alice", "command": "create", "path": "/memories/todo.md", "file_text": "Milk\n"});
    let (status, answer) = call(house, "POST", "/v1/files", file).await;
    assert_eq!(status, 200, "{answer}");
    let forgotten = store(house, json!({"content": "To be forgotten.", "occurred_at": "2026-04-01"})).await;
    drain(house).await;
    let (status, _) = call(house, "DELETE", &format!("/v1/memories/{forgotten}?scope=user:alice"), Value::Null).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn an_export_imports_to_the_same_in_another_house_and_scope() {
    let first = house().await;
    furnish(&first).await;
    let out = lines(&first, "user:alice").await;
    let kinds = |kind: &str| out.lines().filter(|line| line.contains(&format!("{{\"v\":1,\"{kind}\":"))).count();
    assert!(kinds("memory") >= 8, "turns, notes, a file and facts: {out}");
    assert!(kinds("history") >= 2 && kinds("feedback") == 1 && kinds("files") == 1, "{out}");
    assert!(!out.contains("To be forgotten"));

    let second = house().await;
    let done = import(&second, json!({"scope": "team:other", "content": out})).await;
    assert_eq!(
        (&done["state"], &done["counts"]["errors"], &done["format"]),
        (&json!("done"), &json!(0), &json!("jsonl")),
        "{done}"
    );
    assert_eq!(done["counts"]["stored"], kinds("memory"), "{done}");
    assert_eq!(lines(&second, "team:other").await, out, "byte for byte");

    // It is found, its past is known, what depends on it goes with it, and the files are there.
    let (_, answer) = call(&second, "POST", "/v1/recall", json!({"query": "climbing", "scopes": ["team:other"]})).await;
    let found = &answer["memories"][0];
    assert_eq!(found["content"], "I love climbing with Clara.", "{answer}");
    let path = format!("/v1/memories/{}/history?scope=team:other", found["id"].as_str().expect("an id"));
    let (status, history) = call(&second, "GET", &path, Value::Null).await;
    assert!(status == 200 && history.to_string().contains("hiking in the mountains"), "{history}");
    let view = json!({"scope": "team:other", "command": "view", "path": "/memories/todo.md"});
    let (_, file) = call(&second, "POST", "/v1/files", view).await;
    assert!(file["content"].as_str().is_some_and(|text| text.contains("Milk")), "{file}");

    // Once more changes nothing.
    let again = import(&second, json!({"scope": "team:other", "content": out})).await;
    assert_eq!(
        (&again["counts"]["stored"], &again["counts"]["repeated"]),
        (&json!(0), &json!(kinds("memory"))),
        "{again}"
    );
    assert_eq!(lines(&second, "team:other").await, out);
}

#[tokio::test]
async fn what_was_forgotten_is_not_brought_back() {
    let house = house().await;
    let id = store(&house, json!({"content": "Clara had a secret.", "session": "s1"})).await;
    drain(&house).await;
    let (status, _) =
        call(&house, "PATCH", &format!("/v1/memories/{id}?scope=user:alice"), json!({"tags": ["b"]})).await;
    assert_eq!(status, 202);
    drain(&house).await;
    let out = lines(&house, "user:alice").await;
    call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    let done = import(&house, json!({"scope": "user:alice", "content": out})).await;
    assert_eq!(done["counts"]["forgotten"], 1, "{done}");
    assert_eq!(done["counts"]["skipped"], json!({"history of what is not there": 1}), "{done}");
    assert_eq!(listed(&house, "user:alice").await, Vec::<Value>::new());
    let (status, _) = call(&house, "GET", &format!("/v1/memories/{id}/history?scope=user:alice"), Value::Null).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_worker_whose_time_is_out_is_followed_by_one_that_goes_on() {
    let house = house().await;
    let mut chat = String::new();
    for n in 0..2_500 {
        let (hour, minute) = (n / 60 % 24, n % 60);
        chat.push_str(&format!(
            "[{:02}.05.24, {hour:02}:{minute:02}:00] Ann: message {n}\nwith a second line\n",
            13 + n / 1_440
        ));
        if n % 500 == 0 {
            chat.push_str(&format!("[99.05.24, 10:00:00] Ann: no such day {n}\n"));
        }
    }
    let (_, begun) = call(&house, "POST", "/v1/imports", json!({"scope": "user:alice", "content": chat})).await;
    let message = TransferMessage::of(
        &Tenant::parse("local").expect("a tenant"),
        TransferKind::Import,
        begun["id"].as_str().expect("an id"),
    );
    let now = memorable_now();
    let mut seen = Vec::new();
    for turn in 0.. {
        // No time at all: each turn stores one batch and hands on.
        let taken = Box::pin(memorable::transfer::take(&house.app, &message, now, Budget::of(Duration::ZERO))).await;
        taken.expect("a turn");
        let told = told(&house, "imports", &begun).await;
        if told["state"] == "done" {
            break;
        }
        assert_eq!(told["state"], "running", "{told}");
        seen.push((told["progress"]["pass"].clone(), told["progress"]["bytes"].as_u64().expect("bytes")));
        assert!(turn < 100, "{seen:?}");
    }
    assert!(seen.len() > 5, "{seen:?}");
    let done = told(&house, "imports", &begun).await;
    assert_eq!(done["counts"]["stored"], 2_500, "{done}");
    assert_eq!(done["dates"], json!({"order": "day_first", "decided_by": "numbers"}));
    let lines: Vec<u64> =
        done["errors"].as_array().expect("errors").iter().filter_map(|error| error["line"].as_u64()).collect();
    assert_eq!(lines, [3, 1_004, 2_005, 3_006, 4_007]);
    assert_eq!(done["progress"]["lines"], 5_005);
    let memories = listed(&house, "user:alice").await;
    assert_eq!(memories.len(), 2_500);
    assert_eq!(memories[0]["content"], "message 2499\nwith a second line");
    // The messages that turns sent on find nothing to do.
    drain(&house).await;
    assert_eq!(told(&house, "imports", &begun).await["counts"], done["counts"]);
}

fn memorable_now() -> Time {
    memorable_local::schedule::today().to_string().parse().expect("a time")
}

#[tokio::test]
async fn a_diary_has_a_page_a_day_and_parquet_has_all_rows() {
    let house = house().await;
    for (at, text) in [
        ("2026-05-01T23:30:00Z", "Late"),
        ("2026-05-02T09:00:00Z", "Morning\nsecond line"),
        ("2026-05-03T09:00:00Z", "Next"),
    ] {
        store(&house, json!({"content": text, "speaker": "Ann", "session": "s1", "occurred_at": at})).await;
    }
    drain(&house).await;
    let diary = json!({"scope": "user:alice", "format": "markdown", "timezone": "Europe/Vienna"});
    let (told, pages) = export(&house, diary).await;
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, &told["memories"]), (vec!["2026-05-02.md", "2026-05-03.md"], &json!(3)));
    let page = String::from_utf8(pages[0].1.clone()).expect("text");
    let expected =
        "# 2026-05-02, Saturday\n\n## s1\n\n- 01:30 **Ann**: Late\n- 11:00 **Ann**: Morning\n  second line\n";
    assert_eq!(page, expected);
    let (told, files) = export(&house, json!({"scope": "user:alice", "format": "parquet"})).await;
    let rows = memorable::memory::cold::decode("x", files[0].1.clone().into()).expect("Parquet");
    assert_eq!((rows.len(), files[0].0.as_str(), &told["memories"]), (3, "memories-00001.parquet", &json!(3)));
    // A page comes in as what it says.
    let done = import(&house, json!({"scope": "user:bob", "timezone": "Europe/Vienna", "content": page})).await;
    assert_eq!((&done["format"], &done["counts"]["stored"]), (&json!("markdown"), &json!(2)), "{done}");
    let back = listed(&house, "user:bob").await;
    assert_eq!((&back[0]["occurred_at"], &back[0]["session"]), (&json!("2026-05-02T09:00:00Z"), &json!("s1")));
}

#[tokio::test]
async fn jobs_are_seen_by_their_tenant_only_and_wrong_ones_are_told() {
    let house = house().await;
    let (_, begun) = call(&house, "POST", "/v1/imports", json!({"scope": "user:alice", "content": "- a note"})).await;
    let path = format!("/v1/imports/{}", begun["id"].as_str().expect("an id"));
    let (status, _) =
        crate::support::send(&house, "GET", &path, &[("authorization", "Bearer other")], Vec::new()).await;
    assert_eq!(status, 404);
    // A file that cannot be what it is said to be fails the job, with the reason, and is the caller's to mend.
    let wrong = import(&house, json!({"scope": "user:alice", "format": "whatsapp", "content": "just text"})).await;
    assert_eq!(wrong["state"], "failed", "{wrong}");
    assert!(wrong["problem"].as_str().is_some_and(|problem| problem.contains("no line of this file")), "{wrong}");
    let unknown = import(&house, json!({"scope": "user:alice", "content": "just text"})).await;
    assert!(unknown["problem"].as_str().is_some_and(|problem| problem.contains("cannot be told")), "{unknown}");
    let scope = Scope::parse(&Tenant::parse("local").expect("a tenant"), "user:alice").expect("a scope");
    assert!(house.app.records.index(&scope).await.expect("the index").tail.len() == 1);
}

#[tokio::test]
async fn files_of_an_export_lapse_after_a_week() {
    let house = house().await;
    store(&house, json!({"content": "Something"})).await;
    let (told, files) = export(&house, json!({"scope": "user:alice"})).await;
    assert_eq!(files.len(), 1);
    let container = house.container(house.faults.http_client()).expect("a container");
    let id = told["id"].as_str().expect("an id");
    let tenant = Tenant::parse("local").expect("a tenant");
    let lapsed: Time = told["lapses_at"].as_str().expect("a time").parse().expect("a time");
    let later = memorable::transfer::exported(&container, &tenant, id, None, lapsed).await.expect("what is told");
    assert_eq!(later["files"], json!([]));
    let before = lapsed.plus(-SignedDuration::from_secs(1));
    let still = memorable::transfer::exported(&container, &tenant, id, None, before).await.expect("what is told");
    assert_eq!(still["files"].as_array().map(Vec::len), Some(1));
    // The bucket's lifecycle takes them away; the local house does as it.
    let gone = |now| memorable_local::schedule::lapse(&house, now);
    let slack = SignedDuration::from_hours(1);
    assert_eq!(gone(lapsed.plus(-slack)).await.expect("a look"), 0);
    assert_eq!(gone(lapsed.plus(slack)).await.expect("a look"), 1);
}

#[tokio::test]
async fn what_a_file_adds_to_a_session_that_somebody_is_in_is_among_its_turns() {
    let house = house().await;
    for text in ["I am back.", "Here are the old lines."] {
        store(&house, json!({ "content": text, "session": "s1" })).await;
    }
    let body = json!({ "scope": "user:alice", "session": "s1", "message": "Go on." });
    assert_eq!(call(&house, "POST", "/v1/chat", body).await.0, 200);
    let line = json!({ "content": "The old ferry sank in 1962.", "session": "s1" }).to_string();
    let done = import(&house, json!({ "scope": "user:alice", "format": "jsonl", "content": line })).await;
    assert_eq!(done["counts"]["stored"], 1, "{done}");
    let (_, turns) = call(&house, "GET", "/v1/sessions/s1?scope=user:alice", Value::Null).await;
    assert!(turns.to_string().contains("The old ferry sank"), "{turns}");
}
