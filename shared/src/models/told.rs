//! A model as `GET /v1/models` tells of it: how it did in this process, and for the tenant in all of them.

use std::collections::BTreeMap;

use jiff::{Span, civil::Date};
use serde::Serialize;

use super::health::Report;
use super::ledger::Standings;
use super::prices::Dollars;
use crate::memory::standing::Standing;

/// Days that are added up, today among them.
const DAYS: i64 = 30;

/// One model.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// In this process since it started.
    #[serde(flatten)]
    pub report: Report,
    /// For the tenant in all processes, as far as they wrote it down; none where that could not be read.
    pub tenant: Option<OfTenant>,
}

/// What a tenant's calls of a model came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct OfTenant {
    /// On this day, UTC.
    pub today: Calls,
    /// On this one and the 29 before it.
    pub days_30: Calls,
}

/// What some calls came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Calls {
    /// How many were made.
    pub calls: u64,
    /// Those that failed.
    pub errors: u64,
    /// What they cost, as far as prices are known.
    pub dollars: Dollars,
    /// How long they took on average, in milliseconds; none where there were none.
    pub mean_ms: Option<f64>,
}

/// The first of the days that are added up.
pub fn first_day(today: Date) -> Date {
    today.checked_sub(Span::new().days(DAYS - 1)).unwrap_or(today)
}

/// The reports with what was written down of their models since [`first_day`].
pub fn told(reports: Vec<Report>, days: Option<&BTreeMap<Date, Standings>>, today: Date) -> Vec<Told> {
    let of = |report: &Report, day: &dyn Fn(&Date) -> bool| {
        let mut all = Standing::default();
        for (_, standings) in days.into_iter().flatten().filter(|(date, _)| day(date)) {
            standings.iter().filter(|((_, model), _)| *model == report.model).for_each(|(_, one)| all.join(*one));
        }
        Calls::of(&all)
    };
    let with = |report: Report| {
        let tenant = OfTenant { today: of(&report, &|date| *date == today), days_30: of(&report, &|_| true) };
        Told { report, tenant: days.map(|_| tenant) }
    };
    reports.into_iter().map(with).collect()
}

impl Calls {
    fn of(standing: &Standing) -> Calls {
        let Standing { calls, errors, micros, nanodollars, .. } = *standing;
        let mean_ms = (calls > 0).then(|| micros as f64 / 1e3 / calls as f64);
        Calls { calls, errors, dollars: Dollars::from_nanos(nanodollars), mean_ms }
    }
}
