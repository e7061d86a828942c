//! What is answered as text, for models and for clients that read nothing else.

use memorable::error::{Error, Kind};
use serde_json::{Value, json};

/// An error in words that help to do better.
pub fn error(error: &Error) -> String {
    if error.kind == Kind::Internal {
        return "the service failed; its logs say why".to_owned();
    }
    let mut text = error.detail.clone();
    if let Some(field) = &error.field {
        text = format!("{field}: {text}");
    }
    if let Some(expected) = &error.expected {
        text.push_str(&format!("; expected {expected}"));
    }
    if error.is_transient() {
        text.push_str("; try again in a moment");
    }
    text
}

/// The memory without what it does not have: a model pays for each word.
pub fn lean(mut memory: Value) -> Value {
    if let Value::Object(fields) = &mut memory {
        fields.retain(|_, value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        });
        // To six digits: the rest is noise, and costs tokens.
        for name in ["score", "importance", "confidence"] {
            if let Some(value) = fields.get_mut(name) {
                *value = rounded(value);
            }
        }
    }
    memory
}

fn rounded(value: &Value) -> Value {
    value.as_f64().map_or(Value::Null, |number| json!((number * 1000.0).round() / 1000.0))
}

/// One line a memory: its id, its time, who said it, its words.
pub fn lines<'a>(memories: impl Iterator<Item = &'a Value>) -> String {
    let line = |memory: &Value| {
        let text = |name: &str| memory[name].as_str().unwrap_or_default().to_owned();
        let time = memory.get("occurred_at").or(memory.get("recorded_at")).and_then(Value::as_str).unwrap_or_default();
        let speaker = memory.get("speaker").and_then(Value::as_str).map(|name| format!("{name}: ")).unwrap_or_default();
        format!("- [{}] {time} {speaker}{}\n", text("id"), text("content"))
    };
    memories.map(line).collect()
}
