//! What a night notes for whoever must restore: the moment to which the table can be brought back, and every object that
//! was there then, with its tag; and the check that what was restored is whole.
//!
//! The table keeps each second of the last 30 days, the bucket each object's earlier versions for as long (template.yaml).
//! Objects are listed after the moment that the note names, and none is deleted that a manifest named within a day: so all
//! that the table names at that moment is in the list.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::memory::{Scope, Time};

/// Version of the stored shape of [`Backup`].
pub const VERSION: u8 = 1;
/// The folder of notes.
pub const FOLDER: &str = "backups/";
/// How long notes are kept: as long as table and bucket can be brought back, and a day.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 31);
/// The folders whose objects are listed: index and cold tier.
const FOLDERS: [&str; 2] = ["segments/", "cold/"];
/// Objects of one list, some 5 MB.
const LINES: usize = 40_000;

/// What there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// [`VERSION`] at the time of writing.
    pub v: u8,
    /// The night that noted it.
    pub night: Date,
    /// To this moment the table is to be restored.
    pub taken_at: Time,
    /// The table.
    pub table: String,
    /// The bucket.
    pub bucket: String,
    /// Objects listed.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The lists: objects of [`Listed`] in JSON, a line each.
    pub lists: Vec<String>,
}

/// One object of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its ETag, by which the version is known.
    pub tag: String,
}

/// Notes it: lists first, then what names them. Gives the note's name.
pub async fn note(app: &App, night: Date, now: Time) -> Result<String> {
    let folder = format!("{FOLDER}{}/", now.to_string().replace(':', ""));
    let mut backup = Backup {
        v: VERSION,
        night,
        taken_at: now,
        table: app.config.table.clone(),
        bucket: app.config.bucket.clone(),
        objects: 0,
        bytes: 0,
        lists: Vec::new(),
    };
    let mut lines: Vec<Listed> = Vec::new();
    for prefix in FOLDERS {
        let mut after = None;
        loop {
            let (page, next) = app.objects.page(prefix, after).await?;
            backup.objects += page.len();
            backup.bytes += page.iter().map(|object| object.bytes).sum::<u64>();
            lines.extend(page.into_iter().map(|object| Listed {
                name: object.name,
                bytes: object.bytes,
                tag: object.tag,
            }));
            after = next;
            if lines.len() >= LINES {
                put_list(app, &folder, &mut backup, &mut lines).await?;
            }
            if after.is_none() {
                break;
            }
        }
    }
    put_list(app, &folder, &mut backup, &mut lines).await?;
    let name = format!("{folder}backup.json");
    app.objects.put(&name, encoded(&backup)?).await?;
    for old in app.objects.list(FOLDER).await? {
        if old.put_at.plus(KEPT) <= now && !old.name.starts_with(&folder) {
            app.objects.delete(&old.name).await?;
        }
    }
    Ok(name)
}

async fn put_list(app: &App, folder: &str, backup: &mut Backup, lines: &mut Vec<Listed>) -> Result<()> {
    let mut bytes = Vec::new();
    for line in lines.drain(..) {
        bytes.extend(encoded(&line)?);
        bytes.push(b'\n');
    }
    if !bytes.is_empty() {
        let name = format!("{folder}objects-{:04}.jsonl", backup.lists.len());
        app.objects.put(&name, bytes).await?;
        backup.lists.push(name);
    }
    Ok(())
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::internal(format!("a note of a backup cannot be encoded: {error}")))
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Scopes.
    pub scopes: usize,
    /// Objects that they name, each read and sound.
    pub objects: usize,
    /// What is named and missing or broken, in a sentence each.
    pub broken: Vec<String>,
}

/// Reads all objects that the table names, of all scopes: whether what was restored is whole.
pub async fn check(app: &App) -> Result<Checked> {
    let mut checked = Checked::default();
    let mut after = None;
    loop {
        let page = app.records.registered(after.as_deref()).await?;
        for registered in &page.items {
            checked.scopes += 1;
            check_scope(app, &registered.scope, &mut checked).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(checked);
        }
    }
}

async fn check_scope(app: &App, scope: &Scope, checked: &mut Checked) -> Result<()> {
    let manifest = app.records.index(scope).await?.manifest;
    let mut leaves = manifest.segments;
    if let Some(atlas) = &manifest.atlas
        && let Some(atlas) = sound(app.atlases.get(&atlas.name).await, checked)?
    {
        for name in atlas.blocks.iter().flat_map(|block| [&block.codes, &block.columns]).chain(&atlas.shards) {
            sound(app.objects.get(name).await, checked)?;
        }
        leaves.extend(atlas.leaves.iter().cloned());
    }
    for segment in &leaves {
        if let Some(entries) = sound(app.segments.read(&segment.name).await, checked)?
            && entries.len() != segment.entries as usize
        {
            checked.broken.push(format!("segment {} holds {} entries", segment.name, entries.len()));
        }
    }
    if let Some(web) = app.records.web(scope).await? {
        sound(app.webs.get(&web.name).await, checked)?;
    }
    for name in app.records.renewal(scope).await?.map(|renewal| renewal.objects).unwrap_or_default() {
        sound(app.objects.get(&name).await, checked)?;
    }
    for object in app.records.cold_objects(scope).await?.iter().filter(|object| object.rows > 0) {
        let rows = app.cold.rows(&object.name).await;
        let missing = || Error::corrupt(format!("object {}", object.name), "it is named but not there");
        sound(rows.and_then(|rows| rows.ok_or_else(missing)), checked)?;
    }
    Ok(())
}

/// Counts what was read; takes down what is missing or broken.
fn sound<T>(read: Result<T>, checked: &mut Checked) -> Result<Option<T>> {
    match read {
        Ok(thing) => {
            checked.objects += 1;
            Ok(Some(thing))
        }
        Err(Error { kind: Kind::Internal, detail, .. }) => {
            checked.broken.push(detail);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
