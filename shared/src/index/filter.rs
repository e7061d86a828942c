//! Which memories a recall may return: conditions on their fields, exact, with AND, OR and NOT.
//!
//! `{"kind": "fact", "occurred_at": {"gte": "2026-01-01"}, "OR": [{"tags": "work"}, {"metadata.team": {"in": ["a", "b"]}}]}`
//!
//! Each filter is a set of memories: AND is the intersection, OR the union and NOT the complement. A condition on a
//! field that a memory has no value in does not hold; so what is its NOT, as `ne` is that of `eq`, holds.

mod parse;

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::index::entry::Entry;
use crate::memory::MemoryId;
use crate::memory::classification::Span;

/// Conditions that a memory meets or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them; with none, everything.
    All(Vec<Filter>),
    /// At least one of them.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A field compared with any of the values.
    Is(Field, Operator, Vec<Value>),
    /// The field has a value.
    Has(Field),
    /// One of these memories.
    Id(HashSet<MemoryId>),
}

/// What can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The memory's name.
    Id,
    /// The kind, once classified.
    Kind,
    /// The sensitivity, once classified.
    Sensitivity,
    /// How much it matters, once classified.
    Importance,
    /// Any of the names in it, once classified; whatever the case.
    Entities,
    /// When what it tells of happened or will, once classified and where it says so: a span, equal to each
    /// moment in it; `gt` and `gte` compare its end, `lt` and `lte` its start.
    EventTime,
    /// The conversation.
    Session,
    /// Who said it.
    Speaker,
    /// In which role.
    Role,
    /// Any of the caller's labels.
    Tags,
    /// When it happened, or where nobody said, when it was stored.
    OccurredAt,
    /// When it was stored.
    RecordedAt,
    /// One of the caller's fields.
    Metadata(String),
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal to the value.
    Equal,
    /// Greater than the value.
    Greater,
    /// Greater or equal.
    AtLeast,
    /// Less than the value.
    Less,
    /// Less or equal.
    AtMost,
    /// A text that holds the value (case folded), or a list of which a member does.
    Contains,
}

impl Filter {
    /// Everything passes.
    pub fn everything() -> Filter {
        Filter::All(Vec::new())
    }

    /// From a request. Invalid, with the path, where a field or an operator does not exist or a value does not fit.
    pub fn parse(value: &Value) -> Result<Filter> {
        parse::filter(value)
    }

    /// Whether the memory behind the entry meets it.
    pub fn accepts(&self, entry: &Entry) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|part| part.accepts(entry)),
            Filter::Any(parts) => parts.iter().any(|part| part.accepts(entry)),
            Filter::Not(part) => !part.accepts(entry),
            Filter::Id(ids) => ids.contains(&entry.id),
            Filter::Has(field) => field.is_in(entry),
            Filter::Is(Field::EventTime, operator, moments) => entry.event_time.is_some_and(|span| {
                moments.iter().filter_map(Value::as_i64).any(|moment| touches(span, *operator, moment))
            }),
            Filter::Is(field, operator, wanted) => {
                let values = field.values_of(entry);
                values.iter().any(|value| wanted.iter().any(|wanted| holds(value, *operator, wanted)))
            }
        }
    }
}

impl Field {
    /// Whether the entry has a value there. A metadata key is there also where it stands for null or an empty list.
    fn is_in(&self, entry: &Entry) -> bool {
        match self {
            Field::EventTime => entry.event_time.is_some(),
            Field::OccurredAt => entry.occurred_at.is_some(),
            Field::Metadata(key) => metadata(entry, key).is_some(),
            Field::Id => true,
            _ => !self.values_of(entry).is_empty(),
        }
    }

    /// What the entry has there, in the form that [`parse`] brings the wanted values to.
    fn values_of(&self, entry: &Entry) -> Vec<Value> {
        let text = |text: &Option<String>| text.iter().map(|t| Value::from(t.as_str())).collect();
        match self {
            // Compared by themselves.
            Field::Id | Field::EventTime => Vec::new(),
            Field::Kind => entry.kind.iter().map(|kind| Value::from(kind.name())).collect(),
            Field::Sensitivity => entry.sensitivity.iter().map(|s| Value::from(s.name())).collect(),
            // What is not classified has a number to rank by, but nobody found it.
            Field::Importance => entry.kind.iter().map(|_| as_printed(entry.importance)).collect(),
            Field::Entities => entry.names.iter().map(|name| Value::from(name.to_lowercase())).collect(),
            Field::Session => text(&entry.session),
            Field::Speaker => text(&entry.speaker),
            Field::Role => entry.role.iter().map(|role| Value::from(role.name())).collect(),
            Field::Tags => entry.tags.iter().map(|tag| Value::from(tag.as_str())).collect(),
            Field::OccurredAt => vec![Value::from(entry.time().micros())],
            Field::RecordedAt => vec![Value::from(entry.recorded_at.micros())],
            Field::Metadata(key) => match metadata(entry, key) {
                Some(Value::Array(values)) => values,
                Some(value) => vec![value],
                None => Vec::new(),
            },
        }
    }
}

fn metadata(entry: &Entry, key: &str) -> Option<Value> {
    let object: Map<String, Value> = serde_json::from_str(&entry.metadata).ok()?;
    object.get(key).cloned()
}

/// The number that an answer shows: 0.85, where the same bits in double precision were 0.85000002.
fn as_printed(number: f32) -> Value {
    Value::from(number.to_string().parse::<f64>().unwrap_or(f64::from(number)))
}

/// Whether a span stands in that relation to a moment: equal where it holds it, and else where any of it does. So
/// `gte` compares its end and `lt` its start, and both together are what overlaps the stretch between.
fn touches(span: Span, operator: Operator, moment: i64) -> bool {
    let (first, last) = (span.from.micros(), span.until.micros() - 1);
    match operator {
        Operator::Equal | Operator::Contains => (first..=last).contains(&moment),
        Operator::Greater => last > moment,
        Operator::AtLeast => last >= moment,
        Operator::Less => first < moment,
        Operator::AtMost => first <= moment,
    }
}

fn holds(value: &Value, operator: Operator, wanted: &Value) -> bool {
    match operator {
        Operator::Equal => equal(value, wanted),
        Operator::Greater => order(value, wanted) == Some(Ordering::Greater),
        Operator::AtLeast => matches!(order(value, wanted), Some(Ordering::Greater | Ordering::Equal)),
        Operator::Less => order(value, wanted) == Some(Ordering::Less),
        Operator::AtMost => matches!(order(value, wanted), Some(Ordering::Less | Ordering::Equal)),
        Operator::Contains => match (value.as_str(), wanted.as_str()) {
            (Some(value), Some(wanted)) => value.to_lowercase().contains(&wanted.to_lowercase()),
            _ => equal(value, wanted),
        },
    }
}

/// Equal as values; 1 and 1.0 are.
fn equal(x: &Value, y: &Value) -> bool {
    x == y || order(x, y) == Some(Ordering::Equal)
}

/// Numbers by size, texts by code point; anything else has no order.
fn order(x: &Value, y: &Value) -> Option<Ordering> {
    match (x, y) {
        (Value::Number(x), Value::Number(y)) => match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => Some(x.cmp(&y)),
            _ => x.as_f64()?.partial_cmp(&y.as_f64()?),
        },
        (Value::String(x), Value::String(y)) => Some(x.cmp(y)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
