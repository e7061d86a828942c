//! What happened to a memory, as others are told of it: names and times, never text.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::memory::id::Fields;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// Longest id of an event, in bytes: who names one cannot name more.
pub const MOST_ID_BYTES: usize = 64;
/// Letters of the hash in an event's id: 64 bits, beside its time.
const HASHED: usize = 16;

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Happening {
    /// A memory was stored, or a fact made of one.
    #[serde(rename = "memory.created")]
    Created,
    /// What kind of thing it is was found out.
    #[serde(rename = "memory.classified")]
    Classified,
    /// It has a new revision.
    #[serde(rename = "memory.changed")]
    Changed,
    /// Another memory holds in its place.
    #[serde(rename = "memory.superseded")]
    Superseded,
    /// It is forgotten.
    #[serde(rename = "memory.forgotten")]
    Forgotten,
    /// A night wrote the digest of a day.
    #[serde(rename = "digest.ready")]
    DigestReady,
    /// Somebody tries the endpoint out.
    #[serde(rename = "webhook.ping")]
    Ping,
}

impl Happening {
    /// All that a webhook can be told of by choice, in the order of their declaration.
    pub const ALL: [Happening; 6] = [
        Happening::Created,
        Happening::Classified,
        Happening::Changed,
        Happening::Superseded,
        Happening::Forgotten,
        Happening::DigestReady,
    ];

    /// The name, as in bodies and headers.
    pub fn name(self) -> &'static str {
        match self {
            Happening::Created => "memory.created",
            Happening::Classified => "memory.classified",
            Happening::Changed => "memory.changed",
            Happening::Superseded => "memory.superseded",
            Happening::Forgotten => "memory.forgotten",
            Happening::DigestReady => "digest.ready",
            Happening::Ping => "webhook.ping",
        }
    }
}

/// One thing that happened. Its id is the same wherever and however often it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its name: later ones sort after earlier ones.
    pub id: String,
    /// What.
    pub kind: Happening,
    /// When.
    pub at: Time,
    /// In which scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// To which memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryId>,
    /// Which revision of it came of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The memory that holds in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemoryId>,
    /// Of which day the digest is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
}

impl Event {
    /// Something that happened to a memory, which is now as given.
    pub fn of(kind: Happening, scope: &Scope, memory: &Memory, at: Time) -> Event {
        let by = memory.superseded_by.filter(|_| kind == Happening::Superseded);
        let what = format!("{} {}", memory.id, memory.revision);
        Event {
            id: id(at, kind, &scope.path(), &what),
            kind,
            at,
            scope: Some(scope.subject().to_owned()),
            memory: Some(memory.id),
            revision: Some(memory.revision),
            by,
            date: None,
        }
    }

    /// A new revision took the place of an old one.
    pub fn revised(scope: &Scope, old: &Memory, new: &Memory) -> Event {
        let is_superseded = new.superseded_by.is_some() && new.superseded_by != old.superseded_by;
        let kind = if is_superseded { Happening::Superseded } else { Happening::Changed };
        Event::of(kind, scope, new, new.updated_at)
    }

    /// The digest of a day was written.
    pub fn digest(scope: &Scope, date: Date, at: Time) -> Event {
        let kind = Happening::DigestReady;
        Event {
            id: id(at, kind, &scope.path(), &date.to_string()),
            kind,
            at,
            scope: Some(scope.subject().to_owned()),
            memory: None,
            revision: None,
            by: None,
            date: Some(date),
        }
    }

    /// Nothing happened: an endpoint is tried out.
    pub fn ping(webhook: &str, at: Time) -> Event {
        let kind = Happening::Ping;
        Event {
            id: id(at, kind, webhook, ""),
            kind,
            at,
            scope: None,
            memory: None,
            revision: None,
            by: None,
            date: None,
        }
    }

    /// What is sent of it, in the form that Standard Webhooks asks for.
    pub fn payload(&self) -> Value {
        let mut data = json!({});
        let fields = [
            ("scope", json!(self.scope)),
            ("id", json!(self.memory)),
            ("revision", json!(self.revision)),
            ("superseded_by", json!(self.by)),
            ("date", json!(self.date)),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
            data[name] = value;
        }
        json!({ "type": self.kind, "timestamp": self.at, "data": data })
    }
}

/// Time first, so that ids sort as times do.
fn id(at: Time, kind: Happening, place: &str, what: &str) -> String {
    let hash = Fields::new("memorable event id v1").add(kind.name()).add(place).add(what).finish();
    format!("evt_{:016x}{}", at.micros().max(0), &hash.to_hex()[..HASHED])
}

#[cfg(test)]
mod tests;
