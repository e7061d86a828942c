//! Whose memory it is: a tenant, and within it a scope.

use std::fmt;

use crate::error::{Error, Result};

/// Longest name of a tenant or of a scope's subject, in bytes: keeps every key far below DynamoDB's limits.
const LONGEST_NAME: usize = 128;
const SCOPE_FORM: &str = "`org`, or kind:name such as `user:alice`, where kind is 1 to 32 of a-z 0-9 _ - and name 1 to 128 bytes of letters, digits and . _ @ + = | : -";

/// Who pays and who is isolated. Comes from the authorizer, never from a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(String);

impl Tenant {
    /// A tenant's name as the authorizer gave it. Invalid where it could be confused with part of a key.
    pub fn parse(name: &str) -> Result<Tenant> {
        if is_name(name) {
            Ok(Tenant(name.to_owned()))
        } else {
            Err(Error::invalid(
                "authorization",
                "the authorizer's tenant is not a usable name",
                "1 to 128 bytes of letters, digits and . _ @ + = | : -",
            ))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The unit of isolation, partition and compaction: a tenant's subject, as `user:alice` or `org`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    tenant: Tenant,
    subject: String,
}

impl Scope {
    /// The tenant's scope of that subject. Invalid where the subject is not `org` or `kind:name`.
    pub fn parse(tenant: &Tenant, subject: &str) -> Result<Scope> {
        let well_formed = match subject.split_once(':') {
            Some((kind, name)) => is_kind(kind) && is_name(name),
            None => subject == "org",
        };
        if !well_formed {
            return Err(Error::invalid("scope", "this is not a scope", SCOPE_FORM));
        }
        Ok(Scope { tenant: tenant.clone(), subject: subject.to_owned() })
    }

    /// Whose scope it is.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The subject, as in requests: `user:alice`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `tenant/subject`: unique among all scopes, since neither part can hold a slash.
    pub fn path(&self) -> String {
        format!("{}/{}", self.tenant.0, self.subject)
    }

    /// The path back as a scope. Corrupt where it was not made by [`Scope::path`].
    pub fn from_path(path: &str) -> Result<Scope> {
        let (tenant, subject) = path.split_once('/').ok_or_else(|| Error::corrupt("a scope's path", "no slash"))?;
        Scope::parse(&Tenant::parse(tenant)?, subject)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)
    }
}

fn is_kind(kind: &str) -> bool {
    (1..=32).contains(&kind.len())
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(|c| c.is_alphanumeric() || "._@+=|:-".contains(c))
}

#[cfg(test)]
mod tests;
