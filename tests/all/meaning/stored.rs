//! Samples of a web as it is stored: what was written once must still be read, until a night has made it anew.

use std::path::{Path, PathBuf};

use memorable::memory::classification::{Entity, EntityKind, Span};
use memorable::memory::gist::{Gist, Marks, Relation, Word};
use memorable::memory::link::{Link, Reason};
use memorable::memory::web::{FORMAT, VERSION, Web, WebRef};
use memorable::memory::{Kind, MemoryId, Sensitivity, Time};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("formats/v{}", FORMAT.version)).join(name)
}

fn time(text: &str) -> Time {
    text.parse().expect("a time")
}

fn id(text: &str) -> MemoryId {
    text.parse().expect("an id")
}

/// A gist with all there can be.
fn gist() -> Gist {
    let relation = |subject: &str, word: &str, object: &str| Relation {
        subject: subject.to_owned(),
        word: word.to_owned(),
        object: object.to_owned(),
    };
    Gist {
        id: id("0123456789abcdef"),
        revision: 3,
        order: 1_767_323_046_789_012,
        at: time("2026-01-02T03:04:05Z"),
        recorded_at: time("2026-01-02T03:04:06.789012Z"),
        expires_at: Some(time("2030-01-01")),
        event: Some(Span { from: time("2026-05-01"), until: time("2026-05-02") }),
        session: Some("moving".to_owned()),
        voice: Some("Zoë".to_owned()),
        kind: Kind::Commitment,
        sensitivity: Sensitivity::Confidential,
        importance: 0.75,
        confidence: 0.9,
        entities: vec![Entity { name: "Clara".to_owned(), kind: EntityKind::Person }],
        relations: vec![relation("Zoë", "sister", "Clara")],
        words: vec![Word { term: 4_711, word: "keys".to_owned() }],
        marks: Marks {
            question: true,
            evasion: false,
            plan: true,
            decision: true,
            change: false,
            cause: true,
            past: false,
        },
        valence: Some(-40),
        sources: vec![id("zyxwvtsrqpnmkjhg")],
        superseded_by: Some(id("zyxwvtsrqpnmkjhg")),
        is_merged: true,
    }
}

fn web() -> Web {
    let link = Link {
        newer: id("0123456789abcdef"),
        older: id("zyxwvtsrqpnmkjhg"),
        reason: Reason::SameThread,
        via: vec!["Clara".to_owned(), "keys".to_owned()],
        score: 0.5,
    };
    Web { gists: vec![gist()], links: vec![link] }
}

fn named() -> WebRef {
    WebRef {
        v: VERSION,
        generation: 41,
        name: "segments/a/1.web".to_owned(),
        memories: 1,
        links: 1,
        made_at: time("2026-01-03T03:00:00Z"),
    }
}

#[test]
fn the_sample_of_a_web_still_decodes() {
    let bytes = std::fs::read(sample("web.bin")).expect("a sample: the ignored test beside this one writes it");
    assert_eq!(Web::decode("web.bin", &bytes).expect("a web"), web());
    let text = std::fs::read_to_string(sample("web-named.json")).expect("a sample");
    assert_eq!(serde_json::from_str::<WebRef>(&text).expect("a web's name"), named());
}

#[test]
#[ignore = "writes the samples of the current version; run once per version"]
fn the_sample_of_a_web_is_written() {
    if !sample("web.bin").exists() {
        std::fs::write(sample("web.bin"), web().encode().expect("bytes")).expect("a sample");
        let text = serde_json::to_string_pretty(&named()).expect("JSON");
        std::fs::write(sample("web-named.json"), format!("{text}\n")).expect("a sample");
    }
}
