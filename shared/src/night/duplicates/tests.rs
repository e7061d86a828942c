use serde_json::{Value, json};

use super::*;

fn note(id: u64, content: &str, more: &Value) -> Memory {
    let mut memory = json!({
        "v": 1, "id": format!("{id:016}"), "revision": 1, "state": "ready", "content": content, "order": id,
        "recorded_at": "2026-05-01", "updated_at": "2026-05-01", "fingerprint": "",
        "classification": {"kind": "fact", "sensitivity": "general", "importance": 0.5, "confidence": 0.9, "by": "rules"}
    });
    memory.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    serde_json::from_value(memory).expect("a memory")
}

#[test]
fn only_what_differs_in_nothing_that_counts_says_the_same() {
    let first = note(1, "The gate opens with the code 4711.", &json!({}));
    for (content, more, same) in [
        ("The gate opens with the code 4711!", json!({}), true),
        ("The gate opens with the code 4712.", json!({}), false),
        ("The gate never opens with the code 4711.", json!({}), false),
        ("The gate opens with the code 4711.", json!({"speaker": "Bob"}), false),
        ("The gate opens with the code 4711.", json!({"tags": ["home"]}), false),
        ("The gate opens with the code 4711.", json!({"superseded_by": "0000000000000009"}), false),
    ] {
        assert_eq!(says_the_same(&first, &note(2, content, &more)), same, "{content} {more}");
    }
    let turn = |id, content| note(id, content, &json!({"session": "s"}));
    assert!(says_the_same(&turn(1, "The gate is open now."), &turn(2, "the gate is open now")));
    assert!(!says_the_same(&turn(1, "The gate is open now."), &turn(2, "The gate is open again now.")));
}
