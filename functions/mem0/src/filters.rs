//! mem0's filters as ours: which scopes they name, and what is left to ask within each.
//!
//! mem0 filters by whose a memory is as by any field. Ours lives in a scope, so for each scope that a filter names the
//! conditions on ids come true or false, and the rest is a filter of ours.

use memorable::error::{Error, Result};
use memorable::memory::{Kind as MemoryKind, Scope, Tenant, Time};
use serde_json::{Map, Value, json};

use crate::entities::{self, Kind};
use crate::names;

/// How deep a filter may nest, as ours may.
const DEEPEST: usize = 6;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them.
    All(Vec<Filter>),
    /// At least one.
    Any(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// Whose it is: one of these ids, or with none any id at all.
    Whose(Kind, Vec<String>),
    /// A condition that our own filters say.
    Ours(Value),
}

/// What a filter comes to within one scope.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// Everything passes.
    Everything,
    /// Nothing does.
    Nothing,
    /// What passes this filter of ours.
    Filter(Value),
}

impl Filter {
    /// From a request. Invalid, with the path, where something in it is not known.
    pub fn parse(tenant: &Tenant, value: &Value) -> Result<Filter> {
        parse(tenant, value, "filters", DEEPEST)
    }

    /// The scopes of all ids that it asks for, as far as it does not exclude them; and the kinds of which it asks for any.
    pub fn named(&self, tenant: &Tenant) -> Result<(Vec<Scope>, Vec<Kind>)> {
        let (mut scopes, mut any) = (Vec::new(), Vec::new());
        self.collect(tenant, true, &mut scopes, &mut any)?;
        Ok((scopes, any))
    }

    fn collect(&self, tenant: &Tenant, holds: bool, scopes: &mut Vec<Scope>, any: &mut Vec<Kind>) -> Result<()> {
        match self {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().try_for_each(|part| part.collect(tenant, holds, scopes, any))
            }
            Filter::Not(part) => part.collect(tenant, !holds, scopes, any),
            Filter::Whose(kind, ids) if holds => {
                if ids.is_empty() && !any.contains(kind) {
                    any.push(*kind);
                }
                for id in ids {
                    let scope = kind.scope(tenant, id)?;
                    if !scopes.contains(&scope) {
                        scopes.push(scope);
                    }
                }
                Ok(())
            }
            Filter::Whose(..) | Filter::Ours(_) => Ok(()),
        }
    }

    /// What it comes to within a scope of that kind and id. Without an id: within one of which nothing else is known.
    pub fn within(&self, home: Kind, id: Option<&str>) -> Within {
        match self {
            Filter::All(parts) => joined(parts.iter().map(|part| part.within(home, id)), "AND", &Within::Nothing),
            Filter::Any(parts) => joined(parts.iter().map(|part| part.within(home, id)), "OR", &Within::Everything),
            Filter::Not(part) => match part.within(home, id) {
                Within::Everything => Within::Nothing,
                Within::Nothing => Within::Everything,
                Within::Filter(filter) => Within::Filter(json!({ "NOT": filter })),
            },
            Filter::Ours(filter) => Within::Filter(filter.clone()),
            Filter::Whose(kind, ids) if *kind == home => match id {
                Some(id) if !ids.is_empty() && !ids.iter().any(|wanted| wanted == id) => Within::Nothing,
                None if !ids.is_empty() => Within::Nothing,
                _ => Within::Everything,
            },
            // An id that comes before the home's own would have been the home.
            Filter::Whose(kind, _) if *kind < home => Within::Nothing,
            Filter::Whose(kind, ids) => {
                let condition = if ids.is_empty() { json!({ "exists": true }) } else { json!({ "in": ids }) };
                let field =
                    if *kind == Kind::Run { "session".to_owned() } else { format!("metadata.{}", kind.field()) };
                Within::Filter(json!({ field: condition }))
            }
        }
    }
}

/// Parts under AND or OR. `decides`: what one part is that the whole then is, too.
fn joined(parts: impl Iterator<Item = Within>, name: &str, decides: &Within) -> Within {
    let mut left = Vec::new();
    for part in parts {
        match part {
            part if part == *decides => return part,
            Within::Filter(filter) => left.push(filter),
            Within::Everything | Within::Nothing => {}
        }
    }
    match left.len() {
        0 if *decides == Within::Nothing => Within::Everything,
        0 => Within::Nothing,
        1 => Within::Filter(left.remove(0)),
        _ => Within::Filter(json!({ name: left })),
    }
}

fn parse(tenant: &Tenant, value: &Value, path: &str, depth: usize) -> Result<Filter> {
    let object = value.as_object();
    let object = object.ok_or_else(|| Error::invalid(path, "a filter is an object", "as {\"user_id\": \"alice\"}"))?;
    if depth == 0 {
        return Err(Error::invalid(path, "AND, OR and NOT stand too deep", format!("at most {DEEPEST} levels")));
    }
    let mut parts = Vec::with_capacity(object.len());
    for (name, value) in object {
        let path = format!("{path}.{name}");
        let list = |depth: usize| match value {
            Value::Array(parts) => {
                let numbered = parts.iter().enumerate();
                numbered.map(|(i, part)| parse(tenant, part, &format!("{path}[{i}]"), depth)).collect()
            }
            single => Ok(vec![parse(tenant, single, &path, depth)?]),
        };
        parts.push(match name.as_str() {
            "AND" => Filter::All(list(depth - 1)?),
            "OR" => Filter::Any(list(depth - 1)?),
            "NOT" => Filter::Not(Box::new(Filter::Any(list(depth - 1)?))),
            _ => match Kind::of_field(name) {
                Some(kind) => whose(kind, value, &path)?,
                None => field(tenant, name, value, &path)?,
            },
        });
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
}

fn whose(kind: Kind, value: &Value, path: &str) -> Result<Filter> {
    let ids = |values: &[Value]| values.iter().map(|value| entities::id(path, value)).collect::<Result<Vec<String>>>();
    let wrong =
        || Error::invalid(path, "an id is not compared so", "an id, a list of ids, \"*\", or `in`, `eq` or `ne`");
    let one_of = |values: &Value| match values {
        Value::Array(values) if !values.is_empty() => Ok(Filter::Whose(kind, ids(values)?)),
        _ => Err(wrong()),
    };
    match value {
        Value::Null => Ok(Filter::Not(Box::new(Filter::Whose(kind, Vec::new())))),
        Value::String(any) if any == "*" => Ok(Filter::Whose(kind, Vec::new())),
        Value::Array(_) => one_of(value),
        Value::Object(operators) => match operators.iter().next() {
            Some((name, value)) if operators.len() == 1 => match name.as_str() {
                "in" => one_of(value),
                "nin" => Ok(Filter::Not(Box::new(one_of(value)?))),
                "eq" => whose(kind, value, path),
                "ne" => Ok(Filter::Not(Box::new(whose(kind, value, path)?))),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        },
        single => Ok(Filter::Whose(kind, ids(std::slice::from_ref(single))?)),
    }
}

fn field(tenant: &Tenant, name: &str, value: &Value, path: &str) -> Result<Filter> {
    match name {
        "metadata" => {
            let fields = value.as_object();
            let fields = fields.ok_or_else(|| Error::invalid(path, "this is not an object", "an object of fields"))?;
            let parts = fields.iter().map(|(key, value)| condition(&format!("metadata.{key}"), value, path));
            Ok(Filter::All(parts.collect::<Result<_>>()?))
        }
        "created_at" | "timestamp" => condition("occurred_at", &times(value, path)?, path),
        "actor_id" => condition("speaker", value, path),
        "categories" => categories(value, path),
        "memory_ids" => {
            let listed = value.as_array().map_or_else(|| vec![value.clone()], Clone::clone);
            let ids = listed.iter().map(|id| {
                let id = id.as_str().ok_or_else(|| Error::invalid(path, "this is not an id", "a list of ids"))?;
                Ok(json!(names::to_memory(tenant, id)?.1))
            });
            Ok(Filter::Ours(json!({ "id": { "in": ids.collect::<Result<Vec<Value>>>()? } })))
        }
        "updated_at" | "keywords" | "feedback" | "immutable" => {
            Err(Error::invalid(path, "memories are not found by this here", "another field, or one of metadata"))
        }
        // Clients that run mem0 by themselves name fields of metadata as they are.
        key => condition(&format!("metadata.{key}"), value, path),
    }
}

/// A condition on a field of ours, with mem0's names of operators.
fn condition(field: &str, value: &Value, path: &str) -> Result<Filter> {
    let ours = |condition: Value| Filter::Ours(json!({ field: condition }));
    match value {
        Value::String(any) if any == "*" => Ok(ours(json!({ "exists": true }))),
        Value::Object(operators) => {
            let mut parts = Vec::with_capacity(operators.len());
            for (name, value) in operators {
                parts.push(match name.as_str() {
                    "eq" | "ne" | "in" | "gt" | "gte" | "lt" | "lte" | "contains" | "exists" => {
                        ours(json!({ name: value }))
                    }
                    "icontains" => ours(json!({ "contains": value })),
                    "nin" => Filter::Not(Box::new(ours(json!({ "in": value })))),
                    _ => {
                        let expected = "eq, ne, in, nin, gt, gte, lt, lte, contains, icontains or exists";
                        return Err(Error::invalid(format!("{path}.{name}"), "there is no such operator", expected));
                    }
                });
            }
            Ok(Filter::All(parts))
        }
        other => Ok(ours(other.clone())),
    }
}

/// Seconds since 1970 as times, wherever they stand in a condition.
fn times(value: &Value, path: &str) -> Result<Value> {
    Ok(match value {
        Value::Number(_) => json!(time(value, path)?),
        Value::Array(values) => Value::Array(values.iter().map(|value| times(value, path)).collect::<Result<_>>()?),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| Ok((name.clone(), times(value, path)?)));
            Value::Object(fields.collect::<Result<Map<String, Value>>>()?)
        }
        other => other.clone(),
    })
}

/// A time as mem0's clients send it: seconds since 1970, or a text.
pub fn time(value: &Value, field: &str) -> Result<Time> {
    let wrong =
        || Error::invalid(field, "this is not a time", "seconds since 1970, or a time such as 2026-05-08T13:56:00Z");
    match value {
        Value::Number(seconds) => {
            let micros = seconds.as_f64().map(|seconds| seconds * 1e6).filter(|micros| micros.abs() < 9e18);
            Ok(Time::from_micros(micros.ok_or_else(wrong)? as i64))
        }
        Value::String(text) => text.parse().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// Categories are our labels and kinds together.
pub fn categories(value: &Value, path: &str) -> Result<Filter> {
    let wanted = match value {
        Value::Object(operators) => operators.iter().next().filter(|_| operators.len() == 1),
        _ => None,
    };
    let (operator, values) = wanted.map_or(("in", value), |(name, value)| (name.as_str(), value));
    if !matches!(operator, "in" | "eq" | "contains" | "icontains") {
        return Err(Error::invalid(
            path,
            "categories are not compared so",
            "a name, a list of names, `in` or `contains`",
        ));
    }
    let values = values.as_array().map_or_else(|| vec![values.clone()], Clone::clone);
    let kinds: Vec<&Value> =
        values.iter().filter(|value| value.as_str().is_some_and(|name| MemoryKind::parse(name).is_ok())).collect();
    let mut parts = vec![Filter::Ours(json!({ "tags": { "in": values } }))];
    if !kinds.is_empty() {
        parts.push(Filter::Ours(json!({ "kind": { "in": kinds } })));
    }
    Ok(Filter::Any(parts))
}

#[cfg(test)]
mod tests;
