//! How well a head does on labelled texts: what a night's check and the bench's table are made of.

use serde::Serialize;

use super::calibration::{Reliability, reliability};
use super::train::Example;
use super::{Head, KINDS, Reading, SENSITIVITIES};
use crate::memory::{Kind, Sensitivity};

/// What a head came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Texts judged.
    pub items: usize,
    /// Share of those with a known kind whose kind was found.
    pub kind: f32,
    /// Share of those with a known sensitivity whose sensitivity was found.
    pub sensitivity: f32,
    /// Of what is secret or ultra_secret, the share that was held for one of these.
    pub closed_recall: f32,
    /// How many those are.
    pub closed: usize,
    /// What is neither and was held for one.
    pub closed_by_mistake: usize,
    /// Mean stated confidence of the kind.
    pub confidence: f32,
    /// Stated confidence of the kind against how often it was right.
    pub reliability: Reliability,
    /// Texts of each kind (rows) by the kind found (columns), in the order of `Kind::ALL`.
    pub kinds: [[usize; KINDS]; KINDS],
    /// The same of sensitivity.
    pub sensitivities: [[usize; SENSITIVITIES]; SENSITIVITIES],
}

impl Report {
    /// Of what that head says of these examples. Say it of examples that it was not trained on.
    pub fn of(head: &Head, examples: &[Example]) -> Report {
        let readings: Vec<Reading> = examples.iter().map(|example| head.read(&example.features)).collect();
        Report::of_readings(&readings, examples)
    }

    /// Of what was said of each of these examples, in their order.
    pub fn of_readings(readings: &[Reading], examples: &[Example]) -> Report {
        let pairs = || readings.iter().zip(examples);
        let mut kinds = [[0; KINDS]; KINDS];
        let mut judged = Vec::new();
        for (reading, kind) in pairs().filter_map(|(reading, example)| Some((reading, example.kind?))) {
            kinds[kind as usize][reading.kind as usize] += 1;
            judged.push((reading.confidence, reading.kind == kind));
        }
        let mut sensitivities = [[0; SENSITIVITIES]; SENSITIVITIES];
        for (reading, known) in pairs().filter_map(|(reading, example)| Some((reading, example.sensitivity?))) {
            sensitivities[known as usize][reading.sensitivity as usize] += 1;
        }
        let secret = Sensitivity::Secret as usize;
        let held_closed =
            |rows: &[[usize; SENSITIVITIES]]| -> usize { rows.iter().flat_map(|row| &row[secret..]).sum() };
        let closed = sensitivities[secret..].iter().flatten().sum();
        Report {
            items: examples.len(),
            kind: on_diagonal(&kinds),
            sensitivity: on_diagonal(&sensitivities),
            closed_recall: share(held_closed(&sensitivities[secret..]), closed),
            closed,
            closed_by_mistake: held_closed(&sensitivities[..secret]),
            confidence: judged.iter().map(|(confidence, _)| confidence).sum::<f32>() / judged.len().max(1) as f32,
            reliability: reliability(&judged),
            kinds,
            sensitivities,
        }
    }

    /// How many texts of each kind there are, and of how many it was found, by name.
    pub fn by_kind(&self) -> impl Iterator<Item = (&'static str, usize, usize)> + '_ {
        Kind::ALL.into_iter().map(|kind| {
            let row = &self.kinds[kind as usize];
            (kind.name(), row.iter().sum(), row[kind as usize])
        })
    }

    /// The same of sensitivity.
    pub fn by_sensitivity(&self) -> impl Iterator<Item = (&'static str, usize, usize)> + '_ {
        Sensitivity::ALL.into_iter().map(|sensitivity| {
            let row = &self.sensitivities[sensitivity as usize];
            (sensitivity.name(), row.iter().sum(), row[sensitivity as usize])
        })
    }
}

fn on_diagonal<const CLASSES: usize>(rows: &[[usize; CLASSES]; CLASSES]) -> f32 {
    share((0..CLASSES).map(|class| rows[class][class]).sum(), rows.iter().flatten().sum())
}

/// 1 of nothing: there was nothing to miss.
fn share(part: usize, of: usize) -> f32 {
    if of == 0 { 1.0 } else { part as f32 / of as f32 }
}
