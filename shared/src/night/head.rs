//! Trains a tenant's head from what its people corrected, starting from the one that was delivered, and promotes it only
//! where it is better on corrections that it had not seen and no worse on the texts that the delivered one was trained on.
//!
//! Each night trains anew from the delivered head on what stands that night. A head that learned from something which was
//! forgotten since is never kept: a new one takes its place, or the delivered one does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::app::App;
use crate::classify::head::calibration::Calibration;
use crate::classify::head::features::Features;
use crate::classify::head::train::{Example, Settings, held_out, train};
use crate::classify::head::{Head, Reading, Scores};
use crate::classify::trained::{Known, Trained};
use crate::error::Result;
use crate::index::tuning::Decision;
use crate::learned::trained;
use crate::memory::choice::{Choices, Chosen, HEAD, Verdict};
use crate::memory::id::Fields;
use crate::memory::trial::Trial;
use crate::memory::{Kind, Sensitivity, Tenant, Time};
use crate::night::choose::{self, Candidate};
use crate::night::examples::{Corrections, corrections};

/// Fewest corrections that a head is trained on.
const LEAST_CORRECTIONS: usize = 40;
/// Fewest that a calibration is fitted on: two of its steps.
const LEAST_CALIBRATED: usize = 80;
/// What may be lost on the texts of the delivered head: of a hundred readings half a one. It was trained on these, so it is
/// at its best there, and who meets it there meets it elsewhere.
const MAY_LOSE: f64 = 0.005;
/// Rounds of the search: it starts near its end.
const ROUNDS: usize = 40;
/// Of so many of the delivered head's texts one is learned again beside the corrections, lest they be forgotten for these.
const REHEARSED: usize = 4;

/// The texts that the delivered head was trained on.
static SHIPPED: LazyLock<Vec<Example>> = LazyLock::new(shipped);

#[derive(Deserialize)]
struct Labelled {
    text: String,
    said_at: Option<Time>,
    kind: Kind,
    sensitivity: Sensitivity,
}

fn shipped() -> Vec<Example> {
    let lines = include_str!("../../../examples/labelled/train.jsonl").lines();
    let labelled = lines.filter_map(|line| serde_json::from_str::<Labelled>(line).ok());
    // What has no time of its own was said on any day, as long as it is always the same.
    let any = Time::from_micros(1_781_697_600_000_000);
    let example = |item: Labelled| Example {
        features: Features::of(&item.text, item.said_at.unwrap_or(any)),
        kind: Some(item.kind),
        sensitivity: Some(item.sensitivity),
        weight: 1.0,
    };
    labelled.map(example).collect()
}

/// Trains, judges and decides; gives what was proposed, if anything was. A night that is repeated proposes once.
pub async fn learn(app: &App, tenant: &Tenant, night: Date, now: Time) -> Result<Option<Verdict>> {
    if let Some(done) = app.records.verdict(tenant, HEAD, night).await? {
        return Ok(Some(done));
    }
    let current = app.records.choices(tenant).await?;
    let known = corrections(app, tenant, now).await?;
    let in_force = match current.of(HEAD).names.first() {
        Some(name) => trained(app, tenant, name).await?,
        None => None,
    };
    let standing: BTreeSet<Known> = known.open.iter().map(|(known, _)| *known).collect();
    let is_tainted = in_force.as_ref().is_some_and(|head| head.learned.iter().any(|one| !standing.contains(one)));
    let (current, in_force) = match is_tainted {
        true => (withdraw(app, tenant, &current).await?, None),
        false => (current, in_force),
    };
    // A head that knows them all already would be made again.
    let knows_all = in_force.as_ref().is_some_and(|head| head.learned.len() == standing.len());
    if knows_all || known.open.len() < LEAST_CORRECTIONS {
        return Ok(None);
    }
    let taught = known.examples();
    let proposed = Proposed { in_force: in_force.as_ref(), taught: &taught, known: &known };
    propose(app, tenant, &current, &proposed, night, now).await.map(Some)
}

/// A head as it is proposed.
#[derive(Debug, Clone, Copy)]
pub struct Proposed<'a> {
    /// The trained head that holds now, where one does.
    pub in_force: Option<&'a Trained>,
    /// What it is trained on: the open corrections, place by place.
    pub taught: &'a [Example],
    /// What it is judged by.
    pub known: &'a Corrections,
}

/// What was forgotten, changed or corrected anew since has left a trace in that head: from now on the delivered one holds.
async fn withdraw(app: &App, tenant: &Tenant, current: &Choices) -> Result<Choices> {
    let chosen = current.of(HEAD);
    let next = current.with(HEAD, Chosen { names: Vec::new(), night: None, ..chosen.clone() });
    choose::put(app, tenant, &next).await?;
    // Those before it knew no less of what is gone than it did, so they go, too.
    app.records.remove_heads(tenant, &[]).await?;
    tracing::info!(tenant = tenant.as_str(), "a head that knew what is forgotten was withdrawn");
    Ok(next)
}

/// Trains the head, judges it by corrections that its like had not seen and that the head in force had not either, and by
/// the delivered head's own texts; promotes it where it passes, with a calibration of its own where that passes, too.
pub async fn propose(
    app: &App,
    tenant: &Tenant,
    current: &Choices,
    proposed: &Proposed<'_>,
    night: Date,
    now: Time,
) -> Result<Verdict> {
    let Judged { head, trials, passed } = judge(proposed)?;
    let learned: Vec<Known> = proposed.known.open.iter().map(|(known, _)| *known).collect();
    let fitted = u32::try_from(learned.len()).unwrap_or(u32::MAX);
    let bytes = Trained { head, learned }.encode()?;
    let hash = Fields::new("memorable head name v1").add(&bytes).finish().to_hex();
    let names = vec![format!("{night}-{}", &hash[..8])];
    let is_held = current.of(HEAD).held_until.is_some_and(|until| now < until);
    if passed.0 && !is_held {
        // Bytes first, pointer last.
        app.records.put_head(tenant, &names[0], &bytes).await?;
    }
    let candidate = Candidate { what: HEAD.to_owned(), names, fitted, trials, passed, models: BTreeMap::new() };
    let verdict = choose::propose(app, tenant, current, candidate, night, now).await?;
    if verdict.decision == Decision::Promoted {
        // What holds is kept, and what a rollback goes back to.
        let kept = [verdict.proposed.as_slice(), &verdict.replaced].concat();
        app.records.remove_heads(tenant, &kept).await?;
    }
    Ok(verdict)
}

/// What came of judging a head.
#[derive(Debug)]
struct Judged {
    head: Head,
    trials: BTreeMap<String, Trial>,
    passed: (bool, String),
}

fn judge(proposed: &Proposed<'_>) -> Result<Judged> {
    let Proposed { in_force, taught, known } = *proposed;
    let examples = known.examples();
    // It may be written again, with another calibration.
    let before = in_force.map_or(Head::builtin(), |trained| &trained.head).rounded()?;
    let settings = Settings { rounds: ROUNDS, ..Settings::default() };
    let taught = rehearsed(taught);
    // As it will be read back: weights lose a little when they are written.
    let head = train(&taught, Head::builtin(), &settings).rounded()?;
    // The head itself has seen them all: five of its like are asked, each about what it was not trained on.
    let scores = held_out(&taught, Head::builtin(), &settings);
    let seen: BTreeSet<&Known> = in_force.into_iter().flat_map(|head| &head.learned).collect();
    let fair: Vec<usize> = (0..examples.len()).filter(|place| !seen.contains(&known.open[*place].0)).collect();
    let was: Vec<f64> =
        fair.iter().map(|place| right(&reading(&before, &examples[*place]), &examples[*place])).collect();
    let by_scores = |place: usize| head.judge(&scores[place], examples[place].features.by_rules);
    let is: Vec<f64> = fair.iter().map(|place| right(&by_scores(*place), &examples[*place])).collect();
    let corrected = Trial::of(&was, &is);
    let each =
        |head: &Head| SHIPPED.iter().map(|example| right(&reading(head, example), example)).collect::<Vec<f64>>();
    let delivered = Trial::of(&each(Head::builtin()), &each(&head));
    let closed: Vec<&Example> = SHIPPED.iter().chain(&known.closed).filter(|example| is_closed(example)).collect();
    let secrets = Trial::of(&found_closed(&before, &closed), &found_closed(&head, &closed));
    let weights = if delivered.gain < -MAY_LOSE {
        (false, "it is worse on the texts of the delivered head".to_owned())
    } else if secrets.gain < 0.0 {
        (false, "it finds fewer secrets".to_owned())
    } else if corrected.passes() {
        (true, "it is better on corrections that it had not seen, by more than chance".to_owned())
    } else {
        (false, "it is not better by more than chance on corrections that it had not seen".to_owned())
    };
    let named = [("corrections", corrected), ("delivered", delivered), ("secrets", secrets)];
    let mut trials: BTreeMap<String, Trial> = named.map(|(name, trial)| (name.to_owned(), trial)).into();
    // Of the head that is to stay: what it says of texts that it had not seen.
    let (mut head, unseen) = match weights.0 {
        true => (head, fair.iter().map(|place| scores[*place].clone()).collect()),
        false => {
            let unseen: Vec<Scores> = fair.iter().map(|place| before.scores(&examples[*place].features)).collect();
            (before, unseen)
        }
    };
    let examples: Vec<Example> = fair.iter().map(|place| examples[*place].clone()).collect();
    let mut passed = weights;
    if let Some((calibration, trial)) = calibrated(&head, &unseen, &examples) {
        if trial.passes() {
            head.calibration = calibration;
            if !passed.0 {
                passed = (true, format!("{}, but a confidence of its own is surely nearer to what is found", passed.1));
            }
        }
        trials.insert("calibration".to_owned(), trial);
    }
    Ok(Judged { head, trials, passed })
}

/// With some of the delivered head's own texts after them. Of sensitivity only where a correction speaks of it: else nothing
/// of it is to move.
fn rehearsed(taught: &[Example]) -> Vec<Example> {
    let speaks = taught.iter().any(|example| example.sensitivity.is_some());
    let again = SHIPPED.iter().step_by(REHEARSED).cloned();
    let again = again.map(|example| Example { sensitivity: example.sensitivity.filter(|_| speaks), ..example });
    taught.iter().cloned().chain(again).collect()
}

fn reading(head: &Head, example: &Example) -> Reading {
    head.read(&example.features)
}

/// A calibration by half of the examples, and what it does on the other: how near stated confidence lies to what was found.
fn calibrated(head: &Head, scores: &[Scores], examples: &[Example]) -> Option<(Calibration, Trial)> {
    if examples.len() < LEAST_CALIBRATED {
        return None;
    }
    let half = |parity: usize| (0..examples.len()).filter(move |place| place % 2 == parity);
    let (mut some, mut of) = (Vec::new(), Vec::new());
    for place in half(0) {
        some.push(scores[place].clone());
        of.push(examples[place].clone());
    }
    let mut with = head.clone();
    with.calibration = Calibration::fit(&some, &of);
    let near = |head: &Head, place: usize| {
        let kind = examples[place].kind?;
        let reading = head.judge(&scores[place], examples[place].features.by_rules);
        let found = if reading.kind == kind { 1.0 } else { 0.0 };
        Some(1.0 - (f64::from(reading.confidence) - found).powi(2))
    };
    let nearness = |head: &Head| half(1).filter_map(|place| near(head, place)).collect::<Vec<f64>>();
    let trial = Trial::of(&nearness(head), &nearness(&with));
    Some((Calibration::fit(scores, examples), trial))
}

/// What share of what is known of it was found.
fn right(reading: &Reading, example: &Example) -> f64 {
    let kind = example.kind.map(|kind| kind == reading.kind);
    let sensitivity = example.sensitivity.map(|sensitivity| sensitivity == reading.sensitivity);
    let known: Vec<bool> = kind.into_iter().chain(sensitivity).collect();
    known.iter().filter(|right| **right).count() as f64 / known.len().max(1) as f64
}

fn is_closed(example: &Example) -> bool {
    example.sensitivity.is_some_and(|sensitivity| sensitivity >= Sensitivity::Secret)
}

/// 1 for each that is held for secret or closer.
fn found_closed(head: &Head, closed: &[&Example]) -> Vec<f64> {
    let is_found = |example: &&&Example| reading(head, example).sensitivity >= Sensitivity::Secret;
    closed.iter().map(|example| if is_found(&example) { 1.0 } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests;
