//! Which revision of the protocol a message speaks: those with a handshake, and the one in which each request tells.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use door::Call;
use serde_json::{Value, json};

use crate::message::{Fault, Request};

/// Revisions that begin with `initialize`, newest first.
pub const HANDSHAKE: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// The revision in which each request carries its version.
pub const STATELESS: &str = "2026-07-28";
/// Where a request carries it.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Header and body say two things.
const HEADER_MISMATCH: i64 = -32020;
/// A version that is not spoken here.
const UNSUPPORTED_VERSION: i64 = -32022;
/// How long a client may keep what only a new release of the service changes, in milliseconds.
const LASTING_MS: u64 = 300_000;

/// How a message is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// As up to 2025-11-25.
    Handshake,
    /// As in 2026-07-28.
    Stateless,
}

impl Era {
    /// The result with what this revision wants in all of them.
    pub fn complete(self, mut result: Value) -> Value {
        if self == Era::Stateless {
            result["resultType"] = json!("complete");
            result["_meta"]["io.modelcontextprotocol/serverInfo"] = server();
        }
        result
    }

    /// The result with what this revision wants in those that a client may keep. `lasting`: it tells of the service,
    /// not of its memories.
    pub fn kept(self, mut result: Value, lasting: bool) -> Value {
        if self == Era::Stateless {
            result["ttlMs"] = json!(if lasting { LASTING_MS } else { 0 });
            result["cacheScope"] = json!("private");
        }
        self.complete(result)
    }
}

/// Who answers.
pub fn server() -> Value {
    json!({ "name": "memorable", "title": "MemoRable", "version": env!("CARGO_PKG_VERSION") })
}

/// All that is spoken here.
pub fn all() -> Vec<&'static str> {
    [STATELESS].into_iter().chain(HANDSHAKE).collect()
}

/// The version to speak after a handshake: the one asked for, or the newest that has one.
pub fn negotiated(asked: &str) -> &'static str {
    HANDSHAKE.into_iter().find(|known| *known == asked).unwrap_or(HANDSHAKE[0])
}

/// Whether the version in the header is spoken here. None means the first that had a header.
pub fn check_header(header: Option<&str>) -> Result<(), Fault> {
    header.filter(|header| !all().contains(header)).map_or(Ok(()), |header| Err(unsupported(header)))
}

/// How the request is to be answered: it carries its own version, or its header names one of those that do.
pub fn era(request: &Request, header: Option<&str>) -> Era {
    let carries = request.params.get("_meta").is_some_and(|meta| meta.get(VERSION).is_some());
    let handshake = header.is_none_or(|header| HANDSHAKE.contains(&header));
    if carries || !handshake { Era::Stateless } else { Era::Handshake }
}

/// Whether the request is as its revision wants it: headers and body say the same.
pub fn check(request: &Request, era: Era, call: &Call) -> Result<(), Fault> {
    if era == Era::Handshake {
        return Ok(());
    }
    let header = |name: &str| call.header(name).map_err(Fault::refused);
    let version = header("mcp-protocol-version")?;
    check_header(version)?;
    let meta = request.params.get("_meta").and_then(Value::as_object);
    let own = meta.and_then(|meta| meta.get(VERSION)).and_then(Value::as_str);
    let capabilities = meta.and_then(|meta| meta.get(CAPABILITIES)).is_some_and(Value::is_object);
    let Some(own) = own.filter(|_| capabilities) else {
        return Err(Fault::params(format!("`params._meta` must have `{VERSION}` and `{CAPABILITIES}`")));
    };
    if version != Some(own) {
        return Err(mismatch("MCP-Protocol-Version", "the version in the body"));
    }
    if header("mcp-method")? != Some(request.method.as_str()) {
        return Err(mismatch("Mcp-Method", "the method in the body"));
    }
    let named = match request.method.as_str() {
        "tools/call" | "prompts/get" => request.params.get("name"),
        "resources/read" => request.params.get("uri"),
        _ => None,
    };
    if let Some(named) = named.and_then(Value::as_str)
        && header("mcp-name")?.and_then(decoded).as_deref() != Some(named)
    {
        return Err(mismatch("Mcp-Name", "the name or URI in the body"));
    }
    if own == STATELESS { Ok(()) } else { Err(unsupported(own)) }
}

/// A header's value: as it stands, or where it could not stand so, in base64.
fn decoded(value: &str) -> Option<String> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
        None => Some(value.to_owned()),
    }
}

fn mismatch(header: &str, body: &str) -> Fault {
    Fault::http(400, HEADER_MISMATCH, format!("the header {header} is not {body}"))
}

fn unsupported(asked: &str) -> Fault {
    let asked: String = asked.chars().take(32).collect();
    Fault::Protocol {
        code: UNSUPPORTED_VERSION,
        message: "this version of the protocol is not spoken here".to_owned(),
        data: Some(json!({ "supported": all(), "requested": asked })),
        status: Some(400),
    }
}
