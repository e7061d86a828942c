use super::*;

fn parsed(body: &str) -> Result<Request> {
    let tenant = Tenant::parse("acme").expect("a tenant");
    let now = "2026-11-20T12:00:00Z".parse().expect("a time");
    Request::parse(&tenant, body.as_bytes(), now)
}

#[test]
fn a_stream_is_wanted_only_where_the_body_says_so() {
    for (body, wanted) in [
        (r#"{"message": "Hello.", "stream": true}"#, true),
        (r#"{"message": "Hello.", "stream": false}"#, false),
        (r#"{"message": "\"stream\": true"}"#, false),
        (r#"{"stream": "true"}"#, false),
        ("stream", false),
        ("", false),
    ] {
        assert_eq!(wants_stream(body.as_bytes()), wanted, "{body}");
    }
}

#[test]
fn a_message_that_cannot_be_stored_is_refused_as_a_message() {
    let long = "x".repeat(33_000);
    for message in ["", "  \\n", &long] {
        let error =
            parsed(&format!(r#"{{"scope":"org","session":"s","message":"{message}"}}"#)).expect_err("a refusal");
        assert_eq!(error.field.as_deref(), Some("message"), "{error}");
    }
}

#[test]
fn with_a_key_a_later_try_says_the_same_as_the_first() {
    let request = parsed(r#"{"scope":"org","session":"s","message":"Hello."}"#).expect("a request");
    let at = |text: &str| Some(text.parse::<Time>().expect("a time"));
    assert_eq!(request.draft(None).fingerprint(), request.draft(None).fingerprint());
    let (noon, later) = (request.draft(at("2026-11-20T12:00:00Z")), request.draft(at("2026-11-20T12:00:01Z")));
    assert_ne!(noon.fingerprint(), later.fingerprint());
}
