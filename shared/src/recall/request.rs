//! What `POST /v1/recall` asks.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::index::{Filter, context};
use crate::json;
use crate::memory::{Scope, Tenant, Time};
use crate::recall::{Found, Returned};

/// Longest body.
pub const MOST_BODY_BYTES: usize = 64 * 1024;
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
    known_at: Option<Time>,
    include_superseded: Option<bool>,
    exclude_receipt: Option<Value>,
    explain: Option<bool>,
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
    /// What was true then: only what had happened by then, or had been stored where nobody said when it happened, and
    /// had not ended by then. What has ended since is hidden as ever: this never shows what is hidden now.
    pub as_of: Option<Time>,
    /// What we knew then: only what had been stored by then, and of what was changed since the revision of then, with
    /// its text, metadata, tags and end. Ranking goes by what it says now; the filter and `as_of` by what is shown.
    /// What is forgotten or past its end now stays hidden: erasure wins over time travel.
    pub known_at: Option<Time>,
    /// Whether facts and notes that gave way to others are returned, too.
    pub include_superseded: bool,
    /// What earlier recalls returned, and this one shall not, changed since or not.
    pub excluded: Returned,
    /// Whether the answer says how its ranking came about.
    pub explain: bool,
}

impl Request {
    /// What the house asks of one scope for itself: up to so many memories, in a context of so many tokens, with no more
    /// said about them.
    pub fn of(scope: &Scope, query: &str, top_k: usize, max_tokens: usize) -> Request {
        Request {
            query: query.to_owned(),
            scopes: vec![scope.clone()],
            top_k,
            max_tokens,
            filter: Filter::everything(),
            min_score: 0.0,
            as_of: None,
            known_at: None,
            include_superseded: false,
            excluded: Returned::default(),
            explain: false,
        }
    }

    /// From a request's body. Invalid, naming the field, where something in it is wrong; too large above
    /// [`MOST_BODY_BYTES`].
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<Request> {
        let body: Body = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
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
            known_at: body.known_at,
            include_superseded: body.include_superseded.unwrap_or(false),
            excluded: body
                .exclude_receipt
                .as_ref()
                .map_or(Ok(Returned::default()), |ids| Returned::parse(tenant, ids, "exclude_receipt"))?,
            explain: body.explain.unwrap_or(false),
        })
    }

    /// The id of the receipt of what was found: names it, and what this recall excluded, to later ones.
    pub fn receipt_id(&self, found: &[Found]) -> String {
        let tenant = self.scopes.first().map(Scope::tenant);
        let returned = self.excluded.after(found.iter().map(|found| found.memory.id));
        tenant.map(|tenant| returned.receipt_id(tenant)).unwrap_or_default()
    }

    /// Whether the caller narrows down what may be returned, by fields that not all memories share.
    pub fn is_selective(&self) -> bool {
        self.as_of.is_some() || self.known_at.is_some() || self.filter != Filter::everything()
    }
}
