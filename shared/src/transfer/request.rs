//! What a call asks for.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::json;
use crate::memory::{Scope, Tenant};
use crate::transfer::job::{Format, Written};
use crate::transfer::read::zone;

/// Most bytes of a body, and so of a file that is sent in one: what is larger is uploaded.
pub const MOST_INLINE_BYTES: usize = 4 * 1024 * 1024;
const MOST_NAME_BYTES: usize = 200;

/// `POST /v1/imports`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// Where it goes.
    pub scope: Scope,
    /// What the file is written in, if the caller says so.
    pub format: Option<Format>,
    /// The zone of times that name none.
    pub timezone: String,
    /// The conversation that lines without one belong to.
    pub session: Option<String>,
    /// The file; none where it will be uploaded.
    pub content: Option<String>,
}

/// `POST /v1/exports`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// Of what.
    pub scope: Scope,
    /// What it is to be written in.
    pub format: Written,
    /// Whether earlier revisions go with it.
    pub history: bool,
    /// The zone of a diary's days.
    pub timezone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportBody {
    scope: String,
    format: Option<Format>,
    timezone: Option<String>,
    session: Option<String>,
    content: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportBody {
    scope: String,
    format: Option<Written>,
    history: Option<bool>,
    timezone: Option<String>,
}

impl ImportRequest {
    /// Reads a body. Invalid, naming the field, where one is wrong; too large above [`MOST_INLINE_BYTES`].
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<ImportRequest> {
        let body: ImportBody = json::shaped(json::within(MOST_INLINE_BYTES, body)?)?;
        if body.content.as_deref().is_some_and(|content| content.trim().is_empty()) {
            return Err(Error::invalid("content", "there is nothing in it", "the file's text, or none to upload it"));
        }
        let usable = |name: &str| {
            !name.trim().is_empty() && name.len() <= MOST_NAME_BYTES && !name.chars().any(char::is_control)
        };
        if body.session.as_deref().is_some_and(|name| !usable(name)) {
            let expected = format!("1 to {MOST_NAME_BYTES} bytes without control characters, or nothing");
            return Err(Error::invalid("session", "this name cannot be used", expected));
        }
        Ok(ImportRequest {
            scope: Scope::parse(tenant, &body.scope)?,
            format: body.format,
            timezone: checked_zone(body.timezone)?,
            session: body.session,
            content: body.content,
        })
    }
}

impl ExportRequest {
    /// Reads a body. Invalid, naming the field, where one is wrong.
    pub fn parse(tenant: &Tenant, body: &[u8]) -> Result<ExportRequest> {
        let body: ExportBody = json::shaped(json::within(MOST_INLINE_BYTES, body)?)?;
        Ok(ExportRequest {
            scope: Scope::parse(tenant, &body.scope)?,
            format: body.format.unwrap_or(Written::Jsonl),
            history: body.history.unwrap_or(true),
            timezone: checked_zone(body.timezone)?,
        })
    }
}

fn checked_zone(name: Option<String>) -> Result<String> {
    let name = name.unwrap_or_else(|| "UTC".to_owned());
    zone(&name).map(|_| name)
}
