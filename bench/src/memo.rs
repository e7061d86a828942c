//! A conversation replayed: what is answered again without a model, and what that saves.

use memorable::error::Result;
use memorable_local::load;
use memorable_local::service::Service;
use memorable_local::{House, queues, sample};
use serde_json::{Value, json};

use crate::scripted::{Answer, Asked, Scripted};
use crate::talk::{call, house, say};

const ROUTE: &str = "bedrock:amazon.nova-lite-v1:0";

/// Counts tokens as a model would bill them, roughly: four letters each.
fn answer(asked: &Asked) -> Answer {
    let usage =
        json!({ "inputTokens": asked.body.len() / 4, "outputTokens": 40, "totalTokens": asked.body.len() / 4 + 40 });
    Answer::json(&json!({
        "output": { "message": { "role": "assistant", "content": [{ "text": "As memory has it." }] } },
        "stopReason": "end_turn",
        "usage": usage,
        "metrics": { "latencyMs": 1 },
    }))
}

/// Asks the sample conversation's questions over and over, in ways that may and that may not be answered from memos.
/// Prints a row for each pass; gives them.
pub async fn measure() -> Result<Value> {
    let model = Scripted::start(answer).await;
    let house = house(ROUTE, &model, &model).await?;
    let conversations = sample::conversations()?;
    load::load(&Service::House(&house), &conversations, sample::SCOPE).await?;
    queues::drain(&house).await?;
    let questions: Vec<String> = conversations
        .iter()
        .flat_map(|conversation| &conversation.questions)
        .map(|question| question.text.clone())
        .collect();
    println!("{} questions about the sample conversation; {ROUTE}\n", questions.len());
    println!(
        "  {:<44} {:>5} {:>5} {:>7} {:>6} {:>10} {:>10}",
        "pass", "asked", "hits", "misses", "calls", "paid $", "saved $"
    );
    let mut rows = Vec::new();
    let each = |pass: &str| -> Vec<String> { (0..questions.len()).map(|nth| format!("{pass} {nth}")).collect() };
    let written = |question: &String| question.to_lowercase().replace('?', "");
    rows.push(pass(&house, &model, "first, each in a session of its own", &each("one"), &questions).await?);
    rows.push(pass(&house, &model, "the same in other sessions", &each("two"), &questions).await?);
    let lower: Vec<String> = questions.iter().map(written).collect();
    rows.push(pass(&house, &model, "in other writing", &each("three"), &lower).await?);
    let both: Vec<String> = questions.iter().map(|_| "all".to_owned()).collect();
    rows.push(pass(&house, &model, "all in one session, one after the other", &both, &questions).await?);
    rows.push(pass(&house, &model, "once more in that session: more was said", &both, &questions).await?);
    let fresh = json!({ "scope": sample::SCOPE, "content": format!("About that: {}", questions.join(" ")), "session": "fresh" });
    call(&house, "POST", "/v1/memories", &fresh).await?;
    rows.push(pass(&house, &model, "after a new memory that bears on all", &each("four"), &questions).await?);
    rows.push(pass(&house, &model, "and again", &each("five"), &questions).await?);
    Ok(json!(rows))
}

async fn pass(house: &House, model: &Scripted, name: &str, sessions: &[String], questions: &[String]) -> Result<Value> {
    let before = model.asked().len();
    let (mut hits, mut misses, mut paid, mut saved) = (0, 0, 0.0, 0.0);
    for (session, question) in sessions.iter().zip(questions) {
        let (_, answer) = say(house, sample::SCOPE, session, question).await?;
        let receipt = &answer["receipt"];
        hits += receipt["memo_hits"].as_u64().unwrap_or_default();
        misses += receipt["memo_misses"].as_u64().unwrap_or_default();
        paid += receipt["dollars"].as_f64().unwrap_or_default();
        saved += receipt["dollars_saved"].as_f64().unwrap_or_default();
    }
    let (asked, calls) = (questions.len(), model.asked().len() - before);
    println!("  {name:<44} {asked:>5} {hits:>5} {misses:>7} {calls:>6} {paid:>10.6} {saved:>10.6}");
    Ok(
        json!({ "pass": name, "asked": asked, "hits": hits, "misses": misses, "calls": calls, "dollars": paid, "dollars_saved": saved }),
    )
}
