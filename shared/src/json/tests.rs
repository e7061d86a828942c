use super::*;
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    #[expect(dead_code, reason = "only its shape is tested")]
    items: Vec<Inner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    #[expect(dead_code, reason = "only its shape is tested")]
    count: u8,
}

#[test]
fn what_does_not_fit_is_named_by_its_path() {
    let cases = [
        (json!({"items": [{"count": 1}, {"count": "x"}]}), "items[1].count", "u8"),
        (json!({"items": [{"count": 1, "colour": 2}]}), "items[0].colour", "`count`"),
        (json!({"items": [{}]}), "items[0].count", "this field, it is required"),
        (json!({"other": 1}), "other", "`items`"),
        (json!({}), "items", "this field, it is required"),
        (json!([]), "body", "a JSON object"),
    ];
    for (value, field, expected) in cases {
        let error = shaped::<Outer>(value.clone()).expect_err("another shape");
        assert_eq!(error.field.as_deref(), Some(field), "{value}");
        assert!(error.expected.as_deref().unwrap_or_default().contains(expected), "{value}: {error:?}");
    }
}

#[test]
fn what_is_not_json_or_not_utf8_is_refused() {
    for bytes in [&b"{"[..], b"", b"hello", b"{\"a\": \"\\ud800\"}", b"\"\xff\""] {
        assert_eq!(read(bytes).expect_err("not JSON").field.as_deref(), Some("body"));
    }
}
