//! The attributes of a queue that can be set: their defaults, their limits, what they mean.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::error::SqsError;

/// The longest message, and the longest batch: 1 MiB.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// The attributes that are numbers: name, default, least, most. Times are in seconds.
const NUMBERS: [(&str, i64, i64, i64); 5] = [
    ("DelaySeconds", 0, 0, 900),
    ("MaximumMessageSize", MAX_BYTES as i64, 1024, MAX_BYTES as i64),
    ("MessageRetentionPeriod", 345_600, 60, 1_209_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 0, 20),
    ("VisibilityTimeout", 30, 0, 43_200),
];

/// Attributes that are kept and shown, and mean nothing here.
const KEPT: [&str; 5] =
    ["KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "SqsManagedSseEnabled"];

/// The attributes that were set on a queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings(pub BTreeMap<String, String>);

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redrive {
    /// Name of the dead-letter queue.
    pub queue: String,
    /// A message received this often is not delivered again.
    pub max_receives: i64,
}

impl Settings {
    /// The value that was set, or the default.
    pub fn get(&self, name: &str) -> Option<String> {
        let default = || {
            let known = NUMBERS.iter().find(|number| number.0 == name);
            known.map(|number| number.1.to_string())
        };
        self.0.get(name).cloned().or_else(default)
    }

    /// Every attribute with its value, defaults included.
    pub fn all(&self) -> BTreeMap<String, String> {
        let defaults = NUMBERS.iter();
        let mut all: BTreeMap<String, String> =
            defaults.map(|number| (number.0.to_owned(), number.1.to_string())).collect();
        let set = self.0.iter().filter(|(_, value)| !value.is_empty());
        all.extend(set.map(|(name, value)| (name.clone(), value.clone())));
        all
    }

    fn number(&self, name: &str) -> i64 {
        let value = self.get(name).and_then(|value| value.parse().ok());
        value.unwrap_or_default()
    }

    pub fn delay_ms(&self) -> i64 {
        self.number("DelaySeconds") * 1000
    }

    pub fn retention_ms(&self) -> i64 {
        self.number("MessageRetentionPeriod") * 1000
    }

    pub fn visibility_ms(&self) -> i64 {
        self.number("VisibilityTimeout") * 1000
    }

    pub fn wait(&self) -> Duration {
        let seconds = self.number("ReceiveMessageWaitTimeSeconds");
        Duration::from_secs(seconds.unsigned_abs())
    }

    pub fn max_bytes(&self) -> usize {
        self.number("MaximumMessageSize") as usize
    }

    pub fn redrive(&self) -> Option<Redrive> {
        let policy = self.0.get("RedrivePolicy")?;
        parse_redrive(policy).ok().flatten()
    }
}

/// Whether a queue has an attribute of this name that can be set.
pub(super) fn is_setting(name: &str) -> bool {
    name == "RedrivePolicy" || KEPT.contains(&name) || NUMBERS.iter().any(|n| n.0 == name)
}

/// Refuses attributes that do not exist and values outside their limits.
pub(super) fn check_setting(name: &str, value: &str) -> Result<(), SqsError> {
    if name == "RedrivePolicy" {
        return parse_redrive(value).map(drop).map_err(|why| SqsError::invalid_attribute_value(name, &why));
    }
    if KEPT.contains(&name) {
        return Ok(());
    }
    let Some((_, _, least, most)) = NUMBERS.iter().find(|number| number.0 == name) else {
        return Err(SqsError::invalid_attribute_name(name));
    };
    match value.parse::<i64>() {
        Ok(number) if (*least..=*most).contains(&number) => Ok(()),
        _ => Err(SqsError::invalid_attribute_value(name, &format!("{value:?} is not a number from {least} to {most}"))),
    }
}

/// An empty policy takes redriving away.
fn parse_redrive(policy: &str) -> Result<Option<Redrive>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Policy {
        dead_letter_target_arn: String,
        max_receive_count: Count,
    }
    /// CloudFormation writes a number, many tools a string.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(i64),
        Text(String),
    }
    if policy.is_empty() {
        return Ok(None);
    }
    let policy: Policy = serde_json::from_str(policy).map_err(|e| e.to_string())?;
    let max_receives = match policy.max_receive_count {
        Count::Number(number) => number,
        Count::Text(text) => text.parse().map_err(|e| format!("maxReceiveCount: {e}"))?,
    };
    if !(1..=1000).contains(&max_receives) {
        return Err("maxReceiveCount is not from 1 to 1000".to_owned());
    }
    let queue = policy.dead_letter_target_arn.rsplit(':').next();
    let queue = queue.filter(|name| !name.is_empty());
    let queue = queue.ok_or("deadLetterTargetArn is no queue's")?.to_owned();
    Ok(Some(Redrive { queue, max_receives }))
}
