//! Names that hold all they stand for. mem0 gets a memory by its id alone, while ours are names within a scope: so the id
//! that a client of mem0's is given holds both. Whoever makes one up reaches nothing that is not their tenant's anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use memorable::error::{Error, Result};
use memorable::memory::id::BYTES;
use memorable::memory::{MemoryId, Scope, Tenant};
use serde_json::Value;

/// The memory's id for mem0: ours, a dot, and the scope's subject in base64 for URLs.
pub fn memory(subject: &str, id: MemoryId) -> String {
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(subject))
}

/// The memory that an id names. Not found where it is no such id, as one of mem0's own would be.
pub fn to_memory(tenant: &Tenant, name: &str) -> Result<(Scope, MemoryId)> {
    let unknown = || Error::not_found("there is no memory of that id");
    let (id, subject) = name.split_once('.').ok_or_else(unknown)?;
    let id = id.parse().map_err(|_| unknown())?;
    let subject = URL_SAFE_NO_PAD.decode(subject).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let scope = Scope::parse(tenant, &subject.ok_or_else(unknown)?).map_err(|_| unknown())?;
    Ok((scope, id))
}

/// The event of a call that stored these memories in one scope.
pub fn event(scope: &Scope, ids: &[MemoryId]) -> String {
    let subject = scope.subject().as_bytes();
    // A subject has 161 bytes at the most.
    let mut bytes = vec![u8::try_from(subject.len()).unwrap_or(u8::MAX)];
    bytes.extend(subject);
    ids.iter().for_each(|id| bytes.extend(id.bytes()));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The memories of an event. Not found where it is no such name.
pub fn to_event(tenant: &Tenant, name: &str) -> Result<(Scope, Vec<MemoryId>)> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(name).ok()?;
        let (length, rest) = bytes.split_first()?;
        let (subject, ids) = rest.split_at_checked(usize::from(*length))?;
        let scope = Scope::parse(tenant, std::str::from_utf8(subject).ok()?).ok()?;
        let (ids, rest) = ids.as_chunks::<BYTES>();
        rest.is_empty().then(|| (scope, ids.iter().map(|id| MemoryId::from_bytes(*id)).collect()))
    };
    read().ok_or_else(|| Error::not_found("there is no event of that id"))
}

/// An export: the filter that it was asked for with.
pub fn export(filters: &Value) -> String {
    URL_SAFE_NO_PAD.encode(filters.to_string())
}

/// The filter of an export. Not found where it is no such name.
pub fn to_export(name: &str) -> Result<Value> {
    let filters = URL_SAFE_NO_PAD.decode(name).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    filters.ok_or_else(|| Error::not_found("there is no export of that id"))
}

#[cfg(test)]
mod tests;
