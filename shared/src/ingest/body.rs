//! The three forms of `POST /v1/memories`: one memory, a list of them, the turns of one session.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::ingest::Draft;
use crate::json;
use crate::memory::{MemoryId, Role, Scope, Tenant, Time};

/// Longest body.
pub const MOST_BODY_BYTES: usize = 1024 * 1024;
/// Most memories of one call.
const MOST_ITEMS: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    scope: Option<String>,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    scope: Option<String>,
    content: String,
    session: Option<String>,
    speaker: Option<String>,
    role: Option<Role>,
    occurred_at: Option<Time>,
    expires_at: Option<Time>,
    metadata: Option<Map<String, Value>>,
    tags: Option<Vec<String>>,
    depends_on: Option<Vec<MemoryId>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turns {
    scope: String,
    session: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    role: Role,
    name: Option<String>,
    content: String,
    time: Option<Time>,
    metadata: Option<Map<String, Value>>,
    depends_on: Option<Vec<MemoryId>>,
}

/// The drafts in a body, all of them checked. Invalid, naming the field, where any of them is wrong; too large above
/// [`MOST_BODY_BYTES`].
pub fn parse(tenant: &Tenant, body: &[u8], now: Time) -> Result<Vec<Draft>> {
    let value = json::within(MOST_BODY_BYTES, body)?;
    let has = |field: &str| value.get(field).is_some();
    for list in ["items", "messages"] {
        let rows = value.get(list).and_then(Value::as_array).into_iter().flatten();
        if let Some(place) = rows.into_iter().position(|row| !row.is_object()) {
            return Err(Error::invalid(
                format!("{list}[{place}]"),
                "this is not an object",
                "an object with a content",
            ));
        }
    }
    let drafts = if has("items") {
        from_list(tenant, json::shaped(value)?)?
    } else if has("messages") {
        from_turns(tenant, json::shaped(value)?)?
    } else {
        vec![from_item(tenant, json::shaped(value)?, None)?]
    };
    let single = drafts.len() == 1 && drafts[0].path.is_empty();
    for draft in &drafts {
        draft.check(now).map_err(|error| if single { error } else { error.under(&draft.path) })?;
    }
    Ok(drafts)
}

fn from_list(tenant: &Tenant, list: List) -> Result<Vec<Draft>> {
    check_count("items", list.items.len())?;
    let numbered = list.items.into_iter().enumerate();
    let drafts = numbered.map(|(i, item)| {
        let path = format!("items[{i}]");
        let of_list = item.scope.is_none() && list.scope.is_some();
        let draft = from_item(tenant, item, list.scope.as_deref());
        let draft = draft.map_err(|error| if of_list { error } else { error.under(&path) })?;
        Ok(Draft { path, ..draft })
    });
    drafts.collect()
}

fn from_item(tenant: &Tenant, item: Item, scope: Option<&str>) -> Result<Draft> {
    let subject = item.scope.as_deref().or(scope).ok_or_else(|| {
        Error::invalid("scope", "no scope is given", "a scope such as `user:alice`, for the list or for each item")
    })?;
    Ok(Draft {
        scope: Scope::parse(tenant, subject)?,
        path: String::new(),
        content: item.content,
        session: item.session,
        speaker: item.speaker,
        role: item.role,
        occurred_at: item.occurred_at,
        expires_at: item.expires_at,
        metadata: item.metadata.unwrap_or_default(),
        tags: item.tags.unwrap_or_default(),
        depends_on: item.depends_on.unwrap_or_default(),
    })
}

fn from_turns(tenant: &Tenant, turns: Turns) -> Result<Vec<Draft>> {
    check_count("messages", turns.messages.len())?;
    let scope = Scope::parse(tenant, &turns.scope)?;
    let numbered = turns.messages.into_iter().enumerate();
    let drafts = numbered.map(|(i, message)| Draft {
        scope: scope.clone(),
        path: format!("messages[{i}]"),
        content: message.content,
        session: Some(turns.session.clone()),
        speaker: message.name,
        role: Some(message.role),
        occurred_at: message.time,
        expires_at: None,
        metadata: message.metadata.unwrap_or_default(),
        tags: Vec::new(),
        depends_on: message.depends_on.unwrap_or_default(),
    });
    Ok(drafts.collect())
}

fn check_count(field: &str, count: usize) -> Result<()> {
    if (1..=MOST_ITEMS).contains(&count) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("there are {count}"), format!("1 to {MOST_ITEMS} a call")))
}

/// The draft of one item by itself, which goes into that scope. Not checked.
pub(crate) fn draft_of(scope: &Scope, item: Value) -> Result<Draft> {
    from_item(scope.tenant(), json::shaped(item)?, Some(scope.subject()))
}
