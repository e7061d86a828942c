//! A house in memory and short ways to call it.

use http::Request;
use memorable::app::App;
use memorable::aws::records::IndexState;
use memorable::index::{Entry, Manifest};
use memorable::memory::{Scope, Tenant, Time};
use memorable_local::{House, Options, gateway, queues, schedule};
use serde_json::{Value, json};

/// A new house in memory. What a queue's message was not finished with is delivered again at once.
pub async fn house() -> House {
    house_with(&[]).await
}

/// The same, with settings that functions would read from their environment.
pub async fn house_with(settings: &[(&str, &str)]) -> House {
    let tokens = [("other".to_owned(), "other".to_owned())].into();
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let options = Options { tokens, settings, redeliver_after: 0, ..Options::default() };
    House::open(options).await.expect("a house in memory")
}

/// One call as tenant `local`.
pub async fn call(house: &House, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    send(house, method, path, &[("authorization", "Bearer local")], body).await
}

/// One call with any headers and any bytes.
pub async fn send(house: &House, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = Box::pin(gateway::call(house, request.body(body).expect("a request"))).await;
    read(&response, &format!("{method} {path}"))
}

/// One read of a page in Markdown.
pub async fn page(house: &House, path: &str, headers: &[(&str, &str)]) -> String {
    let mut request = Request::builder().method("GET").uri(path).header("authorization", "Bearer local");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = gateway::call(house, request.body(Vec::new()).expect("a request")).await;
    assert_eq!(response.headers()["content-type"], "text/markdown; charset=utf-8");
    String::from_utf8(response.body().to_vec()).expect("a text")
}

/// One call to a container of its own over the house's AWS, at the given time.
pub async fn call_at(house: &House, container: &App, now: Time, what: &Call) -> (u16, Value) {
    let Call { token, method, path, key, body } = what;
    let mut request = Request::builder().method(*method).uri(path).header("authorization", format!("Bearer {token}"));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let response = Box::pin(gateway::call_at(house, container, request.body(body).expect("a request"), now)).await;
    read(&response, &format!("{method} {path}"))
}

/// What [`call_at`] asks.
#[derive(Clone, Debug)]
pub struct Call {
    pub token: &'static str,
    pub method: &'static str,
    pub path: String,
    pub key: Option<String>,
    pub body: Value,
}

fn read(response: &http::Response<lambda_http::Body>, what: &str) -> (u16, Value) {
    let status = response.status().as_u16();
    let value = serde_json::from_slice(response.body()).expect("a JSON answer");
    let content_type = response.headers()["content-type"].to_str().expect("text");
    let expected = if status < 400 { "application/json" } else { "application/problem+json" };
    assert_eq!(content_type, expected, "of {what}: {value}");
    (status, value)
}

/// Stores one memory in user:alice and gives its id.
pub async fn store(house: &House, memory: Value) -> String {
    let mut memory = memory;
    memory["scope"] = json!("user:alice");
    let (status, answer) = call(house, "POST", "/v1/memories", memory).await;
    assert_eq!(status, 202, "{answer}");
    answer["memories"][0]["id"].as_str().expect("an id").to_owned()
}

/// Recalls in user:alice.
pub async fn recall(house: &House, query: &str) -> Value {
    let body = json!({ "query": query, "scopes": ["user:alice"] });
    let (status, answer) = call(house, "POST", "/v1/recall", body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The ids that a recall found, best first.
pub fn ids(answer: &Value) -> Vec<String> {
    let memories = answer["memories"].as_array().expect("memories");
    memories.iter().map(|memory| memory["id"].as_str().expect("an id").to_owned()).collect()
}

/// Lets the queues run empty.
pub async fn drain(house: &House) -> usize {
    Box::pin(queues::drain(house)).await.expect("the queues run empty")
}

/// One night, with all its work.
pub async fn night(house: &House) {
    Box::pin(schedule::start(house, Some(schedule::today()))).await.expect("a night is planned");
    drain(house).await;
}

/// The scope user:alice of tenant `local`.
pub fn alice() -> Scope {
    Scope::parse(&Tenant::parse("local").expect("a tenant"), "user:alice").expect("a scope")
}

/// The index of user:alice.
pub async fn index(house: &House) -> IndexState {
    house.app.records.index(&alice()).await.expect("an index")
}

/// All memories of user:alice by listing, page by page.
pub async fn listed(house: &House) -> Vec<Value> {
    let mut memories = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) =
            call(house, "GET", &format!("/v1/memories?scope=user:alice&limit=7{cursor}"), Value::Null).await;
        assert_eq!(status, 200, "{page}");
        memories.extend(page["memories"].as_array().expect("memories").clone());
        match page["next_cursor"].as_str() {
            Some(next) => {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                cursor = format!("&cursor={next}");
            }
            None => return memories,
        }
    }
}

/// How often each memory of user:alice stands in the index, tail and segments together.
pub async fn index_entries(house: &House) -> std::collections::BTreeMap<String, usize> {
    let state = index(house).await;
    let mut counts = std::collections::BTreeMap::new();
    for entry in state.tail.iter().chain(&in_segments(&house.app, &state).await) {
        *counts.entry(entry.id.to_string()).or_insert(0) += 1;
    }
    counts
}

/// All entries of the segments that a manifest names, each of which is there and sound.
pub async fn in_segments(app: &App, state: &IndexState) -> Vec<Entry> {
    let mut segments = state.manifest.segments.clone();
    if let Some(atlas) = &state.manifest.atlas {
        let atlas = app.atlases.get(&atlas.name).await.expect("an atlas that is there and sound");
        assert_eq!(atlas.entries(), atlas.leaves.iter().map(|leaf| leaf.entries as usize).sum::<usize>());
        segments.extend(atlas.leaves.iter().cloned());
    }
    let blocks = app.segments.get_all(&segments).await.expect("segments that are there and sound");
    blocks.iter().flat_map(|block| block.iter().cloned()).collect()
}

/// The names of all objects that a manifest names, and of all that its atlas does.
pub async fn named_by(app: &App, manifest: &Manifest) -> Vec<String> {
    let mut names: Vec<String> = manifest.live().map(str::to_owned).collect();
    if let Some(atlas) = &manifest.atlas {
        let atlas = app.atlases.get(&atlas.name).await.expect("an atlas that is there and sound");
        names.extend(atlas.objects().map(str::to_owned));
    }
    names
}

/// The time it is, as the doors read it.
#[expect(clippy::disallowed_methods, reason = "tests of what has an end go by the wall clock, as the doors do")]
pub fn now() -> memorable::memory::Time {
    jiff::Timestamp::now().into()
}

/// That much later.
pub fn after(wait: jiff::SignedDuration) -> memorable::memory::Time {
    now().plus(wait)
}
