//! mem0's memories, as its export or its list has them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::ingest::Draft;
use crate::memory::{Role, Time};
use crate::transfer::check;
use crate::transfer::read::chatgpt::wrong;
use crate::transfer::read::jsonl::told;
use crate::transfer::read::pieces::name;
use crate::transfer::read::{Found, Setting};

#[derive(Deserialize)]
struct Memory {
    id: Option<String>,
    #[serde(alias = "text", alias = "data")]
    memory: Option<String>,
    run_id: Option<String>,
    actor_id: Option<String>,
    role: Option<String>,
    metadata: Option<Map<String, Value>>,
    categories: Option<Vec<String>>,
    created_at: Option<String>,
    timestamp: Option<i64>,
    expiration_date: Option<String>,
}

/// One memory of theirs.
pub fn read(setting: &Setting, text: &str, line: u64, found: &mut Vec<Found>) {
    let theirs: Memory = match serde_json::from_str(text) {
        Ok(theirs) => theirs,
        Err(error) => {
            found.push(Found::Wrong(wrong(line, &error)));
            return;
        }
    };
    let Some(content) = theirs.memory.filter(|text| !text.trim().is_empty()) else {
        found.push(Found::Skipped("empty"));
        return;
    };
    let mut metadata = theirs.metadata.unwrap_or_default();
    // So that who knows it by its name there can find it here.
    if let Some(id) = theirs.id {
        metadata.insert("mem0_id".to_owned(), json!(id));
    }
    let time = |text: Option<String>| text.and_then(|text| text.parse::<Time>().ok());
    let said_at = theirs.timestamp.map(|seconds| Time::from_micros(seconds.saturating_mul(1_000_000)));
    let role = theirs.role.as_deref().and_then(|role| match role {
        "user" => Some(Role::User),
        "assistant" => Some(Role::Assistant),
        _ => None,
    });
    let draft = Draft {
        session: theirs.run_id.as_deref().and_then(name).or_else(|| setting.session.clone()),
        speaker: theirs.actor_id.as_deref().and_then(name),
        role,
        occurred_at: said_at.or_else(|| time(theirs.created_at)),
        expires_at: time(theirs.expiration_date),
        metadata,
        tags: theirs.categories.unwrap_or_default(),
        ..Draft::of(&setting.scope, content)
    };
    found.push(match check::draft(&draft) {
        Ok(()) => Found::Said { draft: Box::new(draft), line, nth: 0 },
        Err(error) => Found::Wrong(told(line, &error)),
    });
}
