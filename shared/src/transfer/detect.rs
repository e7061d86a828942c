//! What a file is written in, by how it begins.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::transfer::job::Format;
use crate::transfer::read::whatsapp::head::Head;

/// Bytes from the file's beginning that are looked at.
pub const LOOKED_AT: u64 = 64 * 1024;
/// Lines among which a chat has a message.
const LINES: usize = 50;

/// The format of a file that begins so. Invalid where it cannot be told.
pub fn detect(begin: &[u8]) -> Result<Format> {
    if let Some((what, instead)) = packed(begin) {
        return Err(Error::invalid("format", format!("this is {what}"), instead));
    }
    let text = String::from_utf8_lossy(begin);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    // Of our own, whose first line may be longer than what is looked at.
    if text.starts_with("{\"v\":1,\"") {
        return Ok(Format::Jsonl);
    }
    if text.starts_with(['[', '{']) && Head::of(text.lines().next().unwrap_or_default()).is_none() {
        if has("mapping") && (has("current_node") || has("message") || has("title")) {
            return Ok(Format::Chatgpt);
        }
        if has("chat_messages") {
            return Ok(Format::Claude);
        }
        let first_line = text.lines().next().unwrap_or_default();
        let line = serde_json::from_str::<Value>(first_line).ok().filter(Value::is_object);
        let is_list = line.as_ref().is_some_and(|line| line["results"].is_array() || line["memories"].is_array());
        if line.is_some() && !is_list {
            return Ok(Format::Jsonl);
        }
        if has("memory") || has("memories") || has("results") {
            return Ok(Format::Mem0);
        }
        // A first line that is broken is one of many, or the file is none of these.
        if text.starts_with('{') && text.lines().skip(1).any(|line| line.starts_with('{')) {
            return Ok(Format::Jsonl);
        }
        return Err(unknown());
    }
    if text.lines().take(LINES).any(|line| Head::of(line).is_some()) {
        return Ok(Format::Whatsapp);
    }
    let is_mark = |line: &str| ["# ", "## ", "- ", "* ", "---"].iter().any(|mark| line.starts_with(mark));
    if text.lines().any(is_mark) { Ok(Format::Markdown) } else { Err(unknown()) }
}

fn unknown() -> Error {
    let expected = "format: jsonl, markdown, whatsapp, chatgpt, claude or mem0";
    Error::invalid("format", "what this file is written in cannot be told", expected)
}

/// What a file is that has to be unpacked or saved anew, and what would be right.
fn packed(begin: &[u8]) -> Option<(&'static str, &'static str)> {
    match begin {
        [b'P', b'K', 3, 4, ..] => Some(("a zip", "the file in it: _chat.txt of WhatsApp, conversations.json")),
        [0x1f, 0x8b, ..] => Some(("packed with gzip", "the file in it")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(("UTF-16", "text in UTF-8")),
        _ => None,
    }
}
