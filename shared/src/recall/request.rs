//! What `POST /v1/recall` asks.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::index::{Entry, Filter, context};
use crate::json;
use crate::memory::{Scope, Tenant, Time};

/// Longest query.
const MOST_QUERY_BYTES: usize = 32 * 1024;
/// Most scopes of one recall.
const MOST_SCOPES: usize = 16;
/// Most memories of one recall.
const MOST_MEMORIES: usize = 100;
/// Memories where the caller does not say how many.
const DEFAULT_MEMORIES: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    query: String,
    scopes: Vec<String>,
    top_k: Option<usize>,
    max_tokens: Option<usize>,
    filters: Option<Value>,
    min_score: Option<f32>,
    as_of: Option<Time>,
}

/// A recall, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is asked.
    pub query: String,
    /// Where to look.
    pub scopes: Vec<Scope>,
    /// Most memories to return.
    pub top_k: usize,
    /// Most tokens of the context.
    pub max_tokens: usize,
    /// Which memories may be returned.
    pub filter: Filter,
    /// Least score to return.
    pub min_score: f32,
    /// Only what had happened by then.
    pub as_of: Option<Time>,
}

impl Request {
    /// From a request's body. Invalid, naming the field, where something in it is wrong.
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<Request> {
        let body: Body = json::shaped(json::read(body)?)?;
        if body.query.trim().is_empty() || body.query.len() > MOST_QUERY_BYTES {
            let expected = format!("a text of 1 to {MOST_QUERY_BYTES} bytes");
            return Err(Error::invalid("query", "this cannot be asked", expected));
        }
        if !(1..=MOST_SCOPES).contains(&body.scopes.len()) {
            let expected = format!("1 to {MOST_SCOPES} scopes");
            return Err(Error::invalid("scopes", format!("there are {}", body.scopes.len()), expected));
        }
        let mut scopes = Vec::with_capacity(body.scopes.len());
        for (place, subject) in body.scopes.iter().enumerate() {
            let scope = Scope::parse(tenant, subject);
            let scope = scope.map_err(|error| Error { field: Some(format!("scopes[{place}]")), ..error })?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        let within = |field: &str, value: usize, most: usize| match value {
            n if (1..=most).contains(&n) => Ok(n),
            n => Err(Error::invalid(field, format!("this is {n}"), format!("1 to {most}"))),
        };
        let min_score = body.min_score.unwrap_or(0.0);
        if !(0.0..=1.0).contains(&min_score) {
            return Err(Error::invalid("min_score", format!("this is {min_score}"), "0 to 1"));
        }
        Ok(Request {
            query: body.query,
            scopes,
            top_k: within("top_k", body.top_k.unwrap_or(DEFAULT_MEMORIES), MOST_MEMORIES)?,
            max_tokens: within("max_tokens", body.max_tokens.unwrap_or(context::DEFAULT_TOKENS), context::MOST_TOKENS)?,
            filter: body.filters.as_ref().map_or(Ok(Filter::everything()), Filter::parse)?,
            min_score,
            as_of: body.as_of,
        })
    }

    /// Whether a memory with that entry may be returned, by all that the caller asks but the score.
    pub fn passes(&self, entry: &Entry, now: Time) -> bool {
        let in_time = self.as_of.is_none_or(|as_of| entry.time() <= as_of);
        in_time && !entry.is_expired(now) && self.filter.accepts(entry)
    }

    /// Whether the caller narrows down what may be returned, by fields that not all memories share.
    pub fn is_selective(&self) -> bool {
        self.as_of.is_some() || self.filter != Filter::everything()
    }
}
