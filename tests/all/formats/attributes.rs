//! Items of the table as DynamoDB writes them in JSON.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use memorable::aws::items::Item;
use serde_json::{Value, json};

pub fn to_item(value: &Value) -> Item {
    let fields = value.as_object().expect("an item");
    fields.iter().map(|(name, value)| (name.clone(), to_attribute(value))).collect()
}

fn to_attribute(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().and_then(|fields| fields.iter().next()).expect("a value with its type");
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text.clone()),
        ("N", Value::String(number)) => AttributeValue::N(number.clone()),
        // As everywhere else here: bytes as hexadecimal digits.
        ("B", Value::String(digits)) => AttributeValue::B(Blob::new(from_hex(digits))),
        ("BOOL", Value::Bool(truth)) => AttributeValue::Bool(*truth),
        ("L", Value::Array(values)) => AttributeValue::L(values.iter().map(to_attribute).collect()),
        ("M", fields) => AttributeValue::M(to_item(fields)),
        _ => panic!("{kind} is in no sample"),
    }
}

pub fn from_item(item: &Item) -> Value {
    let sorted: BTreeMap<&String, Value> = item.iter().map(|(name, value)| (name, from_attribute(value))).collect();
    json!(sorted)
}

fn from_attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(bytes) => json!({ "B": to_hex(bytes.as_ref()) }),
        AttributeValue::Bool(truth) => json!({ "BOOL": truth }),
        AttributeValue::L(values) => json!({ "L": values.iter().map(from_attribute).collect::<Vec<Value>>() }),
        AttributeValue::M(fields) => json!({ "M": from_item(fields) }),
        other => panic!("{other:?} is in no sample: teach both directions"),
    }
}

pub fn to_hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

pub fn from_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).expect("a digit") as u8;
    text.trim().as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
