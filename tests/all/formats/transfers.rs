//! Samples of imports, exports, their messages and the lines they exchange.

use std::fs;

use memorable::aws::queue::{TransferKind, TransferMessage};
use memorable::memory::Tenant;
use memorable::transfer::job::{self, Counts, DateOrder, Dates, DecidedBy, FailedTry, LineError, Stage};
use memorable::transfer::line::{self, Line};
use memorable::transfer::read::{Context, Pass, Place};
use memorable::transfer::{Export, Format, Import, State, Written};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{memory_v1, sample, text, time};

const IMPORT: &str = "import.json";
const IMPORT_ASKED: &str = "import-asked.json";
const IMPORT_AGAIN: &str = "import-begun-again.json";
const EXPORT: &str = "export.json";
const EXPORT_AGAIN: &str = "export-begun-again.json";
const MESSAGE: &str = "transfer-message.json";
const LINES: &str = "export-lines.json";

fn import_v1() -> Import {
    let context = json!({"whatsapp": {"orphaned": true, "at": "2024-05-13T10:00:00", "said": {"0f1e": 2}}});
    let context: Context = serde_json::from_value(context).expect("a context");
    Import {
        v: 1,
        generation: 7,
        id: "5d41402abc4b2a76b9719d911017c592".to_owned(),
        asked: None,
        scope: "user:zoë".to_owned(),
        format: Some(Format::Whatsapp),
        timezone: "Europe/Vienna".to_owned(),
        session: Some("family".to_owned()),
        state: State::Running,
        created_at: time("2026-01-02T03:04:05Z"),
        updated_at: time("2026-01-02T03:05:05Z"),
        bytes: 1_000,
        dates: Some(Dates { order: DateOrder::DayFirst, decided_by: DecidedBy::Numbers }),
        place: Place { pass: Pass::Read, offset: 500, lines: 12, items: 9, inside: false, context },
        counts: Counts { stored: 7, repeated: 1, forgotten: 1, skipped: [("media".to_owned(), 2)].into(), errors: 1 },
        errors: vec![LineError { line: 3, wrong: "wrong".to_owned(), expected: "right".to_owned() }],
        waits: 1,
        problem: Some("none".to_owned()),
        failed: Vec::new(),
    }
}

/// One that failed, and was begun again.
fn import_again_v1() -> Import {
    let failed =
        |problem: &str, bytes| FailedTry { at: time("2026-01-02T03:04:45Z"), problem: problem.to_owned(), bytes };
    Import { failed: vec![failed("there is no file, or nothing in it", 0), failed("none", 900)], ..import_v1() }
}

/// One that was asked for under an idempotency key.
fn import_asked_v1() -> Import {
    let context = json!({"markdown": {"day": "2026-05-13", "at": "2026-05-13T10:00:00", "said": {"0f1e": 2}}});
    let context: Context = serde_json::from_value(context).expect("a context");
    let import = import_v1();
    Import {
        asked: Some("9f86d081884c7d659a2feaa0c55ad015".to_owned()),
        format: Some(Format::Markdown),
        place: Place { context, ..import.place },
        ..import
    }
}

fn export_v1() -> Export {
    Export {
        v: 1,
        generation: 3,
        id: "5d41402abc4b2a76b9719d911017c592".to_owned(),
        scope: "user:zoë".to_owned(),
        format: Written::Jsonl,
        history: true,
        timezone: "UTC".to_owned(),
        state: State::Failed,
        created_at: time("2026-01-02T03:04:05Z"),
        updated_at: time("2026-01-02T03:05:05Z"),
        stage: Stage::Histories,
        after: Some("history#0123456789abcdef#0000000002".to_owned()),
        page: Some((jiff::civil::date(2026, 1, 2), 3)),
        files: 2,
        bytes: 4_321,
        memories: 12,
        secrets: 1,
        problem: Some("none".to_owned()),
        failed: Vec::new(),
    }
}

/// One that failed, and was begun again.
fn export_again_v1() -> Export {
    let failed = FailedTry { at: time("2026-01-02T03:04:45Z"), problem: "none".to_owned(), bytes: 0 };
    Export { failed: vec![failed], ..export_v1() }
}

fn message_v1() -> TransferMessage {
    let tenant = Tenant::parse("local").expect("a tenant");
    TransferMessage::of(&tenant, TransferKind::Export, "5d41402abc4b2a76b9719d911017c592")
}

fn lines_v1() -> Vec<Line> {
    let files = [("/memories/a.md".to_owned().try_into().expect("a path"), memory_v1().id)].into();
    vec![Line::of_memory(memory_v1()), Line::of_history(memory_v1()), Line::of_files(files)]
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(1, name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn transfers_of_version_1_are_read() {
    assert_eq!(read::<Import>(IMPORT), import_v1());
    assert_eq!(read::<Import>(IMPORT_ASKED), import_asked_v1());
    assert_eq!(read::<Import>(IMPORT_AGAIN), import_again_v1());
    assert_eq!(read::<Export>(EXPORT), export_v1());
    assert_eq!(read::<Export>(EXPORT_AGAIN), export_again_v1());
    assert_eq!(TransferMessage::parse(&text(1, MESSAGE)).expect("a message"), message_v1());
    assert_eq!(read::<Vec<Line>>(LINES), lines_v1());
    assert_eq!((job::VERSION, line::VERSION), (1, 1), "a new version has samples of its own");
}

#[test]
#[ignore = "writes the samples of the current version; run once per version"]
fn the_samples_of_the_current_version_of_transfers_are_written() {
    let samples: [(&str, Value); 7] = [
        (IMPORT, json!(import_v1())),
        (IMPORT_ASKED, json!(import_asked_v1())),
        (IMPORT_AGAIN, json!(import_again_v1())),
        (EXPORT, json!(export_v1())),
        (EXPORT_AGAIN, json!(export_again_v1())),
        (MESSAGE, json!(message_v1())),
        (LINES, json!(lines_v1())),
    ];
    for (name, value) in samples {
        let path = sample(1, name);
        if !path.exists() {
            fs::write(path, format!("{value:#}\n")).expect("a sample");
        }
    }
}
