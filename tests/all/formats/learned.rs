//! Samples of what nights learn: choices, verdicts, trained heads, lessons.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use memorable::aws::{items, keys};
use memorable::classify::head::Head;
use memorable::classify::trained::{self, Trained};
use memorable::index::tuning::Decision;
use memorable::memory::choice::{self, Choices, Chosen, Verdict};
use memorable::memory::lesson::{self, Kept};
use memorable::memory::standing::{Standing, Sums};
use memorable::memory::trial::Trial;
use memorable::memory::{Classification, Kind, Memory};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::attributes::from_item;
use super::{bytes, id, item, memory_v1, sample, scope, text, texts, time};

const CHOICES: &str = "choices.json";
const VERDICT: &str = "verdict.json";
const LESSON: &str = "memory-lesson.json";
const HEAD: &str = "trained-head.bin";

/// Where a trained head names the builtin one that it was trained from.
const BASE: std::ops::Range<usize> = 9..25;

fn choices_v1() -> Choices {
    let order = Chosen {
        names: texts(&["bedrock:amazon.nova-lite-v1:0", "ollama:qwen3:4b"]),
        night: Some(jiff::civil::date(2026, 1, 2)),
        held_until: Some(time("2026-01-09T03:00:00Z")),
        trying: texts(&["ollama:qwen3:4b"]),
    };
    let head = Chosen { names: texts(&["2026-01-02-0f1e2d3c"]), ..Chosen::default() };
    let chosen = [(choice::route("converse"), order), (choice::HEAD.to_owned(), head)].into();
    Choices { v: 1, revision: 7, chosen }
}

fn verdict_v1() -> Verdict {
    let sums = |count| Sums { count, sum: 900 * count, squares: 810_000 * count };
    let standing = Standing {
        calls: 50,
        errors: 2,
        micros: 75_000_000,
        nanodollars: 1_234_567,
        fitted: sums(26),
        held: sums(24),
        agreed: Sums::of_share(3, 4),
    };
    Verdict {
        v: 1,
        what: choice::route("converse"),
        night: jiff::civil::date(2026, 1, 2),
        at: time("2026-01-03T03:00:01Z"),
        decision: Decision::RolledBack,
        because: "its calls are worth more, by more than chance".to_owned(),
        fitted: 26,
        trials: [("worth".to_owned(), Trial { cases: 24, before: 0.5, after: 0.75, gain: 0.25, at_least: 0.125 })]
            .into(),
        proposed: texts(&["ollama:qwen3:4b"]),
        replaced: texts(&["bedrock:amazon.nova-lite-v1:0"]),
        models: BTreeMap::from([("ollama:qwen3:4b".to_owned(), standing)]),
    }
}

fn kept_v1() -> Kept {
    let occasions: BTreeSet<String> = texts(&["2026-01-02T10", "2026-01-05T07"]).into_iter().collect();
    Kept { occasions, questions: texts(&["How do I get the heating going?", "heating pump relay"]) }
}

fn lesson_v1() -> Memory {
    let class = memory_v1().classification.expect("a classification");
    let class = Classification { kind: Kind::Procedure, by: lesson::TAG.to_owned(), ..class };
    let content = "When asked \"heating pump relay\", what answers is: reset the relay behind the panel.".to_owned();
    let made = Memory::new(id("00000000000000zz"), content, time("2026-01-06T03:00:02Z"));
    Memory {
        metadata: [(lesson::FIELD.to_owned(), json!(kept_v1()))].into_iter().collect(),
        tags: texts(&[lesson::TAG]),
        ..made.derived(vec![id("0123456789abcdef")], class)
    }
}

/// A head's header, of another builtin head than there ever was. What followed in version 1 is as `weights.bin` is delivered.
fn header(version: u8) -> Vec<u8> {
    let mut bytes = b"MEMTRAIN".to_vec();
    bytes.push(version);
    bytes.extend([7; 16]);
    bytes.extend(2_u32.to_le_bytes());
    bytes.extend([1; 16]);
    bytes.extend([2; 16]);
    bytes
}

/// A head of version 2: after its header what differs from the builtin one.
fn head_v2() -> Vec<u8> {
    let mut bytes = Vec::new();
    let floats = |bytes: &mut Vec<u8>, all: &[f32]| all.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    floats(&mut bytes, &[1.25, 0.75]);
    bytes.push(2);
    floats(&mut bytes, &[0.25, 0.5, 0.75, 0.875]);
    // Of kinds the places 3 and 200, each with the steps of eight classes: 1, -1 and 64, then 2.
    bytes.extend([2, 3, 0xc5, 1, 16, 2, 1, 0, 0, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 4]);
    // Of sensitivities the place 5, with the steps of four: 1 and -1 in the middle.
    bytes.extend([1, 5, 4, 0, 2, 1, 0]);
    // Packed by deflate: one block, the last, as it is.
    let length = (bytes.len() as u16).to_le_bytes();
    [header(2), vec![1], length.to_vec(), length.map(|byte| !byte).to_vec(), bytes].concat()
}

/// As if the builtin head of today had been the one then.
fn of_today(mut bytes: Vec<u8>) -> Vec<u8> {
    let today = Trained { head: Head::builtin().clone(), learned: Vec::new() }.encode().expect("bytes");
    bytes[BASE].copy_from_slice(&today[BASE]);
    bytes
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(1, name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn what_nights_of_version_1_learned_is_read() {
    assert_eq!(read::<Choices>(CHOICES), choices_v1());
    assert_eq!(read::<Verdict>(VERDICT), verdict_v1());
    let lesson = items::to_memory(item(1, LESSON, keys::memory(lesson_v1().id))).expect("a memory");
    assert_eq!(lesson, lesson_v1());
    assert!(lesson::is_lesson(&lesson) && Kept::of(&lesson) == kept_v1() && kept_v1().is_supported());
    assert_eq!((choice::VERSION, trained::VERSION), (1, 2), "a new version has samples of its own");
}

#[test]
fn a_head_of_version_1_is_read_where_it_was_trained_from_the_builtin_one_of_today() {
    let old = bytes(1, HEAD);
    assert_eq!(Trained::decode(&old).expect("a head"), None, "of another release: it is trained anew");
    let head = Head::builtin().clone();
    let read =
        Trained::decode(&of_today([old, head.encode()].concat())).expect("a head").expect("of the same builtin one");
    assert_eq!((read.learned, read.head), (vec![[1; 16], [2; 16]], head));
}

#[test]
fn a_head_of_version_2_is_read_likewise_and_the_same_again_when_it_is_written() {
    let old = bytes(2, HEAD);
    assert_eq!(Trained::decode(&old).expect("a head"), None, "of another release: it is trained anew");
    let read = Trained::decode(&of_today(old)).expect("a head").expect("of the same builtin one");
    assert_eq!((read.head.calibration.temperature, read.head.calibration.steps[1]), (1.25, (0.75, 0.875)));
    assert_ne!(read.head.encode(), Head::builtin().encode(), "weights moved");
    assert_eq!(Trained::decode(&read.encode().expect("bytes")).expect("a head"), Some(read));
}

#[test]
#[ignore = "writes the samples of the current version; run once per version"]
fn the_samples_of_the_current_version_of_what_is_learned_are_written() {
    let json = |value: Value| format!("{value:#}\n").into_bytes();
    let samples = [
        (1, CHOICES, json(json!(choices_v1()))),
        (1, VERDICT, json(json!(verdict_v1()))),
        (1, LESSON, json(from_item(&items::from_memory(&scope(), &lesson_v1()).expect("an item")))),
        (1, HEAD, header(1)),
        (2, HEAD, head_v2()),
    ];
    for (version, name, bytes) in samples {
        let path = sample(version, name);
        if !path.exists() {
            fs::write(path, bytes).expect("a sample");
        }
    }
}
