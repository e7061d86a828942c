//! Chats and exports of other services, through the whole house.

use serde_json::{Value, json};

use super::{import, listed};
use crate::support::{call, house};

fn chatgpt() -> String {
    let node = |id: &str, parent: &str, role: &str, text: &str, at: f64| {
        json!({"id": id, "parent": parent, "children": [], "message": {"author": {"role": role}, "create_time": at,
            "content": {"content_type": "text", "parts": [text]}, "metadata": {}}})
    };
    let conversation = |n: u32| {
        json!({"title": format!("Talk {n}"), "conversation_id": format!("conv-{n}"), "current_node": "b", "mapping": {
            "a": node("a", "", "user", &format!("Question {n}"), 1_700_000_000.0 + f64::from(n)),
            "b": node("b", "a", "assistant", &format!("Answer {n}"), 1_700_000_000.5 + f64::from(n))}})
    };
    json!((0..300).map(conversation).collect::<Vec<Value>>()).to_string()
}

#[tokio::test]
async fn conversations_come_in_with_roles_sessions_and_times_and_once() {
    let house = house().await;
    let file = chatgpt();
    let done = import(&house, json!({"scope": "user:alice", "content": file})).await;
    assert_eq!((&done["format"], &done["counts"]["stored"]), (&json!("chatgpt"), &json!(600)), "{done}");
    let memories = listed(&house, "user:alice").await;
    let last = memories.first().expect("memories");
    let told = json!([last["content"], last["role"], last["session"], last["occurred_at"], last["metadata"]]);
    assert_eq!(
        told,
        json!(["Answer 299", "assistant", "conv-299", "2023-11-14T22:18:19.5Z", {"conversation": "Talk 299"}])
    );
    assert!(memories.iter().all(|memory| memory["state"] == "ready"), "all of them are classified");
    let again = import(&house, json!({"scope": "user:alice", "content": file})).await;
    assert_eq!((&again["counts"]["stored"], &again["counts"]["repeated"]), (&json!(0), &json!(600)), "{again}");
}

#[tokio::test]
async fn a_chat_is_found_in_order_and_by_its_words() {
    let house = house().await;
    let chat = "12/31/23, 9:44\u{202f}PM - Messages and calls are end-to-end encrypted.\n\
        12/31/23, 9:45\u{202f}PM - Clara: The ferry to Naxos leaves at seven.\n\
        12/31/23, 9:45\u{202f}PM - Bob: ok\n12/31/23, 9:45\u{202f}PM - Bob: ok\n\
        12/31/23, 9:46\u{202f}PM - Bob: <Media omitted>\nlost line\n";
    let body = json!({"scope": "user:alice", "session": "trip", "timezone": "Europe/Athens", "content": chat});
    let done = import(&house, body).await;
    assert_eq!(
        done["counts"],
        json!({"stored": 4, "repeated": 0, "forgotten": 0, "errors": 0, "skipped": {"system": 1}}),
        "{done}"
    );
    assert_eq!(done["dates"], json!({"order": "month_first", "decided_by": "numbers"}));
    let (status, session) = call(&house, "GET", "/v1/sessions/trip%202023-12-31?scope=user:alice", Value::Null).await;
    let turns = session["memories"].as_array().expect("turns").iter();
    let said: Vec<&str> = turns.filter_map(|turn| turn["content"].as_str()).collect();
    assert_eq!(
        (status, said),
        (200, vec!["The ferry to Naxos leaves at seven.", "ok", "ok", "lost line"]),
        "{session}"
    );
    let (_, answer) =
        call(&house, "POST", "/v1/recall", json!({"query": "When does the ferry leave?", "scopes": ["user:alice"]}))
            .await;
    assert_eq!(answer["memories"][0]["speaker"], "Clara", "{answer}");
    assert_eq!(answer["memories"][0]["occurred_at"], "2023-12-31T19:45:00Z");
}

#[tokio::test]
async fn lines_that_cannot_be_taken_are_listed_and_the_others_go_in() {
    let house = house().await;
    let mut file = String::new();
    for n in 1..=500 {
        file.push_str(&match n % 3 {
            0 => "{\"content\": 7}\n".to_owned(),
            _ => {
                json!({"content": format!("line {n}"), "session": "s", "speaker": "Ann", "role": "tool"}).to_string()
                    + "\n"
            }
        });
    }
    let done = import(&house, json!({"scope": "user:alice", "content": file})).await;
    assert_eq!((&done["counts"]["stored"], &done["counts"]["errors"]), (&json!(334), &json!(166)), "{done}");
    let errors = done["errors"].as_array().expect("errors");
    assert_eq!((errors.len(), &errors[0]["line"], &errors[99]["line"]), (100, &json!(3), &json!(300)));
    assert_eq!(errors[0]["wrong"], "content: invalid type: integer");
    assert!(!errors[0]["expected"].as_str().expect("text").is_empty());
}
