use super::*;
use crate::memory::Memory;
use serde_json::json;

fn entry() -> Entry {
    let memory: Memory = serde_json::from_value(json!({
        "v": 1, "id": "0123456789abcdef", "revision": 1, "state": "ready", "content": "I moved to Porto",
        "session": "s-1", "speaker": "Ana", "role": "user", "occurred_at": "2026-03-01T10:00:00Z",
        "recorded_at": "2026-03-02T00:00:00Z", "order": 1, "updated_at": "2026-03-02T00:00:00Z",
        "metadata": {"team": "red", "size": 3, "langs": ["pt", "en"], "gone": null}, "tags": ["move", "home"],
        "classification": {"kind": "episodic", "sensitivity": "general", "importance": 0.5, "confidence": 0.9, "by": "rules"},
        "fingerprint": ""
    }))
    .expect("a memory");
    Entry::of(&memory, None)
}

#[test]
fn conditions_hold_exactly() {
    let cases = [
        (json!({}), true),
        (json!({"kind": "episodic"}), true),
        (json!({"kind": ["fact", "episodic"]}), true),
        (json!({"kind": {"ne": "episodic"}}), false),
        (json!({"session": "s-1", "speaker": "Ana", "role": "user", "sensitivity": "general"}), true),
        (json!({"session": "s-1", "speaker": "Bo"}), false),
        (json!({"tags": "home"}), true),
        (json!({"tags": {"ne": "home"}}), false),
        (json!({"occurred_at": {"gte": "2026-03-01T10:00:00Z", "lt": "2026-03-02"}}), true),
        (json!({"occurred_at": {"gt": "2026-03-01T11:00:00+01:00"}}), false),
        (json!({"recorded_at": {"lte": "2026-03-02"}}), true),
        (json!({"metadata.team": "red"}), true),
        (json!({"metadata.team": {"contains": "RE"}}), true),
        (json!({"metadata.size": {"gte": 2.5, "lt": 4}}), true),
        (json!({"metadata.size": 3.0}), true),
        (json!({"metadata.size": "3"}), false),
        (json!({"metadata.langs": "en"}), true),
        (json!({"metadata.langs": {"contains": "en"}}), true),
        (json!({"metadata.none": {"ne": "x"}}), true),
        (json!({"metadata.none": "x"}), false),
        (json!({"metadata.gone": null}), true),
        (json!({"OR": [{"kind": "fact"}, {"tags": "move"}]}), true),
        (json!({"AND": [{"kind": "fact"}, {"tags": "move"}]}), false),
        (json!({"NOT": {"kind": "fact"}}), true),
        (json!({"NOT": [{"kind": "fact"}, {"tags": "move"}]}), false),
    ];
    for (filter, expected) in cases {
        let parsed = Filter::parse(&filter).expect("a filter");
        assert_eq!(parsed.accepts(&entry()), expected, "{filter}");
    }
}

#[test]
fn what_does_not_exist_is_named() {
    let cases = [
        (json!([]), "filters"),
        (json!({"colour": "red"}), "filters.colour"),
        (json!({"metadata.": "red"}), "filters.metadata."),
        (json!({"kind": "story"}), "filters.kind"),
        (json!({"kind": 3}), "filters.kind"),
        (json!({"kind": {}}), "filters.kind"),
        (json!({"kind": {"like": "f"}}), "filters.kind.like"),
        (json!({"occurred_at": {"gte": "soon"}}), "filters.occurred_at.gte"),
        (json!({"OR": [{"AND": [{"role": "boss"}]}]}), "filters.OR[0].AND[0].role"),
        (json!({"OR": []}), "filters.OR"),
        (json!({"metadata.a": {"in": "x"}}), "filters.metadata.a.in"),
        (json!({"metadata.a": {"eq": [1]}}), "filters.metadata.a.eq"),
    ];
    for (filter, field) in cases {
        let error = Filter::parse(&filter).expect_err("not a filter");
        assert_eq!((error.field.as_deref(), error.expected.is_some()), (Some(field), true), "{filter}");
    }
}

#[test]
fn a_filter_of_any_depth_or_breadth_ends() {
    let mut deep = json!({"kind": "fact"});
    for _ in 0..50 {
        deep = json!({"NOT": deep});
    }
    assert!(Filter::parse(&deep).is_err());
    let wide: Vec<_> = (0..100).map(|_| json!({"kind": "fact"})).collect();
    assert!(Filter::parse(&json!({"OR": wide})).is_err());
}
