//! Claude's export: conversations with their messages in order.

use serde::Deserialize;
use serde_json::{Map, json};

use crate::ingest::Draft;
use crate::memory::{Role, Time};
use crate::transfer::read::chatgpt::wrong;
use crate::transfer::read::pieces::{name, pieces};
use crate::transfer::read::{Found, Setting};

#[derive(Deserialize)]
struct Conversation {
    uuid: Option<String>,
    name: Option<String>,
    chat_messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    sender: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    content: Vec<Part>,
    created_at: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type", default)]
    sort: String,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Attachment {
    file_name: Option<String>,
    extracted_content: Option<String>,
}

/// The messages of a conversation.
pub fn read(setting: &Setting, text: &str, line: u64, found: &mut Vec<Found>) {
    let conversation: Conversation = match serde_json::from_str(text) {
        Ok(conversation) => conversation,
        Err(error) => {
            found.push(Found::Wrong(wrong(line, &error)));
            return;
        }
    };
    let session = conversation.uuid.as_deref().and_then(name).or_else(|| setting.session.clone());
    let title = conversation.name.as_deref().and_then(name);
    for message in &conversation.chat_messages {
        let role = match message.sender.as_str() {
            "human" => Role::User,
            "assistant" => Role::Assistant,
            _ => {
                found.push(Found::Skipped("system"));
                continue;
            }
        };
        let occurred_at: Option<Time> = message.created_at.as_deref().and_then(|at| at.parse().ok());
        let mut say = |text: &str, file: Option<&str>| {
            for piece in pieces(text) {
                let mut metadata = Map::new();
                for (field, value) in [("conversation", title.as_deref()), ("file", file)] {
                    if let Some(value) = value {
                        metadata.insert(field.to_owned(), json!(value));
                    }
                }
                let draft = Draft {
                    session: session.clone(),
                    role: Some(role),
                    occurred_at,
                    metadata,
                    ..Draft::of(&setting.scope, piece.to_owned())
                };
                found.push(Found::Said { draft: Box::new(draft), line, nth: 0 });
            }
        };
        let text = said(message);
        let attached: Vec<&Attachment> = message.attachments.iter().filter(|a| a.extracted_content.is_some()).collect();
        if text.trim().is_empty() && attached.is_empty() {
            found.push(Found::Skipped("empty"));
            continue;
        }
        say(&text, None);
        for attachment in attached {
            let file = attachment.file_name.as_deref().and_then(name);
            say(attachment.extracted_content.as_deref().unwrap_or_default(), file.as_deref());
        }
    }
}

/// What was said: the parts that are text, without what the model thought or its tools did.
fn said(message: &Message) -> String {
    let texts = message.content.iter().filter(|part| part.sort == "text").filter_map(|part| part.text.as_deref());
    let texts: Vec<&str> = texts.collect();
    if texts.is_empty() { message.text.clone() } else { texts.join("\n\n") }
}
