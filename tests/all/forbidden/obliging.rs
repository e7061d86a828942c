//! A model that does all it is asked for in the form that is asked for, and tells in other words whatever it was shown.

use serde_json::{Value, json};

use crate::scripted::{Answer, Asked};

/// As Ollama and as Bedrock: labels, facts, summaries and replies that are taken, and vectors.
pub fn obliging(asked: &Asked) -> Answer {
    let body = asked.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Answer::json(&match asked.what.as_str() {
        "POST /api/embed" => {
            json!({ "embeddings": vec![json!([0.6, 0.8]); body["input"].as_array().map_or(1, Vec::len)] })
        }
        "POST /api/chat" => {
            let said = said(&text(&body["messages"][0]["content"]), &text(&body["messages"][1]["content"]));
            json!({ "message": { "content": said }, "prompt_eval_count": 9, "eval_count": 3 })
        }
        what if what.ends_with("/converse") => {
            let said = said(&text(&body["system"][0]["text"]), &text(&body["messages"][0]["content"][0]["text"]));
            json!({
                "output": { "message": { "role": "assistant", "content": [{ "text": said }] } },
                "stopReason": "end_turn",
                "usage": { "inputTokens": 41, "outputTokens": 7, "totalTokens": 48 },
            })
        }
        "GET /api/tags" | "GET /api/ps" => json!({ "models": [] }),
        _ => json!({ "embedding": [0.8, 0.6] }),
    })
}

/// The answer to a prompt of any task.
fn said(system: &str, user: &str) -> String {
    let lines: Vec<(u64, &str)> = user.lines().filter_map(numbered).collect();
    if system.starts_with("You label texts") {
        let label = |(number, text): &(u64, &str)| json!({ "text": number, "begins": first(text, 3), "kind": "fact", "importance": 1, "confidence": 1 });
        json!({ "labels": lines.iter().map(label).collect::<Vec<_>>() }).to_string()
    } else if system.starts_with("Note what lasts") {
        json!({ "facts": lines.iter().filter_map(fact).collect::<Vec<_>>() }).to_string()
    } else if system.starts_with("You sum up") {
        let Some((number, text)) = lines.first() else { return "{}".to_owned() };
        let row = json!({ "text": text.split_once(": ").map_or(*text, |(_, said)| said), "turns": [number] });
        json!({ "sentence": row, "paragraph": row, "detailed": row }).to_string()
    } else {
        format!("So it is kept, {}.", marks(user))
    }
}

/// A line after its number, as prompts have them: `1: text`, `1 [date] who: text`.
fn numbered(line: &str) -> Option<(u64, &str)> {
    let (number, rest) = line.split_once([' ', ':'])?;
    let rest = rest.trim_start();
    // Known facts have no date, and are nothing that was said now.
    Some((number.parse().ok()?, rest))
}

/// What a turn holds, without the words that close it.
fn fact((number, line): &(u64, &str)) -> Option<Value> {
    let (who, said) = line.strip_prefix('[')?.split_once("] ")?.1.split_once(": ")?;
    let value = said.split_whitespace().next()?;
    Some(json!({ "turn": number, "kind": "fact", "subject": who, "attribute": "says", "value": value,
        "text": format!("{who} has it so, {}.", marks(said)), "quote": first(said, 4), "ends": [] }))
}

fn first(text: &str, words: usize) -> String {
    text.split_whitespace().take(words).collect::<Vec<_>>().join(" ")
}

/// The marks that stand in the text: they tell what it was made of.
fn marks(text: &str) -> String {
    let all = ["marked-open", "marked-confidential", "marked-secret", "marked-ultra"];
    all.into_iter().filter(|mark| text.contains(mark)).collect::<Vec<_>>().join(" ")
}
