//! A message's text and attributes: what is allowed, how long it is, and the MD5 sums the SDK compares.

use std::collections::BTreeMap;

use s3s::crypto::{Checksum, Md5};
use serde::{Deserialize, Serialize};

use super::error::SqsError;

/// The attributes of a message, by name.
pub(super) type Attributes = BTreeMap<String, Attribute>;

/// One attribute of a message, as it is sent and received.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
}

impl Attribute {
    fn bytes(&self) -> Vec<u8> {
        match (&self.string_value, &self.binary_value) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(base64)) => aws_smithy_types::base64::decode(base64).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }
}

/// How long a message is, in bytes, or why it is none.
pub(super) fn measure(body: &str, attributes: &Attributes) -> Result<usize, SqsError> {
    if body.is_empty() {
        return Err(SqsError::invalid_parameter("The request must contain the parameter MessageBody."));
    }
    if !body.chars().all(is_allowed) {
        return Err(SqsError::invalid_contents());
    }
    if attributes.len() > 10 {
        return Err(SqsError::invalid_parameter("Number of message attributes exceeds the allowed maximum of 10."));
    }
    let mut length = body.len();
    for (name, attribute) in attributes {
        let value = attribute.bytes();
        if value.is_empty() {
            return Err(SqsError::invalid_parameter(format!(
                "The message attribute '{name}' must contain a non-empty value."
            )));
        }
        length += name.len() + attribute.data_type.len() + value.len();
    }
    Ok(length)
}

/// What XML 1.0 allows, which is what SQS takes.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The MD5 sum of a text, in hex.
pub(super) fn md5(text: &str) -> String {
    hex(Md5::checksum(text.as_bytes()).as_ref())
}

/// The MD5 sum of attributes, in hex; none without attributes. They are hashed in the order of their
/// names: name, type and value each after its length in four bytes, the value after its kind in one.
pub(super) fn md5_of_attributes(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut hash = Md5::new();
    for (name, attribute) in attributes {
        add(&mut hash, name.as_bytes());
        add(&mut hash, attribute.data_type.as_bytes());
        let kind = if attribute.string_value.is_some() { 1 } else { 2 };
        hash.update(&[kind]);
        add(&mut hash, &attribute.bytes());
    }
    Some(hex(hash.finalize().as_ref()))
}

fn add(hash: &mut Md5, bytes: &[u8]) {
    hash.update(&(bytes.len() as u32).to_be_bytes());
    hash.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
