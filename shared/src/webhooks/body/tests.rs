use serde_json::json;

use super::*;

fn refused(body: &serde_json::Value) -> String {
    Draft::parse(body.to_string().as_bytes()).unwrap_err().field.unwrap()
}

#[test]
fn what_is_wrong_in_a_draft_is_named() {
    let url = "https://example.com";
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": url, "events": ["memory.eaten"] }), "events[0]"),
        (json!({ "url": url, "events": ["webhook.ping"] }), "events"),
        (json!({ "url": url, "scopes": ["us*er"] }), "scopes"),
        (json!({ "url": url, "scopes": [""] }), "scopes"),
        (json!({ "url": url, "secret": "hunter2" }), "secret"),
        (json!({ "url": url, "description": "a\u{0}b" }), "description"),
        (json!({ "url": url, "colour": "red" }), "colour"),
    ] {
        assert_eq!(refused(&body), field, "{body}");
    }
}

#[test]
fn a_draft_with_a_url_alone_hears_of_everything() {
    let draft = Draft::parse(br#"{"url": "https://example.com/hook"}"#).unwrap();
    assert!(draft.enabled && draft.events.is_empty() && draft.scopes.is_empty() && draft.secret.is_none());
}

#[test]
fn a_change_of_nothing_is_refused() {
    assert_eq!(Change::parse(b"{}").unwrap_err().field.as_deref(), Some("body"));
    assert!(Change::parse(br#"{"enabled": true}"#).is_ok());
}
