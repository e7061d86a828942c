//! Whom mem0's `user_id`, `agent_id`, `app_id` and `run_id` name, and where their memories live.
//!
//! A memory has one home: the scope of the first of these ids in this order. The run is its session. What is left of the
//! ids stands in its metadata, under the names that mem0 has for them.

use memorable::error::{Error, Result};
use memorable::memory::{Memory, Scope, Tenant};
use serde_json::{Map, Value};

/// What an id is of. The order decides which one gives a memory its home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A person.
    User,
    /// An agent.
    Agent,
    /// An application.
    App,
    /// A run: a session.
    Run,
}

impl Kind {
    /// All of them, in their order.
    pub const ALL: [Kind; 4] = [Kind::User, Kind::Agent, Kind::App, Kind::Run];

    /// The field of requests and answers.
    pub fn field(self) -> &'static str {
        match self {
            Kind::User => "user_id",
            Kind::Agent => "agent_id",
            Kind::App => "app_id",
            Kind::Run => "run_id",
        }
    }

    /// Its name: the kind of its scopes.
    pub fn name(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Agent => "agent",
            Kind::App => "app",
            Kind::Run => "run",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The one of that field.
    pub fn of_field(field: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.field() == field)
    }

    /// The kind and id of a scope; none where it is no scope that mem0 can name.
    pub fn of_scope(subject: &str) -> Option<(Kind, &str)> {
        let (kind, id) = subject.split_once(':')?;
        Some((Kind::named(kind)?, id))
    }

    /// The scope of that id. Invalid, naming the field, where the id cannot be a part of a scope.
    pub fn scope(self, tenant: &Tenant, id: &str) -> Result<Scope> {
        Scope::parse(tenant, &format!("{}:{id}", self.name())).map_err(|_| {
            let expected = "1 to 128 bytes of letters, digits and . _ @ + = | : -";
            Error::invalid(self.field(), "this id cannot name a scope", expected)
        })
    }
}

/// The ids of one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entities([Option<String>; 4]);

impl Entities {
    /// The ids among the fields that `get` gives.
    pub fn read(get: impl Fn(&str) -> Option<Value>) -> Result<Entities> {
        let mut found = Entities::default();
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            found.0[place] = match get(kind.field()) {
                None | Some(Value::Null) => None,
                Some(value) => Some(id(kind.field(), &value)?),
            };
        }
        Ok(found)
    }

    /// The id of that kind.
    pub fn id(&self, kind: Kind) -> Option<&str> {
        self.0[kind as usize].as_deref()
    }

    /// Where what they store lives; none without any id.
    pub fn home(&self, tenant: &Tenant) -> Result<Option<Scope>> {
        let first = Kind::ALL.into_iter().find_map(|kind| Some((kind, self.id(kind)?)));
        first.map(|(kind, id)| kind.scope(tenant, id)).transpose()
    }

    /// The ids that neither the home nor the session says, by their fields.
    pub fn beside(&self, home: &Scope) -> impl Iterator<Item = (&'static str, &str)> {
        let home = Kind::of_scope(home.subject()).map(|(kind, _)| kind);
        let beside = Kind::ALL.into_iter().filter(move |kind| Some(*kind) != home && *kind != Kind::Run);
        beside.filter_map(|kind| Some((kind.field(), self.id(kind)?)))
    }
}

/// An id as a text. mem0's clients send whatever they were given; a number is one, too.
pub fn id(field: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(id) if !id.is_empty() => Ok(id.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(Error::invalid(field, "this is not an id", "a text")),
    }
}

/// Each of mem0's sorts of entity, with its name.
pub type Named = [(&'static str, Option<String>); 4];

/// The ids of a memory, and its metadata without those that stand among them.
pub fn of_memory(subject: &str, memory: &Memory) -> (Named, Map<String, Value>) {
    let home = Kind::of_scope(subject);
    let mut metadata = memory.metadata.clone();
    let ids = Kind::ALL.map(|kind| {
        let id = match home {
            Some((own, id)) if own == kind => Some(id.to_owned()),
            _ if kind == Kind::Run => memory.session.clone(),
            Some((own, _)) if own < kind => take(&mut metadata, kind.field()),
            _ => None,
        };
        (kind.field(), id)
    });
    (ids, metadata)
}

fn take(metadata: &mut Map<String, Value>, field: &str) -> Option<String> {
    let id = metadata.get(field)?.as_str()?.to_owned();
    metadata.remove(field);
    Some(id)
}
