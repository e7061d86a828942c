//! Questions that were answered before, and when they are asked anew.

use super::*;
use crate::support::night;

/// A message in a session of its own, as that tenant.
async fn ask_as(house: &House, token: &'static str, scope: &str, session: &str, text: &str) -> Value {
    let body = json!({ "scope": scope, "session": session, "message": text });
    let what = crate::support::Call { token, method: "POST", path: "/v1/chat".to_owned(), key: None, body };
    let (status, answer) = call_at(house, &house.app, now(), &what).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn ask(house: &House, session: &str, text: &str) -> Value {
    ask_as(house, "local", "user:alice", session, text).await
}

/// Says something else each time, so that what was said before is told apart.
async fn inventive() -> Scripted {
    let count = std::sync::atomic::AtomicUsize::new(0);
    Scripted::start(move |_| says(&format!("Answer {}.", count.fetch_add(1, std::sync::atomic::Ordering::SeqCst))))
        .await
}

fn hits(answer: &Value) -> (u64, &str) {
    let calls = answer["receipt"]["models"].as_array().expect("calls");
    let outcome = calls.iter().find(|call| call["task"] == "converse").expect("a call")["outcome"].as_str();
    (answer["receipt"]["memo_hits"].as_u64().expect("a number"), outcome.expect("a text"))
}

const WHERE: &str = "Where is my sister Clara going to live?";

#[tokio::test]
async fn the_same_question_in_another_session_is_answered_without_asking_again() {
    let model = inventive().await;
    let house = talking(&model).await;
    let id = store(&house, json!({ "content": "My sister Clara moves to Porto in May.", "session": "before" })).await;
    let first = ask(&house, "one", WHERE).await;
    assert_eq!(hits(&first), (0, "ok"), "{first}");
    // Also in other words, and after the turns were classified and compacted.
    for (session, text) in [
        ("two", WHERE),
        ("three", "where is my sister clara going to live"),
        ("four", "Where is my sister, Clara, going to live ?!"),
    ] {
        let again = ask(&house, session, text).await;
        assert_eq!((&again["reply"], hits(&again)), (&first["reply"], (1, "memo")), "{text}: {again}");
        assert_eq!(again["memories"][0]["id"], id);
        assert!(again["reply_id"].is_string() && again["reply_id"] != first["reply_id"]);
        drain(&house).await;
        night(&house).await;
    }
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn what_would_change_the_answer_is_asked_anew() {
    let model = inventive().await;
    let house = talking(&model).await;
    let id = store(&house, json!({ "content": "My sister Clara moves to Porto in May.", "session": "before" })).await;
    ask(&house, "one", WHERE).await;
    // Another question, though its words are the same.
    assert_eq!(hits(&ask(&house, "swap", "Where is Clara going to live, my sister?").await).1, "ok");
    // In the same session more has been said since.
    assert_eq!(hits(&ask(&house, "one", WHERE).await).1, "ok");
    // A memory that is revised.
    let path = format!("/v1/memories/{id}?scope=user:alice");
    let (status, _) = call(&house, "PATCH", &path, json!({ "content": "My sister Clara moves to Faro in May." })).await;
    assert_eq!(status, 202);
    assert_eq!(hits(&ask(&house, "two", WHERE).await).1, "ok");
    assert_eq!(hits(&ask(&house, "three", WHERE).await).1, "memo");
    // A fresh one that says more.
    store(&house, json!({ "content": "My sister Clara will live in Braga instead.", "session": "before" })).await;
    assert_eq!(hits(&ask(&house, "four", WHERE).await).1, "ok");
    // One that is forgotten.
    call(&house, "DELETE", &path, Value::Null).await;
    assert_eq!(hits(&ask(&house, "five", WHERE).await).1, "ok");
}

#[tokio::test]
async fn forgetting_the_question_or_the_answer_forgets_what_was_kept_of_them() {
    let model = inventive().await;
    let house = talking(&model).await;
    store(&house, json!({ "content": "My sister Clara moves to Porto in May.", "session": "before" })).await;
    for forgotten in ["message_id", "reply_id"] {
        let first = ask(&house, &format!("first {forgotten}"), WHERE).await;
        assert_eq!(hits(&first).1, "ok", "{forgotten}");
        let id = first[forgotten].as_str().expect("an id");
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
        let again = ask(&house, &format!("second {forgotten}"), WHERE).await;
        assert!(hits(&again).1 == "ok" && again["reply"] != first["reply"], "{forgotten}: {again}");
        // What was asked anew is kept anew; that goes, too, before the other is tried.
        let id = again["message_id"].as_str().expect("an id");
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    }
}

#[tokio::test]
async fn nothing_of_one_scope_answers_another() {
    let model = inventive().await;
    let house = talking(&model).await;
    let mut replies = std::collections::HashSet::new();
    for (token, scope) in [("local", "user:alice"), ("local", "user:ben"), ("local", "org"), ("other", "user:alice")] {
        let answer = ask_as(&house, token, scope, "s", WHERE).await;
        assert_eq!(hits(&answer), (0, "ok"), "{token} {scope}: {answer}");
        assert!(replies.insert(answer["reply"].to_string()));
    }
    assert_eq!(hits(&ask_as(&house, "other", "user:alice", "t", WHERE).await), (1, "memo"));
}

#[tokio::test]
async fn an_answer_made_from_a_secret_stays_in_the_container() {
    let model = inventive().await;
    let house = talking(&model).await;
    store(&house, json!({ "content": "My bank password is Tr0ub4dor&3 for the savings account." })).await;
    let question = "What is the password of my savings account?";
    assert_eq!(hits(&ask(&house, "one", question).await).1, "ok");
    assert_eq!(hits(&ask(&house, "two", question).await).1, "memo");
    let other = house.container(house.faults.http_client()).expect("a container");
    let body = json!({ "scope": "user:alice", "session": "three", "message": question });
    let what = crate::support::Call { token: "local", method: "POST", path: "/v1/chat".to_owned(), key: None, body };
    let (_, answer) = call_at(&house, &other, now(), &what).await;
    assert_eq!(hits(&answer).1, "ok", "{answer}");
}

#[tokio::test]
async fn who_wants_to_hear_more_is_not_told_the_same_again() {
    let model = inventive().await;
    let house = talking(&model).await;
    let told: Vec<Value> = [ask(&house, "s", "Go on.").await, ask(&house, "s", "Go on.").await]
        .into_iter()
        .map(|answer| answer["reply"].clone())
        .collect();
    assert_ne!(told[0], told[1]);
}
