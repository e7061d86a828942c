//! How well texts are classified without a language model, and the head that does it, trained.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use memorable::classify::head::calibration::Calibration;
use memorable::classify::head::features::Features;
use memorable::classify::head::report::Report;
use memorable::classify::head::train::{Example, Settings, held_out, train};
use memorable::classify::head::{Head, Scores};
use memorable::classify::rules;
use memorable::error::{Error, Result};
use memorable::memory::{Kind, Sensitivity, Time};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::beside::{Agreement, Labels};

/// Where the head lies that is compiled in.
const WEIGHTS: &str = "../shared/src/classify/head/weights.bin";
const LABELLED: &str = "../examples/labelled";
/// What nets that had not seen them say of the texts of `train.jsonl`: `infra/kinds` wrote it. The delivered net knows them.
const UNSEEN: &str = "../infra/kinds/unseen.json";

/// A labelled text. There is more in the files than is trained on.
#[derive(Deserialize)]
struct Labelled {
    id: Option<String>,
    text: String,
    speaker: Option<String>,
    said_at: Option<Time>,
    kind: Kind,
    sensitivity: Sensitivity,
    #[serde(flatten)]
    beside: Option<Labels>,
}

/// Trains the head anew and writes it beside the code, where the next build compiles it in.
pub fn learn() -> Result<()> {
    let items = read("train.jsonl")?;
    let (seen, more) = (by_other_nets(&items, examples(&items))?, examples(&read_more()?));
    let settings = Settings::default();
    let (head, report) = fitted(&seen, &more, &settings);
    print("train.jsonl, each fifth by a head that was trained on the rest", &report);
    let bytes = head.encode();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(WEIGHTS);
    std::fs::write(&file, &bytes).map_err(|error| Error::internal(format!("{}: {error}", file.display())))?;
    println!("\nwrote {} bytes to {}", bytes.len(), file.display());
    Ok(())
}

#[derive(Deserialize)]
struct Unseen {
    id: String,
    scores: [f32; Kind::ALL.len()],
}

/// The examples with the scores of nets that had not seen them. A text that no net may read stays without.
fn by_other_nets(items: &[Labelled], mut examples: Vec<Example>) -> Result<Vec<Example>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(UNSEEN);
    let text = std::fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
    let unseen: Vec<Unseen> = serde_json::from_str(&text).map_err(|error| cannot_read(&file, &error))?;
    let unseen: HashMap<String, [f32; Kind::ALL.len()]> = unseen.into_iter().map(|one| (one.id, one.scores)).collect();
    for (item, example) in items.iter().zip(&mut examples) {
        let scores = item.id.as_ref().and_then(|id| unseen.get(id));
        let scores = scores.ok_or_else(|| cannot_read(&file, &format!("there is no {:?}", item.id)))?;
        if example.features != example.features.without_net() {
            example.features.by_net = *scores;
        }
    }
    Ok(examples)
}

/// A head for both lists, calibrated and judged by what its like says of the first, which was written by the guidelines;
/// the second only helps to learn. Weights are learned without the net, which knows most texts by heart; of the first we have what
/// nets say that have not seen them, so there it is judged with those.
fn fitted(seen: &[Example], more: &[Example], settings: &Settings) -> (Head, Report) {
    let alone = |example: &Example| Example { features: example.features.without_net(), ..example.clone() };
    let all: Vec<Example> = seen.iter().chain(more).map(alone).collect();
    let mut head = train(&all, &Head::empty(), settings);
    let scores = held_out(&all, &Head::empty(), settings).into_iter().zip(seen);
    let scores: Vec<Scores> = scores.map(|(scores, example)| scores.beside_net(&example.features)).collect();
    head.calibration = Calibration::fit(&scores, seen);
    let readings: Vec<_> =
        scores.iter().zip(seen).map(|(scores, example)| head.judge(scores, example.features.by_rules)).collect();
    (head, Report::of_readings(&readings, seen))
}

/// Prints how the compiled head does on what it never saw, and how long a text takes; gives both as JSON.
pub fn measure() -> Result<Value> {
    let held = read("held.jsonl")?;
    let report = Report::of(Head::builtin(), &examples(&held));
    print("held.jsonl, by the head that is compiled in", &report);
    let beside: Vec<_> = (held.iter())
        .filter_map(|item| {
            Some((item.beside.as_ref()?, rules::classify(&item.text, item.speaker.as_deref(), said_at(item))))
        })
        .collect();
    let beside = Agreement::of(&beside);
    beside.print();
    let times = times(&held);
    println!("\ntime of a text, without a language model: p50 {} µs, p95 {} µs", times[0], times[1]);
    Ok(json!({ "held": report, "beside": beside, "micros": { "p50": times[0], "p95": times[1] } }))
}

fn read(name: &str) -> Result<Vec<Labelled>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(LABELLED).join(name);
    let text = std::fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
    lines
        .map(|(n, line)| {
            serde_json::from_str(line).map_err(|error| cannot_read(&file, &format!("line {}: {error}", n + 1)))
        })
        .collect()
}

/// What helps to learn and is not judged by: more texts of the same sort, and the short examples.
fn read_more() -> Result<Vec<Labelled>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/labelled-turns.json");
    let text = std::fs::read_to_string(&file).map_err(|error| cannot_read(&file, &error))?;
    let mut more: Vec<Labelled> = serde_json::from_str(&text).map_err(|error| cannot_read(&file, &error))?;
    more.extend(read("more.jsonl")?);
    more.extend(read("wide.jsonl")?);
    Ok(more)
}

fn cannot_read(file: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::internal(format!("{}: {error}", file.display()))
}

/// When what has no time of its own was said: any day does, as long as it is always the same.
fn said_at(item: &Labelled) -> Time {
    item.said_at.unwrap_or(Time::from_micros(1_781_697_600_000_000))
}

fn examples(items: &[Labelled]) -> Vec<Example> {
    let example = |item: &Labelled| Example {
        features: Features::of(&item.text, said_at(item)),
        kind: Some(item.kind),
        sensitivity: Some(item.sensitivity),
        weight: 1.0,
    };
    items.iter().map(example).collect()
}

/// So often each text is classified, beside the first time, by which everything is warm.
const ROUNDS: usize = 12;

/// The median and the 95th percentile of classifying a text, in microseconds: of each text the best of many times, since a
/// machine that does other things, too, makes the rest longer.
fn times(items: &[Labelled]) -> [u128; 2] {
    let classify = |item: &Labelled| {
        let begun = Instant::now();
        std::hint::black_box(rules::classify(&item.text, item.speaker.as_deref(), said_at(item)));
        begun.elapsed().as_micros()
    };
    let mut best = vec![u128::MAX; items.len()];
    for _ in 0..=ROUNDS {
        for (best, item) in best.iter_mut().zip(items) {
            *best = classify(item).min(*best);
        }
    }
    best.sort_unstable();
    [best[best.len() / 2], best[best.len() * 95 / 100]]
}

fn print(what: &str, report: &Report) {
    println!("\n{what}: {} texts", report.items);
    println!("  kind               {:.3} right, mean stated confidence {:.3}", report.kind, report.confidence);
    println!("  sensitivity        {:.3} right", report.sensitivity);
    println!(
        "  secret or closer   {:.3} of {} found, {} others held for one",
        report.closed_recall, report.closed, report.closed_by_mistake
    );
    println!("  calibration error  {:.3}", report.reliability.error);
    println!("  confidence from    stated  found  texts");
    for (from, stated, found, count) in &report.reliability.rows {
        println!("    {from:.1}              {stated:.3}  {found:.3}  {count}");
    }
    for (name, there, right) in report.by_kind().chain(report.by_sensitivity()) {
        println!("  {name:<14} {right:>4} of {there}");
    }
}
