//! Buckets and objects as SQLite rows. Every function is one transaction, so conditions are atomic.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use s3s::crypto::{Checksum, Md5};
use serde::{Deserialize, Serialize};

use super::body::Incoming;
use super::error::ObjectsError;

/// The tables. `body` comes last, so that listing does not read through the bytes.
pub(super) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS objects (
        bucket TEXT NOT NULL,
        key TEXT NOT NULL,
        etag TEXT NOT NULL,
        modified INTEGER NOT NULL, -- milliseconds since 1970
        size INTEGER NOT NULL,
        described TEXT NOT NULL,   -- JSON of `Described`
        body BLOB NOT NULL,
        UNIQUE (bucket, key)
    );
";

/// The headers an object is stored with and served with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Described {
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    pub content_disposition: Option<String>,
    pub content_language: Option<String>,
    pub cache_control: Option<String>,
    pub metadata: BTreeMap<String, String>,
}

/// What is known of an object besides its bytes.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub key: String,
    /// Hex, without the quotes of the header.
    pub etag: String,
    /// Milliseconds since 1970.
    pub modified: i64,
    pub size: i64,
    pub described: Described,
}

/// What must hold of the object that is there, for a write to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    None,
    Absent,
    Present,
    Etag(String),
}

/// Which objects to list.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub bucket: String,
    pub prefix: String,
    /// Only keys after this one; empty for all.
    pub after: String,
    /// At most this many.
    pub limit: usize,
}

pub(super) fn create_bucket(db: &Connection, name: &str, now: i64) -> Result<(), ObjectsError> {
    let added =
        db.execute("INSERT INTO buckets (name, created) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![name, now])?;
    if added == 0 {
        return Err(ObjectsError::BucketExists);
    }
    Ok(())
}

pub(super) fn require_bucket(db: &Connection, name: &str) -> Result<(), ObjectsError> {
    let mut query = db.prepare_cached("SELECT 1 FROM buckets WHERE name = ?1")?;
    if query.exists([name])? { Ok(()) } else { Err(ObjectsError::NoSuchBucket) }
}

/// Stores an object and returns its ETag.
pub(super) fn put(db: &mut Connection, object: Put<'_>, condition: &Condition) -> Result<String, ObjectsError> {
    let Put { bucket, key, body, described, now } = object;
    let write = begin(db)?;
    require_bucket(&write, bucket)?;
    check(&write, bucket, key, condition)?;
    let (etag, size, body) = match body {
        Incoming::Whole(bytes) => (hex(Md5::checksum(&bytes).as_ref()), bytes.len() as u64, Body::Whole(bytes)),
        Incoming::Spooled(mut file) => {
            let (etag, size) = digest(&mut file).map_err(ObjectsError::Spool)?;
            (etag, size, Body::Spooled(file))
        }
    };
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let described = serde_json::to_string(described).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    write
        .prepare_cached(
            "INSERT INTO objects (bucket, key, etag, modified, size, described, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (bucket, key) DO UPDATE SET etag = excluded.etag,
                 modified = excluded.modified, size = excluded.size,
                 described = excluded.described, body = excluded.body",
        )?
        .execute(params![bucket, key, etag, now, size, described, body.placed(size)])?;
    if let Body::Spooled(mut file) = body {
        let mut query = write.prepare_cached("SELECT rowid FROM objects WHERE bucket = ?1 AND key = ?2")?;
        let row: i64 = query.query_row([bucket, key], |row| row.get(0))?;
        let mut blob = write.blob_open("main", "objects", "body", row, false)?;
        std::io::copy(&mut file, &mut blob).map_err(ObjectsError::Spool)?;
    }
    write.commit()?;
    Ok(etag)
}

enum Body {
    Whole(Bytes),
    Spooled(File),
}

impl Body {
    /// What is inserted: all of it, or the room for it.
    fn placed(&self, size: i64) -> ToSqlOutput<'_> {
        match self {
            Body::Whole(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Body::Spooled(_) => ToSqlOutput::ZeroBlob(i32::try_from(size).unwrap_or(i32::MAX)),
        }
    }
}

/// The ETag and the size of a file, which is at its beginning before and after.
fn digest(file: &mut File) -> std::io::Result<(String, u64)> {
    let mut hash = Md5::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((hex(hash.finalize().as_ref()), size))
}

/// Some of an object's bytes, without reading the others.
pub(super) fn part(db: &Connection, bucket: &str, key: &str, part: &Range<u64>) -> Result<Vec<u8>, ObjectsError> {
    let mut query = db.prepare_cached("SELECT rowid FROM objects WHERE bucket = ?1 AND key = ?2")?;
    let row: i64 = query.query_row([bucket, key], |row| row.get(0)).optional()?.ok_or(ObjectsError::NoSuchKey)?;
    let mut blob = db.blob_open("main", "objects", "body", row, true)?;
    let mut bytes = vec![0; (part.end - part.start) as usize];
    blob.seek(SeekFrom::Start(part.start)).and_then(|_| blob.read_exact(&mut bytes)).map_err(ObjectsError::Spool)?;
    Ok(bytes)
}

/// An object to store.
pub(super) struct Put<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub body: Incoming,
    pub described: &'a Described,
    /// Milliseconds since 1970.
    pub now: i64,
}

pub(super) fn head(db: &Connection, bucket: &str, key: &str) -> Result<Facts, ObjectsError> {
    require_bucket(db, bucket)?;
    find(db, bucket, key)?.ok_or(ObjectsError::NoSuchKey)
}

/// The bytes of an object whose facts were read before, under the same lock.
pub(super) fn body(db: &Connection, bucket: &str, key: &str) -> Result<Vec<u8>, ObjectsError> {
    let mut query = db.prepare_cached("SELECT body FROM objects WHERE bucket = ?1 AND key = ?2")?;
    let body = query.query_row([bucket, key], |row| row.get(0)).optional()?;
    body.ok_or(ObjectsError::NoSuchKey)
}

/// Deletes an object; one that is not there is deleted already.
pub(super) fn delete(db: &mut Connection, bucket: &str, key: &str, condition: &Condition) -> Result<(), ObjectsError> {
    let write = begin(db)?;
    require_bucket(&write, bucket)?;
    check(&write, bucket, key, condition)?;
    remove(&write, bucket, key)?;
    write.commit()?;
    Ok(())
}

/// Deletes many objects at once.
pub(super) fn delete_all(db: &mut Connection, bucket: &str, keys: &[String]) -> Result<(), ObjectsError> {
    let write = begin(db)?;
    require_bucket(&write, bucket)?;
    for key in keys {
        remove(&write, bucket, key)?;
    }
    write.commit()?;
    Ok(())
}

/// The objects of a listing in the order of their keys, and whether there are more.
pub(super) fn list(db: &Connection, wanted: &Listing) -> Result<(Vec<Facts>, bool), ObjectsError> {
    require_bucket(db, &wanted.bucket)?;
    let mut query = db.prepare_cached(
        "SELECT key, etag, modified, size, described FROM objects
         WHERE bucket = ?1 AND key >= ?2 AND key > ?3 ORDER BY key",
    )?;
    let mut rows = query.query(params![wanted.bucket, wanted.prefix, wanted.after])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let facts = read_facts(row)?;
        // Keys with a prefix are neighbours: the first without it ends them.
        if !facts.key.starts_with(&wanted.prefix) {
            break;
        }
        if found.len() == wanted.limit {
            return Ok((found, true));
        }
        found.push(facts);
    }
    Ok((found, false))
}

fn begin(db: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    db.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn remove(db: &Connection, bucket: &str, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2")?.execute([bucket, key])?;
    Ok(())
}

fn check(db: &Connection, bucket: &str, key: &str, condition: &Condition) -> Result<(), ObjectsError> {
    if *condition == Condition::None {
        return Ok(());
    }
    let there = find(db, bucket, key)?;
    match (condition, there) {
        (Condition::None, _) | (Condition::Absent, None) | (Condition::Present, Some(_)) => Ok(()),
        (Condition::Etag(etag), Some(facts)) if *etag == facts.etag => Ok(()),
        (Condition::Absent | Condition::Etag(_), Some(_)) => Err(ObjectsError::Precondition),
        (Condition::Present | Condition::Etag(_), None) => Err(ObjectsError::NoSuchKey),
    }
}

fn find(db: &Connection, bucket: &str, key: &str) -> rusqlite::Result<Option<Facts>> {
    db.prepare_cached("SELECT key, etag, modified, size, described FROM objects WHERE bucket = ?1 AND key = ?2")?
        .query_row([bucket, key], read_facts)
        .optional()
}

fn read_facts(row: &Row<'_>) -> rusqlite::Result<Facts> {
    let described: String = row.get(4)?;
    let described = serde_json::from_str(&described)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Text, e.into()))?;
    Ok(Facts { key: row.get(0)?, etag: row.get(1)?, modified: row.get(2)?, size: row.get(3)?, described })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
