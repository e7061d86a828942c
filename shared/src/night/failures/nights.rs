//! Dead letters and scopes whose night failed, as the reports of nights tell of them, and whether the night after had none.

use futures_util::future::try_join_all;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::app::App;
use crate::aws::nights::Summed;
use crate::error::Result;
use crate::memory::failure::Failure;
use crate::memory::{Tenant, Time};

/// Nights that are looked back on, as in baselines.
const NIGHTS: i64 = 14;

/// The failures that something helped against.
pub async fn failures(app: &App, tenant: &Tenant, night: Date) -> Result<Vec<Failure>> {
    let dates: Vec<Date> = (0..=NIGHTS).rev().filter_map(|back| night.checked_sub(back.days()).ok()).collect();
    let read = try_join_all(dates.iter().map(|date| app.records.night(tenant, *date))).await?;
    let nights: Vec<(Date, Summed)> =
        dates.into_iter().zip(read).filter_map(|(date, sums)| Some((date, sums?))).collect();
    let changed = app.records.kept_settings(tenant).await?.changed_at;
    let mut failures = Vec::new();
    for ((date, before), (next, after)) in nights.iter().zip(nights.iter().skip(1)) {
        let (from, until) = (Time::start_of(*date), Time::start_of(*next));
        let other = changed.filter(|changed| from <= *changed && *changed < until.plus(DAY)).map(|_| OTHER_SETTINGS);
        failures.extend(of_letters(before, after, other, from));
        failures.extend(of_scopes(before, after, other, from));
    }
    Ok(failures)
}

/// What a night is about is a day; it begins when that is over.
const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
const OTHER_SETTINGS: &str = "a change of the tenant's settings";

fn sum(night: &Summed, name: &str) -> i64 {
    night.sums.get(name).copied().unwrap_or(0)
}

/// Letters that the night after had no more. Of those that came back too often and then were gone nothing tells what
/// helped, unless settings changed.
fn of_letters(before: &Summed, after: &Summed, other: Option<&str>, at: Time) -> Option<Failure> {
    let [sent_back, left] =
        ["redrive.figures.sent_back", "redrive.figures.left"].map(|name| (sum(before, name), sum(after, name)));
    let is_over = (sent_back.0 > 0 || left.0 > 0) && sent_back.1 == 0 && left.1 == 0;
    let helped = other.or((left.0 == 0).then_some("sending it back, as a night does")).filter(|_| is_over)?;
    Some(Failure {
        what: "A message of a queue".to_owned(),
        message: "it was delivered as often as may be and not done, so it became a dead letter".to_owned(),
        at,
        helped: helped.to_owned(),
    })
}

/// Steps that failed for a scope in one night, none in the night after. Which one, and why, is not known of nights of earlier
/// releases, nor where the reason may not be told.
fn of_scopes(before: &Summed, after: &Summed, other: Option<&str>, at: Time) -> Vec<Failure> {
    if sum(before, "failed") <= 0 || sum(after, "failed") > 0 || sum(after, "done") <= 0 {
        return Vec::new();
    }
    let helped = other.unwrap_or("the next night, which goes through it again");
    let failure =
        |what: String, message: &str| Failure { what, message: message.to_owned(), at, helped: helped.to_owned() };
    if before.problems.is_empty() {
        let message = "one of its steps failed each time that it was tried";
        return vec![failure("The night of a scope".to_owned(), message)];
    }
    let each = before.problems.iter();
    each.map(|(step, why)| failure(format!("The step {step} of a scope's night"), why)).collect()
}
