//! Whether a value has the shape that a schema of the document says: as much of JSON Schema as the document uses. An
//! independent reader of the same document is schemathesis, in `.ci/clients`.

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say nothing of a value's shape.
const SAID: [&str; 7] = ["description", "default", "examples", "format", "contentMediaType", "title", "example"];

/// All that is wrong with the value. `is_closed`: a field that its schema does not name is wrong, too.
pub fn misfits(schema: &Value, value: &Value, is_closed: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, value, is_closed, "", &mut wrong);
    wrong
}

fn check(schema: &Value, value: &Value, is_closed: bool, path: &str, wrong: &mut Vec<String>) {
    let keywords = schema.as_object().unwrap_or_else(|| panic!("{path}: this is no schema: {schema}"));
    for (keyword, rule) in keywords {
        let mut must = |holds: bool| {
            if !holds {
                wrong.push(format!("{path}: {value} is not of {keyword} {rule}"));
            }
        };
        let size = |size: Option<usize>| size.map(|size| size as f64);
        let limit = || rule.as_f64().expect("a number");
        let fits = |part: &Value| misfits(part, value, is_closed).is_empty();
        match keyword.as_str() {
            "$ref" => check(named(rule), value, is_closed, path, wrong),
            "type" => must(match rule {
                Value::Array(names) => names.iter().any(|name| is_a(name, value)),
                name => is_a(name, value),
            }),
            "enum" => must(rule.as_array().is_some_and(|values| values.contains(value))),
            "const" => must(rule == value),
            "pattern" => {
                let pattern = Regex::new(rule.as_str().expect("a text")).expect("a pattern");
                must(value.as_str().is_none_or(|text| pattern.is_match(text)));
            }
            "minimum" => must(value.as_f64().is_none_or(|n| n >= limit())),
            "maximum" => must(value.as_f64().is_none_or(|n| n <= limit())),
            "minLength" => must(size(value.as_str().map(|text| text.chars().count())).is_none_or(|n| n >= limit())),
            "maxLength" => must(size(value.as_str().map(|text| text.chars().count())).is_none_or(|n| n <= limit())),
            "minItems" => must(size(value.as_array().map(Vec::len)).is_none_or(|n| n >= limit())),
            "maxItems" => must(size(value.as_array().map(Vec::len)).is_none_or(|n| n <= limit())),
            "minProperties" => must(size(value.as_object().map(Map::len)).is_none_or(|n| n >= limit())),
            "anyOf" => must(parts(rule).iter().any(fits)),
            "oneOf" => must(parts(rule).iter().filter(|part| fits(part)).count() == 1),
            "allOf" => parts(rule).iter().for_each(|part| check(part, value, is_closed, path, wrong)),
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, is_closed, &format!("{path}/{place}"), wrong);
                }
            }
            "required" => {
                let missing = parts(rule).iter().filter_map(Value::as_str).find(|name| value.get(name).is_none());
                must(!value.is_object() || missing.is_none());
            }
            "properties" => {
                for (name, field) in value.as_object().into_iter().flatten() {
                    match rule.get(name) {
                        Some(schema) => check(schema, field, is_closed, &format!("{path}/{name}"), wrong),
                        None if is_closed && !keywords.contains_key("additionalProperties") => {
                            wrong.push(format!("{path}/{name}: the document says nothing of it"));
                        }
                        None => {}
                    }
                }
            }
            "additionalProperties" => {
                let known = keywords.get("properties");
                for (name, field) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| known.get(name).is_none()) {
                        match rule {
                            Value::Bool(may) if *may => {}
                            Value::Bool(_) => wrong.push(format!("{path}/{name}: it may not be there")),
                            schema => check(schema, field, is_closed, &format!("{path}/{name}"), wrong),
                        }
                    }
                }
            }
            other => assert!(SAID.contains(&other), "{path}: the document says {other}, which nobody checks"),
        }
    }
}

fn parts(rule: &Value) -> &[Value] {
    rule.as_array().expect("a list")
}

fn named(reference: &Value) -> &'static Value {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference within the document");
    openapi::document().pointer(pointer).unwrap_or_else(|| panic!("the document has no {pointer}"))
}

fn is_a(name: &Value, value: &Value) -> bool {
    match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        other => panic!("there is no type {other:?}"),
    }
}
