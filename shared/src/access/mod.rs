//! Access keys: what clients send that know no issuer of tokens, such as mem0's and MCP's. A key stands for a tenant.
//!
//! Only the hash of a key is stored, so that who reads the table can call nothing. The hash is plain SHA-256: a key has
//! 160 random bits, which nobody finds by trying, and any shell can make the item of one.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::{Error, Result};
use crate::memory::{Scope, Tenant, Time};

/// Begins every key we make, so that a leaked one is known for what it is.
const PREFIX: &str = "mk_";
/// Random bytes of a key.
pub const ENTROPY: usize = 20;
/// Longest key that is looked up at all.
const MOST_KEY_BYTES: usize = 512;
/// Longest label.
const MOST_LABEL_BYTES: usize = 128;
/// Letters of a hash that tell keys apart for a person, and the fewest that revoke one.
const SHOWN: usize = 12;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// SHA-256 of the key, as 64 hexadecimal digits.
    pub hash: String,
    /// Whose calls it makes.
    pub tenant: String,
    /// The scope of calls that name none, such as `user:alice`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What it is for, in its owner's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// Since when it opens nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
}

/// What a call may do by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Whose call it is.
    pub tenant: Tenant,
    /// The scope where the call names none.
    pub scope: Option<Scope>,
}

impl AccessKey {
    /// The start of its hash: enough to name it.
    pub fn name(&self) -> &str {
        self.hash.get(..SHOWN).unwrap_or(&self.hash)
    }
}

/// The key in a request's headers: `Authorization: Bearer KEY`, `Authorization: Token KEY` or `X-API-Key: KEY`.
pub fn presented<'a>(authorization: Option<&'a str>, api_key: Option<&'a str>) -> Option<&'a str> {
    let of_scheme = authorization.and_then(|value| {
        let (scheme, key) = value.trim().split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token");
        known.then_some(key.trim())
    });
    of_scheme.or(api_key.map(str::trim)).filter(|key| !key.is_empty())
}

/// SHA-256 of a key, as the table has it.
pub fn hash(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whose calls the key makes; none where there is no such key or it was revoked.
pub async fn grant(app: &App, key: &str) -> Result<Option<Grant>> {
    if key.len() > MOST_KEY_BYTES {
        return Ok(None);
    }
    let Some(known) = app.records.access_key(&hash(key)).await? else { return Ok(None) };
    if known.revoked_at.is_some() {
        return Ok(None);
    }
    let tenant = Tenant::parse(&known.tenant)?;
    let scope = known.scope.as_deref().map(|subject| Scope::parse(&tenant, subject)).transpose()?;
    Ok(Some(Grant { tenant, scope }))
}

/// A new key for the tenant, made of random bytes, and what is to be stored of it. The key itself is nowhere but here.
pub fn make(
    entropy: [u8; ENTROPY],
    tenant: &Tenant,
    scope: Option<&Scope>,
    label: &str,
    now: Time,
) -> Result<(String, AccessKey)> {
    if label.len() > MOST_LABEL_BYTES || label.chars().any(char::is_control) {
        let expected = format!("at most {MOST_LABEL_BYTES} bytes without control characters");
        return Err(Error::invalid("label", "this label cannot be kept", expected));
    }
    let key = entropy.iter().fold(PREFIX.to_owned(), |key, byte| format!("{key}{byte:02x}"));
    let known = AccessKey {
        hash: hash(&key),
        tenant: tenant.as_str().to_owned(),
        scope: scope.map(|scope| scope.subject().to_owned()),
        label: label.to_owned(),
        created_at: Some(now),
        revoked_at: None,
    };
    Ok((key, known))
}

/// Stores a key that [`make`] made.
pub async fn keep(app: &App, key: &AccessKey) -> Result<()> {
    app.records.put_access_key(key).await
}

/// All keys, revoked ones among them.
pub async fn list(app: &App) -> Result<Vec<AccessKey>> {
    app.records.access_keys().await
}

/// Revokes the one key whose hash begins so. Revoking again changes nothing. Not found where there is none; conflict
/// where there are several.
pub async fn revoke(app: &App, name: &str, now: Time) -> Result<AccessKey> {
    if name.len() < SHOWN {
        let expected = format!("at least {SHOWN} digits, as the list shows them");
        return Err(Error::invalid("name", "this is too short to name a key", expected));
    }
    let mut found = list(app).await?;
    found.retain(|key| key.hash.starts_with(name));
    match found.as_slice() {
        [] => Err(Error::not_found(format!("there is no key whose hash begins with {name}"))),
        [key] if key.revoked_at.is_some() => Ok(key.clone()),
        [key] => {
            let revoked = AccessKey { revoked_at: Some(now), ..key.clone() };
            app.records.put_access_key(&revoked).await?;
            Ok(revoked)
        }
        several => Err(Error::conflict(format!("{} keys begin with {name}: give more of it", several.len()))),
    }
}

#[cfg(test)]
mod tests;
