//! What is usual: mean and spread of a tenant's nights, so that one that is not stands out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::night::Report;

/// Nights that are looked back on.
pub const NIGHTS: i64 = 14;
/// Fewer tell nothing of what is usual.
const LEAST: usize = 5;
/// So many standard deviations from the mean are not usual. In fourteen nights of a normal metric once in a year or so.
const FAR: f64 = 3.0;
/// What changes by less than this share of the mean is usual all the same: nights of a quiet tenant are nearly equal.
const LITTLE: f64 = 0.2;

/// The metric of what is stored.
pub(super) const BYTES: &str = "bytes";
/// How many metrics a night has.
const METRICS: usize = 7;

/// What is usual for one metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Baseline {
    /// This night.
    pub value: f64,
    /// The mean of the nights before.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// How many those are.
    pub nights: usize,
    /// Whether this night is unlike them.
    pub is_anomaly: bool,
}

/// Each metric of the night beside those of nights before, of which some may not have been.
pub fn baselines(night: &Report, before: &[Report]) -> BTreeMap<&'static str, Baseline> {
    let before: Vec<[(&'static str, f64); METRICS]> = before.iter().map(metrics).collect();
    let one = |(place, (name, value)): (usize, (&'static str, f64))| {
        let values: Vec<f64> = before.iter().map(|metrics| metrics[place].1).collect();
        (name, Baseline::of(value, &values))
    };
    metrics(night).into_iter().enumerate().map(one).collect()
}

pub(super) fn metrics(report: &Report) -> [(&'static str, f64); METRICS] {
    let figure = |step: &str, name: &str| {
        report.steps.get(step).and_then(|total| total.figures.get(name)).map_or(0.0, |count| *count as f64)
    };
    [
        ("scopes", report.scopes.planned as f64),
        ("failed", report.scopes.failed as f64),
        ("requests", report.requests as f64),
        ("micros", report.micros as f64),
        ("dollars", report.dollars.amount()),
        ("memories", figure("digest", "memories")),
        (BYTES, (report.storage.index_bytes + report.storage.cold_bytes) as f64),
    ]
}

impl Baseline {
    fn of(value: f64, before: &[f64]) -> Baseline {
        let count = before.len().max(1) as f64;
        let mean = before.iter().sum::<f64>() / count;
        let deviation = (before.iter().map(|other| (other - mean).powi(2)).sum::<f64>() / count).sqrt();
        let off = (value - mean).abs();
        let is_anomaly = before.len() >= LEAST && off > FAR * deviation && off > LITTLE * mean;
        Baseline { value, mean, deviation, nights: before.len(), is_anomaly }
    }
}

#[cfg(test)]
mod tests;
