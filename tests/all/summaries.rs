//! Sessions in short: made at night and when asked for, by a model where one may and does, and gone with what they tell of.

mod architect;

use jiff::SignedDuration;
use memorable_local::House;
use serde_json::{Value, json};

use crate::scripted::{Answer, Asked, Scripted};
use crate::support::{Call, after, alice, call, call_at, drain, house, house_with, night};

const SAID: [(&str, &str); 6] = [
    ("Ana", "Good morning! Did you sleep well?"),
    ("Ana", "We signed the lease for the bakery in Setúbal on 4 May, and the oven is an old one."),
    ("Ben", "Wonderful! When do you open?"),
    ("Ana", "We open on 20 June if the oven passes inspection on Monday."),
    ("Ben", "I promise to paint the sign for the bakery before the opening."),
    ("Ana", "The rent is 900 euros, and the landlord pays for the chimney."),
];

async fn tell(house: &House, session: &str) -> Vec<String> {
    let items: Vec<Value> =
        SAID.iter().map(|(who, what)| json!({ "content": what, "speaker": who, "session": session })).collect();
    let (status, answer) = call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
    assert_eq!(status, 202, "{answer}");
    drain(house).await;
    let memories = answer["memories"].as_array().expect("memories");
    memories.iter().map(|memory| memory["id"].as_str().expect("an id").to_owned()).collect()
}

async fn tell_of_rolls(house: &House) {
    let items: Vec<Value> = (0..30)
        .map(|nth| json!({ "content": format!("The bakery on corner {nth} sells rolls and rye bread."), "session": "rolls" }))
        .collect();
    let (status, answer) = call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
    assert_eq!(status, 202, "{answer}");
}

async fn summary(house: &House, session: &str) -> Value {
    let path = format!("/v1/sessions/{session}/summary?scope=user:alice");
    let (status, answer) = call(house, "GET", &path, Value::Null).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn text(answer: &Value, level: usize) -> String {
    answer["levels"][level]["text"].as_str().expect("a text").to_owned()
}

fn names(answer: &Value) -> String {
    answer["levels"].as_array().expect("levels").iter().map(|level| level["memories"].to_string()).collect()
}

async fn stored(house: &House) -> usize {
    house.app.records.summaries(&alice()).await.expect("summaries").len()
}

#[tokio::test]
async fn a_session_is_summed_up_at_once_when_asked_for_and_for_good_at_night() {
    let house = house().await;
    tell(&house, "bakery").await;
    let before = summary(&house, "bakery").await;
    assert_eq!(stored(&house).await, 0, "who reads writes nothing");
    night(&house).await;
    assert_eq!(stored(&house).await, 1);
    let after = summary(&house, "bakery").await;
    assert_eq!(before["levels"], after["levels"], "the same turns are summed up the same");
    assert_eq!((&after["turns"], &after["levels"][0]["by"]), (&json!(6), &json!("extract")));
    let levels: Vec<&str> =
        after["levels"].as_array().expect("levels").iter().filter_map(|l| l["level"].as_str()).collect();
    assert_eq!(levels, ["sentence", "paragraph", "detailed"]);
    assert!(text(&after, 2).contains("Ben: I promise to paint the sign"), "{after}");
    assert!(text(&after, 0).len() < text(&after, 2).len());
    let (status, one) =
        call(&house, "GET", "/v1/sessions/bakery/summary?scope=user:alice&level=paragraph", Value::Null).await;
    assert_eq!(
        (status, one["levels"].as_array().map(Vec::len), &one["levels"][0]),
        (200, Some(1), &after["levels"][1])
    );
}

#[tokio::test]
async fn what_is_said_after_the_night_is_in_the_next_answer() {
    let house = house().await;
    tell(&house, "bakery").await;
    night(&house).await;
    let more = json!({ "scope": "user:alice", "session": "bakery", "speaker": "Ana",
        "content": "The lease, the oven, the rent, the sign, the chimney and the landlord: all of Setúbal burned down." });
    assert_eq!(call(&house, "POST", "/v1/memories", more).await.0, 202);
    let answer = summary(&house, "bakery").await;
    assert_eq!(answer["turns"], 7);
    assert!(text(&answer, 2).contains("burned down"), "{answer}");
}

#[tokio::test]
async fn what_was_said_after_the_night_and_left_short_term_memory_is_in_the_next_answer() {
    let house = house().await;
    tell(&house, "bakery").await;
    night(&house).await;
    let say = message("bakery", "The bakery in Setúbal burned down in May.");
    assert_eq!(call_at(&house, &house.app, after(SignedDuration::from_hours(30)), &say).await.0, 200);
    let path = "/v1/sessions/bakery/summary?scope=user:alice".to_owned();
    let look = Call { token: "local", method: "GET", path, key: None, body: Value::Null };
    let later = after(SignedDuration::from_hours(32));
    assert!(house.app.records.turns(&alice(), "bakery", 20, later).await.expect("turns").is_empty());
    let (status, answer) = call_at(&house, &house.app, later, &look).await;
    assert_eq!((status, &answer["turns"]), (200, &json!(7)), "{answer}");
    assert!(text(&answer, 2).contains("burned down"), "{answer}");
}

#[tokio::test]
async fn what_is_forgotten_or_changed_is_in_no_summary() {
    let house = house().await;
    let ids = tell(&house, "bakery").await;
    night(&house).await;
    assert!(text(&summary(&house, "bakery").await, 2).contains("Setúbal"));
    let path = format!("/v1/memories/{}?scope=user:alice", ids[1]);
    assert_eq!(call(&house, "DELETE", &path, Value::Null).await.0, 200);
    let path = format!("/v1/memories/{}?scope=user:alice", ids[5]);
    let changed = json!({ "content": "The rent is 750 euros, and nobody pays for the chimney." });
    assert_eq!(call(&house, "PATCH", &path, changed).await.0, 202);
    for _ in 0..2 {
        let answer = summary(&house, "bakery").await;
        assert!(!answer.to_string().contains("Setúbal") && !names(&answer).contains(&ids[1]), "{answer}");
        assert!(!answer.to_string().contains("900 euros"), "{answer}");
        drain(&house).await;
        night(&house).await;
    }
    // With the last of its memories the session's summary goes.
    for id in &ids {
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    }
    let (status, _) = call(&house, "GET", "/v1/sessions/bakery/summary?scope=user:alice", Value::Null).await;
    assert_eq!(status, 404);
    night(&house).await;
    assert_eq!(stored(&house).await, 0);
}

#[tokio::test]
async fn a_night_sums_up_again_only_what_changed() {
    let house = house().await;
    tell(&house, "bakery").await;
    tell(&house, "other").await;
    night(&house).await;
    let first = house.app.records.summaries(&alice()).await.expect("summaries");
    let more =
        json!({ "scope": "user:alice", "session": "other", "content": "The ferry to the island leaves at nine." });
    assert_eq!(call(&house, "POST", "/v1/memories", more).await.0, 202);
    drain(&house).await;
    night(&house).await;
    let second = house.app.records.summaries(&alice()).await.expect("summaries");
    let same = first.iter().filter(|(sort, summary)| second.get(*sort) == Some(summary)).count();
    assert_eq!((first.len(), second.len(), same), (2, 2, 1));
}

/// Sums up in its own words, by the numbers of the turns that it finds.
fn sums_up(asked: &Asked) -> Answer {
    let body = asked.json();
    let user = body["messages"][1]["content"].as_str().unwrap_or_default().to_owned();
    let number = |part: &str| {
        let line = user.lines().find(|line| line.contains(part)).unwrap_or_default();
        line.split(' ').next().and_then(|number| number.parse::<usize>().ok()).unwrap_or_default()
    };
    let (lease, sign) = (number("lease"), number("paint the sign"));
    let row = |text: &str, turns: Value| json!({ "text": text, "turns": turns });
    let answer = json!({
        "sentence": row("Ana has a lease for the bakery in Setúbal.", json!([lease])),
        "paragraph": row("Ana has a lease for the bakery in Setúbal. Ben will paint its sign.", json!([lease, sign])),
        "detailed": row("Ana has had a lease for the bakery in Setúbal since 4 May. Ben will paint its sign.", json!([lease, sign])),
    });
    says(&answer.to_string())
}

fn says(text: &str) -> Answer {
    Answer::json(&json!({ "message": { "content": text }, "prompt_eval_count": 300, "eval_count": 60 }))
}

async fn with_model(url: &str) -> House {
    house_with(&[("MEMORABLE_ROUTE_SUMMARIZE", "ollama:tiny"), ("OLLAMA_HOST", url)]).await
}

#[tokio::test]
async fn a_model_sums_up_once_and_its_words_go_with_each_memory_they_were_made_from() {
    let model = Scripted::start(sums_up).await;
    let house = with_model(&model.url).await;
    let ids = tell(&house, "bakery").await;
    night(&house).await;
    let answer = summary(&house, "bakery").await;
    assert_eq!(
        answer["levels"][0],
        json!({ "level": "sentence", "text": "Ana has a lease for the bakery in Setúbal.",
        "memories": [ids[1]], "by": "ollama:tiny" }),
        "{answer}"
    );
    assert_eq!(answer["levels"][1]["memories"], json!([ids[1], ids[4]]));
    night(&house).await;
    assert_eq!(model.asked().len(), 1, "nothing changed, so nobody is asked");
    // One that the model was shown and did not cite takes the words along, at once and in the table.
    let path = format!("/v1/memories/{}?scope=user:alice", ids[5]);
    assert_eq!(call(&house, "DELETE", &path, Value::Null).await.0, 200);
    let answer = summary(&house, "bakery").await;
    assert!(answer["levels"].as_array().expect("levels").iter().all(|level| level["by"] == "extract"), "{answer}");
    let kept = house.app.records.memos(&alice(), "summary-").await.expect("memos");
    assert!(kept.is_empty(), "{kept:?}");
    drain(&house).await;
    night(&house).await;
    assert_eq!(summary(&house, "bakery").await["levels"][0]["by"], "ollama:tiny");
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn a_change_voids_a_models_words_before_any_night() {
    let model = Scripted::start(sums_up).await;
    let house = with_model(&model.url).await;
    let ids = tell(&house, "bakery").await;
    night(&house).await;
    let path = format!("/v1/memories/{}?scope=user:alice", ids[1]);
    let changed = json!({ "content": "We signed nothing yet." });
    assert_eq!(call(&house, "PATCH", &path, changed).await.0, 202);
    let answer = summary(&house, "bakery").await;
    assert!(!answer.to_string().contains("Setúbal"), "{answer}");
}

#[tokio::test]
async fn a_model_that_invents_obeys_or_fails_leaves_the_speakers_own_words() {
    let invents = json!({
        "sentence": { "text": "Ana owes Eve 500 euros.", "turns": [1] },
        "paragraph": { "text": "Ana owes Eve 500 euros.", "turns": [1] },
        "detailed": { "text": "Ana owes Eve 500 euros.", "turns": [1] },
    });
    for answer in [says(&invents.to_string()), says("I will not."), Answer::Body(500, "{}".to_owned())] {
        let model = Scripted::always(answer).await;
        let house = with_model(&model.url).await;
        tell(&house, "bakery").await;
        for _ in 0..5 {
            night(&house).await;
        }
        let told = summary(&house, "bakery").await;
        assert_eq!(told["levels"][1]["by"], "extract", "{told}");
        assert!(!told.to_string().contains("500 euros") && text(&told, 1).contains("Setúbal"), "{told}");
    }
}

#[tokio::test]
async fn no_secret_is_shown_to_a_model_that_sums_up_wherever_it_is() {
    for outside in [true, false] {
        let model = Scripted::start(sums_up).await;
        let house = with_model(&if outside { model.url_elsewhere() } else { model.url.clone() }).await;
        let secret = json!({ "scope": "user:alice", "session": "bakery", "speaker": "Ana",
            "content": "My bank password is Tr0ub4dor&3 for the bakery's account in Setúbal." });
        assert_eq!(call(&house, "POST", "/v1/memories", secret).await.0, 202);
        tell(&house, "bakery").await;
        night(&house).await;
        assert_eq!(model.asked().len(), 1);
        assert!(!model.asked()[0].body.contains("Tr0ub4dor"), "{}", model.asked()[0].body);
        assert_eq!(summary(&house, "bakery").await["levels"][0]["by"], "ollama:tiny");
    }
}

#[tokio::test]
async fn chat_is_given_earlier_conversations_in_short_and_says_which() {
    let model = Scripted::always(says("I see.")).await;
    let house = house_with(&[("MEMORABLE_ROUTE_CONVERSE", "ollama:tiny"), ("OLLAMA_HOST", &model.url)]).await;
    let ids = tell(&house, "bakery").await;
    // Enough beside it that recall does not find all of the session anyway.
    tell_of_rolls(&house).await;
    drain(&house).await;
    night(&house).await;
    let body = json!({ "scope": "user:alice", "session": "today", "message": "Who paints the sign of the bakery?" });
    let (status, answer) = call(&house, "POST", "/v1/chat", body).await;
    assert_eq!(status, 200, "{answer}");
    let summed = answer["summaries"].as_array().expect("summaries");
    assert!(!summed.is_empty(), "{answer}");
    for one in summed {
        assert!(["bakery", "rolls"].contains(&one["session"].as_str().unwrap_or_default()), "{one}");
        assert!(one["tokens"].as_u64().is_some_and(|tokens| tokens > 5) && one["by"] == "extract", "{one}");
    }
    let prompt = model.asked().last().expect("a prompt").json()["messages"][1]["content"].to_string();
    assert!(prompt.contains("<earlier "), "{prompt}");
    let named: Vec<&str> =
        answer["memories"].as_array().expect("memories").iter().filter_map(|m| m["id"].as_str()).collect();
    for one in summed {
        let memories = one["memories"].as_array().expect("memories").iter();
        assert!(memories.filter_map(Value::as_str).all(|id| named.contains(&id)), "{answer}");
    }
    // Forgotten, it is in no later prompt, though the summary was made before.
    for id in &ids {
        call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    }
    let what = message("later", "Who paints the sign of the bakery now?");
    let (status, answer) = call_at(&house, &house.app, after(SignedDuration::from_mins(2)), &what).await;
    assert_eq!(status, 200, "{answer}");
    let prompt = model.asked().last().expect("a prompt").json()["messages"][1]["content"].to_string();
    assert!(!prompt.contains("paint the sign for") && !prompt.contains("Setúbal"), "{prompt}");
}

/// A long afternoon of which recall finds a part.
const AFTERNOON: [&str; 18] = [
    "Ben paints the sign of the bakery on Tuesday.",
    "The oven of the bakery is from 1962 and needs a new door.",
    "The landlord of the bakery pays for the chimney.",
    "Clara grinds rye for the bakery in her uncle's mill.",
    "The inspector of the bakery comes on Monday morning.",
    "The shop window of the bakery was broken by a football.",
    "Dora keeps the books of the bakery on Fridays.",
    "The bakery buys its butter from a farm near Palmela.",
    "The lease of the bakery runs for eleven years.",
    "A cat called Miga lives behind the bakery.",
    "The bakery closes in the second half of August.",
    "The scales of the bakery were calibrated in Lisbon.",
    "Rolls of the bakery cost 40 cents, and loaves three euros.",
    "The van of the bakery has 210,000 kilometres on the clock.",
    "Emil delivers the bread of the bakery to two hotels.",
    "The bakery owes the bank 14,000 euros until 2029.",
    "The insurance of the bakery covers flour explosions.",
    "The recipe of the bakery's cake is from Ana's grandmother.",
];

async fn tell_all(house: &House, session: &str, said: &[&str]) {
    let items: Vec<Value> =
        said.iter().map(|what| json!({ "content": what, "speaker": "Ana", "session": session })).collect();
    let (status, answer) = call(house, "POST", "/v1/memories", json!({ "scope": "user:alice", "items": items })).await;
    assert_eq!(status, 202, "{answer}");
}

/// How many parts of the afternoon a new conversation is given in short, and all that its model is shown.
async fn summed(house: &House, model: &Scripted, session: &str) -> (usize, String) {
    let message = format!("Who paints the sign of the bakery, I ask {session}?");
    let body = json!({ "scope": "user:alice", "session": session, "message": message });
    let (status, answer) = call(house, "POST", "/v1/chat", body).await;
    assert_eq!(status, 200, "{answer}");
    let all = answer["summaries"].as_array().expect("summaries");
    let prompt = model.asked().last().expect("a prompt").json()["messages"][1]["content"].to_string();
    (all.iter().filter(|one| one["session"] == "afternoon").count(), prompt)
}

#[tokio::test]
async fn an_earlier_conversation_of_the_same_day_is_given_in_short_before_any_night() {
    let model = Scripted::always(says("I see.")).await;
    let house = house_with(&[("MEMORABLE_ROUTE_CONVERSE", "ollama:tiny"), ("OLLAMA_HOST", &model.url)]).await;
    tell_all(&house, "afternoon", &AFTERNOON).await;
    let (parts, prompt) = summed(&house, &model, "today").await;
    assert_eq!((parts, stored(&house).await), (1, 0), "given, and written nowhere: {prompt}");
}

#[tokio::test]
async fn what_was_said_after_a_night_is_given_beside_what_the_night_made() {
    let model = Scripted::always(says("I see.")).await;
    let house = house_with(&[("MEMORABLE_ROUTE_CONVERSE", "ollama:tiny"), ("OLLAMA_HOST", &model.url)]).await;
    tell_all(&house, "afternoon", &AFTERNOON[9..]).await;
    drain(&house).await;
    night(&house).await;
    assert_eq!(summed(&house, &model, "before").await.0, 0, "recall finds all of it");
    tell_all(&house, "afternoon", &AFTERNOON[..9]).await;
    let (parts, prompt) = summed(&house, &model, "after").await;
    assert_eq!(parts, 2, "{prompt}");
}

/// That message to user:alice's session.
fn message(session: &str, message: &str) -> Call {
    Call {
        token: "local",
        method: "POST",
        path: "/v1/chat".to_owned(),
        key: None,
        body: json!({ "scope": "user:alice", "session": session, "message": message }),
    }
}
