//! What a tenant sets for itself: told, changed, refused where it makes no sense, and heeded by the next night.

use jiff::SignedDuration;
use memorable::memory::Tenant;
use memorable::night;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{self, alice, call, drain, house, now, store};

const SERVICE: (u32, u32) = (2_557, 180);

async fn set(house: &House, body: Value) -> (u16, Value) {
    call(house, "PATCH", "/v1/settings", body).await
}

#[tokio::test]
async fn what_is_set_is_told_beside_what_the_service_has_and_null_takes_it_back() {
    let house = house().await;
    let (status, told) = call(&house, "GET", "/v1/settings", Value::Null).await;
    assert_eq!((status, &told["own"], &told["changed_at"]), (200, &json!({}), &Value::Null), "{told}");
    let days = |told: &Value| (told["settings"]["retention_days"].clone(), told["settings"]["cold_after_days"].clone());
    assert_eq!(days(&told), (json!(SERVICE.0), json!(SERVICE.1)));

    let (status, told) = set(&house, json!({ "retention_days": 30, "cold_below": 0.5 })).await;
    assert_eq!((status, &told["own"]), (200, &json!({ "retention_days": 30, "cold_below": 0.5 })), "{told}");
    let (_, told) = set(&house, json!({ "cold_after_days": 0 })).await;
    assert_eq!(days(&told), (json!(30), json!(0)), "what is not named stays: {told}");
    let (_, same) = set(&house, json!({ "cold_after_days": 0 })).await;
    assert_eq!(same["changed_at"], told["changed_at"], "the same again changes nothing");
    let (_, told) = set(&house, json!({ "retention_days": null })).await;
    assert_eq!((days(&told).0, told["own"].get("retention_days")), (json!(SERVICE.0), None), "{told}");

    let other = [("authorization", "Bearer other")];
    let (_, told) = support::send(&house, "GET", "/v1/settings", &other, Vec::new()).await;
    assert_eq!(told["own"], json!({}), "another tenant set nothing");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let house = house().await;
    let cases = [
        (json!({}), "body"),
        (json!([]), "body"),
        (json!({ "retention_days": -1 }), "retention_days"),
        (json!({ "retention_days": 40_000 }), "retention_days"),
        (json!({ "retention_days": "year" }), "retention_days"),
        (json!({ "cold_after_days": 1.5 }), "cold_after_days"),
        (json!({ "cold_below": 2 }), "cold_below"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "v": 1 }), "v"),
    ];
    for (body, field) in cases {
        let (status, problem) = set(&house, body.clone()).await;
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
        assert!(problem["expected"].is_string(), "{problem}");
    }
    for (method, path) in [("GET", "/v1/settings?scope=user:alice"), ("PATCH", "/v1/settings?scope=user:alice")] {
        let body = if method == "GET" { Value::Null } else { json!({ "cold_below": 0.5 }) };
        let (status, problem) = call(&house, method, path, body).await;
        assert_eq!((status, &problem["field"]), (400, &json!("scope")), "{method} {path}: {problem}");
    }
}

#[tokio::test]
async fn two_who_change_different_settings_at_once_lose_neither() {
    let house = house().await;
    let (a, b, c) = tokio::join!(
        set(&house, json!({ "retention_days": 30 })),
        set(&house, json!({ "cold_after_days": 7 })),
        set(&house, json!({ "cold_below": 0.25 })),
    );
    assert_eq!((a.0, b.0, c.0), (200, 200, 200));
    let (_, told) = call(&house, "GET", "/v1/settings", Value::Null).await;
    assert_eq!(told["own"], json!({ "retention_days": 30, "cold_after_days": 7, "cold_below": 0.25 }));
}

#[tokio::test]
async fn the_next_night_goes_by_them_for_a_scope_that_nobody_wrote_to_since() {
    let house = house().await;
    let id = store(&house, json!({ "content": "The bees swarmed on Sunday." })).await;
    drain(&house).await;
    let at = |days: i64| now().plus(SignedDuration::from_hours(24 * days));
    for day in [1, 3, 5] {
        night::work(&house.app, &alice(), at(day).date(), at(day)).await.expect("a night");
    }
    assert_eq!(night::plan(&house.app, at(9).date(), at(9)).await.expect("a plan").scopes, 0, "nothing is to do");
    let change = night::settings::Change::parse(br#"{"retention_days": 5}"#).expect("a change");
    let tenant = Tenant::parse("local").expect("a tenant");
    night::settings::change(&house.app, &tenant, &change, at(9)).await.expect("settings");
    assert_eq!(night::plan(&house.app, at(10).date(), at(10)).await.expect("a plan").scopes, 1);
    night::work(&house.app, &alice(), at(10).date(), at(10)).await.expect("a night");
    let (status, _) = call(&house, "GET", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!(status, 404, "it is older than the tenant keeps");
}
