//! What `POST /v1/chat` asks.

use serde::Deserialize;
use serde_json::Map;

use crate::error::{Error, Result};
use crate::ingest::Draft;
use crate::json;
use crate::memory::{Role, Scope, Tenant, Time};

/// Longest body: the longest message, with every character escaped, and names.
pub const MOST_BODY_BYTES: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    scope: String,
    session: String,
    message: String,
    #[serde(default)]
    stream: bool,
}

/// Whether a body asks for its answer piece by piece. A body that cannot be read does not.
pub fn wants_stream(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Asked {
        stream: bool,
    }
    body.len() <= MOST_BODY_BYTES && serde_json::from_slice(body).is_ok_and(|asked: Asked| asked.stream)
}

/// A message, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose memory it goes to and is answered from.
    pub scope: Scope,
    /// The conversation.
    pub session: String,
    /// What is said.
    pub message: String,
}

impl Request {
    /// From a request's body. Invalid, naming the field, where something in it is wrong; too large above
    /// [`MOST_BODY_BYTES`].
    pub fn parse(tenant: &Tenant, body: &[u8], now: Time) -> Result<Request> {
        let body: Body = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        // Whoever sends the answer looks at this; what is answered is the same.
        let _ = body.stream;
        let scope = Scope::parse(tenant, &body.scope)?;
        let request = Request { scope, session: body.session, message: body.message };
        request.draft(None).check(now).map_err(|error| match error.field.as_deref() {
            Some("content") => Error { field: Some("message".to_owned()), ..error },
            _ => error,
        })?;
        Ok(request)
    }

    /// The message as a turn to store. `said_at` tells apart two messages of the same words that have no key.
    pub fn draft(&self, said_at: Option<Time>) -> Draft {
        turn(self, Role::User, self.message.clone(), said_at)
    }

    /// What was answered, as a turn to store.
    pub fn reply(&self, text: String) -> Draft {
        turn(self, Role::Assistant, text, None)
    }
}

fn turn(request: &Request, role: Role, content: String, said_at: Option<Time>) -> Draft {
    Draft {
        scope: request.scope.clone(),
        path: String::new(),
        content,
        session: Some(request.session.clone()),
        speaker: None,
        role: Some(role),
        occurred_at: said_at,
        expires_at: None,
        metadata: Map::new(),
        tags: Vec::new(),
        depends_on: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
