use super::*;

fn memory() -> Memory {
    serde_json::from_value(serde_json::json!({
        "v": 1, "id": "0123456789abcdef", "revision": 3, "state": "ready", "content": "my door code is 4711",
        "session": "s-1", "speaker": "Ana", "occurred_at": "2026-01-02T03:04:05Z",
        "recorded_at": "2026-01-02T03:04:06Z", "order": 7, "updated_at": "2026-01-02T03:04:06Z",
        "expires_at": "2026-02-01", "metadata": {"door": 4711}, "tags": ["code"], "fingerprint": "f"
    }))
    .expect("a memory")
}

#[test]
fn a_stub_keeps_nothing_that_was_said() {
    let stub = memory().forgotten("2026-01-03".parse().expect("a time"));
    let kept = serde_json::to_string(&stub).expect("json");
    for trace in ["4711", "Ana", "s-1", "code", "2026-01-02T03:04:05Z"] {
        assert!(!kept.contains(trace), "{trace} in {kept}");
    }
    assert_eq!((stub.id, stub.revision, stub.state), (memory().id, 4, State::Forgotten));
}

#[test]
fn what_is_expired_or_forgotten_is_not_visible() {
    let at = |text: &str| text.parse::<Time>().expect("a time");
    assert!(memory().is_visible(at("2026-01-31T23:59:59Z")));
    assert!(!memory().is_visible(at("2026-02-01")));
    assert!(!memory().forgotten(at("2026-01-03")).is_visible(at("2026-01-04")));
}
