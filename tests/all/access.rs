//! Access keys: who holds one calls as its tenant, as long as it is valid.

use memorable::access;
use memorable::memory::{Scope, Tenant};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{call, house, now, send};

/// A valid key of that tenant, and the start of its hash.
async fn key(house: &House, byte: u8, tenant: &str, scope: Option<&str>) -> (String, String) {
    let tenant = Tenant::parse(tenant).expect("a tenant");
    let scope = scope.map(|subject| Scope::parse(&tenant, subject).expect("a scope"));
    let (key, known) = access::make([byte; 20], &tenant, scope.as_ref(), "a test's", now()).expect("a key");
    access::keep(&house.app, &known).await.expect("it is kept");
    (key, known.name().to_owned())
}

async fn ping(house: &House, header: &str, value: &str) -> u16 {
    send(house, "GET", "/mem0/v1/ping/", &[(header, value)], Vec::new()).await.0
}

#[tokio::test]
async fn a_key_is_taken_in_each_header_that_clients_send_it_in() {
    let house = house().await;
    let (key, _) = key(&house, 1, "acme", None).await;
    for (header, value) in [
        ("authorization", format!("Token {key}")),
        ("authorization", format!("Bearer {key}")),
        ("x-api-key", key.clone()),
        ("authorization", "Token local".to_owned()),
    ] {
        assert_eq!(ping(&house, header, &value).await, 200, "{header}: {value}");
    }
    for (header, value) in [
        ("authorization", "Token mk_unknown".to_owned()),
        ("authorization", format!("Basic {key}")),
        ("authorization", format!("Token {}", "x".repeat(1000))),
        ("x-other", key.clone()),
    ] {
        assert_eq!(ping(&house, header, &value).await, 401, "{header}: {value}");
    }
}

#[tokio::test]
async fn a_key_reaches_its_own_tenant_and_no_other() {
    let house = house().await;
    let (acme, _) = key(&house, 1, "acme", None).await;
    let (other, _) = key(&house, 2, "other", None).await;
    let body = json!({"messages": "The vault code is in the drawer.", "user_id": "alice"}).to_string().into_bytes();
    let auth = format!("Token {acme}");
    let (status, added) = send(&house, "POST", "/mem0/v3/memories/add/", &[("authorization", &auth)], body).await;
    assert_eq!(status, 200, "{added}");
    let path = format!("/mem0/v1/memories/{}/", added["results"][0]["id"].as_str().expect("an id"));
    assert_eq!(send(&house, "GET", &path, &[("authorization", &auth)], Vec::new()).await.0, 200);
    for auth in [format!("Token {other}"), "Token local".to_owned()] {
        assert_eq!(send(&house, "GET", &path, &[("authorization", &auth)], Vec::new()).await.0, 404, "{auth}");
        let (_, users) = send(&house, "GET", "/mem0/v1/entities/", &[("authorization", &auth)], Vec::new()).await;
        assert_eq!(users["count"], 0, "{users}");
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let house = house().await;
    let (key, name) = key(&house, 1, "acme", None).await;
    let (_, kept) = self::key(&house, 2, "acme", None).await;
    assert_eq!(ping(&house, "authorization", &format!("Token {key}")).await, 200);
    for _ in 0..2 {
        let revoked = access::revoke(&house.app, &name, now()).await.expect("it is revoked");
        assert_eq!(revoked.name(), name);
    }
    assert_eq!(ping(&house, "authorization", &format!("Token {key}")).await, 401);
    let valid: Vec<bool> =
        access::list(&house.app).await.expect("keys").iter().map(|key| key.revoked_at.is_none()).collect();
    assert_eq!(valid.iter().filter(|valid| **valid).count(), 1, "{kept}");
    for unknown in ["", "0123", "000000000000"] {
        assert!(access::revoke(&house.app, unknown, now()).await.is_err(), "{unknown}");
    }
}

#[tokio::test]
async fn a_keys_scope_is_where_calls_go_that_name_none() {
    let house = house().await;
    let (key, _) = key(&house, 1, "local", Some("agent:planner")).await;
    let auth = format!("Token {key}");
    let body = json!({"messages": "Standups are at nine."}).to_string().into_bytes();
    let (status, added) = send(&house, "POST", "/mem0/v3/memories/add/", &[("authorization", &auth)], body).await;
    assert_eq!(status, 200, "{added}");
    let (_, listed) = call(&house, "GET", "/v1/memories?scope=agent:planner", Value::Null).await;
    assert_eq!(listed["memories"][0]["content"], "Standups are at nine.");
}

#[tokio::test]
async fn a_key_made_in_a_shell_works_like_our_own() {
    let house = house().await;
    // As README has it: partition, SHA-256 of the key, tenant, and nothing else.
    let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
    aws_sdk_dynamodb::Client::new(&house.sdk)
        .put_item()
        .table_name(memorable_local::resources::TABLE)
        .item("pk", text("keys"))
        .item("sk", text("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        .item("tenant", text("acme"))
        .send()
        .await
        .expect("an item");
    assert_eq!(ping(&house, "authorization", "Token abc").await, 200);
}

#[tokio::test]
async fn a_route_for_tokens_takes_no_key() {
    let house = house().await;
    let (key, _) = key(&house, 1, "local", None).await;
    let auth = format!("Bearer {key}");
    assert_eq!(send(&house, "GET", "/v1/models", &[("authorization", &auth)], Vec::new()).await.0, 401);
}
