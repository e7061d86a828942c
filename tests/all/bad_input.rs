//! Bad input gets an answer that helps, and changes nothing.

use serde_json::{Value, json};

use crate::support::{call, house, listed, send};

fn local() -> [(&'static str, &'static str); 1] {
    [("authorization", "Bearer local")]
}

#[tokio::test]
async fn a_bad_write_names_the_field_and_stores_nothing() {
    let house = house().await;
    let many: Vec<_> = (0..101).map(|n| json!({"content": format!("{n}")})).collect();
    let good = json!({"content": "good"});
    let cases = [
        (json!({"scope": "user:alice"}), "content"),
        (json!({"scope": "user:alice", "content": ""}), "content"),
        (json!({"scope": "user:alice", "content": " \n\t\u{0}"}), "content"),
        (json!({"scope": "user:alice", "content": "x".repeat(32 * 1024 + 1)}), "content"),
        (json!({"scope": "user:alice", "content": 7}), "content"),
        (json!({"content": "no scope"}), "scope"),
        (json!({"scope": "alice", "content": "x"}), "scope"),
        (json!({"scope": "user:alice", "content": "x", "colour": "red"}), "colour"),
        (json!({"scope": "user:alice", "content": "x", "occurred_at": "yesterday"}), "occurred_at"),
        (json!({"scope": "user:alice", "content": "x", "expires_at": "2001-01-01"}), "expires_at"),
        (json!({"scope": "user:alice", "content": "x", "metadata": [1]}), "metadata"),
        (json!({"scope": "user:alice", "content": "x", "role": "boss"}), "role"),
        (json!({"scope": "user:alice", "content": "x", "tags": [" "]}), "tags"),
        (json!({"scope": "user:alice", "content": "x", "depends_on": ["0123"]}), "depends_on[0]"),
        (json!({"scope": "user:alice", "content": "x", "depends_on": vec!["0123456789abcdef"; 33]}), "depends_on"),
        (json!({"scope": "user:alice", "items": []}), "items"),
        (json!({"scope": "user:alice", "items": many}), "items"),
        (json!({"scope": "user:alice", "items": [good, {"content": " "}]}), "items[1].content"),
        (json!({"scope": "user:alice", "items": [good, {"content": "x", "speaker": ""}]}), "items[1].speaker"),
        (json!({"scope": "user:alice", "items": [good, {"content": "x", "when": 1}]}), "items[1].when"),
        (json!({"items": [{"scope": "user:alice", "content": "x"}, good]}), "items[1].scope"),
        (json!({"scope": "user:alice", "session": "s", "messages": [{"content": "x"}]}), "messages[0].role"),
        (
            json!({"scope": "user:alice", "session": "", "messages": [{"role": "user", "content": "x"}]}),
            "messages[0].session",
        ),
        (json!([1, 2]), "body"),
        (json!("text"), "body"),
    ];
    for (body, field) in cases {
        let shown = body.to_string().chars().take(120).collect::<String>();
        let (status, problem) = call(&house, "POST", "/v1/memories", body).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{shown}: {problem}");
        assert!(problem["detail"].is_string() && problem["expected"].is_string(), "{problem}");
        assert_eq!(problem["type"], "urn:memorable:problem:invalid");
    }
    let huge = json!({"scope": "user:alice", "items": (0..40).map(|n| json!({"content": format!("{n}{}", "x".repeat(30_000))})).collect::<Vec<_>>()});
    for body in [huge.to_string().into_bytes(), vec![b' '; 11 * 1024 * 1024]] {
        let (status, problem) = send(&house, "POST", "/v1/memories", &local(), body).await;
        assert_eq!((status, &problem["field"]), (413, &json!("body")), "{problem}");
        assert_eq!(problem["type"], "urn:memorable:problem:too_large");
    }
    for body in [
        b"{".to_vec(),
        b"".to_vec(),
        b"{\"scope\":\"user:alice\",\"content\":\"\xff\"}".to_vec(),
        b"{\"scope\":\"user:alice\",\"content\":\"\\ud800\"}".to_vec(),
    ] {
        let (status, problem) = send(&house, "POST", "/v1/memories", &local(), body).await;
        assert_eq!((status, &problem["field"]), (400, &json!("body")), "{problem}");
    }
    let (status, _) = call(&house, "POST", "/v1/memories?scope=user:alice", json!({"content": "x"})).await;
    assert_eq!(status, 400, "a scope in the query of a write is refused, not ignored");
    assert!(listed(&house).await.is_empty());
    assert_eq!(house.app.records.registered(None).await.expect("scopes").items, []);
}

#[tokio::test]
async fn metadata_of_any_json_comes_back_as_it_went_in() {
    let house = house().await;
    let mut deep = json!(1);
    for _ in 0..60 {
        deep = json!([deep]);
    }
    let metadata = json!({"": "empty name", "a.b": "dots", "n": 1e308, "small": -1.5e-300, "big": u64::MAX, "null": null, "deep": deep, "ü": ["", {}]});
    let id = crate::support::store(&house, json!({"content": "x", "metadata": metadata})).await;
    crate::support::drain(&house).await;
    let (_, memory) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(memory["metadata"], metadata);
    let filters = json!({"AND": [{"metadata.a.b": "dots"}, {"metadata.n": {"gt": 5}}]});
    let (_, found) =
        call(&house, "POST", "/v1/recall", json!({"query": "x", "scopes": ["user:alice"], "filters": filters})).await;
    assert_eq!(crate::support::ids(&found), [id]);
}

#[tokio::test]
async fn a_bad_recall_names_the_field() {
    let house = house().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({"query": "q", "scopes": ["user:alice"]});
        body[name] = value;
        body
    };
    let cases = [
        (with("query", json!(" ")), "query"),
        (with("scopes", json!([])), "scopes"),
        (with("scopes", json!("user:alice")), "scopes"),
        (with("scopes", json!(["user:alice", "nobody"])), "scopes[1]"),
        (with("top_k", json!(0)), "top_k"),
        (with("top_k", json!(101)), "top_k"),
        (with("top_k", json!(-1)), "top_k"),
        (with("max_tokens", json!(1_000_000)), "max_tokens"),
        (with("min_score", json!(1.5)), "min_score"),
        (with("as_of", json!("soon")), "as_of"),
        (with("filters", json!({"colour": "red"})), "filters.colour"),
        (with("filters", json!({"kind": "story"})), "filters.kind"),
        (with("limit", json!(3)), "limit"),
        (json!({"scopes": ["user:alice"]}), "query"),
    ];
    for (body, field) in cases {
        let (status, problem) = call(&house, "POST", "/v1/recall", body.clone()).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
        assert!(problem["expected"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn a_bad_path_or_parameter_is_named() {
    let house = house().await;
    let id = "0123456789abcdef";
    let cases = [
        ("GET", "/v1/nothing".to_owned(), 404, Value::Null),
        ("PUT", "/v1/memories".to_owned(), 405, json!("method")),
        ("GET", "/v1/memories".to_owned(), 400, json!("scope")),
        ("GET", "/v1/memories?scope=alice".to_owned(), 400, json!("scope")),
        ("GET", "/v1/memories?scope=user:alice&limit=0".to_owned(), 400, json!("limit")),
        ("GET", "/v1/memories?scope=user:alice&limit=many".to_owned(), 400, json!("limit")),
        ("GET", "/v1/memories?scope=user:alice&cursor=xyz".to_owned(), 400, json!("cursor")),
        ("GET", "/v1/memories?scope=user:alice&page=2".to_owned(), 400, json!("page")),
        ("GET", format!("/v1/memories/{id}?scope=user:alice"), 404, Value::Null),
        ("GET", "/v1/memories/short?scope=user:alice".to_owned(), 400, json!("id")),
        ("GET", format!("/v1/memories/{id}/history?scope=user:alice"), 404, Value::Null),
        ("DELETE", format!("/v1/memories/{id}?scope=user:alice"), 404, Value::Null),
        ("DELETE", format!("/v1/memories/{id}"), 400, json!("scope")),
        ("GET", format!("/v1/memories/{id}/links?scope=user:alice"), 404, Value::Null),
        ("GET", format!("/v1/memories/{id}/links?scope=user:alice&limit=51"), 400, json!("limit")),
        ("GET", format!("/v1/memories/{id}/links"), 400, json!("scope")),
        ("GET", "/v1/graph".to_owned(), 400, json!("scope")),
        ("GET", "/v1/graph?scope=user:alice&entity=Nobody".to_owned(), 404, Value::Null),
        ("GET", "/v1/graph?scope=user:alice&entity=%20".to_owned(), 400, json!("entity")),
        ("GET", "/v1/graph?scope=user:alice&limit=0".to_owned(), 400, json!("limit")),
        ("GET", "/v1/graph?scope=user:alice&cursor=next".to_owned(), 400, json!("cursor")),
        ("GET", "/v1/graph?scope=user:alice&depth=2".to_owned(), 400, json!("depth")),
        ("GET", "/v1/insights".to_owned(), 400, json!("scope")),
        ("GET", "/v1/insights?scope=user:alice&since=today".to_owned(), 400, json!("since")),
        ("GET", "/v1/sessions/s/summary".to_owned(), 400, json!("scope")),
        ("GET", "/v1/sessions/s/summary?scope=user:alice&level=long".to_owned(), 400, json!("level")),
        ("GET", "/v1/sessions/s/summary?scope=user:alice&page=2".to_owned(), 400, json!("page")),
        ("GET", "/v1/sessions/s/summary?scope=user:alice".to_owned(), 404, Value::Null),
        ("GET", "/v1/digests/2026-01-01?scope=user:alice&format=pdf".to_owned(), 400, json!("format")),
        ("GET", "/v1/digests/yesterday?scope=user:alice".to_owned(), 400, json!("date")),
        ("GET", "/v1/digests/2026-01-01?scope=user:alice".to_owned(), 404, Value::Null),
        ("GET", "/v1/nights/tonight".to_owned(), 400, json!("date")),
        ("GET", "/v1/nights/2026-01-01?scope=user:alice".to_owned(), 400, json!("scope")),
        ("GET", "/v1/nights/2026-01-01".to_owned(), 404, Value::Null),
    ];
    for (method, path, expected, field) in cases {
        let (status, problem) = call(&house, method, &path, Value::Null).await;
        assert_eq!((status, &problem["field"]), (expected, &field), "{method} {path}: {problem}");
    }
    for (body, expected) in [
        (json!({}), 400),
        (json!({"content": ""}), 400),
        (json!({"speaker": "x"}), 400),
        (json!({"depends_on": ["x"]}), 400),
        (json!({"content": "x"}), 404),
    ] {
        let (status, problem) =
            call(&house, "PATCH", &format!("/v1/memories/{id}?scope=user:alice"), body.clone()).await;
        assert_eq!(status, expected, "{body}: {problem}");
    }
}

#[tokio::test]
async fn bad_feedback_and_a_bad_preview_name_the_field() {
    let house = house().await;
    let feedback = "/v1/memories/0123456789abcdef/feedback?scope=user:alice";
    let many: Vec<Value> = (0..101).map(|n| json!({"content": format!("{n}")})).collect();
    let good = json!({"content": "good"});
    let cases = [
        (feedback, json!({}), "body"),
        (feedback, json!([]), "body"),
        (feedback, json!({"kind": "story"}), "kind"),
        (feedback, json!({"sensitivity": "hidden"}), "sensitivity"),
        (feedback, json!({"importance": 2}), "importance"),
        (feedback, json!({"topics": [" "]}), "topics"),
        (feedback, json!({"helpful": "yes"}), "helpful"),
        (feedback, json!({"helpful": true, "receipt": "abc"}), "receipt"),
        (feedback, json!({"colour": "red"}), "colour"),
        ("/v1/memories/0123456789abcdef/feedback", json!({"helpful": true}), "scope"),
        ("/v1/memories/short/feedback?scope=user:alice", json!({"helpful": true}), "id"),
        ("/v1/classify", json!({"scope": "user:alice"}), "content"),
        ("/v1/classify", json!({"content": "x"}), "scope"),
        ("/v1/classify", json!({"scope": "alice", "content": "x"}), "scope"),
        ("/v1/classify", json!({"scope": "user:alice", "content": " "}), "content"),
        ("/v1/classify", json!({"scope": "user:alice", "content": "x", "time": "soon"}), "time"),
        ("/v1/classify", json!({"scope": "user:alice", "content": "x", "tags": []}), "tags"),
        ("/v1/classify", json!({"scope": "user:alice", "items": []}), "items"),
        ("/v1/classify", json!({"scope": "user:alice", "items": many}), "items"),
        ("/v1/classify", json!({"scope": "user:alice", "items": [good, {"content": ""}]}), "items[1].content"),
        ("/v1/classify", json!({"scope": "user:alice", "items": [good, "x"]}), "items[1]"),
    ];
    for (path, body, field) in cases {
        let shown = body.to_string().chars().take(120).collect::<String>();
        let (status, problem) = call(&house, "POST", path, body).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{path} {shown}: {problem}");
        assert!(problem["expected"].is_string(), "{problem}");
    }
    for (query, field) in [("", "scope"), ("?scope=user:alice&limit=0", "limit"), ("?scope=user:alice&page=2", "page")]
    {
        let (status, problem) = call(&house, "GET", &format!("/v1/feedback/requests{query}"), Value::Null).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{query}: {problem}");
    }
}

#[tokio::test]
async fn a_bad_import_or_export_names_the_field() {
    let house = house().await;
    let imports = [
        (json!({}), "scope"),
        (json!({"scope": "alice"}), "scope"),
        (json!({"scope": "user:alice", "format": "word"}), "format"),
        (json!({"scope": "user:alice", "timezone": "Mars/Olympus"}), "timezone"),
        (json!({"scope": "user:alice", "session": " "}), "session"),
        (json!({"scope": "user:alice", "content": ""}), "content"),
        (json!({"scope": "user:alice", "file": "x"}), "file"),
    ];
    for (body, field) in imports {
        let (status, problem) = call(&house, "POST", "/v1/imports", body).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{problem}");
        assert!(problem["expected"].is_string(), "{problem}");
    }
    for (body, field) in [
        (json!({"scope": "user:alice", "format": "pdf"}), "format"),
        (json!({"scope": "user:alice", "history": "yes"}), "history"),
        (json!({"scope": "user:alice", "timezone": ""}), "timezone"),
    ] {
        let (status, problem) = call(&house, "POST", "/v1/exports", body).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{problem}");
    }
    let large = json!({"scope": "user:alice", "content": "x".repeat(4 * 1024 * 1024)}).to_string().into_bytes();
    let (status, problem) = send(&house, "POST", "/v1/imports", &local(), large).await;
    assert_eq!((status, &problem["field"]), (413, &json!("body")), "{problem}");
    for path in ["/v1/imports/nothing", "/v1/exports/5D41402ABC4B2A76B9719D911017C592"] {
        let (status, problem) = call(&house, "GET", path, Value::Null).await;
        assert_eq!((status, &problem["field"]), (400, &json!("id")), "{problem}");
    }
    let (status, problem) =
        call(&house, "GET", "/v1/exports/5d41402abc4b2a76b9719d911017c592?page=2", Value::Null).await;
    assert_eq!((status, &problem["field"]), (400, &json!("page")), "{problem}");
}

#[tokio::test]
async fn a_bad_webhook_names_the_field_and_makes_none() {
    let house = house().await;
    let url = "https://example.com/hook";
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": 7 }), "url"),
        (json!({ "url": url, "events": ["memory.eaten"] }), "events[0]"),
        (json!({ "url": url, "scopes": ["a*b"] }), "scopes"),
        (json!({ "url": url, "secret": "x" }), "secret"),
        (json!({ "url": url, "enabled": "yes" }), "enabled"),
        (json!({ "url": url, "description": "x".repeat(501) }), "description"),
        (json!({ "url": url, "colour": "red" }), "colour"),
        (json!([url]), "body"),
    ] {
        let (status, problem) = call(&house, "POST", "/v1/webhooks", body.clone()).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
    }
    let (_, list) = call(&house, "GET", "/v1/webhooks", Value::Null).await;
    assert_eq!(list["webhooks"], json!([]));
    for (path, field) in [
        ("/v1/webhooks/a%23b", "id"),
        ("/v1/webhooks/x%2Fy", "id"),
        ("/v1/webhooks?limit=1", "limit"),
        ("/v1/webhooks/0123456789abcdef/deliveries?limit=0", "limit"),
        ("/v1/webhooks/0123456789abcdef/deliveries?cursor=%23", "cursor"),
    ] {
        let (status, problem) = call(&house, "GET", path, Value::Null).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{path}: {problem}");
    }
    let (status, problem) = call(&house, "PATCH", "/v1/webhooks/0123456789abcdef", json!({})).await;
    assert_eq!((status, &problem["field"]), (400, &json!("body")), "{problem}");
}
