//! Which memories a recall may return: conditions on their fields, exact, with AND, OR and NOT.
//!
//! `{"kind": "fact", "occurred_at": {"gte": "2026-01-01"}, "OR": [{"tags": "work"}, {"metadata.team": {"in": ["a", "b"]}}]}`

use std::cmp::Ordering;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::index::entry::Entry;
use crate::memory::{Kind, Time};

/// How deep AND, OR and NOT may stand within each other.
const DEEPEST: usize = 8;
/// How many conditions one filter may have.
const MOST_CONDITIONS: usize = 64;
const FIELDS: &str =
    "kind, sensitivity, session, speaker, role, tags, occurred_at, recorded_at, metadata.<key>, AND, OR or NOT";
const OPERATORS: &str = "a value, a list of values, or an object of eq, ne, in, gt, gte, lt, lte, contains";

/// Conditions that a memory meets or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them; with none, everything.
    All(Vec<Filter>),
    /// At least one of them.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A field compared.
    Is(Field, Operator, Vec<Value>),
}

/// What can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The kind, once classified.
    Kind,
    /// The sensitivity, once classified.
    Sensitivity,
    /// The conversation.
    Session,
    /// Who said it.
    Speaker,
    /// In which role.
    Role,
    /// Any of the caller's labels.
    Tags,
    /// When it happened.
    OccurredAt,
    /// When it was stored.
    RecordedAt,
    /// One of the caller's fields.
    Metadata(String),
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal to one of the values.
    In,
    /// Equal to none of the values; also where there is none.
    NotIn,
    /// Greater than the value.
    Greater,
    /// Greater or equal.
    AtLeast,
    /// Less than the value.
    Less,
    /// Less or equal.
    AtMost,
    /// A text that holds the value (case folded), or a list that has it.
    Contains,
}

impl Filter {
    /// Everything passes.
    pub fn everything() -> Filter {
        Filter::All(Vec::new())
    }

    /// From a request. Invalid, with the path, where a field or an operator does not exist or a value does not fit.
    pub fn parse(value: &Value) -> Result<Filter> {
        let mut conditions = 0;
        parse_object(value, "filters", DEEPEST, &mut conditions)
    }

    /// Whether the memory behind the entry meets it.
    pub fn accepts(&self, entry: &Entry) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|part| part.accepts(entry)),
            Filter::Any(parts) => parts.iter().any(|part| part.accepts(entry)),
            Filter::Not(part) => !part.accepts(entry),
            Filter::Is(field, operator, values) => holds(&field.values_of(entry), *operator, values),
        }
    }
}

fn parse_object(value: &Value, path: &str, depth: usize, conditions: &mut usize) -> Result<Filter> {
    let object = value
        .as_object()
        .ok_or_else(|| Error::invalid(path, "a filter is an object", format!("an object with fields {FIELDS}")))?;
    if depth == 0 {
        return Err(Error::invalid(path, "AND, OR and NOT stand too deep", format!("at most {DEEPEST} levels")));
    }
    let mut parts = Vec::new();
    for (name, value) in object {
        let path = format!("{path}.{name}");
        *conditions += 1;
        if *conditions > MOST_CONDITIONS {
            return Err(Error::invalid(path, "too many conditions", format!("at most {MOST_CONDITIONS}")));
        }
        match name.as_str() {
            "AND" => parts.push(Filter::All(parse_list(value, &path, depth, conditions)?)),
            "OR" => parts.push(Filter::Any(parse_list(value, &path, depth, conditions)?)),
            "NOT" => parts.push(Filter::Not(Box::new(match value {
                Value::Array(_) => Filter::Any(parse_list(value, &path, depth, conditions)?),
                _ => parse_object(value, &path, depth - 1, conditions)?,
            }))),
            _ => parse_field(name, value, &path, &mut parts)?,
        }
    }
    Ok(Filter::All(parts))
}

fn parse_list(value: &Value, path: &str, depth: usize, conditions: &mut usize) -> Result<Vec<Filter>> {
    let list = value
        .as_array()
        .filter(|list| !list.is_empty())
        .ok_or_else(|| Error::invalid(path, "this takes a list of filters", "a list of at least one filter object"))?;
    let numbered = list.iter().enumerate();
    numbered.map(|(i, part)| parse_object(part, &format!("{path}[{i}]"), depth - 1, conditions)).collect()
}

fn parse_field(name: &str, value: &Value, path: &str, parts: &mut Vec<Filter>) -> Result<()> {
    let field = Field::parse(name).ok_or_else(|| Error::invalid(path, "there is no such field", FIELDS))?;
    match value {
        Value::Object(operators) => parse_operators(&field, operators, path, parts),
        Value::Array(values) => {
            parts.push(field.is(Operator::In, values, path)?);
            Ok(())
        }
        single => {
            parts.push(field.is(Operator::In, std::slice::from_ref(single), path)?);
            Ok(())
        }
    }
}

fn parse_operators(field: &Field, operators: &Map<String, Value>, path: &str, parts: &mut Vec<Filter>) -> Result<()> {
    if operators.is_empty() {
        return Err(Error::invalid(path, "no operator is given", OPERATORS));
    }
    for (name, value) in operators {
        let path = format!("{path}.{name}");
        let operator = match name.as_str() {
            "eq" | "in" => Operator::In,
            "ne" => Operator::NotIn,
            "gt" => Operator::Greater,
            "gte" => Operator::AtLeast,
            "lt" => Operator::Less,
            "lte" => Operator::AtMost,
            "contains" => Operator::Contains,
            _ => return Err(Error::invalid(path, "there is no such operator", OPERATORS)),
        };
        let values = match value {
            Value::Array(values) if name == "in" => values.as_slice(),
            _ if name == "in" => return Err(Error::invalid(path, "`in` takes a list", "a list of values")),
            single => std::slice::from_ref(single),
        };
        parts.push(field.is(operator, values, &path)?);
    }
    Ok(())
}

impl Field {
    fn parse(name: &str) -> Option<Field> {
        Some(match name {
            "kind" => Field::Kind,
            "sensitivity" => Field::Sensitivity,
            "session" => Field::Session,
            "speaker" => Field::Speaker,
            "role" => Field::Role,
            "tags" => Field::Tags,
            "occurred_at" => Field::OccurredAt,
            "recorded_at" => Field::RecordedAt,
            _ => Field::Metadata(name.strip_prefix("metadata.").filter(|key| !key.is_empty())?.to_owned()),
        })
    }

    /// The condition, its values checked and brought to the form that [`Field::values_of`] gives.
    fn is(&self, operator: Operator, values: &[Value], path: &str) -> Result<Filter> {
        let checked: Result<Vec<Value>> = values.iter().map(|value| self.check(value, path)).collect();
        Ok(Filter::Is(self.clone(), operator, checked?))
    }

    fn check(&self, value: &Value, path: &str) -> Result<Value> {
        if value.is_object() || value.is_array() {
            return Err(Error::invalid(path, "this cannot be compared", OPERATORS));
        }
        if matches!(self, Field::Metadata(_)) {
            return Ok(value.clone());
        }
        let text =
            value.as_str().ok_or_else(|| Error::invalid(path, "this field is compared with a text", "a string"))?;
        match self {
            Field::Kind => {
                Kind::parse(text).map(|_| value.clone()).map_err(|e| Error { field: Some(path.to_owned()), ..e })
            }
            Field::Sensitivity if !["general", "confidential", "secret", "ultra_secret"].contains(&text) => Err(
                Error::invalid(path, "there is no such sensitivity", "general, confidential, secret or ultra_secret"),
            ),
            Field::Role if !["user", "assistant", "system", "tool"].contains(&text) => {
                Err(Error::invalid(path, "there is no such role", "user, assistant, system or tool"))
            }
            Field::OccurredAt | Field::RecordedAt => {
                let time: Time = text.parse().map_err(|e: Error| Error { field: Some(path.to_owned()), ..e })?;
                Ok(Value::from(time.micros()))
            }
            _ => Ok(value.clone()),
        }
    }

    fn values_of(&self, entry: &Entry) -> Vec<Value> {
        let text = |text: &Option<String>| text.iter().map(|t| Value::from(t.as_str())).collect();
        match self {
            Field::Kind => entry.kind.iter().map(|kind| Value::from(kind.name())).collect(),
            Field::Sensitivity => entry.sensitivity.iter().map(|s| Value::from(s.name())).collect(),
            Field::Session => text(&entry.session),
            Field::Speaker => text(&entry.speaker),
            Field::Role => entry.role.iter().filter_map(|role| serde_json::to_value(role).ok()).collect(),
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

/// Whether any of a field's values stands in that relation to any of the wanted ones.
fn holds(values: &[Value], operator: Operator, wanted: &[Value]) -> bool {
    let any = |meets: &dyn Fn(&Value, &Value) -> bool| values.iter().any(|x| wanted.iter().any(|y| meets(x, y)));
    match operator {
        Operator::In => any(&equal),
        Operator::NotIn => !any(&equal),
        Operator::Greater => any(&|x, y| order(x, y) == Some(Ordering::Greater)),
        Operator::AtLeast => any(&|x, y| matches!(order(x, y), Some(Ordering::Greater | Ordering::Equal))),
        Operator::Less => any(&|x, y| order(x, y) == Some(Ordering::Less)),
        Operator::AtMost => any(&|x, y| matches!(order(x, y), Some(Ordering::Less | Ordering::Equal))),
        Operator::Contains => any(&|x, y| match (x.as_str(), y.as_str()) {
            (Some(x), Some(y)) => x.to_lowercase().contains(&y.to_lowercase()),
            _ => equal(x, y),
        }),
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
