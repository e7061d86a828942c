//! Reading JSON from outside: what does not fit is named by its path.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::{Error, Result};

/// A body as JSON, refused as too large before it is read where it has more than `most` bytes; else as [`read`].
pub fn within(most: usize, body: &[u8]) -> Result<Value> {
    if body.len() > most {
        return Err(Error::too_large(most));
    }
    read(body)
}

/// The bytes as JSON. Invalid where they are not, or not UTF-8.
pub fn read(bytes: &[u8]) -> Result<Value> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::invalid("body", format!("byte {} is not UTF-8", error.valid_up_to()), "JSON in UTF-8")
    })?;
    serde_json::from_str(text)
        .map_err(|error| Error::invalid("body", format!("this is not JSON: {error}"), "a JSON object"))
}

/// The JSON as the given shape. Invalid, with the path, where a field is unknown, missing or of another type.
pub fn shaped<T: DeserializeOwned>(value: Value) -> Result<T> {
    // serde would take a list for the fields in their order, and so would store what nobody meant.
    if !value.is_object() {
        return Err(Error::invalid("body", "this is not an object", "a JSON object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let detail = error.inner().to_string();
        // serde names an unknown or missing field in its sentence; the path it gives is that of the object around it.
        let named = detail
            .split('`')
            .nth(1)
            .filter(|_| detail.starts_with("unknown field") || detail.starts_with("missing field"));
        let field = match (path.as_str(), named) {
            (".", Some(name)) => name.to_owned(),
            (".", None) => "body".to_owned(),
            (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
            (path, _) => path.to_owned(),
        };
        let expected = match detail.rsplit_once("expected ") {
            Some((_, expected)) => expected.to_owned(),
            None if detail.starts_with("missing field") => "this field, it is required".to_owned(),
            None => "the shape that the README shows".to_owned(),
        };
        // What is right has a field of its own.
        let detail = detail
            .rsplit_once("expected ")
            .map_or(detail.as_str(), |(detail, _)| detail)
            .trim_end_matches([' ', ',', ':'])
            .to_owned();
        Error::invalid(field, without_values(&detail), expected)
    })
}

/// Tells `null` (take it away) from a field that is not there (leave it).
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// serde repeats the value it did not like; that may be text of a memory, which belongs into no answer and no log.
fn without_values(detail: &str) -> String {
    if detail.starts_with("unknown variant") {
        return "there is no such value".to_owned();
    }
    let repeats = detail.starts_with("invalid type") || detail.starts_with("invalid value");
    let end = if repeats { detail.find(['"', '`']) } else { None };
    detail[..end.unwrap_or(detail.len())].trim_end().to_owned()
}

#[cfg(test)]
mod tests;
