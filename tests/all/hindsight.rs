//! Nights that learn from questions that failed: what answered in the end answers the next time, and goes with its evidence.

mod failures;

use jiff::SignedDuration;
use memorable::memory::asked::Asked;
use memorable::memory::{MemoryId, Time};
use memorable::night::{hindsight, replay};
use memorable_local::House;
use serde_json::{Value, json};

use crate::support::{alice, call, drain, house, ids, listed, now, recall, store};

const FAILED: &str = "How do I get the heating going?";
const AGAIN: &str = "heating pump relay";

fn at(hours: i64, minutes: i64) -> Time {
    now().plus(-SignedDuration::from_hours(hours)).plus(SignedDuration::from_mins(minutes))
}

/// The question was asked in vain, and then in other words, which were answered from that memory.
async fn failed_and_asked_again(house: &House, question: &str, answered_by: &str, at_hours: i64) {
    let id: MemoryId = answered_by.parse().expect("an id");
    let asked = |query: &str, minutes, used: &[MemoryId]| Asked {
        at: at(at_hours, minutes),
        query: query.to_owned(),
        returned: used.to_vec(),
        used: used.to_vec(),
        confidence: if used.is_empty() { 0.1 } else { 0.9 },
        abstained: used.is_empty(),
    };
    let both = [asked(question, 0, &[]), asked(AGAIN, 1, &[id])];
    house.app.records.put_asked(&alice(), &both, now()).await.expect("a journal");
}

async fn learn(house: &House) -> std::collections::BTreeMap<&'static str, u64> {
    Box::pin(hindsight::learn(&house.app, &alice(), now())).await.expect("a step").figures
}

/// The lessons among all memories.
async fn lessons(house: &House) -> Vec<Value> {
    let is_lesson = |memory: &Value| memory["tags"].as_array().is_some_and(|tags| tags.contains(&json!("hindsight")));
    listed(house).await.into_iter().filter(is_lesson).collect()
}

async fn known(house: &House, query: &str) -> Vec<Value> {
    recall(house, query).await["facts"].as_array().cloned().unwrap_or_default()
}

async fn told(house: &House) -> String {
    let told =
        store(house, json!({ "content": "When the pump stands still, reset the relay behind the panel." })).await;
    store(house, json!({ "content": "The garden was lovely in May." })).await;
    drain(house).await;
    told
}

#[tokio::test]
async fn what_answered_in_the_end_is_a_candidate_first_and_answers_once_it_recurs() {
    let house = house().await;
    let answer = told(&house).await;
    failed_and_asked_again(&house, FAILED, &answer, 30).await;
    assert_eq!(learn(&house).await, [("candidates", 1)].into());
    let [candidate] = &lessons(&house).await[..] else { panic!("one lesson") };
    assert_eq!((&candidate["kind"], &candidate["tags"]), (&json!("procedure"), &json!(["hindsight", "candidate"])));
    assert_eq!(candidate["derived_from"], json!([answer]));
    assert!(known(&house, FAILED).await.is_empty(), "once is an accident");
    assert!(learn(&house).await.is_empty(), "doing it again changes nothing");

    failed_and_asked_again(&house, "How do I get the heating started?", &answer, 5).await;
    assert_eq!(learn(&house).await, [("procedures", 1)].into());
    let [procedure] = &lessons(&house).await[..] else { panic!("still one") };
    assert_eq!(procedure["tags"], json!(["hindsight"]));
    let similar = known(&house, "How do I get the heating working?").await;
    assert_eq!(similar.len(), 1, "a similar question finds it");
    assert!(similar[0]["content"].as_str().is_some_and(|text| text.contains("reset the relay")), "{similar:?}");
    let found = ids(&recall(&house, FAILED).await);
    assert!(!found.contains(&procedure["id"].as_str().expect("an id").to_owned()), "it takes no turn's place");
}

#[tokio::test]
async fn a_lesson_goes_with_its_evidence_and_what_somebody_forgot_is_not_learned_again() {
    let house = house().await;
    let answer = told(&house).await;
    // In a conversation the question is a memory, too.
    let question = store(&house, json!({ "content": FAILED, "session": "s" })).await;
    drain(&house).await;
    for hours in [30, 5] {
        failed_and_asked_again(&house, FAILED, &answer, hours).await;
    }
    learn(&house).await;
    let [lesson] = &lessons(&house).await[..] else { panic!("one lesson") };
    assert_eq!(lesson["derived_from"], json!([answer, question]));
    let delete =
        async |id: &str| call(&house, "DELETE", &format!("/v1/memories/{id}?scope=user:alice"), Value::Null).await.0;
    assert_eq!(delete(&question).await, 200);
    assert!(lessons(&house).await.is_empty(), "it had the question's words");
    learn(&house).await;
    assert!(lessons(&house).await.is_empty(), "what was forgotten does not come back");
}

#[tokio::test]
async fn of_a_secret_nothing_is_learned() {
    let house = house().await;
    let answer = store(&house, json!({ "content": "My password for the heating is hunter2-Fw9!" })).await;
    drain(&house).await;
    for hours in [30, 5] {
        failed_and_asked_again(&house, FAILED, &answer, hours).await;
    }
    learn(&house).await;
    assert!(lessons(&house).await.is_empty());
}

#[tokio::test]
async fn a_vote_with_its_receipt_labels_the_question_for_tuning() {
    let house = house().await;
    let answer = told(&house).await;
    let recalled = recall(&house, "the pump stands still").await;
    assert_eq!(ids(&recalled)[0], answer);
    let body = json!({ "helpful": true, "receipt": recalled["receipt"]["id"] });
    let path = format!("/v1/memories/{answer}/feedback?scope=user:alice");
    assert_eq!(call(&house, "POST", &path, body).await.0, 200);
    let later = now().plus(SignedDuration::from_mins(5));
    let worked = Box::pin(replay::replay(&house.app, &alice(), later)).await.expect("a step");
    assert_eq!(worked.figures["replayed"], 1, "no citation said so, but a person did");
}
