use super::*;
use crate::memory::{MemoryId, Time};

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn memory(content: &str, metadata: &Value) -> Memory {
    let id: MemoryId = "0000000000000001".parse().expect("an id");
    Memory { metadata: fields(metadata), ..Memory::new(id, content.to_owned(), Time::from_micros(0)) }
}

#[test]
fn the_closed_most_of_all_that_is_known_counts() {
    let open = memory("The market is on Saturday.", &json!({}));
    assert_eq!(closed(&open), Sensitivity::General);
    let secret = "my bank password is Tr0ub4dor&3";
    for closing in [
        memory("They keep it in a drawer.", &json!({ "chat": { "seen": "secret" } })),
        Memory { session: Some(secret.to_owned()), ..open.clone() },
        Memory { speaker: Some(secret.to_owned()), ..open.clone() },
        Memory { content: secret.to_owned(), ..open },
    ] {
        assert!(closed(&closing) >= Sensitivity::Secret, "{closing:?}");
        assert_eq!(text(&closing).sensitivity, closed(&closing));
    }
    let opening = memory(secret, &json!({ "chat": { "seen": "general" } }));
    assert!(closed(&opening) >= Sensitivity::Secret, "a claim opens nothing");
}

#[test]
fn an_id_closes_nothing_and_a_key_or_a_sentence_as_a_name_does() {
    for session in [
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "9e107d9d372bb6826bd81d3542a419d6",
        "sess_8f3kQ2mZx7Lw",
        "thread_abc123XYZ",
        "2026-05-01 standup",
        "cmd8f3kq20001qzrm4n831i7r",
        "U024BE7LH",
    ] {
        let memory = Memory { session: Some(session.to_owned()), ..memory("Good morning!", &json!({})) };
        assert_eq!(closed(&memory), Sensitivity::General, "{session}");
        assert_eq!(closed(&Memory { session: None, speaker: memory.session.clone(), ..memory }), Sensitivity::General);
    }
    for session in ["AKIAIOSFODNN7EXAMPLE", "sk-proj-a81f00c3d9e2", "my bank password is Tr0ub4dor&3"] {
        let memory = Memory { session: Some(session.to_owned()), ..memory("Good morning!", &json!({})) };
        assert!(closed(&memory) >= Sensitivity::Secret, "{session}");
    }
}

#[test]
fn new_fields_keep_what_a_replys_model_had_seen_and_may_only_close_it_further() {
    let reply = fields(&json!({ "chat": { "model": "ollama:here", "seen": "secret" }, "rating": 1 }));
    for (new, kept) in [
        (json!({ "rating": 5 }), "secret"),
        (json!({}), "secret"),
        (json!({ "chat": { "seen": "general" } }), "secret"),
        (json!({ "chat": "gone" }), "secret"),
        (json!({ "chat": { "seen": "open" } }), "secret"),
        (json!({ "chat": { "seen": "ultra_secret" } }), "ultra_secret"),
    ] {
        let new = keeping_seen(&reply, fields(&new));
        assert_eq!(new["chat"], json!({ "model": "ollama:here", "seen": kept }));
        assert_ne!(new.get("rating"), Some(&json!(1)), "what else there was gives way");
    }
    let own = fields(&json!({ "chat": "room 5" }));
    assert_eq!(keeping_seen(&own, fields(&json!({ "a": 1 }))), fields(&json!({ "a": 1 })));
}
