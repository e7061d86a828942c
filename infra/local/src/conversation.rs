//! Conversations as LoCoMo's files have them: sessions with a date and turns, and questions with their evidence.

use std::io::Read;
use std::path::Path;

use jiff::civil::DateTime;
use memorable::error::{Error, Result};
use serde_json::{Map, Value, json};

/// One conversation of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// Its name in the file.
    pub id: String,
    /// Its turns in order, as items of `POST /v1/memories`.
    pub turns: Vec<Value>,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A question about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// What is right.
    pub answer: String,
    /// The turns that say so, by their `dia_id`.
    pub evidence: Vec<String>,
}

/// Reads a file, which may be packed with gzip. Invalid, saying where, if it has another shape.
pub fn read(path: &Path) -> Result<Vec<Conversation>> {
    let failed = |error: std::io::Error| {
        Error::invalid(
            path.display().to_string(),
            format!("this file cannot be read: {error}"),
            "a JSON file, or one in gzip",
        )
    };
    let mut bytes = std::fs::read(path).map_err(failed)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).map_err(failed)?;
    }
    parse(&bytes)
}

/// Reads a file's text.
pub fn parse(bytes: &[u8]) -> Result<Vec<Conversation>> {
    let file = memorable::json::read(bytes)?;
    let list = file.get("conversations").unwrap_or(&file).as_array();
    let list = list.ok_or_else(|| wrong("conversations", "a list of conversations"))?;
    list.iter().enumerate().map(|(i, value)| conversation(&format!("conversations[{i}]"), value)).collect()
}

fn conversation(path: &str, value: &Value) -> Result<Conversation> {
    let id = text(value, "sample_id", path)?;
    let sessions = value.get("conversation").and_then(Value::as_object);
    let sessions = sessions.ok_or_else(|| wrong(&format!("{path}.conversation"), "an object with sessions"))?;
    let mut turns = Vec::new();
    for (name, session) in sessions {
        let Some(said) = session.as_array() else { continue };
        let path = format!("{path}.conversation.{name}");
        let time = session_time(sessions, name)?;
        for (i, turn) in said.iter().enumerate() {
            let path = format!("{path}[{i}]");
            let mut content = text(turn, "text", &path)?.trim().to_owned();
            if let Some(caption) = turn.get("blip_caption").and_then(Value::as_str) {
                content = format!("{content} [image: {caption}]").trim().to_owned();
            }
            turns.push(json!({
                "content": content,
                "speaker": text(turn, "speaker", &path)?,
                "session": format!("{id}/{name}"),
                "occurred_at": time,
                "metadata": { "ref": text(turn, "dia_id", &path)? },
            }));
        }
    }
    let questions = value.get("qa").and_then(Value::as_array).into_iter().flatten().filter_map(question).collect();
    Ok(Conversation { id, turns, questions })
}

/// Sessions carry their time beside them, as `1:56 pm on 8 May, 2023`.
fn session_time(sessions: &Map<String, Value>, name: &str) -> Result<String> {
    let field = format!("{name}_date_time");
    let text = sessions.get(&field).and_then(Value::as_str).ok_or_else(|| wrong(&field, "a date and time"))?;
    let time = DateTime::strptime("%I:%M %p on %d %B, %Y", text);
    let time = time.map_err(|_| wrong(&field, "a date and time such as `1:56 pm on 8 May, 2023`"))?;
    Ok(time.to_string())
}

fn question(value: &Value) -> Option<Question> {
    let evidence = value.get("evidence")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let answer = match value.get("answer")? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(Question { text: value.get("question")?.as_str()?.to_owned(), answer, evidence })
}

fn text(value: &Value, field: &str, path: &str) -> Result<String> {
    let text = value.get(field).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| wrong(&format!("{path}.{field}"), "a text"))
}

fn wrong(field: &str, expected: &str) -> Error {
    Error::invalid(field, "this file has another shape", expected)
}
