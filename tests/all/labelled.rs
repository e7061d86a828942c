//! How well the labelled texts are classified that nothing was tuned on, without a language model.

use memorable::classify::head::Head;
use memorable::classify::head::features::Features;
use memorable::classify::head::report::Report;
use memorable::classify::head::train::Example;
use memorable::memory::{Kind, Sensitivity, Time};
use serde::Deserialize;

const HELD: &str = include_str!("../../examples/labelled/held.jsonl");

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
    assert!(report.items > 600, "{}", report.items);
    assert!(report.kind >= 0.90, "kinds: {report:?}");
    assert!(report.sensitivity >= 0.90, "sensitivities: {report:?}");
    assert!(report.closed_recall >= 0.98, "secrets: {report:?}");
    assert!(report.confidence > 0.8, "confidence: {report:?}");
    assert!(report.reliability.error <= 0.05, "calibration: {report:?}");
}
