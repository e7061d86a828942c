//! Nobody sees another tenant's or scope's memories.

use serde_json::{Value, json};

use crate::support::{call, drain, house, ids, night, send, store};

#[tokio::test]
async fn a_token_reaches_its_own_tenant_only() {
    let house = house().await;
    let id = store(&house, json!({"content": "The treasure lies under the oak.", "session": "s"})).await;
    drain(&house).await;
    night(&house).await;
    let other = [("authorization", "Bearer other")];
    let body = json!({"query": "treasure oak", "scopes": ["user:alice"]}).to_string().into_bytes();
    let (status, answer) = send(&house, "POST", "/v1/recall", &other, body).await;
    assert_eq!((status, ids(&answer)), (200, Vec::new()));
    let paths = [
        ("GET", format!("/v1/memories/{id}?scope=user:alice"), 404),
        ("GET", format!("/v1/memories/{id}/history?scope=user:alice"), 404),
        ("DELETE", format!("/v1/memories/{id}?scope=user:alice"), 404),
        ("GET", format!("/v1/memories/{id}/links?scope=user:alice"), 404),
        ("GET", "/v1/graph?scope=user:alice".to_owned(), 200),
        ("GET", "/v1/insights?scope=user:alice".to_owned(), 200),
        ("GET", "/v1/memories?scope=user:alice".to_owned(), 200),
        ("GET", "/v1/sessions/s?scope=user:alice".to_owned(), 200),
        ("GET", "/v1/sessions/s/summary?scope=user:alice".to_owned(), 404),
        ("GET", format!("/v1/digests/{}?scope=user:alice", memorable_local::schedule::today()), 404),
    ];
    for (method, path, expected) in paths {
        let (status, answer) = send(&house, method, &path, &other, Vec::new()).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        assert!(!answer.to_string().contains("treasure"), "{method} {path}: {answer}");
    }
    assert_eq!(call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_scope_holds_its_own_and_a_recall_may_join_several() {
    let house = house().await;
    let mut all = Vec::new();
    for scope in ["user:alice", "user:bob", "team:red"] {
        let body = json!({"scope": scope, "content": format!("The plan of {scope} is ready.")});
        all.push(
            call(&house, "POST", "/v1/memories", body).await.1["memories"][0]["id"].as_str().expect("an id").to_owned(),
        );
    }
    drain(&house).await;
    let recall = async |scopes: Value| {
        let (_, answer) = call(&house, "POST", "/v1/recall", json!({"query": "plan ready", "scopes": scopes})).await;
        let mut found = ids(&answer);
        found.sort();
        found
    };
    assert_eq!(recall(json!(["user:bob"])).await, [all[1].clone()]);
    let mut two = vec![all[1].clone(), all[2].clone()];
    two.sort();
    assert_eq!(recall(json!(["team:red", "user:bob", "team:red"])).await, two);
    assert_eq!(recall(json!(["user:nobody"])).await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_known_token_nothing_is_answered_but_health() {
    let house = house().await;
    let tries: [&[(&str, &str)]; 4] =
        [&[], &[("authorization", "Bearer wrong")], &[("authorization", "local")], &[("authorization", "Basic local")]];
    for headers in tries {
        let body = json!({"scope": "user:alice", "content": "hello"}).to_string().into_bytes();
        let (status, problem) = send(&house, "POST", "/v1/memories", headers, body).await;
        assert_eq!((status, &problem["field"]), (401, &json!("authorization")), "{headers:?}");
        assert_eq!(send(&house, "GET", "/health", headers, Vec::new()).await.0, 200);
    }
    assert!(crate::support::listed(&house).await.is_empty());
}
