use serde_json::{Value, json};

use super::draft::MOST_CONTENT_BYTES;
use super::*;
use crate::error::{Error, Kind, Result};
use crate::memory::{Role, Tenant, Time};

const NOON: &str = "2026-11-20T12:00:00Z";

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

fn scope(subject: &str) -> Scope {
    Scope::parse(&tenant(), subject).expect("a scope")
}

fn read(body: &[u8]) -> Result<Vec<Draft>> {
    parse(&tenant(), body, time(NOON))
}

fn drafts(body: &Value) -> Vec<Draft> {
    read(body.to_string().as_bytes()).expect("drafts")
}

/// How a wrong body is refused: it always says which field, and what would be right.
fn refusal(body: &[u8]) -> Error {
    let error = read(body).expect_err("a body that is wrong");
    assert_eq!(error.kind, Kind::Invalid, "{error:?}");
    assert!(error.field.is_some() && error.expected.is_some() && !error.detail.is_empty(), "{error:?}");
    error
}

fn field(body: &Value) -> String {
    refusal(body.to_string().as_bytes()).field.unwrap_or_default()
}

/// One memory in user:alice with this field beside or instead of its text.
fn one(name: &str, value: Value) -> Value {
    let mut body = json!({"scope": "user:alice", "content": "x"});
    body[name] = value;
    body
}

/// A list of two whose second has this field.
fn second(name: &str, value: Value) -> Value {
    let mut item = json!({"content": "x"});
    item[name] = value;
    json!({"scope": "user:alice", "items": [{"content": "fine"}, item]})
}

/// Two turns whose second has this field.
fn turn(name: &str, value: Value) -> Value {
    let mut message = json!({"role": "assistant", "content": "x"});
    message[name] = value;
    json!({"scope": "user:alice", "session": "s", "messages": [{"role": "user", "content": "fine"}, message]})
}

fn bare(content: &str, path: &str) -> Draft {
    Draft {
        scope: scope("user:alice"),
        path: path.to_owned(),
        content: content.to_owned(),
        session: None,
        speaker: None,
        role: None,
        occurred_at: None,
        expires_at: None,
        metadata: serde_json::Map::new(),
        tags: Vec::new(),
        depends_on: Vec::new(),
    }
}

#[test]
fn one_memory_needs_a_scope_and_a_text_only() {
    assert_eq!(drafts(&json!({"scope": "user:alice", "content": "Hello."})), [bare("Hello.", "")]);
}

#[test]
fn one_memory_keeps_every_field_as_it_was_sent() {
    let body = json!({
        "scope": "team:red", "content": " I moved to Graça. \n", "session": "moving", "speaker": "Alice",
        "role": "tool", "occurred_at": "2026-11-18T20:02:00+01:00", "expires_at": "2028-11-18",
        "metadata": {"a": [1, null, {"b": 0.5}]}, "tags": ["home", "a b"], "depends_on": ["0123456789abcdef"]
    });
    let expected = Draft {
        scope: scope("team:red"),
        session: Some("moving".to_owned()),
        speaker: Some("Alice".to_owned()),
        role: Some(Role::Tool),
        occurred_at: Some(time("2026-11-18T19:02:00Z")),
        expires_at: Some(time("2028-11-18T00:00:00Z")),
        metadata: body["metadata"].as_object().expect("an object").clone(),
        tags: vec!["home".to_owned(), "a b".to_owned()],
        depends_on: vec!["0123456789abcdef".parse().expect("an id")],
        ..bare(" I moved to Graça. \n", "")
    };
    assert_eq!(drafts(&body), [expected]);
}

#[test]
fn null_is_the_same_as_leaving_a_field_out() {
    let body = json!({
        "scope": "user:alice", "content": "Hello.", "session": null, "speaker": null, "role": null, "occurred_at": null,
        "expires_at": null, "metadata": null, "tags": null
    });
    assert_eq!(drafts(&body), [bare("Hello.", "")]);
}

#[test]
fn a_list_gives_each_item_its_place_and_the_lists_scope_unless_it_has_its_own() {
    let body = json!({"scope": "user:alice", "items": [{"content": "a"}, {"scope": "org", "content": "b"}]});
    let expected = [bare("a", "items[0]"), Draft { scope: scope("org"), ..bare("b", "items[1]") }];
    assert_eq!(drafts(&body), expected);
    let body = json!({"items": [{"scope": "user:alice", "content": "a"}]});
    assert_eq!(drafts(&body), [bare("a", "items[0]")]);
}

#[test]
fn the_turns_of_a_session_are_memories_of_who_spoke() {
    let body = json!({"scope": "user:alice", "session": "s", "messages": [
        {"role": "user", "name": "Alice", "content": "Hello.", "time": "2026-11-19T17:40:00Z", "metadata": {"n": 1}},
        {"role": "system", "content": "Be kind."}
    ]});
    let metadata = body["messages"][0]["metadata"].as_object().expect("an object").clone();
    let expected = [
        Draft {
            session: Some("s".to_owned()),
            speaker: Some("Alice".to_owned()),
            role: Some(Role::User),
            occurred_at: Some(time("2026-11-19T17:40:00Z")),
            metadata,
            ..bare("Hello.", "messages[0]")
        },
        Draft { session: Some("s".to_owned()), role: Some(Role::System), ..bare("Be kind.", "messages[1]") },
    ];
    assert_eq!(drafts(&body), expected);
}

#[test]
fn one_to_a_hundred_memories_are_taken_at_a_time() {
    for (name, more) in [("items", json!({})), ("messages", json!({"session": "s"}))] {
        let of = |count: usize| {
            let mut body = more.clone();
            body["scope"] = json!("user:alice");
            body[name] = (0..count).map(|n| json!({"role": "user", "content": n.to_string()})).collect();
            body
        };
        assert_eq!((drafts(&of(1)).len(), drafts(&of(100)).len()), (1, 100), "{name}");
        assert_eq!([field(&of(0)), field(&of(101))], [name, name]);
    }
}

#[test]
fn a_body_may_have_a_mebibyte_and_no_byte_more() {
    let padded = |bytes: usize| {
        let mut body = br#"{"scope": "user:alice", "content": "Hello."}"#.to_vec();
        body.resize(bytes, b' ');
        body
    };
    assert_eq!(read(&padded(MOST_BODY_BYTES)).expect("drafts"), [bare("Hello.", "")]);
    let error = read(&padded(MOST_BODY_BYTES + 1)).expect_err("a body too large");
    assert_eq!((error.kind, error.field.as_deref()), (Kind::TooLarge, Some("body")));
    assert_eq!(error.expected.as_deref(), Some("at most 1048576 bytes a call"));
}

#[test]
fn a_text_may_have_32_kibibytes_and_no_byte_more() {
    let longest = "x".repeat(MOST_CONTENT_BYTES);
    let too_long = json!(format!("{longest}x"));
    // Two bytes each: what counts is bytes, not characters.
    let too_wide = json!("é".repeat(MOST_CONTENT_BYTES / 2 + 1));
    assert_eq!(drafts(&one("content", json!(longest)))[0].content.len(), 32 * 1024);
    for wrong in [too_long, too_wide] {
        assert_eq!(field(&one("content", wrong.clone())), "content");
        assert_eq!(field(&second("content", wrong.clone())), "items[1].content");
        assert_eq!(field(&turn("content", wrong)), "messages[1].content");
    }
}

#[test]
fn a_text_is_more_than_white_space_and_control_characters() {
    for blank in ["", " ", "\n\t\r ", "\u{a0}\u{3000}\u{2003}", "\u{0}\u{7}\u{1b}", " \u{0} "] {
        assert_eq!(field(&one("content", json!(blank))), "content", "{blank:?}");
        assert_eq!(field(&second("content", json!(blank))), "items[1].content", "{blank:?}");
        assert_eq!(field(&turn("content", json!(blank))), "messages[1].content", "{blank:?}");
    }
    assert_eq!(drafts(&one("content", json!(" \u{0}.")))[0].content, " \u{0}.");
}

#[test]
fn a_field_that_does_not_exist_is_named() {
    assert_eq!(field(&one("colour", json!("red"))), "colour");
    assert_eq!(field(&one("session_id", json!("s"))), "session_id");
    assert_eq!(field(&second("colour", json!("red"))), "items[1].colour");
    assert_eq!(field(&turn("tags", json!(["red"]))), "messages[1].tags");
    let mut list = second("speaker", json!("Ana"));
    list["session"] = json!("s");
    assert_eq!(field(&list), "session", "a list has no session of its own");
    let mut both = turn("name", json!("Ana"));
    both["items"] = json!([{"content": "x"}]);
    assert!(["session", "messages"].contains(&field(&both).as_str()), "either a list or turns");
}

#[test]
fn a_field_that_is_missing_or_of_another_type_is_named() {
    let cases = [
        (json!({}), "content"),
        (json!({"scope": "user:alice"}), "content"),
        (json!({"scope": "user:alice", "items": [{"content": "x"}, {}]}), "items[1].content"),
        (json!({"scope": "user:alice", "items": 7}), "items"),
        (json!({"scope": "user:alice", "items": null}), "items"),
        (json!({"session": "s", "messages": [{"role": "user", "content": "x"}]}), "scope"),
        (json!({"scope": "user:alice", "messages": [{"role": "user", "content": "x"}]}), "session"),
        (json!({"scope": "user:alice", "session": "s", "messages": [{"content": "x"}]}), "messages[0].role"),
        (json!({"scope": "user:alice", "session": "s", "messages": [{"role": "user"}]}), "messages[0].content"),
        (one("content", json!(7)), "content"),
        (one("content", json!(null)), "content"),
        (one("session", json!(7)), "session"),
        (one("role", json!("boss")), "role"),
        (one("role", json!("User")), "role"),
        (one("metadata", json!([1])), "metadata"),
        (one("tags", json!("home")), "tags"),
        (one("tags", json!(["home", 7])), "tags[1]"),
        (second("role", json!("boss")), "items[1].role"),
        (second("tags", json!(["home", 7])), "items[1].tags[1]"),
        (turn("role", json!("boss")), "messages[1].role"),
        (turn("metadata", json!("x")), "messages[1].metadata"),
    ];
    for (body, expected) in cases {
        assert_eq!(field(&body), expected, "{body}");
    }
}

#[test]
fn a_date_that_cannot_be_read_is_named() {
    for wrong in
        [json!("yesterday"), json!(""), json!("2026-02-30"), json!("12:00"), json!("2026"), json!(1_795_166_130)]
    {
        assert_eq!(field(&one("occurred_at", wrong.clone())), "occurred_at", "{wrong}");
        assert_eq!(field(&one("expires_at", wrong.clone())), "expires_at", "{wrong}");
        assert_eq!(field(&second("occurred_at", wrong.clone())), "items[1].occurred_at", "{wrong}");
        assert_eq!(field(&turn("time", wrong.clone())), "messages[1].time", "{wrong}");
    }
    let expected = refusal(one("occurred_at", json!("yesterday")).to_string().as_bytes()).expected.unwrap_or_default();
    assert!(expected.contains("RFC 3339"), "{expected}");
}

#[test]
fn an_end_must_be_to_come() {
    for past in [NOON, "2026-11-20", "1970-01-01"] {
        assert_eq!(field(&one("expires_at", json!(past))), "expires_at", "{past}");
        assert_eq!(field(&second("expires_at", json!(past))), "items[1].expires_at", "{past}");
    }
    let soon = "2026-11-20T12:00:00.000001Z";
    assert_eq!(drafts(&one("expires_at", json!(soon)))[0].expires_at, Some(time(soon)));
    assert_eq!(drafts(&one("occurred_at", json!("2099-01-01"))).len(), 1, "what was said may lie anywhere in time");
}

#[test]
fn a_scope_that_is_none_or_missing_is_named() {
    for wrong in ["alice", "", "user:", ":alice", "User:alice", "user:a b", "user:a/b", "user:a#b", "orga"] {
        assert_eq!(field(&one("scope", json!(wrong))), "scope", "{wrong}");
        let mut turns = turn("name", json!("Ana"));
        turns["scope"] = json!(wrong);
        assert_eq!(field(&turns), "scope", "{wrong}");
        let mut list = second("speaker", json!("Ana"));
        list["scope"] = json!(wrong);
        assert_eq!(field(&list), "scope", "{wrong}");
        let own = json!({"items": [{"scope": "org", "content": "x"}, {"scope": wrong, "content": "x"}]});
        assert_eq!(field(&own), "items[1].scope", "{wrong}");
    }
    assert_eq!(field(&json!({"content": "x"})), "scope");
    assert_eq!(field(&json!({"scope": null, "content": "x"})), "scope");
    assert_eq!(field(&json!({"items": [{"scope": "org", "content": "x"}, {"content": "x"}]})), "items[1].scope");
}

#[test]
fn an_items_own_wrong_scope_is_named_even_where_the_list_has_a_right_one() {
    assert_eq!(field(&second("scope", json!("alice"))), "items[1].scope");
}

#[test]
fn metadata_may_have_4_kibibytes_as_json() {
    // What stands around the value: {"k":""}
    let sized = |bytes: usize| json!({"k": "x".repeat(bytes - 8)});
    assert_eq!(sized(4096).to_string().len(), 4096);
    assert_eq!(drafts(&one("metadata", sized(4096)))[0].metadata.len(), 1);
    assert_eq!(field(&one("metadata", sized(4097))), "metadata");
    assert_eq!(field(&second("metadata", sized(4097))), "items[1].metadata");
    assert_eq!(field(&turn("metadata", sized(4097))), "messages[1].metadata");
}

#[test]
fn thirty_two_tags_of_64_bytes_are_taken() {
    let tags = |count: usize, bytes: usize| -> Value { (0..count).map(|_| json!("x".repeat(bytes))).collect() };
    assert_eq!(drafts(&one("tags", tags(32, 64)))[0].tags.len(), 32);
    for wrong in [tags(33, 1), tags(1, 65), json!([""]), json!(["home", " \t"]), json!(["é".repeat(33)])] {
        assert_eq!(field(&one("tags", wrong.clone())), "tags", "{wrong}");
        assert_eq!(field(&second("tags", wrong.clone())), "items[1].tags", "{wrong}");
    }
}

#[test]
fn names_of_sessions_and_speakers_are_short_and_printable() {
    for name in ["session", "speaker"] {
        for right in ["a#b/c ?".to_owned(), "x".repeat(256), "Zoë".to_owned()] {
            assert_eq!(drafts(&one(name, json!(right))).len(), 1, "{name} {right}");
        }
        for wrong in [String::new(), " ".to_owned(), "x".repeat(257), "a\nb".to_owned(), "a\u{0}".to_owned()] {
            assert_eq!(field(&one(name, json!(wrong))), name, "{wrong:?}");
            assert_eq!(field(&second(name, json!(wrong))), format!("items[1].{name}"), "{wrong:?}");
        }
    }
}

#[test]
fn one_wrong_item_refuses_the_whole_call() {
    let mut items: Vec<Value> = (0..99).map(|n| json!({"content": n.to_string()})).collect();
    items.push(json!({"content": " "}));
    assert_eq!(field(&json!({"scope": "user:alice", "items": items})), "items[99].content");
}

#[test]
fn what_is_no_json_object_in_utf8_is_the_bodys_fault() {
    let bodies: [&[u8]; 9] = [
        b"",
        b" ",
        b"{",
        b"hello",
        b"\"hello\"",
        b"[]",
        b"{\"scope\": \"user:alice\", \"content\": \"x\"} {}",
        b"{\"scope\": \"user:alice\", \"content\": \"\xff\"}",
        b"{\"scope\": \"user:alice\", \"content\": \"\\ud800\"}",
    ];
    for body in bodies {
        assert_eq!(refusal(body).field.as_deref(), Some("body"), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_row_of_values_is_not_taken_for_the_fields_in_their_order() {
    let row = json!(["user:alice", "Hello.", null, null, null, null, null, null, null]);
    assert_eq!(field(&row), "body");
    assert_eq!(field(&json!(["user:alice"])), "body");
}
