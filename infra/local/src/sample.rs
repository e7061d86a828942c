//! The sample conversation: stored, classified, and asked five questions.

use http::Method;
use memorable::error::Result;
use serde_json::json;

use crate::console;
use crate::conversation::{self, Conversation, Question};
use crate::house::House;
use crate::load;
use crate::queues;
use crate::service::Service;

/// Where the sample goes.
pub const SCOPE: &str = "user:sample";
/// Memories shown for each question.
const SHOWN: usize = 3;

/// The conversation that ships with the project.
pub fn conversations() -> Result<Vec<Conversation>> {
    conversation::parse(include_bytes!("../../../examples/sample-conversation.json"))
}

/// Stores the sample, lets the queue run empty, asks its questions and prints what was found; gives how many of the
/// questions had their evidence among the memories shown.
pub async fn run(house: &House) -> Result<usize> {
    let conversations = conversations()?;
    let stored = load::load(&Service::House(house), &conversations, SCOPE).await?;
    console::note("classifying ...");
    queues::drain(house).await?;
    console::note(format!("{stored} turns of a conversation are in scope {SCOPE}"));
    let mut answered = 0;
    let questions: Vec<&Question> = conversations.iter().flat_map(|conversation| &conversation.questions).collect();
    for question in &questions {
        answered += usize::from(ask(house, question).await?);
    }
    console::say(format!(
        "\n{answered} of {} questions have all of their evidence (*) among the first {SHOWN}.",
        questions.len()
    ));
    Ok(answered)
}

async fn ask(house: &House, question: &Question) -> Result<bool> {
    let body = json!({ "query": question.text, "scopes": [SCOPE], "top_k": SHOWN });
    let answer = Service::House(house).ask(Method::POST, "/v1/recall", Some(&body)).await?;
    console::say(format!("\nQ  {}", question.text));
    let mut missing = question.evidence.clone();
    for memory in answer["memories"].as_array().into_iter().flatten() {
        let turn = memory["metadata"]["ref"].as_str().unwrap_or_default();
        let is_evidence = question.evidence.iter().any(|evidence| evidence == turn);
        missing.retain(|evidence| evidence != turn);
        let field = |name: &str| memory[name].as_str().unwrap_or_default();
        let date = field("occurred_at").split('T').next().unwrap_or_default();
        let score = memory["score"].as_f64().unwrap_or_default();
        let mark = if is_evidence { '*' } else { ' ' };
        console::say(format!("{mark}  {score:.2}  {date}  {}: {}", field("speaker"), field("content")));
    }
    let micros = answer["receipt"]["micros"].as_u64().unwrap_or_default();
    console::say(format!("A  {}   ({:.1} ms)", question.answer, micros as f64 / 1_000.0));
    Ok(missing.is_empty())
}
