//! Questions that come each morning, asked ahead at night.

use memorable::app::App;
use memorable::memory::asked::Asked as Noted;
use memorable::models::routes::{Backends, Route, Task};
use memorable::night;
use memorable::recall::journal;

use super::*;
use crate::support::Call;

const NOVA: &str = "bedrock:amazon.nova-lite-v1:0";
const QUESTION: &str = "Where is my sister Clara going to live?";
const SECRET: &str = "The PIN of Clara's door in Porto is 4711, and the alarm's password is hunter2-Fw9!";

/// As Bedrock: names the memory that tells of Porto.
async fn nova() -> Scripted {
    Scripted::start(|asked| {
        let prompt = asked.json()["messages"][0]["content"][0]["text"].as_str().unwrap_or_default().to_owned();
        let line = prompt.lines().find(|line| line.contains("moves to")).unwrap_or_default();
        let text = format!("She moves, see {}", line.rsplit(' ').next().unwrap_or_default());
        Answer::json(&json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": text }] } },
            "stopReason": "end_turn",
            "usage": { "inputTokens": 100, "outputTokens": 9, "totalTokens": 109 },
        }))
    })
    .await
}

/// A container whose conversations are answered by that model.
fn container(house: &House, model: &Scripted, route: &str) -> App {
    let mut app = house.app.clone();
    let backends = Backends { bedrock: Some(model.bedrock()), ollama_url: model.url.clone() };
    app.converse = Route::parse(Task::Converse, route, &backends).expect("a route");
    app
}

/// Some time on a day in January 2100.
fn on(day: u8, time: &str) -> Time {
    format!("2100-01-{day:02}T{time}Z").parse().expect("a time")
}

async fn asked_of(house: &House, app: &App, when: Time, what: (&'static str, &str, Value)) -> Value {
    let (method, path, body) = what;
    let call = Call { token: "local", method, path: path.to_owned(), key: None, body };
    let (status, answer) = call_at(house, app, when, &call).await;
    assert!(status < 300, "{answer}");
    answer
}

async fn asks(house: &House, app: &App, when: Time, session: &str) -> Value {
    let body = json!({ "scope": "user:alice", "session": session, "message": QUESTION });
    asked_of(house, app, when, ("POST", "/v1/chat", body)).await
}

/// Three mornings on which the same was asked and answered, each in a conversation of its own. Gives what answers.
async fn three_mornings(house: &House, app: &App) -> String {
    let tells =
        json!({ "scope": "user:alice", "content": "My sister Clara moves to Porto in May.", "session": "before" });
    let stored = asked_of(house, app, on(3, "12:00:00"), ("POST", "/v1/memories", tells)).await;
    let secret = json!({ "scope": "user:alice", "content": SECRET, "session": "before" });
    asked_of(house, app, on(3, "12:00:01"), ("POST", "/v1/memories", secret)).await;
    drain(house).await;
    for day in 4..7 {
        asks(house, app, on(day, "07:00:00"), &format!("day {day}")).await;
        drain(house).await;
    }
    journal::write_all(app, on(6, "08:00:00")).await;
    stored["memories"][0]["id"].as_str().expect("an id").to_owned()
}

/// The night of the third of these days; gives how many questions were expected, and asked.
async fn night_of(app: &App) -> (u64, u64) {
    let when = on(7, "03:00:00");
    let done = Box::pin(night::work(app, &alice(), on(6, "03:00:00").date(), when)).await.expect("a night");
    (done.figure("ahead", "expected"), done.figure("ahead", "asked"))
}

#[tokio::test]
async fn what_is_asked_each_morning_is_answered_by_a_memo_that_the_night_made() {
    let (model, house) = (nova().await, house().await);
    let app = container(&house, &model, NOVA);
    let id = three_mornings(&house, &app).await;
    let before = model.asked().len();
    assert_eq!(night_of(&app).await, (1, 1));
    assert_eq!(model.asked().len(), before + 1);
    assert_eq!(night_of(&app).await, (1, 0), "a night that is repeated finds its own answer");

    let answer = asks(&house, &app, on(7, "07:10:00"), "day 7").await;
    assert_eq!(answer["reply"], json!(format!("She moves, see [{id}]")));
    assert_eq!((&answer["receipt"]["memo_hits"], model.asked().len()), (&json!(1), before + 1), "{answer}");
    assert!(model.asked().iter().all(|asked| !asked.body.contains("4711") && !asked.body.contains("hunter2")));

    // It is an answer like any other from then on: who forgets the reply means what was said.
    let reply = format!("/v1/memories/{}?scope=user:alice", answer["reply_id"].as_str().expect("a reply"));
    asked_of(&house, &app, on(7, "07:20:00"), ("DELETE", &reply, Value::Null)).await;
    asks(&house, &app, on(7, "07:30:00"), "day 7, later").await;
    assert_eq!(model.asked().len(), before + 2);
}

#[tokio::test]
async fn without_a_night_the_model_is_asked_and_with_other_grounds_too() {
    for is_changed in [false, true] {
        let (model, house) = (nova().await, house().await);
        let app = container(&house, &model, NOVA);
        let id = three_mornings(&house, &app).await;
        if is_changed {
            night_of(&app).await;
            let body = json!({ "content": "My sister Clara moves to Faro in May." });
            let path = format!("/v1/memories/{id}?scope=user:alice");
            asked_of(&house, &app, on(7, "06:00:00"), ("PATCH", &path, body)).await;
        }
        let before = model.asked().len();
        asks(&house, &app, on(7, "07:10:00"), "day 7").await;
        assert_eq!(model.asked().len(), before + 1, "changed: {is_changed}");
    }
}

#[tokio::test]
async fn a_model_that_costs_nothing_and_is_quick_is_not_asked_ahead() {
    let model = Scripted::always(says("To Porto.")).await;
    let house = house().await;
    let free = container(&house, &model, "ollama:tiny");
    three_mornings(&house, &container(&house, &nova().await, NOVA)).await;
    assert_eq!((night_of(&free).await, model.asked().len()), ((0, 0), 0));
}

#[tokio::test]
async fn nobody_is_asked_what_no_model_may_see_or_where_the_question_was_forgotten() {
    let (model, house) = (nova().await, house().await);
    let app = container(&house, &model, NOVA);
    let id = three_mornings(&house, &app).await;
    let found =
        asked_of(&house, &app, on(6, "09:00:00"), ("GET", "/v1/memories?scope=user:alice&limit=100", Value::Null));
    for memory in found.await["memories"].as_array().expect("memories").iter().filter(|one| one["content"] == QUESTION)
    {
        let path = format!("/v1/memories/{}?scope=user:alice", memory["id"].as_str().expect("an id"));
        asked_of(&house, &app, on(6, "09:00:00"), ("DELETE", &path, Value::Null)).await;
    }
    // A journal keeps no such question; were there one, it would go to no model.
    let secret = "Is hunter2-Fw9! still my password for Clara's door in Porto?";
    let body = json!({ "scope": "user:alice", "content": secret, "session": "s", "role": "user" });
    asked_of(&house, &app, on(6, "09:00:00"), ("POST", "/v1/memories", body)).await;
    drain(&house).await;
    let id: memorable::memory::MemoryId = id.parse().expect("an id");
    for day in 4..7 {
        let noted = Noted {
            at: on(day, "08:00:00"),
            query: secret.to_owned(),
            returned: vec![id],
            used: vec![id],
            confidence: 0.9,
            abstained: false,
        };
        house.app.records.put_asked(&alice(), &[noted], on(6, "09:00:00")).await.expect("a journal");
    }
    let before = model.asked().len();
    assert_eq!(night_of(&app).await, (2, 0));
    assert_eq!(model.asked().len(), before);
}
