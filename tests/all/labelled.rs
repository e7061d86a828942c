//! How well the labelled texts are classified that nothing was tuned on, without a language model.

use std::collections::HashSet;

use memorable::classify::head::Head;
use memorable::classify::head::features::Features;
use memorable::classify::head::report::Report;
use memorable::classify::head::train::Example;
use memorable::memory::{Kind, Sensitivity, Time};
use serde::Deserialize;

const HELD: &str = include_str!("../../examples/labelled/held.jsonl");
/// What the classifier's weights and its net learn from, and what they were chosen by.
const LEARNED: [&str; 3] = [
    include_str!("../../examples/labelled/train.jsonl"),
    include_str!("../../examples/labelled/more.jsonl"),
    include_str!("../../examples/labelled/wide.jsonl"),
];
const TURNS: &str = include_str!("../../examples/labelled-turns.json");

#[derive(Deserialize)]
struct Labelled {
    text: String,
    said_at: Time,
    kind: Kind,
    sensitivity: Sensitivity,
}

fn examples() -> Vec<Example> {
    let example = |line: &str| {
        let item: Labelled = serde_json::from_str(line).expect("a labelled text");
        let features = Features::of(&item.text, item.said_at);
        Example { features, kind: Some(item.kind), sensitivity: Some(item.sensitivity), weight: 1.0 }
    };
    HELD.lines().map(example).collect()
}

#[test]
fn texts_that_nothing_was_tuned_on_are_classified_as_well_as_is_said() {
    let report = Report::of(Head::builtin(), &examples());
    assert_eq!(report.items, 734);
    assert!(report.kind >= 0.90, "kinds: {report:?}");
    assert!(report.sensitivity >= 0.90, "sensitivities: {report:?}");
    assert!(report.closed_recall >= 0.98, "secrets: {report:?}");
    assert!(report.confidence > 0.8, "confidence: {report:?}");
    assert!(report.reliability.error <= 0.05, "calibration: {report:?}");
}

#[derive(Deserialize)]
struct Said {
    text: String,
}

/// A text by its words alone; one without words as it stands.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { text.trim().to_owned() } else { words.join(" ") }
}

#[test]
fn no_held_text_stands_among_those_that_are_learned_from() {
    let lines = |file: &str| -> Vec<Said> {
        file.lines().map(|line| serde_json::from_str(line).expect("a labelled text")).collect()
    };
    let turns: Vec<Said> = serde_json::from_str(TURNS).expect("labelled turns");
    let learned: HashSet<String> =
        LEARNED.iter().flat_map(|file| lines(file)).chain(turns).map(|said| plain(&said.text)).collect();
    let both = lines(HELD).iter().filter(|said| learned.contains(&plain(&said.text))).count();
    assert_eq!(both, 0, "of {} held texts, and {} that are learned from", HELD.lines().count(), learned.len());
}
