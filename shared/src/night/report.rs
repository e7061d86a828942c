//! What a night did for all scopes of a tenant.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::app::App;
use crate::aws::nights::Summed;
use crate::aws::prices;
use crate::error::{Error, Result};
use crate::memory::{Tenant, Time};
use crate::models::prices::Dollars;
use crate::night::baseline::{BYTES, Baseline, NIGHTS, baselines, metrics};
use crate::night::forecast::{Forecast, forecast};
use crate::night::{Checkpoint, Done};

/// How many scopes, by how far they have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Scopes {
    /// With work that night.
    pub planned: u64,
    /// Through it.
    pub done: u64,
    /// Waiting, or under way.
    pub pending: u64,
    /// Failed so far; they are tried again, in this night or the next.
    pub failed: u64,
}

/// One step over all scopes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What it counted.
    #[serde(flatten)]
    pub figures: BTreeMap<String, u64>,
    /// Requests to AWS.
    pub requests: u64,
    /// Microseconds of all workers together.
    pub micros: u64,
    /// What it cost.
    pub dollars: Dollars,
}

/// What a tenant has on S3, as its scopes' last nights found it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Storage {
    /// Bytes of segments and atlases, with what was retired lately.
    pub index_bytes: u64,
    /// Bytes of the cold tier.
    pub cold_bytes: u64,
    /// What both cost in a month.
    pub dollars_a_month: Dollars,
}

/// A tenant's night.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The day that it is about.
    pub date: Date,
    /// When it was planned.
    pub planned_at: Option<Time>,
    /// The object with which a restore to that moment begins; none where it could not be written.
    pub backup: Option<String>,
    /// Its scopes.
    pub scopes: Scopes,
    /// Each step that was done, by name.
    pub steps: BTreeMap<String, Total>,
    /// Requests to AWS.
    pub requests: u64,
    /// Microseconds of all workers together.
    pub micros: u64,
    /// What it cost: requests, models, and the workers' time.
    pub dollars: Dollars,
    /// What lies on S3, when it was planned.
    pub storage: Storage,
    /// This night beside those before it.
    pub baselines: BTreeMap<&'static str, Baseline>,
    /// Those metrics that are unlike before.
    pub anomalies: Vec<&'static str>,
    /// What the next night is likely to bring, by metric; nothing where too few nights are known.
    pub forecast: BTreeMap<&'static str, Forecast>,
    /// The day of the prices.
    pub prices: &'static str,
}

impl Checkpoint {
    /// All steps of the round together.
    pub fn total(&self) -> Done {
        let mut total = Done { is_done: self.is_done, ..Done::default() };
        for done in self.steps.values() {
            total.requests += done.requests;
            total.micros += done.micros;
            total.nanodollars += done.nanodollars;
        }
        total
    }

    /// What a step counted under that name; 0 where it did not.
    pub fn figure(&self, step: &str, name: &str) -> u64 {
        self.steps.get(step).and_then(|done| done.figures.get(name)).copied().unwrap_or(0)
    }
}

/// The report of a night, as far as it has come. Not found where none was planned.
pub async fn report(app: &App, tenant: &Tenant, date: Date) -> Result<Report> {
    let read = async |date: Date| {
        let night = app.records.night(tenant, date).await?;
        Ok::<_, Error>(night.map(|night| Report::of(date, night)))
    };
    let mut report = read(date).await?.ok_or_else(|| Error::not_found(format!("there was no night of {date}")))?;
    let dates = (1..=NIGHTS).filter_map(|days| date.checked_sub(days.days()).ok());
    let before: Vec<Report> = try_join_all(dates.map(read)).await?.into_iter().flatten().collect();
    report.baselines = baselines(&report, &before);
    report.anomalies = report.baselines.iter().filter(|(_, one)| one.is_anomaly).map(|(name, _)| *name).collect();
    report.forecast = ahead(&report, &before);
    Ok(report)
}

/// What the next night is likely to bring. A day between these on which there was no night was one without work; what is
/// stored lay there all the same.
fn ahead(report: &Report, before: &[Report]) -> BTreeMap<&'static str, Forecast> {
    let by_date: BTreeMap<Date, &Report> = before.iter().chain([report]).map(|report| (report.date, report)).collect();
    let Some(first) = by_date.keys().next().copied() else { return BTreeMap::new() };
    let days = first.series(1.day()).take_while(|date| *date <= report.date);
    let nights: Vec<Option<_>> = days.map(|date| by_date.get(&date).map(|report| metrics(report))).collect();
    let each = metrics(report).into_iter().enumerate();
    each.filter_map(|(place, (name, _))| {
        let mut values: Vec<f64> = Vec::with_capacity(nights.len());
        for night in &nights {
            let without = if name == BYTES { values.last().copied().unwrap_or(0.0) } else { 0.0 };
            values.push(night.map_or(without, |metrics| metrics[place].1));
        }
        Some((name, forecast(&values)?))
    })
    .collect()
}

impl Report {
    fn of(date: Date, night: Summed) -> Report {
        let Summed { sums, planned_at, backup, .. } = night;
        let whole = |name: &str| sums.get(name).map_or(0, |sum| u64::try_from(*sum).unwrap_or(0));
        let mut steps: BTreeMap<String, Total> = BTreeMap::new();
        for (name, sum) in &sums {
            let Some((step, part)) = name.split_once('.') else { continue };
            let sum = u64::try_from(*sum).unwrap_or(0);
            let total = steps.entry(step.to_owned()).or_default();
            match part {
                "requests" => total.requests = sum,
                "micros" => total.micros = sum,
                "nanodollars" => total.dollars = Dollars::from_nanos(sum),
                figure => {
                    let figure = figure.strip_prefix("figures.").unwrap_or(figure);
                    total.figures.insert(figure.to_owned(), sum);
                }
            }
        }
        let (done, failed) = (whole("done"), whole("failed"));
        // One that was worked on without a plan is its own plan.
        let planned = whole("planned").max(done + failed);
        Report {
            date,
            planned_at,
            backup,
            scopes: Scopes { planned, done, pending: planned - done - failed, failed },
            requests: steps.values().map(|total| total.requests).sum(),
            micros: steps.values().map(|total| total.micros).sum(),
            dollars: steps.values().map(|total| total.dollars).sum(),
            steps,
            storage: Storage {
                index_bytes: whole("index_bytes"),
                cold_bytes: whole("cold_bytes"),
                dollars_a_month: prices::of_keeping(whole("index_bytes") + whole("cold_bytes")),
            },
            baselines: BTreeMap::new(),
            anomalies: Vec::new(),
            forecast: BTreeMap::new(),
            prices: prices::dated(),
        }
    }
}
