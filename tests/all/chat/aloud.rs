//! Answers that are told as they are made: what is told, what is void, what is stored in the end.

use std::sync::Arc;

use memorable::models::routes::{Backends, Route, Task};
use memorable_local::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::scripted::Then;

/// One message whose answer is asked for as a stream, and the events of it.
async fn aloud(house: &House, text: &str, key: Option<&str>) -> Vec<(String, Value)> {
    let mut request = Request::builder().method("POST").uri("/v1/chat").header("authorization", "Bearer local");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let body = json!({ "scope": "user:alice", "session": "s", "message": text, "stream": true }).to_string();
    let request = request.body(body.into_bytes()).expect("a request");
    let response = gateway::call_at(house, &house.app, request, now()).await;
    assert_eq!(response.status(), 200, "{:?}", response.body());
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["ratelimit-limit"], "30");
    let body = String::from_utf8(response.body().to_vec()).expect("a text");
    events(&body)
}

fn events(body: &str) -> Vec<(String, Value)> {
    let event = |text: &str| {
        let (name, data) = text.split_once('\n').expect("two lines");
        let name = name.strip_prefix("event: ").expect("a name").to_owned();
        (name, serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON"))
    };
    body.split("\n\n").filter(|text| !text.is_empty()).map(event).collect()
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

/// What was told of the reply and is not void.
fn heard(events: &[(String, Value)]) -> String {
    let last = events.iter().rposition(|(name, _)| name == "restart").map_or(0, |place| place + 1);
    events[last..].iter().filter_map(|(_, data)| data["text"].as_str()).collect()
}

#[tokio::test]
async fn a_reply_is_told_as_it_comes_and_ends_with_all_that_a_whole_answer_holds() {
    let model = Scripted::always(Answer::lines(&[" \n", "To ", "Porto\u{7}", "."], Then::End)).await;
    let house = talking(&model).await;
    let events = aloud(&house, "Where is Clara going to live?", Some("k")).await;
    assert_eq!(names(&events), ["token", "token", "token", "done"]);
    assert_eq!(heard(&events), "To Porto.");
    let done = &events[3].1;
    assert_eq!((&done["reply"], &done["model"]), (&json!("To Porto."), &json!("ollama:tiny")));
    assert!(done["reply_id"].is_string() && done["receipt"]["models"].is_array(), "{done}");
    assert_eq!(
        contents(&turns_at(&house, now()).await),
        ["user: Where is Clara going to live?", "assistant: To Porto."]
    );
    // Asked again under its key it is told from what is stored.
    let events = aloud(&house, "Where is Clara going to live?", Some("k")).await;
    assert_eq!((names(&events), heard(&events).as_str()), (vec!["token", "done"], "To Porto."));
    assert_eq!((&events[1].1["repeated"], model.asked().len()), (&json!(true), 1));
}

#[tokio::test]
async fn where_a_model_breaks_off_the_next_one_begins_anew_and_no_half_answer_is_stored() {
    let here = Scripted::always(Answer::lines(&["It is at the", " bank"], Then::Cut)).await;
    let outside = Scripted::always(Answer::events(&["At the market ", "square."], Then::End)).await;
    let mut house = talking(&here).await;
    let backends = Backends { bedrock: Some(outside.bedrock()), ollama_url: here.url.clone() };
    let route = "ollama:tiny,bedrock:amazon.nova-lite-v1:0";
    house.app.converse = Route::parse(Task::Converse, route, &backends).expect("a route");
    let events = aloud(&house, "Where is the shop?", None).await;
    assert_eq!(names(&events), ["token", "token", "restart", "token", "token", "done"]);
    assert_eq!(events[2].1["model"], "ollama:tiny");
    assert_eq!(heard(&events), "At the market square.");
    let turns = contents(&turns_at(&house, now()).await);
    assert_eq!(turns, ["user: Where is the shop?", "assistant: At the market square."]);
}

#[tokio::test]
async fn where_all_models_break_off_memory_answers_and_nothing_half_is_stored() {
    let model = Scripted::always(Answer::lines(&["The boiler was"], Then::Cut)).await;
    let house = talking(&model).await;
    store(&house, json!({ "content": "The boiler was serviced by Mr Tanaka." })).await;
    let events = aloud(&house, "Who serviced the boiler?", None).await;
    assert_eq!(names(&events), ["token", "restart", "token", "done"]);
    let done = &events[3].1;
    assert_eq!((&done["reply_id"], &done["no_model"]["reason"]), (&Value::Null, &json!("failed")));
    assert!(heard(&events).contains("Tanaka"), "{events:?}");
    assert_eq!(contents(&turns_at(&house, now()).await), ["user: Who serviced the boiler?"]);
}

#[tokio::test]
async fn what_fails_before_a_word_was_said_is_a_problem_with_its_status() {
    let house = house_with(&[("MEMORABLE_CHAT_PER_MINUTE", "1")]).await;
    let ask = async |body: Value| {
        let (status, _, answer) = {
            let request = Request::builder().method("POST").uri("/v1/chat").header("authorization", "Bearer local");
            let request = request.body(body.to_string().into_bytes()).expect("a request");
            let minute: Time = "2026-11-20T12:00:00Z".parse().expect("a time");
            let response = gateway::call_at(&house, &house.app, request, minute).await;
            let type_of = response.headers()["content-type"].to_str().expect("text").to_owned();
            let body = String::from_utf8(response.body().to_vec()).expect("a text");
            (response.status().as_u16(), type_of, body)
        };
        (status, answer)
    };
    let whole = json!({ "scope": "user:alice", "session": "s", "message": "Hello.", "stream": true });
    let mut wrong = whole.clone();
    wrong["session"] = json!("");
    let (status, problem) = ask(wrong).await;
    assert!(status == 400 && problem.contains("\"field\":\"session\""), "{problem}");
    assert_eq!(ask(whole.clone()).await.0, 200);
    let (status, problem) = ask(whole).await;
    assert!(status == 429 && problem.contains("throttled"), "{problem}");
}

#[tokio::test]
async fn on_a_socket_the_first_words_come_while_the_model_still_speaks() {
    // It never says that it is done, so nothing that waits for its end would come before the house gives up on it.
    let model = Scripted::always(Answer::lines(&["To ", "Porto"], Then::Silence)).await;
    let house = Arc::new(talking(&model).await);
    let listener = server::listen(0).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(server::serve(Arc::clone(&house), listener, async { drop(stopped.await) }));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let body = json!({ "scope": "user:alice", "session": "s", "message": "Where to?", "stream": true }).to_string();
    let head = format!(
        "POST /v1/chat HTTP/1.1\r\nhost: house\r\nauthorization: Bearer local\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.expect("a request");
    let mut read = String::new();
    while !read.contains("Porto") {
        let mut piece = [0; 4096];
        let size = stream.read(&mut piece).await.expect("a piece");
        assert!(size > 0, "the stream ended after {read}");
        read.push_str(&String::from_utf8_lossy(&piece[..size]));
    }
    assert!(read.starts_with("HTTP/1.1 200"), "{read}");
    assert!(read.contains("text/event-stream") && read.contains("event: token"), "{read}");
    assert!(!read.contains("event: restart") && !read.contains("event: done"), "{read}");
    drop(stream);
    drop(stop);
    served.abort();
}
