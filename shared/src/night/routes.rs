//! Learns in which order the models of a route do best for a tenant, from what their calls came to and what people corrected.
//!
//! A bandit with guards. It chooses among the models that the operator named, and the order that the operator wrote is where
//! it starts and what it goes back to. The first model is asked almost always; one call of sixteen tries another that was
//! asked too seldom to be judged, until it was asked often enough. The one whose worth is surely highest, by the lower bound
//! of one half of the calls, is proposed; the other half decides. Sensitivity, budget and health hold for each call as before.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::app::App;
use crate::error::Result;
use crate::memory::choice::{self, Chosen, Verdict};
use crate::memory::standing::{Standing, Sums};
use crate::memory::trial::{LEAST_CASES, Trial};
use crate::memory::{Tenant, Time};
use crate::models::Model;
use crate::models::ledger::Standings;
use crate::models::routes::{Route, Task};
use crate::night::choose::{self, Candidate};

/// Days of calls that are looked at: what a model did before may be another model's doing by now.
const DAYS: i64 = 14;
/// What the worth of a half is at least, by 95 in 100.
const STANDARD_ERRORS: f64 = 1.645;
/// The measures of a trial.
const WORTH: &str = "worth";
const AGREED: &str = "agreed";

/// Looks at each route of several models, and proposes another order where one half of the calls speaks for it. Gives what
/// was proposed. A night that is repeated proposes once.
pub async fn learn(app: &App, tenant: &Tenant, night: Date, now: Time) -> Result<Vec<Verdict>> {
    // Beside functions in one process calls may still be here.
    app.budgets.write_all(now).await;
    let routes: Vec<&Route> =
        (app.routes().into_iter()).filter(|route| route.task() != Task::Embed && route.chain().len() > 1).collect();
    let mut verdicts = Vec::new();
    if routes.is_empty() {
        return Ok(verdicts);
    }
    let from = night.checked_sub(DAYS.days()).unwrap_or(night);
    let mut standings = Standings::new();
    for (of, standing) in app.records.standings(tenant, from).await?.into_values().flatten() {
        standings.entry(of).or_default().join(standing);
    }
    agree(app, tenant, &mut standings).await?;
    for route in routes {
        let what = choice::route(route.task().name());
        if let Some(done) = app.records.verdict(tenant, &what, night).await? {
            verdicts.push(done);
            continue;
        }
        let current = app.records.choices(tenant).await?;
        let chosen = current.of(&what);
        let ordered = route.ordered(&chosen.names.iter().map(String::as_str).collect::<Vec<_>>());
        let names: Vec<String> = ordered.chain().iter().map(Model::name).collect();
        let of = |name: &String| standings.get(&(route.task(), name.clone())).copied().unwrap_or_default();
        let models: BTreeMap<String, Standing> = names.iter().map(|name| (name.clone(), of(name))).collect();
        let trying = too_seldom(&names, &models);
        let current = if trying == chosen.trying {
            current
        } else {
            let next = current.with(&what, Chosen { trying, ..chosen });
            choose::put(app, tenant, &next).await?;
            next
        };
        if let Some(candidate) = candidate(&what, &names, models) {
            verdicts.push(choose::propose(app, tenant, &current, candidate, night, now).await?);
        }
    }
    Ok(verdicts)
}

/// How often people agreed with what each model said of a memory's kind.
async fn agree(app: &App, tenant: &Tenant, standings: &mut Standings) -> Result<()> {
    for corrected in app.records.corrected(tenant).await? {
        for said in &corrected.feedback {
            let (Some(right), Some((found, _)), Some(by)) = (said.correction.kind, said.found, &said.found_by) else {
                continue;
            };
            if let Some(standing) = standings.get_mut(&(Task::Classify, by.clone())) {
                standing.agreed.add(if found == right { 1.0 } else { 0.0 });
            }
        }
    }
    Ok(())
}

/// Those that were asked too seldom for either half to say anything. Not the first: it is asked anyway.
fn too_seldom(names: &[String], models: &BTreeMap<String, Standing>) -> Vec<String> {
    let is_seldom = |name: &&String| {
        let standing = models.get(*name).copied().unwrap_or_default();
        standing.fitted.count.min(standing.held.count) < LEAST_CASES as u64
    };
    names.iter().skip(1).filter(is_seldom).cloned().collect()
}

/// The order with the best model first, and what the half that it was not chosen by says; none where the first is the best
/// as far as is known.
fn candidate(what: &str, names: &[String], models: BTreeMap<String, Standing>) -> Option<Candidate> {
    let least = |sums: Sums| sums.mean() - STANDARD_ERRORS * sums.error_squared().sqrt();
    let is_tried =
        |name: &&String| models.get(*name).is_some_and(|standing| standing.fitted.count >= LEAST_CASES as u64);
    let value = |name: &String| {
        let standing = models.get(name).copied().unwrap_or_default();
        // Where people spoke of enough of its answers, what it is right in counts as much as that it answers.
        let agreed = if standing.agreed.count >= LEAST_CASES as u64 { standing.agreed.mean() } else { 1.0 };
        least(standing.fitted) * agreed
    };
    let first = names.first()?;
    let best = names.iter().filter(is_tried).max_by(|a, b| value(a).total_cmp(&value(b)))?;
    if best == first || (is_tried(&first) && value(best) <= value(first)) {
        return None;
    }
    let mut proposed = vec![best.clone()];
    proposed.extend(names.iter().filter(|name| *name != best).cloned());
    Some(of_order(what, &proposed, names, models))
}

/// That order in place of the other, with what the half says that it was not chosen by.
pub fn of_order(what: &str, proposed: &[String], current: &[String], models: BTreeMap<String, Standing>) -> Candidate {
    let of = |names: &[String]| names.first().and_then(|name| models.get(name)).copied().unwrap_or_default();
    let (trials, fitted, passed) = judge(&of(current), &of(proposed));
    Candidate { what: what.to_owned(), names: proposed.to_vec(), fitted, trials, passed, models }
}

/// What the model does that is to be first beside the one that is, on calls that it was not chosen by.
fn judge(before: &Standing, after: &Standing) -> (BTreeMap<String, Trial>, u32, (bool, String)) {
    let worth = Trial::apart(before.held, after.held);
    let agreed = Trial::apart(before.agreed, after.agreed);
    let passed = if agreed.is_surely_worse() {
        (false, "people agree with it surely less".to_owned())
    } else if worth.passes() {
        (true, "its calls are worth more, by more than chance".to_owned())
    } else if worth.is_surely_worse() {
        (false, "its calls are worth surely less".to_owned())
    } else if agreed.passes() && worth.cases as usize >= LEAST_CASES {
        (true, "people agree with it more, by more than chance".to_owned())
    } else {
        (false, "it is not better by more than chance".to_owned())
    };
    let mut trials = BTreeMap::from([(WORTH.to_owned(), worth)]);
    if agreed.cases > 0 {
        trials.insert(AGREED.to_owned(), agreed);
    }
    let fitted = u32::try_from(before.fitted.count.min(after.fitted.count)).unwrap_or(u32::MAX);
    (trials, fitted, passed)
}

#[cfg(test)]
mod tests;
