//! Models of Ollama's and how much they read at once.

use super::*;

/// What the model was asked, with the context that it was given.
fn contexts(server: &Scripted) -> Vec<u64> {
    let asked = server.asked().into_iter().filter(|asked| asked.what == "POST /api/chat");
    asked.map(|asked| asked.json()["options"]["num_ctx"].as_u64().expect("a number")).collect()
}

async fn chat(house: &House, message: &str) -> Value {
    let body = json!({ "scope": "user:alice", "session": "s", "message": message });
    let (status, answer) = call(house, "POST", "/v1/chat", body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn converse(answer: &Value) -> Vec<&str> {
    let calls = answer["receipt"]["models"].as_array().expect("calls").iter();
    calls.filter(|call| call["task"] == "converse").filter_map(|call| call["outcome"].as_str()).collect()
}

/// Much about tea.
async fn tell(house: &House) {
    let about =
        "and the water, the pot, the cups, the spoons, the biscuits and whoever comes by at four o'clock ".repeat(4);
    let items: Vec<Value> = (0..20)
        .map(|nth| json!({ "content": format!("The tea of day {nth} {about}"), "session": format!("d{nth}") }))
        .collect();
    let (status, answer) = call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
    assert_eq!(status, 202, "{answer}");
}

#[tokio::test]
async fn a_small_model_is_given_less_and_one_without_room_is_not_asked() {
    let server = Scripted::start(says).await;
    let settings = [("MEMORABLE_ROUTE_CONVERSE", "ollama:tinyllama:1.1b"), ("OLLAMA_HOST", server.url.as_str())];
    let house = house_with(&settings).await;
    tell(&house).await;
    let answer = chat(&house, "What about the tea?").await;
    assert_eq!((&answer["reply"], converse(&answer)), (&json!("tea"), vec!["context", "ok"]), "{answer}");
    assert!(answer["tokens"].as_u64().is_some_and(|tokens| tokens > 100 && tokens <= 600), "{answer}");
    assert_eq!(contexts(&server), [2_048]);
    // What is asked itself cannot be left out.
    let answer = chat(&house, &"What about the tea? ".repeat(500)).await;
    assert_eq!(converse(&answer), ["context", "context"], "{answer}");
    assert!(answer["no_model"]["detail"].as_str().is_some_and(|detail| detail.contains("2048 tokens")), "{answer}");
    assert_eq!(contexts(&server).len(), 1);
}

#[tokio::test]
async fn a_model_with_room_is_asked_for_as_much_as_a_long_message_needs() {
    let server = Scripted::start(says).await;
    let settings = [("MEMORABLE_ROUTE_CONVERSE", "ollama:mistral:7b"), ("OLLAMA_HOST", server.url.as_str())];
    let house = house_with(&settings).await;
    tell(&house).await;
    for (message, context) in [
        ("What about the tea?".to_owned(), 4_096),
        ("What about the tea? ".repeat(1_500), 16_384),
        ("And the cups?".to_owned(), 16_384),
    ] {
        assert_eq!(chat(&house, &message).await["reply"], "tea");
        assert_eq!(contexts(&server).last(), Some(&context));
    }
}
