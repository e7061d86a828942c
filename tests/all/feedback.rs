//! What people say of memories, through the whole house: it corrects at once, stays, and is learned from.

use memorable::memory::MemoryId;
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{alice, call, drain, house, ids, index_entries, listed, night, recall, store};

async fn say(house: &House, id: &str, said: Value) -> (u16, Value) {
    let path = format!("/v1/memories/{id}/feedback?scope=user:alice");
    Box::pin(call(house, "POST", &path, said)).await
}

async fn get(house: &House, id: &str) -> Value {
    let path = format!("/v1/memories/{id}?scope=user:alice");
    let (status, mut memory) = Box::pin(call(house, "GET", &path, Value::Null)).await;
    assert_eq!(status, 200, "{memory}");
    memory["receipt"].take();
    memory
}

async fn found_as(house: &House, query: &str, kind: &str) -> Vec<String> {
    let body = json!({"query": query, "scopes": ["user:alice"], "filters": {"kind": kind}});
    let (status, answer) = Box::pin(call(house, "POST", "/v1/recall", body)).await;
    assert_eq!(status, 200, "{answer}");
    ids(&answer)
}

async fn kept(house: &House, id: &str) -> Option<memorable::memory::feedback::Feedback> {
    let id: MemoryId = id.parse().expect("an id");
    house.app.records.feedback(&alice(), id).await.expect("a read")
}

#[tokio::test]
async fn a_correction_holds_at_once_wherever_the_memory_lies() {
    for in_segment in [false, true] {
        let house = house().await;
        let id = Box::pin(store(&house, json!({"content": "The greenhouse opens at nine."}))).await;
        Box::pin(drain(&house)).await;
        if in_segment {
            Box::pin(night(&house)).await;
            assert!(crate::support::index(&house).await.tail.is_empty());
        }
        assert_eq!(found_as(&house, "greenhouse", "fact").await, std::slice::from_ref(&id));
        let said =
            json!({"kind": "preference", "sensitivity": "confidential", "importance": 0.9, "topics": ["plants"]});
        let (status, answer) = say(&house, &id, said).await;
        assert_eq!((status, &answer["repeated"]), (200, &json!(false)), "{answer}");
        let memory = get(&house, &id).await;
        let fields =
            ["kind", "sensitivity", "confidence", "topics", "classified_by", "state"].map(|name| &memory[name]);
        assert_eq!(
            fields,
            [
                &json!("preference"),
                &json!("confidential"),
                &json!(1.0),
                &json!(["plants"]),
                &json!("person"),
                &json!("ready")
            ]
        );
        assert_eq!(found_as(&house, "greenhouse", "preference").await, std::slice::from_ref(&id));
        assert!(found_as(&house, "greenhouse", "fact").await.is_empty());
        Box::pin(night(&house)).await;
        assert_eq!(index_entries(&house).await[&id], 1);
        assert_eq!(found_as(&house, "greenhouse", "preference").await, [id]);
    }
}

#[tokio::test]
async fn a_correction_is_not_undone_by_a_message_that_comes_late() {
    let house = house().await;
    let id =
        store(&house, json!({"content": "Ines takes the minutes on Thursday, at the sister house in Porto."})).await;
    // Still pending: the message to classify it is on its way.
    let (status, answer) = say(&house, &id, json!({"kind": "note"})).await;
    assert_eq!((status, &answer["classification"]["kind"]), (200, &json!("note")), "{answer}");
    assert_eq!(get(&house, &id).await["kind"], "note");
    drain(&house).await;
    let memory = get(&house, &id).await;
    assert_eq!(
        (&memory["kind"], &memory["state"], &memory["classified_by"]),
        (&json!("note"), &json!("ready"), &json!("person"))
    );
    let now = crate::support::now();
    memorable::classify::classify(&house.app, &alice(), &[id.parse().expect("an id")], now).await.expect("again");
    assert_eq!(get(&house, &id).await, memory);
    assert_eq!(found_as(&house, "minutes", "note").await, [id]);
}

#[tokio::test]
async fn what_is_said_twice_is_kept_once_and_goes_with_its_memory() {
    let house = house().await;
    let id = store(&house, json!({"content": "Marmalade on Sundays."})).await;
    drain(&house).await;
    let said = json!({"kind": "preference", "helpful": true});
    let (_, first) = say(&house, &id, said.clone()).await;
    let (_, again) = say(&house, &id, said).await;
    assert_eq!((&first["repeated"], &again["repeated"]), (&json!(false), &json!(true)));
    assert_eq!(first["revision"], again["revision"]);
    let feedback = kept(&house, &id).await.expect("it is kept");
    assert_eq!((feedback.revision, feedback.votes.len()), (1, 1));
    let (status, _) = call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await;
    assert_eq!((status, kept(&house, &id).await), (200, None));
    assert_eq!(say(&house, &id, json!({"helpful": true})).await.0, 404);
}

#[tokio::test]
async fn a_correction_stays_with_its_text() {
    let house = house().await;
    let id = store(&house, json!({"content": "The tandem stands behind the shed."})).await;
    drain(&house).await;
    say(&house, &id, json!({"kind": "note"})).await;
    let path = format!("/v1/memories/{id}?scope=user:alice");
    call(&house, "PATCH", &path, json!({"tags": ["bikes"]})).await;
    drain(&house).await;
    let memory = get(&house, &id).await;
    assert_eq!((&memory["kind"], &memory["tags"]), (&json!("note"), &json!(["bikes"])));
    call(&house, "PATCH", &path, json!({"content": "The tandem was stolen yesterday."})).await;
    drain(&house).await;
    assert_eq!(get(&house, &id).await["classified_by"], "rules");
}

#[tokio::test]
async fn the_latest_is_learned_from_first() {
    let house = house().await;
    let mut said = Vec::new();
    for nth in 0..6 {
        let id = store(&house, json!({"content": format!("Shelf number {nth} is for the jars.")})).await;
        say(&house, &id, json!({"kind": "note"})).await;
        said.insert(0, id);
    }
    let latest = house.app.records.feedbacks(&alice(), 3).await.expect("a read");
    assert_eq!(latest.iter().map(|said| said.id.to_string()).collect::<Vec<_>>(), said[..3]);
}

#[tokio::test]
async fn a_vote_names_the_recall_that_found_the_memory() {
    let house = house().await;
    let id = store(&house, json!({"content": "The kayak is in the boathouse."})).await;
    let receipt = recall(&house, "Where is the kayak?").await["receipt"]["id"].clone();
    let other = store(&house, json!({"content": "Zwieback keeps for months."})).await;
    let (status, answer) = say(&house, &id, json!({"helpful": true, "receipt": receipt})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["revision"], 1, "a vote changes nothing of the memory");
    assert_eq!(kept(&house, &id).await.expect("a vote").votes[0].receipt.as_deref(), receipt.as_str());
    let (status, problem) = say(&house, &other, json!({"helpful": true, "receipt": receipt})).await;
    assert_eq!((status, &problem["field"]), (400, &json!("receipt")));
}

#[tokio::test]
async fn what_would_teach_most_is_asked_for_until_somebody_says_it() {
    let house = house().await;
    let texts = [
        "Candle, thimble, and then the long way by sea, in that order.",
        "By sea if there is a choice.",
        "By sea, if there is a choice!",
        "Good morning!",
    ];
    for text in texts {
        store(&house, json!({"content": text})).await;
    }
    drain(&house).await;
    let requests = async || {
        let (status, answer) = call(&house, "GET", "/v1/feedback/requests?scope=user:alice&limit=2", Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer["requests"].as_array().expect("requests").clone()
    };
    let first = requests().await;
    assert!(!first.is_empty() && first.len() <= 2, "{first:?}");
    let least = (listed(&house).await.iter()).filter_map(|memory| memory["confidence"].as_f64()).fold(1.0, f64::min);
    assert!(least < 0.95, "{least}");
    assert_eq!(first[0]["confidence"].as_f64(), Some(least), "the least sure comes first: {first:?}");
    let alike = first.iter().filter(|request| request["content"].as_str().is_some_and(|text| text.contains("choice")));
    assert!(alike.count() <= 1, "of two that say the same one is asked about: {first:?}");
    assert!(first[0]["reason"].as_str().is_some_and(|reason| reason.contains("confidence")), "{}", first[0]);
    let id = first[0]["id"].as_str().expect("an id").to_owned();
    say(&house, &id, json!({"kind": "preference"})).await;
    assert!(requests().await.iter().all(|request| request["id"] != json!(id)));
}

#[tokio::test]
async fn a_preview_tells_what_classifying_would_and_stores_nothing() {
    let house = house().await;
    let text = "I promise Ana to be at the oncologist in Porto on 20 June 2026.";
    let time = "2026-06-17T12:00:00Z";
    house.faults.reset();
    let (status, one) =
        call(&house, "POST", "/v1/classify", json!({"scope": "user:alice", "content": text, "time": time})).await;
    assert_eq!(status, 200, "{one}");
    let (_, many) = call(
        &house,
        "POST",
        "/v1/classify",
        json!({"scope": "user:alice", "items": [{"content": text, "time": time}, {"content": "my card: 4111 1111 1111 1111"}]}),
    )
    .await;
    assert_eq!(house.faults.calls(), 1, "which head classifies is read once, and nothing written");
    assert_eq!(one["classifications"][0], many["classifications"][0]);
    assert_eq!(many["classifications"][1]["sensitivity"], "secret");
    store(&house, json!({"content": text, "occurred_at": time})).await;
    drain(&house).await;
    let memory = &listed(&house).await[0];
    for field in [
        "kind",
        "sensitivity",
        "importance",
        "confidence",
        "entities",
        "event_time",
        "topics",
        "relevant_until",
        "emotion",
    ] {
        assert_eq!(one["classifications"][0][field], memory[field], "{field}");
    }
    assert_eq!(memory["relevant_until"], "2026-06-21T00:00:00Z");
}
