use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::memory::Tenant;

fn alice() -> Scope {
    Scope::parse(&Tenant::parse("acme").unwrap(), "user:alice").unwrap()
}

#[test]
fn an_event_has_one_id_and_a_later_one_sorts_after_it() {
    let (early, late) = (Time::from_micros(9_000_000), Time::from_micros(1_795_166_220_000_000));
    let day = date(2026, 11, 18);
    assert_eq!(Event::digest(&alice(), day, early).id, Event::digest(&alice(), day, early).id);
    assert!(Event::digest(&alice(), day, early).id < Event::digest(&alice(), day, late).id);
    let other = Scope::parse(&Tenant::parse("other").unwrap(), "user:alice").unwrap();
    assert_ne!(Event::digest(&alice(), day, early).id, Event::digest(&other, day, early).id);
    assert!(Event::ping("x", late).id.len() <= MOST_ID_BYTES);
}

#[test]
fn each_happening_is_called_the_same_in_code_and_in_json() {
    for kind in Happening::ALL.into_iter().chain([Happening::Ping]) {
        assert_eq!(json!(kind), json!(kind.name()));
    }
}

#[test]
fn a_payload_names_only_what_there_is() {
    let at = Time::from_micros(1_795_166_220_000_000);
    let event = Event::digest(&alice(), date(2026, 11, 18), at);
    let expected =
        json!({ "type": "digest.ready", "timestamp": at, "data": { "scope": "user:alice", "date": "2026-11-18" } });
    assert_eq!(event.payload(), expected);
    assert_eq!(Event::ping("x", at).payload()["data"], json!({}));
}
