//! Samples of every stored shape of every released version: what was written once must still be read.
//!
//! `formats/vN` holds what version N wrote: items of the table as DynamoDB writes them in JSON, with their keys. A
//! sample that is released is never changed; a new version gets its own folder from the ignored test below, and its own
//! expected values here.

mod attributes;
mod learned;
mod nights;
mod summaries;
mod transfers;
mod webhooks;

use std::fs;
use std::path::{Path, PathBuf};

use memorable::aws::items::{self, Item};
use memorable::aws::keys;
use memorable::aws::queue::{self, ClassifyMessage, NightMessage};
use memorable::index::atlas::{self, Block, Cell};
use memorable::index::code::Coder;
use memorable::index::manifest::{self, AtlasRef};
use memorable::index::postings::{self, Posting, Postings, Rarity, Shard};
use memorable::index::view::Gone;
use memorable::index::{Atlas, Embedding, Entry, Fingerprint, Manifest, SegmentRef, cell, entry, renewal, segment};
use memorable::memory::classification::{Entity, EntityKind, Span};
use memorable::memory::cold;
use memorable::memory::digest::{self, Count};
use memorable::memory::{
    Classification, Digest, FilePath, Kind, Memory, MemoryId, Role, Scope, Sensitivity, State, Tenant, Time, files,
    memory,
};
use memorable::night::{Settings, backup, checkpoint, settings};
use serde_json::{Value, json};

use attributes::{from_hex, from_item, to_hex, to_item};
use nights::{checkpoint_v1, cold_ref_v1, cold_rows_v1, settings_v1};

const MEMORY: &str = "memory.json";
const STUB: &str = "memory-forgotten.json";
const GONE: &str = "gone.json";
const TAIL_ENTRY: &str = "tail-entry.hex";
const SEGMENT: &str = "segment.bin";
const MANIFEST: &str = "manifest.json";
const LARGE_MANIFEST: &str = "manifest-large.json";
const ATLAS: &str = "atlas.bin";
const ATLAS_PART: &str = "atlas-part.json";
const POSTINGS: &str = "postings.bin";
const CODES: &str = "codes.bin";
const COLUMNS: &str = "columns.bin";
const DIGEST: &str = "digest.json";
const FILES: &str = "files.json";
const CLASSIFY: &str = "classify-message.json";
const NIGHT: &str = "night-message.json";
const COLD: &str = "cold.parquet";
const COLD_STUB: &str = "memory-cold.json";
const CHECKPOINT: &str = "checkpoint.json";
const SETTINGS: &str = "settings.json";

/// Each sample with the version that its shape has now.
fn current() -> [(&'static str, u16); 23] {
    [
        (MEMORY, memory::VERSION.into()),
        (STUB, memory::VERSION.into()),
        // A mark lives for a night or two, and has had one shape only.
        (GONE, 1),
        (TAIL_ENTRY, entry::VERSION.into()),
        (SEGMENT, segment::FORMAT.version),
        (MANIFEST, manifest::VERSION.into()),
        (LARGE_MANIFEST, manifest::VERSION.into()),
        (ATLAS, atlas::FORMAT.version),
        // Named by the atlas, and of its version.
        (ATLAS_PART, atlas::FORMAT.version),
        (CODES, atlas::FORMAT.version),
        (COLUMNS, atlas::FORMAT.version),
        (POSTINGS, postings::FORMAT.version),
        (DIGEST, digest::VERSION.into()),
        (FILES, files::VERSION.into()),
        (CLASSIFY, queue::VERSION.into()),
        (NIGHT, queue::VERSION.into()),
        // Its columns have names: new ones come last and are optional.
        (COLD, 1),
        (COLD_STUB, memory::VERSION.into()),
        (CHECKPOINT, checkpoint::VERSION.into()),
        (SETTINGS, settings::VERSION.into()),
        (nights::RENEWAL, renewal::VERSION.into()),
        (nights::VECTORS, renewal::FORMAT.version),
        (nights::BACKUP, backup::VERSION.into()),
    ]
}

fn sample(version: u16, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("formats/v{version}")).join(name)
}

fn bytes(version: u16, name: &str) -> Vec<u8> {
    let path = sample(version, name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(version: u16, name: &str) -> String {
    String::from_utf8(bytes(version, name)).expect("UTF-8")
}

/// The item of that sample, which must lie where its kind is looked for today.
fn item(version: u16, name: &str, sort: String) -> Item {
    let value: Value = serde_json::from_str(&text(version, name)).expect("JSON");
    let item = to_item(&value);
    for (name, part) in items::key(&scope(), sort) {
        assert_eq!(item.get(&name), Some(&part), "{name}");
    }
    item
}

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn scope() -> Scope {
    Scope::parse(&Tenant::parse("local").expect("a tenant"), "user:zoë").expect("a scope")
}

fn id(text: &str) -> MemoryId {
    text.parse().expect("an id")
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A memory with all there can be.
fn memory_v1() -> Memory {
    let metadata =
        json!({"channel": "chat", "size": 3, "ratio": 0.25, "langs": ["pt", "en"], "draft": false, "gone": null});
    Memory {
        v: 1,
        id: id("0123456789abcdef"),
        revision: 3,
        state: State::Ready,
        content: "I promise Clara to be in Graça on 1 May. \"Até já\"\n🚆".to_owned(),
        session: Some("moving".to_owned()),
        speaker: Some("Alice".to_owned()),
        role: Some(Role::User),
        occurred_at: Some(time("2026-01-02T03:04:05Z")),
        recorded_at: time("2026-01-02T03:04:06.789012Z"),
        order: 1_767_323_046_789_012,
        updated_at: time("2026-02-03T00:00:00Z"),
        expires_at: Some(time("2030-01-01")),
        metadata: metadata.as_object().expect("an object").clone(),
        tags: texts(&["home", "travel"]),
        classification: Some(Classification {
            kind: Kind::Commitment,
            sensitivity: Sensitivity::Confidential,
            importance: 0.75,
            confidence: 0.9,
            entities: vec![
                Entity { name: "Clara".to_owned(), kind: EntityKind::Person },
                Entity { name: "Graça".to_owned(), kind: EntityKind::Place },
            ],
            event_time: Some(Span { from: time("2026-05-01"), until: time("2026-05-02") }),
            topics: Vec::new(),
            relevant_until: None,
            emotion: None,
            by: "rules".to_owned(),
        }),
        derived_from: Vec::new(),
        claims: Vec::new(),
        depends_on: Vec::new(),
        superseded_by: None,
        superseded_at: None,
        stale_because: None,
        sources: 1,
        merged: Vec::new(),
        merged_into: None,
        fingerprint: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned(),
        cold: None,
    }
}

/// A memory with the least there can be: what stays of a forgotten one.
fn stub_v1() -> Memory {
    Memory {
        revision: 2,
        state: State::Forgotten,
        order: -7,
        updated_at: time("2026-02-03T00:00:00Z"),
        ..Memory::new(id("zyxwvtsrqpnmkjhg"), String::new(), time("2026-01-02T03:04:06.789012Z"))
    }
}

const MODEL: Fingerprint = Fingerprint(0x0123_4567_89ab_cdef);
const WEIGHT: f32 = 2.5;

fn embedding_v1() -> Embedding {
    Embedding::new(MODEL, WEIGHT, &[3.0, -4.0, 0.0]).expect("a vector that is not zero")
}

fn gone_v1() -> Gone {
    Gone { id: id("0123456789abcdef"), revision: 4, day: jiff::civil::date(2026, 1, 2) }
}

/// An entry with all there can be, but for the embedding. The terms are any: how a text becomes terms is no format.
fn entry_v1() -> Entry {
    Entry {
        id: id("0123456789abcdef"),
        revision: 3,
        order: 1_767_323_046_789_012,
        kind: Some(Kind::Commitment),
        sensitivity: Some(Sensitivity::Confidential),
        importance: 0.75,
        session: Some("moving".to_owned()),
        speaker: Some("Alice".to_owned()),
        role: Some(Role::User),
        occurred_at: Some(time("2026-01-02T03:04:05Z")),
        recorded_at: time("2026-01-02T03:04:06.789012Z"),
        event_time: Some(Span { from: time("2026-05-01"), until: time("2026-05-02") }),
        expires_at: Some(time("2030-01-01")),
        tags: texts(&["home", "travel"]),
        metadata: "{\"size\":3}".to_owned(),
        names: texts(&["Clara", "Graça"]),
        terms: vec![(7, 1), (4_711, 2), (u32::MAX, u8::MAX)],
        length: 258,
        is_question: true,
        embedding: None,
        derived_from: None,
        superseded_by: None,
        superseded_at: None,
        is_stale: false,
        is_merged: false,
    }
}

/// The same, with all that version 2 added.
fn entry_v2() -> Entry {
    Entry {
        derived_from: Some(id("zyxwvtsrqpnmkjhg")),
        superseded_by: Some(id("00000000000000zz")),
        superseded_at: Some(time("2026-03-04T05:06:07.000001Z")),
        is_stale: true,
        is_merged: true,
        ..entry_v1()
    }
}

/// What a reader of that version's samples expects.
fn entry_of(version: u16) -> Entry {
    if version == 1 { entry_v1() } else { entry_v2() }
}

/// An entry with the least there can be.
fn bare_entry_v1() -> Entry {
    Entry {
        id: id("zyxwvtsrqpnmkjhg"),
        revision: 1,
        order: -7,
        kind: None,
        sensitivity: None,
        importance: 0.5,
        session: None,
        speaker: None,
        role: None,
        occurred_at: None,
        recorded_at: time("1969-12-31T23:59:59.999999Z"),
        event_time: None,
        expires_at: None,
        tags: Vec::new(),
        metadata: String::new(),
        names: Vec::new(),
        terms: Vec::new(),
        length: 0,
        is_question: false,
        embedding: None,
        derived_from: None,
        superseded_by: None,
        superseded_at: None,
        is_stale: false,
        is_merged: false,
    }
}

fn manifest_v1() -> Manifest {
    let segment = |name: &str, entries, bytes| SegmentRef { name: name.to_owned(), entries, bytes };
    Manifest {
        v: 1,
        generation: 41,
        segments: vec![segment("segments/a/1.seg", 4_096, 5_000_000_000), segment("segments/a/2.seg", 64, 26_112)],
        atlas: None,
        beside: None,
    }
}

fn large_manifest_v1() -> Manifest {
    let atlas = AtlasRef { name: "segments/a/9.atlas".to_owned(), entries: 100_000, bytes: 250_000 };
    Manifest { atlas: Some(atlas), ..manifest_v1() }
}

/// Around this mean the codes are made.
const MEAN: [f32; 3] = [0.25, -0.5, 0.0];

fn codes_v1() -> Vec<u8> {
    let mut codes = Vec::new();
    cell::push_record(&mut codes, memory_v1().id, &embedding_v1(), &Coder::new(MEAN.to_vec()));
    codes
}

fn columns_v2() -> Vec<u8> {
    cell::push_columns(cell::push_columns(Vec::new(), &entry_v2()).expect("columns"), &bare_entry_v1())
        .expect("columns")
}

fn postings_v1() -> (Shard, Rarity) {
    let mut postings = Postings::default();
    postings.add(memory_v1().id, 5, &[(7, 2), (900, 1)]);
    postings.add(bare_entry_v1().id, 3, &[(7, 1)]);
    let (mut shards, rarity) = postings.finish();
    (shards.remove(0), rarity)
}

fn atlas_of(version: u16) -> Atlas {
    let columns = if version == 1 { bytes(1, COLUMNS) } else { columns_v2() };
    let name = |name: &str| format!("segments/a/{name}");
    Atlas {
        fingerprint: MODEL,
        mean: MEAN.to_vec(),
        mean_length: 4.5,
        speakers: vec!["zoë".to_owned()],
        cells: vec![Cell::new(&[0.6, -0.8, 0.0], 1, &codes_v1(), &columns)],
        blocks: vec![Block { cells: 1, codes: name("1.codes"), columns: name("1.columns") }],
        shards: vec![name("1.terms")],
        rarity: postings_v1().1,
        leaves: vec![SegmentRef { name: name("1.seg"), entries: 1, bytes: 400 }],
        version,
    }
}

fn files_v1() -> files::Files {
    let file = |text| (FilePath::parse("path", text).expect("a path"), id("0123456789abcdef"));
    files::Files { v: 1, generation: 8, paths: ["/memories/a.md", "/memories/b/zoë.md"].map(file).into() }
}

fn digest_v1() -> Digest {
    let count = |name: &str, memories| Count { name: name.to_owned(), memories };
    Digest {
        v: 1,
        date: jiff::civil::date(2026, 11, 20),
        memories: 12,
        kinds: [(Kind::Episodic, 7), (Kind::Commitment, 1), (Kind::Note, 4)].into(),
        people: vec![count("Alice", 9), count("Zoë", 2)],
        themes: vec![count("boiler", 3)],
        commitments: vec![id("0123456789abcdef"), id("zyxwvtsrqpnmkjhg")],
        ..Digest::default()
    }
}

fn classify_v1() -> ClassifyMessage {
    let ids = vec![id("0123456789abcdef"), id("zyxwvtsrqpnmkjhg")];
    ClassifyMessage { v: 1, tenant: "local".to_owned(), scope: "user:zoë".to_owned(), ids }
}

fn night_v1() -> NightMessage {
    let night = jiff::civil::date(2026, 11, 20);
    NightMessage { v: 1, tenant: "local".to_owned(), scope: "user:zoë".to_owned(), night, at: None }
}

/// Takes the embedding off the entry and compares it by what it means: its codes are nobody's business.
fn take_embedding_v1(mut entry: Entry) -> Entry {
    let embedding = entry.embedding.take().expect("an embedding");
    assert_eq!((embedding.fingerprint, embedding.weight, embedding.dimensions()), (MODEL, WEIGHT, 3));
    for (stored, expected) in embedding.unit().zip([0.6_f32, -0.8, 0.0]) {
        assert!((stored - expected).abs() < 0.01, "{stored} instead of {expected}");
    }
    entry
}

#[test]
fn samples_of_every_released_version_still_decode() {
    let (full, stub) = (memory_v1(), stub_v1());
    assert_eq!(items::to_memory(item(1, MEMORY, keys::memory(full.id))).expect("a memory"), full);
    assert_eq!(items::to_memory(item(1, STUB, keys::memory(stub.id))).expect("a forgotten memory"), stub);
    assert_eq!(items::to_gone(&item(1, GONE, keys::gone(full.id))).expect("a mark"), gone_v1());
    assert_eq!(items::to_manifest(item(1, MANIFEST, keys::MANIFEST.to_owned())).expect("a manifest"), manifest_v1());
    let read = items::to_manifest(item(1, LARGE_MANIFEST, keys::MANIFEST.to_owned())).expect("a manifest");
    assert_eq!(read, large_manifest_v1());
    let read = Shard::decode(POSTINGS, &bytes(1, POSTINGS)).expect("postings");
    let id = memory_v1().id;
    assert_eq!(read.find(900), (1, vec![Posting { id, times: 1, length: 5 }]));
    assert_eq!((read.find(7).0, read.find(8).0), (2, 0));
    assert_eq!(items::to_digest(item(1, DIGEST, keys::digest(digest_v1().date))).expect("a digest"), digest_v1());
    assert_eq!(items::to_files(item(1, FILES, keys::FILES.to_owned())).expect("files"), files_v1());

    let rows = cold::decode(COLD, bytes(1, COLD).into()).expect("rows");
    assert_eq!(rows, cold_rows_v1());
    let read = items::to_memory(item(1, COLD_STUB, keys::memory(full.id))).expect("a stub");
    assert_eq!(read, memory_v1().cooled(cold_ref_v1()));
    let thawed = read.thawed(&rows[0]).expect("a row").expect("a memory");
    assert_eq!(Memory { cold: None, ..thawed }, memory_v1());
    let read = items::to_checkpoint(item(1, CHECKPOINT, keys::night(checkpoint_v1().date))).expect("a checkpoint");
    assert_eq!(read, checkpoint_v1());
    let read: Settings = serde_json::from_str(&text(1, SETTINGS)).expect("settings");
    assert_eq!(read, settings_v1());

    let (scope, ids) = ClassifyMessage::parse(&text(1, CLASSIFY)).expect("a message");
    assert_eq!((scope.path(), ids), ("local/user:zoë".to_owned(), classify_v1().ids));
    let message = NightMessage::parse(&text(1, NIGHT)).expect("a message");
    let (scope, night) = (message.scope().expect("a scope"), message.night);
    assert_eq!((scope.path(), night), ("local/user:zoë".to_owned(), night_v1().night));
}

#[test]
fn samples_of_every_version_of_the_index_still_decode() {
    for version in [1, 2] {
        let read = Entry::decode(&from_hex(&text(version, TAIL_ENTRY))).expect("a tail entry");
        assert_eq!(take_embedding_v1(read), entry_of(version));
        let read = segment::decode(SEGMENT, &bytes(version, SEGMENT)).expect("a segment");
        let packed = segment::Packed::new(SEGMENT, bytes(version, SEGMENT).into()).expect("a segment");
        let unpacked: Vec<Entry> = (0..packed.len()).map(|nth| packed.entry(nth).expect("an entry")).collect();
        assert_eq!(unpacked, read, "version {version}");
        let [full, bare] = <[Entry; 2]>::try_from(read).expect("two entries");
        assert_eq!(take_embedding_v1(full), entry_of(version));
        assert_eq!(bare, bare_entry_v1());

        assert_eq!(Atlas::decode(ATLAS, &bytes(version, ATLAS)).expect("an atlas"), atlas_of(version));
        let read = items::to_atlas_part(item(version, ATLAS_PART, keys::atlas("9", 2))).expect("a part");
        assert_eq!(read, ("9".to_owned(), vec![1, 2, 255]));
        let columns = cell::columns(COLUMNS, version, &bytes(version, COLUMNS)).expect("columns");
        let bare = Entry { terms: Vec::new(), ..bare_entry_v1() };
        assert_eq!(columns, [Entry { terms: Vec::new(), ..entry_of(version) }, bare]);
        let (codes, estimator) = (bytes(version, CODES), Coder::new(MEAN.to_vec()).estimator(&[0.6, -0.8, 0.0]));
        let read: Vec<(MemoryId, f32)> = cell::estimates(&codes, 3, &estimator).collect();
        assert!(read.len() == 1 && read[0].0 == memory_v1().id && (read[0].1 - 1.0).abs() < 0.2, "{read:?}");
    }
}

#[test]
fn the_current_version_of_every_shape_has_its_sample() {
    for (name, version) in current() {
        let path = sample(version, name);
        assert!(path.is_file(), "{} is not there: write it with the ignored test of this file", path.display());
    }
}

#[test]
#[ignore = "writes the samples of the current version; run once per version"]
fn the_samples_of_the_current_version_are_written() {
    let json = |value: Value| format!("{value:#}\n").into_bytes();
    let of = |item: memorable::Result<Item>| from_item(&item.expect("an item"));
    let scope = scope();
    let with_embedding = || Entry { embedding: Some(embedding_v1()), ..entry_v2() };
    for (name, version) in current() {
        let path = sample(version, name);
        if path.exists() {
            // It is released: a version that reads differently is another version.
            continue;
        }
        let bytes = match name {
            MEMORY => json(of(items::from_memory(&scope, &memory_v1()))),
            STUB => json(of(items::from_memory(&scope, &stub_v1()))),
            GONE => json(from_item(&items::from_gone(&scope, &gone_v1()))),
            TAIL_ENTRY => format!("{}\n", to_hex(&with_embedding().encode().expect("bytes"))).into_bytes(),
            SEGMENT => segment::encode(&[with_embedding(), bare_entry_v1()]).expect("bytes"),
            MANIFEST => json(of(items::from_manifest(&scope, &manifest_v1()))),
            LARGE_MANIFEST => json(of(items::from_manifest(&scope, &large_manifest_v1()))),
            ATLAS => atlas_of(atlas::FORMAT.version).encode().expect("bytes"),
            ATLAS_PART => json(from_item(&items::from_atlas_part(&scope, "9", 2, &[1, 2, 255]))),
            POSTINGS => postings_v1().0.encode().expect("bytes"),
            CODES => codes_v1(),
            COLUMNS => columns_v2(),
            DIGEST => json(of(items::from_digest(&scope, &digest_v1()))),
            FILES => json(of(items::from_files(&scope, &files_v1()))),
            CLASSIFY => json(json!(classify_v1())),
            NIGHT => json(json!(night_v1())),
            COLD => cold::encode(&cold_rows_v1()).expect("bytes"),
            COLD_STUB => json(of(items::from_memory(&scope, &memory_v1().cooled(cold_ref_v1())))),
            CHECKPOINT => json(of(items::from_checkpoint(&scope, &checkpoint_v1()))),
            SETTINGS => json(json!(settings_v1())),
            other => nights::written(other),
        };
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of the version");
        fs::write(&path, bytes).expect("a sample");
    }
}
