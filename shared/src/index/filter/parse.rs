//! A filter from a request: every field, operator and value checked, and named by its path where it is wrong.

use serde_json::{Map, Value};

use super::{Field, Filter, Operator};
use crate::error::{Error, Result};
use crate::memory::{Kind, MemoryId, Time};

/// How deep AND, OR and NOT may stand within each other.
const DEEPEST: usize = 8;
/// How many conditions one filter may have.
const MOST_CONDITIONS: usize = 64;
/// How many values one condition may list.
const MOST_VALUES: usize = 256;
const FIELDS: &str = "id, kind, sensitivity, importance, entities, event_time, session, speaker, role, tags, \
                      occurred_at, recorded_at, metadata.<key>, AND, OR or NOT";
const FORMS: &str = "a value, a list of values, or an object of operators";
const OPERATORS: [&str; 9] = ["eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "exists"];

/// The filter that a request's JSON says.
pub(super) fn filter(value: &Value) -> Result<Filter> {
    let mut conditions = 0;
    parse_object(value, "filters", DEEPEST, &mut conditions)
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
        Value::Object(operators) => parse_operators(&field, operators, path, parts)?,
        Value::Array(values) => parts.push(field.is(Operator::Equal, values, path)?),
        single => parts.push(field.is(Operator::Equal, std::slice::from_ref(single), path)?),
    }
    Ok(())
}

fn parse_operators(field: &Field, operators: &Map<String, Value>, path: &str, parts: &mut Vec<Filter>) -> Result<()> {
    let known = field.operators();
    if operators.is_empty() {
        return Err(Error::invalid(path, "no operator is given", listed(known)));
    }
    for (name, value) in operators {
        let path = &format!("{path}.{name}");
        if !OPERATORS.contains(&name.as_str()) {
            return Err(Error::invalid(path, "there is no such operator", listed(known)));
        }
        if !known.contains(&name.as_str()) {
            return Err(Error::invalid(path, "this field has no such operator", listed(known)));
        }
        let single = std::slice::from_ref(value);
        parts.push(match name.as_str() {
            "exists" => {
                let has = Filter::Has(field.clone());
                match value.as_bool() {
                    Some(true) => has,
                    Some(false) => Filter::Not(Box::new(has)),
                    None => return Err(Error::invalid(path, "`exists` does not take this", "true or false")),
                }
            }
            "in" => {
                let values = value.as_array();
                let values = values.ok_or_else(|| Error::invalid(path, "`in` takes a list", "a list of values"))?;
                field.is(Operator::Equal, values, path)?
            }
            "ne" => Filter::Not(Box::new(field.is(Operator::Equal, single, path)?)),
            "gt" => field.is(Operator::Greater, single, path)?,
            "gte" => field.is(Operator::AtLeast, single, path)?,
            "lt" => field.is(Operator::Less, single, path)?,
            "lte" => field.is(Operator::AtMost, single, path)?,
            "contains" => field.is(Operator::Contains, single, path)?,
            _ => field.is(Operator::Equal, single, path)?,
        });
    }
    Ok(())
}

fn listed(operators: &[&str]) -> String {
    format!("a value, a list of values, or an object of {}", operators.join(", "))
}

impl Field {
    fn parse(name: &str) -> Option<Field> {
        Some(match name {
            "id" => Field::Id,
            "kind" => Field::Kind,
            "sensitivity" => Field::Sensitivity,
            "importance" => Field::Importance,
            "entities" => Field::Entities,
            "event_time" => Field::EventTime,
            "session" => Field::Session,
            "speaker" => Field::Speaker,
            "role" => Field::Role,
            "tags" => Field::Tags,
            "occurred_at" => Field::OccurredAt,
            "recorded_at" => Field::RecordedAt,
            _ => Field::Metadata(name.strip_prefix("metadata.").filter(|key| !key.is_empty())?.to_owned()),
        })
    }

    /// The operators that mean something there.
    fn operators(&self) -> &'static [&'static str] {
        match self {
            Field::Id => &["eq", "ne", "in"],
            Field::Kind | Field::Sensitivity | Field::Role => &["eq", "ne", "in", "exists"],
            Field::Tags | Field::Entities => &["eq", "ne", "in", "contains", "exists"],
            Field::RecordedAt => &["eq", "ne", "in", "gt", "gte", "lt", "lte"],
            Field::OccurredAt | Field::EventTime | Field::Importance => {
                &["eq", "ne", "in", "gt", "gte", "lt", "lte", "exists"]
            }
            Field::Session | Field::Speaker | Field::Metadata(_) => &OPERATORS,
        }
    }

    /// The condition, its values checked and brought to the form that the entry's are compared in.
    fn is(&self, operator: Operator, values: &[Value], path: &str) -> Result<Filter> {
        if values.len() > MOST_VALUES {
            let detail = format!("there are {} values", values.len());
            return Err(Error::invalid(path, detail, format!("at most {MOST_VALUES}")));
        }
        if *self == Field::Id {
            let ids: Result<_> = values.iter().map(|value| id(value, path)).collect();
            return Ok(Filter::Id(ids?));
        }
        let checked: Result<Vec<Value>> = values.iter().map(|value| self.check(operator, value, path)).collect();
        Ok(Filter::Is(self.clone(), operator, checked?))
    }

    fn check(&self, operator: Operator, value: &Value, path: &str) -> Result<Value> {
        if value.is_array() {
            return Err(Error::invalid(path, "this takes one value", "one value; several go with `in`"));
        }
        if value.is_object() {
            return Err(Error::invalid(path, "this cannot be compared", FORMS));
        }
        match self {
            Field::Metadata(_) if matches!(operator, Operator::Equal | Operator::Contains) => Ok(value.clone()),
            Field::Metadata(_) if value.is_number() || value.is_string() => Ok(value.clone()),
            Field::Metadata(_) => Err(Error::invalid(path, "this has no order", "a number or a string")),
            Field::Importance if value.is_number() => Ok(value.clone()),
            Field::Importance => Err(Error::invalid(path, "this field is compared with a number", "0 to 1")),
            _ => self.check_text(text(value, path)?, path),
        }
    }

    fn check_text(&self, text: &str, path: &str) -> Result<Value> {
        let here = |error: Error| Error { field: Some(path.to_owned()), ..error };
        match self {
            Field::Kind => Kind::parse(text).map(|kind| Value::from(kind.name())).map_err(here),
            Field::Sensitivity if !["general", "confidential", "secret", "ultra_secret"].contains(&text) => Err(
                Error::invalid(path, "there is no such sensitivity", "general, confidential, secret or ultra_secret"),
            ),
            Field::Role if !["user", "assistant", "system", "tool"].contains(&text) => {
                Err(Error::invalid(path, "there is no such role", "user, assistant, system or tool"))
            }
            Field::OccurredAt | Field::RecordedAt | Field::EventTime => {
                let time: Time = text.parse().map_err(here)?;
                Ok(Value::from(time.micros()))
            }
            Field::Entities => Ok(Value::from(text.to_lowercase())),
            _ => Ok(Value::from(text)),
        }
    }
}

fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| Error::invalid(path, "this field is compared with a text", "a string"))
}

fn id(value: &Value, path: &str) -> Result<MemoryId> {
    text(value, path)?.parse().map_err(|error: Error| Error { field: Some(path.to_owned()), ..error })
}
