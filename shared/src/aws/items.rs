//! Nouns as DynamoDB items and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::aws::keys;
use crate::aws::turns::Turn;
use crate::error::{Error, Result};
use crate::index::manifest::Retired;
use crate::index::renewal::{self, Renewal};
use crate::index::view::Gone;
use crate::index::{Entry, Manifest, manifest};
use crate::memory::files::{self, Files};
use crate::memory::web::{self, WebRef};
use crate::memory::{Digest, Memory, MemoryId, Scope, State, Time, digest, memory};
use crate::models::memo::{self, Memo};
use crate::night::checkpoint::{self, Checkpoint};

/// Marks the turn that a session is known to begin with.
pub const FIRST: &str = "first";

/// Bytes of a text from which it is compressed once it is classified: shorter ones fit a unit of the table anyway.
const PACK_FROM: usize = 1024;
/// As hard as pays: beyond it texts of some kilobytes hardly shrink.
const PACK_LEVEL: u8 = 6;
/// Most bytes of a text; what claims to be more is not ours.
const MOST_UNPACKED: usize = 1 << 20;

/// A DynamoDB item.
pub type Item = HashMap<String, AttributeValue>;

/// A text attribute.
pub fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
#[expect(clippy::needless_pass_by_value, reason = "numbers are copied, and reading `number(3)` is worth it")]
pub fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The primary key of an item in the scope's partition.
pub fn key(scope: &Scope, sort: impl Into<String>) -> Item {
    HashMap::from([(keys::PK.to_owned(), text(scope.path())), (keys::SK.to_owned(), text(sort))])
}

/// A memory under the given sort key. What is past its end is hidden at once and removed by the night, with its history
/// and index: DynamoDB's own expiry would leave those behind.
fn memory_item(scope: &Scope, memory: &Memory, sort: String) -> Result<Item> {
    let mut item = fields(memory)?;
    item.extend(key(scope, sort));
    if memory.is_cold() {
        item.remove("content");
    } else if memory.state == State::Ready && memory.content.len() >= PACK_FROM {
        // Classified, it is read more often than written, and rarely enough: it takes less room from now on.
        item.remove("content");
        let packed = miniz_oxide::deflate::compress_to_vec(memory.content.as_bytes(), PACK_LEVEL);
        item.insert("packed".to_owned(), AttributeValue::B(Blob::new(packed)));
    }
    // As text: DynamoDB's own numbers, depth and key names would refuse what JSON allows.
    if !memory.metadata.is_empty() {
        item.insert("metadata".to_owned(), text(Value::Object(memory.metadata.clone()).to_string()));
    }
    Ok(item)
}

/// A memory as it is now.
pub fn from_memory(scope: &Scope, memory: &Memory) -> Result<Item> {
    let mut item = memory_item(scope, memory, keys::memory(memory.id))?;
    if memory.state != State::Forgotten {
        item.insert(keys::LISTED.to_owned(), text(keys::listed(memory)));
    }
    Ok(item)
}

/// A memory as it was.
pub fn from_history(scope: &Scope, memory: &Memory) -> Result<Item> {
    memory_item(scope, memory, keys::history(memory.id, memory.revision))
}

/// A memory or a history item back.
pub fn to_memory(mut item: Item) -> Result<Memory> {
    let metadata = item.remove("metadata");
    let packed = item.remove("packed");
    let mut memory: Memory = from_fields("a memory", item)?;
    if let Some(AttributeValue::B(packed)) = packed {
        let content = miniz_oxide::inflate::decompress_to_vec_with_limit(packed.as_ref(), MOST_UNPACKED).ok();
        let content = content.and_then(|content| String::from_utf8(content).ok());
        let corrupt = || Error::corrupt(format!("the text of memory {}", memory.id), "it cannot be unpacked");
        memory.content = content.ok_or_else(corrupt)?;
    }
    if let Some(metadata) = metadata {
        let read = metadata.as_s().ok().and_then(|metadata| serde_json::from_str(metadata).ok());
        let corrupt = || Error::corrupt(format!("metadata of memory {}", memory.id), "this is not an object as text");
        memory.metadata = read.ok_or_else(corrupt)?;
    }
    if memory.v != memory::VERSION {
        return Err(Error::corrupt(format!("memory {}", memory.id), format!("version {} is not known here", memory.v)));
    }
    Ok(memory)
}

/// A tail entry.
pub fn from_entry(scope: &Scope, entry: &Entry) -> Result<Item> {
    let mut item = key(scope, keys::tail(entry.id));
    item.insert("revision".to_owned(), number(entry.revision));
    item.insert("entry".to_owned(), AttributeValue::B(Blob::new(entry.encode()?)));
    Ok(item)
}

/// A tail entry back.
pub fn to_entry(item: &Item) -> Result<Entry> {
    match item.get("entry") {
        Some(AttributeValue::B(bytes)) => Entry::decode(bytes.as_ref()),
        _ => Err(Error::corrupt("a tail item", "it has no entry")),
    }
}

/// The mark of a forgotten memory.
pub fn from_gone(scope: &Scope, gone: &Gone) -> Item {
    let mut item = key(scope, keys::gone(gone.id));
    item.insert("revision".to_owned(), number(gone.revision));
    item.insert("day".to_owned(), text(gone.day.to_string()));
    item
}

/// The mark back.
pub fn to_gone(item: &Item) -> Result<Gone> {
    let corrupt = || Error::corrupt("a mark of a forgotten memory", "its id, revision or day cannot be read");
    let id = item.get(keys::SK).and_then(|sort| sort.as_s().ok()).and_then(|sort| sort.strip_prefix(keys::GONE));
    let revision = item.get("revision").and_then(|revision| revision.as_n().ok());
    let day = item.get("day").and_then(|day| day.as_s().ok());
    Ok(Gone {
        day: day.and_then(|day| day.parse().ok()).ok_or_else(corrupt)?,
        id: id.and_then(|id| id.parse().ok()).ok_or_else(corrupt)?,
        revision: revision.and_then(|revision| revision.parse().ok()).ok_or_else(corrupt)?,
    })
}

/// The manifest.
pub fn from_manifest(scope: &Scope, manifest: &Manifest) -> Result<Item> {
    let mut item = fields(manifest)?;
    item.extend(key(scope, keys::MANIFEST));
    Ok(item)
}

/// The manifest back.
pub fn to_manifest(item: Item) -> Result<Manifest> {
    let manifest: Manifest = from_fields("a manifest", item)?;
    if manifest.v != manifest::VERSION {
        return Err(Error::corrupt("a manifest", format!("version {} is not known here", manifest.v)));
    }
    Ok(manifest)
}

/// What one change of the manifest took out of it.
pub fn from_retired(scope: &Scope, generation: u64, retired: &Retired) -> Result<Item> {
    let mut item = fields(retired)?;
    item.extend(key(scope, keys::retired(generation)));
    Ok(item)
}

/// The same back.
pub fn to_retired(item: Item) -> Result<Retired> {
    from_fields("names of retired segments", item)
}

/// A part of an atlas.
pub fn from_atlas_part(scope: &Scope, hash: &str, part: usize, bytes: &[u8]) -> Item {
    let mut item = key(scope, keys::atlas(hash, part));
    item.insert("bytes".to_owned(), AttributeValue::B(Blob::new(bytes)));
    item
}

/// The part back, with the hash of the atlas it belongs to.
pub fn to_atlas_part(mut item: Item) -> Result<(String, Vec<u8>)> {
    let sort = item.get(keys::SK).and_then(|sort| sort.as_s().ok()).and_then(|sort| sort.strip_prefix(keys::ATLAS));
    let hash = sort.and_then(|sort| sort.split('#').next()).map(str::to_owned);
    match (hash, item.remove("bytes")) {
        (Some(hash), Some(AttributeValue::B(bytes))) => Ok((hash, bytes.into_inner())),
        _ => Err(Error::corrupt("a part of an atlas", "it has no name or no bytes")),
    }
}

/// A short-term turn: only the memory's name, so that what is forgotten is gone from it too.
pub fn from_turn(scope: &Scope, memory: &Memory, session: &str, until: Time) -> Item {
    let mut item = key(scope, keys::turn(session, memory.order, memory.id));
    item.insert("id".to_owned(), text(memory.id));
    item.insert(keys::EXPIRES.to_owned(), number(until.seconds()));
    item
}

/// The turn back. `first`: whether the session is known to begin with it.
pub fn to_turn(item: &Item) -> Option<Turn> {
    let number = |name: &str| item.get(name)?.as_n().ok()?.parse().ok();
    let id: MemoryId = item.get("id")?.as_s().ok()?.parse().ok()?;
    let sort = item.get(keys::SK)?.as_s().ok()?;
    let order = sort.rsplit('#').nth(1)?.parse().ok()?;
    let until = number(keys::EXPIRES)?;
    Some(Turn { id, order, until, is_first: item.contains_key(FIRST) })
}

/// A digest.
pub fn from_digest(scope: &Scope, digest: &Digest) -> Result<Item> {
    let mut item = fields(digest)?;
    item.extend(key(scope, keys::digest(digest.date)));
    Ok(item)
}

/// A digest back.
pub fn to_digest(item: Item) -> Result<Digest> {
    let digest: Digest = from_fields("a digest", item)?;
    if digest.v != digest::VERSION {
        return Err(Error::corrupt("a digest", format!("version {} is not known here", digest.v)));
    }
    Ok(digest)
}

/// How far a night has come.
pub fn from_checkpoint(scope: &Scope, checkpoint: &Checkpoint) -> Result<Item> {
    let mut item = fields(checkpoint)?;
    item.extend(key(scope, keys::night(checkpoint.date)));
    Ok(item)
}

/// The same back.
pub fn to_checkpoint(item: Item) -> Result<Checkpoint> {
    let checkpoint: Checkpoint = from_fields("a night's checkpoint", item)?;
    if checkpoint.v != checkpoint::VERSION {
        let why = format!("version {} is not known here", checkpoint.v);
        return Err(Error::corrupt("a night's checkpoint", why));
    }
    Ok(checkpoint)
}

/// Which files a scope has.
pub fn from_files(scope: &Scope, files: &Files) -> Result<Item> {
    let mut item = fields(files)?;
    item.extend(key(scope, keys::FILES));
    Ok(item)
}

/// The same back.
pub fn to_files(item: Item) -> Result<Files> {
    let files: Files = from_fields("the names of files", item)?;
    if files.v != files::VERSION {
        return Err(Error::corrupt("the names of files", format!("version {} is not known here", files.v)));
    }
    Ok(files)
}

/// The name of a web.
pub fn from_web(scope: &Scope, web: &WebRef) -> Result<Item> {
    let mut item = fields(web)?;
    item.extend(key(scope, keys::WEB));
    Ok(item)
}

/// The name back.
pub fn to_web(item: Item) -> Result<WebRef> {
    let found: WebRef = from_fields("the name of a web", item)?;
    if found.v != web::VERSION {
        return Err(Error::corrupt("the name of a web", format!("version {} is not known here", found.v)));
    }
    Ok(found)
}

/// How far a scope's vectors are made anew.
pub fn from_renewal(scope: &Scope, renewal: &Renewal) -> Result<Item> {
    let mut item = fields(renewal)?;
    item.extend(key(scope, keys::RENEWAL));
    Ok(item)
}

/// The same back.
pub fn to_renewal(item: Item) -> Result<Renewal> {
    let found: Renewal = from_fields("the note of new vectors", item)?;
    if found.v != renewal::VERSION {
        return Err(Error::corrupt("the note of new vectors", format!("version {} is not known here", found.v)));
    }
    Ok(found)
}

/// A model's answer that is kept.
pub fn from_memo(scope: &Scope, hash: &str, memo: &Memo) -> Result<Item> {
    let mut item = fields(memo)?;
    item.extend(key(scope, keys::memo(hash)));
    Ok(item)
}

/// The answer back.
pub fn to_memo(item: Item) -> Result<Memo> {
    let memo: Memo = from_fields("a memo", item)?;
    if memo.v != memo::VERSION {
        return Err(Error::corrupt("a memo", format!("version {} is not known here", memo.v)));
    }
    Ok(memo)
}

/// A noun's fields as attributes.
pub(super) fn fields(noun: &impl Serialize) -> Result<Item> {
    let error = |error| Error::internal(format!("a record cannot be encoded: {error}"));
    let item: serde_dynamo::Item = serde_dynamo::to_item(noun).map_err(error)?;
    Ok(item.into())
}

/// Attributes as a noun; those it does not know are left out.
pub(super) fn from_fields<T: DeserializeOwned>(what: &str, item: Item) -> Result<T> {
    serde_dynamo::from_item(serde_dynamo::Item::from(item)).map_err(|error| Error::corrupt(what, error))
}
