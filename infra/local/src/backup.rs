//! Backups of a folder: a copy of its table and objects as of one moment, and the way back into an empty folder.
//!
//! The table is copied first: bytes come before pointers, and nothing that a manifest named is deleted within a day, so the
//! objects that are copied after it hold all that it names. So it may be taken while a service runs on the folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use memorable::error::{Error, Result};
use memorable::forget;
use memorable::memory::{State, Time};
use memorable::night::backup::{self, Checked};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::house::{House, Options};

/// Version of [`Manifest`].
pub const VERSION: u8 = 1;
/// The file that says what the others are.
pub const MANIFEST: &str = "backup.json";
/// What is copied, in this order. Queues hold names only: a night queues what was on its way.
const FILES: [&str; 2] = ["dynamodb.db", "objects.db"];
/// How long a copy waits for whoever writes.
const BUSY: Duration = Duration::from_secs(30);

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`].
    pub v: u8,
    /// When it was taken.
    pub taken_at: Time,
    /// Its files.
    pub files: BTreeMap<String, Copied>,
    /// What its table names, all of which was there and sound.
    pub checked: Checked,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// Its size.
    pub bytes: u64,
    /// Its BLAKE3.
    pub blake3: String,
}

/// Copies the house under `data` into the folder `to`, which is made. What is not whole is no backup.
pub async fn take(data: &Path, to: &Path, now: Time) -> Result<Manifest> {
    if !data.join(FILES[0]).is_file() {
        return Err(Error::not_found(format!("there is no house under {}", data.display())));
    }
    empty(to)?;
    for file in FILES {
        let (from, to) = (data.join(file), to.join(file));
        blocking(move || copy(&from, &to)).await?;
    }
    let checked = checked(to).await?;
    let mut files = BTreeMap::new();
    for file in FILES {
        files.insert(file.to_owned(), hashed(&to.join(file))?);
    }
    let manifest = Manifest { v: VERSION, taken_at: now, files, checked };
    let text = serde_json::to_string_pretty(&manifest);
    let text = text.map_err(|error| Error::internal(format!("a backup's manifest cannot be encoded: {error}")))?;
    std::fs::write(to.join(MANIFEST), text).map_err(|error| unusable(to, &error))?;
    Ok(manifest)
}

/// Makes a house of a backup in the folder `data`, which must hold none: exactly what there was when it was taken.
pub async fn restore(from: &Path, data: &Path) -> Result<Manifest> {
    let text = std::fs::read(from.join(MANIFEST)).map_err(|error| unusable(from, &error))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| Error::corrupt("the backup's manifest", error))?;
    if manifest.v != VERSION {
        return Err(Error::corrupt("the backup's manifest", format!("version {} is not known here", manifest.v)));
    }
    for file in FILES {
        if manifest.files.get(file) != Some(&hashed(&from.join(file))?) {
            return Err(Error::corrupt(format!("file {file} of the backup"), "it is not what was written"));
        }
    }
    empty(data)?;
    for file in FILES {
        std::fs::copy(from.join(file), data.join(file)).map_err(|error| unusable(data, &error))?;
    }
    let found = checked(data).await?;
    if found != manifest.checked {
        return Err(Error::corrupt(
            "the restored house",
            format!("it holds {found:?}, the backup {:?}", manifest.checked),
        ));
    }
    Ok(manifest)
}

/// Forgets in the house under `data` what is forgotten in the one under `other`: a backup is older than what was forgotten
/// since it was taken. Gives how many memories that were.
pub async fn forget_as_in(data: &Path, other: &Path, now: Time) -> Result<usize> {
    let open = async |folder: &Path| House::open(Options { data: Some(folder.to_owned()), ..Options::default() }).await;
    let (house, other) = (open(data).await?, open(other).await?);
    let mut forgotten = 0;
    let mut after = None;
    loop {
        let page = other.app.records.registered(after.as_deref()).await?;
        for registered in &page.items {
            let scope = &registered.scope;
            let ids = other.app.records.forgotten(scope).await?;
            let is_there = house.app.records.stubs(scope, &ids).await?;
            for memory in is_there.into_iter().flatten().filter(|memory| memory.state != State::Forgotten) {
                forget::forget(&house.app, scope, memory.id, now).await?;
                forgotten += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(forgotten);
        }
    }
}

/// Opens it as a house, reads all that its table names, and leaves the two files as they are at rest.
async fn checked(folder: &Path) -> Result<Checked> {
    let options = Options { data: Some(folder.to_owned()), ..Options::default() };
    let checked = {
        let house = House::open(options).await?;
        Box::pin(backup::check(&house.app)).await?
    };
    if let Some(broken) = checked.broken.first() {
        let more = checked.broken.len();
        return Err(Error::corrupt(format!("{} objects under {}", more, folder.display()), broken));
    }
    for file in FILES {
        let file = folder.join(file);
        blocking(move || rest(&file)).await?;
    }
    for beside in ["queues.db", "queues.db-wal", "queues.db-shm", "lock"] {
        match std::fs::remove_file(folder.join(beside)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(unusable(folder, &error)),
            _ => {}
        }
    }
    Ok(checked)
}

/// A copy of the database as of one moment, whoever writes to it meanwhile.
fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let database = Connection::open(from)?;
    database.busy_timeout(BUSY)?;
    database.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    Ok(())
}

/// All of it into the one file.
fn rest(file: &Path) -> rusqlite::Result<()> {
    let database = Connection::open(file)?;
    database.busy_timeout(BUSY)?;
    database.pragma_update(None, "journal_mode", "DELETE")
}

async fn blocking(work: impl FnOnce() -> rusqlite::Result<()> + Send + 'static) -> Result<()> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| Error::internal(format!("a copy was not finished: {error}")))?;
    done.map_err(|error| Error::unavailable(format!("a database cannot be copied: {error}")))
}

fn hashed(file: &Path) -> Result<Copied> {
    let mut hash = blake3::Hasher::new();
    let opened = std::fs::File::open(file).map_err(|error| unusable(file, &error))?;
    hash.update_reader(opened).map_err(|error| unusable(file, &error))?;
    Ok(Copied { bytes: hash.count(), blake3: hash.finalize().to_hex().to_string() })
}

/// Makes the folder. Conflict where there is anything in it.
fn empty(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let mut held = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    if held.next().is_some() {
        return Err(Error::conflict(format!("{} is not empty: name a folder that is, or none", folder.display())));
    }
    Ok(())
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(format!("{} cannot be used: {error}", path.display()))
}
