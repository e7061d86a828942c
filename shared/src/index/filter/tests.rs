use super::*;
use crate::memory::Memory;
use proptest::prelude::*;
use serde_json::json;

fn entry() -> Entry {
    let memory: Memory = serde_json::from_value(json!({
        "v": 1, "id": "0123456789abcdef", "revision": 1, "state": "ready", "content": "I moved to Porto",
        "session": "s-1", "speaker": "Ana", "role": "user", "occurred_at": "2026-03-01T10:00:00Z",
        "recorded_at": "2026-03-02T00:00:00Z", "order": 1, "updated_at": "2026-03-02T00:00:00Z",
        "metadata": {"team": "red", "size": 3, "langs": ["pt", "en"], "gone": null}, "tags": ["move", "home"],
        "classification": {
            "kind": "episodic", "sensitivity": "general", "importance": 0.85, "confidence": 0.9, "by": "rules",
            "entities": [{"name": "Clara Jones", "kind": "person"}, {"name": "Łódź", "kind": "place"}],
            "event_time": {"from": "2026-05-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"}
        },
        "fingerprint": ""
    }))
    .expect("a memory");
    Entry::of(&memory, None)
}

/// The same before it is classified, with nothing that may be left out.
fn bare() -> Entry {
    let memory: Memory = serde_json::from_value(json!({
        "v": 1, "id": "zzzzzzzzzzzzzzzz", "revision": 1, "state": "pending", "content": "I moved to Porto",
        "recorded_at": "2026-03-02T00:00:00Z", "order": 1, "updated_at": "2026-03-02T00:00:00Z", "fingerprint": ""
    }))
    .expect("a memory");
    Entry::of(&memory, None)
}

fn accepts(filter: &Value, entry: &Entry) -> bool {
    Filter::parse(filter).expect("a filter").accepts(entry)
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
fn an_event_time_is_compared_as_the_span_it_is() {
    // From the first of May up to, and without, the first of June.
    let cases = [
        (json!({"gte": "2026-05-31T23:59:59Z"}), true),
        (json!({"gte": "2026-06-01"}), false),
        (json!({"gt": "2026-05-31T23:59:59.999999Z"}), false),
        (json!({"gt": "2026-05-31T23:59:59.999998Z"}), true),
        (json!({"lt": "2026-05-01"}), false),
        (json!({"lte": "2026-05-01"}), true),
        (json!({"lt": "2026-05-01T00:00:00.000001Z"}), true),
        (json!({"gte": "2026-05-10", "lt": "2026-05-11"}), true),
        (json!({"gte": "2026-04-01", "lt": "2026-05-01"}), false),
        (json!({"gte": "2026-01-01", "lt": "2027-01-01"}), true),
        (json!({"eq": "2026-05-10"}), true),
        (json!({"eq": "2026-06-01"}), false),
        (json!({"ne": "2026-05-10"}), false),
        (json!({"in": ["2026-01-01", "2026-05-01"]}), true),
        (json!({"exists": true}), true),
        (json!({"exists": false}), false),
    ];
    for (range, expected) in cases {
        assert_eq!(accepts(&json!({ "event_time": range }), &entry()), expected, "{range}");
    }
    assert!(accepts(&json!({"event_time": "2026-05-10"}), &entry()));
    assert!(!accepts(&json!({"event_time": {"gte": "1970-01-01"}}), &bare()), "no span lies nowhere");
    assert!(accepts(&json!({"NOT": {"event_time": {"gte": "1970-01-01"}}}), &bare()));
}

#[test]
fn names_numbers_and_ids_are_compared_as_what_they_are() {
    let cases = [
        (json!({"entities": "clara JONES"}), true),
        (json!({"entities": "clara"}), false),
        (json!({"entities": {"contains": "CLARA"}}), true),
        (json!({"entities": ["łódź", "x"]}), true),
        (json!({"entities": {"ne": "ŁÓDŹ"}}), false),
        (json!({"importance": {"gte": 0.85}}), true),
        (json!({"importance": {"gt": 0.85}}), false),
        (json!({"importance": {"lte": 0.85}}), true),
        (json!({"importance": 0.85}), true),
        (json!({"importance": {"lt": 1}}), true),
        (json!({"id": "0123456789abcdef"}), true),
        (json!({"id": ["zzzzzzzzzzzzzzzz"]}), false),
        (json!({"id": {"in": ["zzzzzzzzzzzzzzzz", "0123456789abcdef"]}}), true),
        (json!({"id": {"in": []}}), false),
        (json!({"id": {"ne": "0123456789abcdef"}}), false),
        (json!({"tags": {"contains": "OM"}}), true),
        (json!({"metadata.langs": {"contains": "x"}}), false),
        (json!({"metadata.size": {"contains": 3}}), true),
        (json!({"session": {"contains": "S-"}}), true),
    ];
    for (filter, expected) in cases {
        assert_eq!(accepts(&filter, &entry()), expected, "{filter}");
    }
    assert!(!accepts(&json!({"importance": {"gte": 0}}), &bare()), "what is not classified has no importance");
}

#[test]
fn what_may_be_left_out_exists_or_not() {
    for field in [
        "kind",
        "sensitivity",
        "importance",
        "entities",
        "event_time",
        "session",
        "speaker",
        "role",
        "tags",
        "occurred_at",
        "metadata.team",
    ] {
        for exists in [true, false] {
            let filter = json!({ field: {"exists": exists} });
            assert_eq!((accepts(&filter, &entry()), accepts(&filter, &bare())), (exists, !exists), "{filter}");
        }
    }
    assert!(accepts(&json!({"metadata.gone": {"exists": true}}), &entry()), "null is a value");
    assert!(accepts(&json!({"metadata.nothing": {"exists": false}}), &entry()));
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
        (json!({"metadata.a": {"eq": {}}}), "filters.metadata.a.eq"),
        (json!({"metadata.a": {"gt": null}}), "filters.metadata.a.gt"),
        (json!({"metadata.a": {"exists": "yes"}}), "filters.metadata.a.exists"),
        (json!({"kind": {"gt": "fact"}}), "filters.kind.gt"),
        (json!({"sensitivity": {"lte": "secret"}}), "filters.sensitivity.lte"),
        (json!({"occurred_at": {"contains": "2026"}}), "filters.occurred_at.contains"),
        (json!({"recorded_at": {"exists": true}}), "filters.recorded_at.exists"),
        (json!({"event_time": {"gte": "soon"}}), "filters.event_time.gte"),
        (json!({"event_time": {"gte": 5}}), "filters.event_time.gte"),
        (json!({"importance": {"gte": "high"}}), "filters.importance.gte"),
        (json!({"importance": {"contains": 1}}), "filters.importance.contains"),
        (json!({"entities": 5}), "filters.entities"),
        (json!({"id": "short"}), "filters.id"),
        (json!({"id": {"in": ["0123456789abcdef", 7]}}), "filters.id.in"),
        (json!({"id": {"gt": "0123456789abcdef"}}), "filters.id.gt"),
        (json!({"id": {"exists": true}}), "filters.id.exists"),
        (json!({"NOT": {"id": {"in": "0123456789abcdef"}}}), "filters.NOT.id.in"),
        (json!({"tags": {"in": (0..257).map(|n| n.to_string()).collect::<Vec<_>>()}}), "filters.tags.in"),
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

/// Every sort of condition, held or not by [`entry`] and [`bare`].
fn condition() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({}),
        json!({"kind": "episodic"}),
        json!({"kind": {"ne": "fact"}}),
        json!({"importance": {"gte": 0.5}}),
        json!({"entities": {"contains": "clara"}}),
        json!({"event_time": {"gte": "2026-05-10", "lt": "2026-05-11"}}),
        json!({"event_time": {"lt": "2026-01-01"}}),
        json!({"id": {"in": ["zzzzzzzzzzzzzzzz"]}}),
        json!({"tags": {"exists": true}}),
        json!({"tags": ["home", "x"], "session": "s-1"}),
        json!({"metadata.size": {"gt": 2, "lt": 9}}),
        json!({"metadata.none": {"ne": 1}}),
        json!({"occurred_at": {"lte": "2026-03-01"}}),
    ])
}

fn nested() -> impl Strategy<Value = Value> {
    condition().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({ "AND": parts })),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({ "OR": parts })),
            inner.clone().prop_map(|part| json!({ "NOT": part })),
            prop::collection::vec(inner, 1..4).prop_map(|parts| json!({ "NOT": parts })),
        ]
    })
}

proptest! {
    #[test]
    fn filters_are_sets(a in nested(), b in nested()) {
        for entry in [entry(), bare()] {
            let (x, y) = (accepts(&a, &entry), accepts(&b, &entry));
            prop_assert_eq!(accepts(&json!({"NOT": a}), &entry), !x);
            prop_assert_eq!(accepts(&json!({"AND": [a, b]}), &entry), x && y);
            prop_assert_eq!(accepts(&json!({"OR": [a, b]}), &entry), x || y);
            prop_assert_eq!(accepts(&json!({"NOT": [a, b]}), &entry), !x && !y);
            // De Morgan.
            let none = json!({"AND": [{"NOT": a}, {"NOT": b}]});
            prop_assert_eq!(accepts(&json!({"NOT": {"OR": [a, b]}}), &entry), accepts(&none, &entry));
        }
    }

}

#[test]
fn ne_is_the_complement_of_eq() {
    let cases = [
        ("id", json!("0123456789abcdef")),
        ("kind", json!("episodic")),
        ("importance", json!(0.85)),
        ("entities", json!("clara jones")),
        ("event_time", json!("2026-05-10")),
        ("tags", json!("home")),
        ("occurred_at", json!("2026-03-01T10:00:00Z")),
        ("metadata.team", json!("red")),
        ("metadata.gone", json!(null)),
    ];
    for (field, value) in cases {
        for entry in [entry(), bare()] {
            let eq = accepts(&json!({ field: {"eq": value} }), &entry);
            assert_eq!(accepts(&json!({ field: {"ne": value} }), &entry), !eq);
            assert_eq!(accepts(&json!({ "NOT": { field: value } }), &entry), !eq);
            assert_eq!(accepts(&json!({ field: {"in": [value]} }), &entry), eq);
        }
    }
}
