//! What classifying would say of texts, with nothing stored and no language model asked.

use serde::Deserialize;
use serde_json::Value;

use super::head::Head;
use super::rules::classify_by;
use crate::error::{Error, Result};
use crate::ingest::check_content;
use crate::json;
use crate::memory::{Classification, Kind, Scope, Tenant, Time};

/// Longest body.
const MOST_BODY_BYTES: usize = 1024 * 1024;
/// Most texts of one call.
const MOST_ITEMS: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Single {
    scope: String,
    content: String,
    speaker: Option<String>,
    time: Option<Time>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    scope: String,
    items: Vec<Item>,
}

#[derive(Deserialize, Debug, Clone, PartialEq)]
#[serde(deny_unknown_fields)]
struct Item {
    content: String,
    speaker: Option<String>,
    time: Option<Time>,
}

/// Texts to classify, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Whose they would be.
    pub scope: Scope,
    items: Vec<Item>,
}

/// What would be found out about a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Previewed {
    /// All of it.
    pub classification: Classification,
    /// Each kind's chance, likeliest first.
    pub kinds: Vec<(Kind, f32)>,
    /// Whether a language model would be asked, where the route names one that may see the text.
    pub is_unsure: bool,
}

impl Preview {
    /// From a request's body: one text, or `items`. Invalid, naming the field, where something in it is wrong.
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<Preview> {
        let value = json::within(MOST_BODY_BYTES, body)?;
        let is_list = value.get("items").is_some();
        let rows = value.get("items").and_then(Value::as_array).into_iter().flatten();
        if let Some(place) = rows.into_iter().position(|row| !row.is_object()) {
            let expected = "an object with a content";
            return Err(Error::invalid(format!("items[{place}]"), "this is not an object", expected));
        }
        let (scope, items) = if is_list {
            let List { scope, items } = json::shaped(value)?;
            (scope, items)
        } else {
            let Single { scope, content, speaker, time } = json::shaped(value)?;
            (scope, vec![Item { content, speaker, time }])
        };
        if !(1..=MOST_ITEMS).contains(&items.len()) {
            let found = format!("there are {}", items.len());
            return Err(Error::invalid("items", found, format!("1 to {MOST_ITEMS} a call")));
        }
        for (place, item) in items.iter().enumerate() {
            let checked = check_content(&item.content);
            checked.map_err(|error| if is_list { error.under(&format!("items[{place}]")) } else { error })?;
        }
        Ok(Preview { scope: Scope::parse(tenant, &scope)?, items })
    }

    /// What would be found out about each by that head, said now where no time is given.
    pub fn classify(&self, head: &Head, now: Time) -> Vec<Previewed> {
        let one = |item: &Item| {
            let said_at = item.time.unwrap_or(now);
            let (classification, reading) = classify_by(head, &item.content, item.speaker.as_deref(), said_at);
            let is_unsure = super::model::is_unsure(&classification);
            Previewed { classification, kinds: reading.kinds, is_unsure }
        };
        self.items.iter().map(one).collect()
    }
}
