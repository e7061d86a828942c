//! ChatGPT's export: conversations as trees of messages, of which one branch is what the person saw last.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::ingest::Draft;
use crate::memory::{Role, Time};
use crate::transfer::job::LineError;
use crate::transfer::read::pieces::{name, pieces};
use crate::transfer::read::{Found, Setting};

#[derive(Deserialize)]
struct Conversation {
    id: Option<String>,
    conversation_id: Option<String>,
    title: Option<String>,
    create_time: Option<f64>,
    current_node: Option<String>,
    mapping: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    message: Option<Message>,
    parent: Option<String>,
    #[serde(default)]
    children: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    author: Author,
    create_time: Option<f64>,
    content: Content,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Author {
    role: String,
}

#[derive(Deserialize)]
struct Content {
    content_type: String,
    #[serde(default)]
    parts: Vec<Value>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    is_visually_hidden_from_conversation: Option<bool>,
}

/// The messages of a conversation, in their order.
pub fn read(setting: &Setting, text: &str, line: u64, found: &mut Vec<Found>) {
    let conversation: Conversation = match serde_json::from_str(text) {
        Ok(conversation) => conversation,
        Err(error) => {
            found.push(Found::Wrong(wrong(line, &error)));
            return;
        }
    };
    let session = conversation.conversation_id.as_deref().or(conversation.id.as_deref());
    // Without a name of its own, the time at which it began is one.
    let began = || conversation.create_time.and_then(time).map(|time| time.to_string());
    let session = session.and_then(name).or_else(began).or_else(|| setting.session.clone());
    let title = conversation.title.as_deref().and_then(name);
    let branch = branch(&conversation);
    let others = conversation.mapping.values().filter(|node| node.message.is_some()).count();
    let here = branch.iter().filter(|id| conversation.mapping[**id].message.is_some()).count();
    found.extend(std::iter::repeat_n(Found::Skipped("other branches"), others - here));
    for id in branch {
        let Some(message) = &conversation.mapping[id].message else { continue };
        let texts = match said(message) {
            Ok(texts) => texts,
            Err(reason) => {
                found.push(Found::Skipped(reason));
                continue;
            }
        };
        let (role, text) = texts;
        for piece in pieces(&text) {
            let mut metadata = Map::new();
            if let Some(title) = &title {
                metadata.insert("conversation".to_owned(), json!(title));
            }
            let draft = Draft {
                session: session.clone(),
                role: Some(role),
                occurred_at: message.create_time.or(conversation.create_time).and_then(time),
                metadata,
                ..Draft::of(&setting.scope, piece.to_owned())
            };
            found.push(Found::Said { draft: Box::new(draft), line, nth: 0 });
        }
    }
}

/// The ids from the root to the message the person saw last; where the file does not say which, to the latest.
fn branch(conversation: &Conversation) -> Vec<&str> {
    let mapping = &conversation.mapping;
    let newest = || {
        let leaves = mapping.iter().filter(|(_, node)| node.children.is_empty());
        let at = |node: &Node| node.message.as_ref().and_then(|message| message.create_time).unwrap_or(0.0);
        leaves.max_by(|(_, a), (_, b)| at(a).total_cmp(&at(b))).map(|(id, _)| id.as_str())
    };
    let current = conversation.current_node.as_deref().filter(|id| mapping.contains_key(*id));
    let mut at = current.or_else(newest);
    let mut branch = Vec::new();
    while let Some((id, node)) = at.and_then(|id| mapping.get_key_value(id)) {
        // A tree that bites its tail would never end.
        if branch.len() > mapping.len() {
            break;
        }
        branch.push(id.as_str());
        at = node.parent.as_deref();
    }
    branch.reverse();
    branch
}

fn said(message: &Message) -> Result<(Role, String), &'static str> {
    if message.metadata.is_visually_hidden_from_conversation == Some(true) {
        return Err("hidden");
    }
    let role = match message.author.role.as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => return Err("system"),
        _ => return Err("tools"),
    };
    if !matches!(message.content.content_type.as_str(), "text" | "multimodal_text") {
        return Err("tools");
    }
    // Pictures and sound are objects among the parts; a transcript is the text of one.
    let part = |part: &Value| match part {
        Value::String(text) => Some(text.clone()),
        other => other.get("text").and_then(Value::as_str).map(str::to_owned),
    };
    let texts: Vec<String> = message.content.parts.iter().filter_map(part).collect();
    let text = texts.join("\n\n");
    if text.trim().is_empty() {
        return Err(if message.content.parts.iter().any(Value::is_object) { "media" } else { "empty" });
    }
    Ok((role, text))
}

/// Seconds since 1970, to the microsecond.
fn time(seconds: f64) -> Option<Time> {
    let micros = seconds * 1e6;
    (micros.is_finite() && micros.abs() < 2.5e17).then(|| Time::from_micros(micros.round() as i64))
}

/// Where a conversation's JSON is not as it should be. serde's words may repeat some of the text, so they stay out.
pub fn wrong(line: u64, error: &serde_json::Error) -> LineError {
    let within = error.line() as u64;
    let what = if error.is_data() { "this is not shaped as the export has it" } else { "this is not JSON" };
    let wrong = format!("{what}, at line {}, column {}", line + within.saturating_sub(1), error.column());
    LineError { line, wrong, expected: "an element as the service exported it".to_owned() }
}
