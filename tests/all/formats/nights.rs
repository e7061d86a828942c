//! What the samples of nights and of the cold tier say.

use memorable::aws::{items, keys};
use memorable::index::renewal::{self, Left, Renewal, Renewed};
use memorable::memory::cold::{ColdRef, Row};
use memorable::night::backup::{self, Backup};
use memorable::night::{Checkpoint, Counted, Done, Settings};
use serde_json::Value;

use super::attributes::from_item;
use super::{bytes, embedding_v1, id, item, memory_v1, scope, text, time};

pub const RENEWAL: &str = "renewal.json";
pub const VECTORS: &str = "vectors.bin";
pub const BACKUP: &str = "backup.json";

pub fn cold_ref_v1() -> ColdRef {
    ColdRef { object: "cold/tenant=local/month=2026-01/9-1-0.parquet".to_owned(), row: 0 }
}

/// A whole record, and one that was forgotten.
pub fn cold_rows_v1() -> Vec<Row> {
    let row = Row::of(&scope(), &memory_v1()).expect("a row");
    let blank = Row { id: "zyxwvtsrqpnmkjhg".to_owned(), ..row.blank() };
    vec![row, blank]
}

pub fn checkpoint_v1() -> Checkpoint {
    let begun = Checkpoint::begin(
        jiff::civil::date(2026, 1, 2),
        Some(time("2026-01-03T03:00:00Z")),
        time("2026-01-03T03:00:01Z"),
    );
    let done =
        Done { is_done: true, figures: [("memories".to_owned(), 7)].into(), requests: 3, micros: 900, nanodollars: 12 };
    Checkpoint {
        generation: 2,
        steps: [("digest".to_owned(), done)].into(),
        due: Some(time("2026-02-01")),
        is_done: true,
        counted: Counted::Done,
        handed_on: 1,
        ..begun
    }
}

pub fn settings_v1() -> Settings {
    Settings { v: 1, retention_days: Some(365), cold_after_days: Some(0), cold_below: Some(0.5) }
}

fn renewal_v1() -> Renewal {
    Renewal {
        v: 1,
        generation: 7,
        route: "00ff00ff00ff00ff".to_owned(),
        objects: vec!["segments/a/1-7.vectors".to_owned()],
        left: vec![Left { id: id("0123456789abcdef"), revision: 3 }],
        settled: Some("segments/a/9.atlas".to_owned()),
        tries: 2,
    }
}

fn backup_v1() -> Backup {
    Backup {
        v: 1,
        night: jiff::civil::date(2026, 1, 2),
        taken_at: time("2026-01-03T03:00:00Z"),
        table: "memorable".to_owned(),
        bucket: "memorable".to_owned(),
        objects: 3,
        bytes: 5_000_000_000,
        lists: vec!["backups/2026-01-03T030000Z/objects-0000.jsonl".to_owned()],
    }
}

/// The bytes of a sample of this file.
pub fn written(name: &str) -> Vec<u8> {
    let vectors = || vec![Renewed { id: id("0123456789abcdef"), revision: 3, embedding: embedding_v1() }];
    let json = |value: Value| format!("{value:#}\n").into_bytes();
    match name {
        RENEWAL => json(from_item(&items::from_renewal(&scope(), &renewal_v1()).expect("an item"))),
        VECTORS => renewal::encode(&vectors()).expect("bytes"),
        BACKUP => json(serde_json::to_value(backup_v1()).expect("JSON")),
        other => panic!("nothing is written to {other}"),
    }
}

#[test]
fn samples_of_new_vectors_and_of_notes_of_backups_still_decode() {
    let read = items::to_renewal(item(1, RENEWAL, keys::RENEWAL.to_owned())).expect("a note of new vectors");
    assert_eq!(read, renewal_v1());
    let read = renewal::decode(VECTORS, &bytes(1, VECTORS)).expect("vectors");
    let [one] = <[Renewed; 1]>::try_from(read).expect("one vector");
    assert_eq!((one.id, one.revision, one.embedding.dimensions()), (id("0123456789abcdef"), 3, 3));
    let read: Backup = serde_json::from_str(&text(1, BACKUP)).expect("a note of a backup");
    assert_eq!(read, backup_v1());
    assert_eq!(backup::VERSION, 1);
}
