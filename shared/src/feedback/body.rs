//! The body of `POST /v1/memories/{id}/feedback`.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::json;
use crate::memory::feedback::Correction;
use crate::memory::{Kind, MemoryId, Sensitivity, Tenant};
use crate::recall::Returned;

/// Longest body.
const MOST_BODY_BYTES: usize = 16 * 1024;
const MOST_TOPICS: usize = 8;
const MOST_TOPIC_BYTES: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    kind: Option<Kind>,
    sensitivity: Option<Sensitivity>,
    importance: Option<f32>,
    topics: Option<Vec<String>>,
    helpful: Option<bool>,
    receipt: Option<String>,
}

/// What a person says of a memory, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// How it should be classified.
    pub correction: Correction,
    /// Whether it helped, and the receipt of the recall that found it.
    pub vote: Option<(bool, Option<String>)>,
}

impl Said {
    /// From a request's body, about that memory. Invalid, naming the field, where something in it is wrong or nothing is
    /// said.
    pub fn parse(tenant: &Tenant, id: MemoryId, body: &[u8]) -> Result<Said> {
        let body: Body = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        if body.importance.is_some_and(|importance| !(0.0..=1.0).contains(&importance)) {
            return Err(Error::invalid("importance", "this is out of range", "a number from 0 to 1"));
        }
        check_topics(body.topics.as_deref().unwrap_or_default())?;
        if let Some(receipt) = &body.receipt {
            let returned = Returned::parse(tenant, &Value::String(receipt.clone()), "receipt")?;
            if body.helpful.is_none() {
                let expected = "`helpful` beside it: true or false";
                return Err(Error::invalid("helpful", "a receipt alone says nothing of the memory", expected));
            }
            if !returned.contains(id) {
                let expected = "the `receipt.id` of a recall that returned this memory";
                return Err(Error::invalid("receipt", "that recall did not return this memory", expected));
            }
        }
        let Body { kind, sensitivity, importance, topics, helpful, receipt } = body;
        let correction = Correction { kind, sensitivity, importance, topics };
        if correction.is_empty() && helpful.is_none() {
            let expected = "at least one of kind, sensitivity, importance, topics, helpful";
            return Err(Error::invalid("body", "nothing is said", expected));
        }
        Ok(Said { correction, vote: helpful.map(|helpful| (helpful, receipt)) })
    }
}

fn check_topics(topics: &[String]) -> Result<()> {
    let fits = |topic: &String| !topic.trim().is_empty() && topic.len() <= MOST_TOPIC_BYTES;
    if topics.len() > MOST_TOPICS || !topics.iter().all(fits) {
        let expected = format!("at most {MOST_TOPICS} topics of 1 to {MOST_TOPIC_BYTES} bytes");
        return Err(Error::invalid("topics", "these topics cannot be kept", expected));
    }
    Ok(())
}
