//! Fits a tenant's weights of ranking to its own recalls, and promotes them only where they are better on recalls that
//! they were not fitted to.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::index::ranking::Weights;
use crate::index::ranking::fit::{Case, fit, judge};
use crate::index::tuning::{Decision, Proposal, Tuning, VERSION};
use crate::json;
use crate::memory::choice::{self, HEAD};
use crate::memory::{Tenant, Time};
use crate::models::routes::Task;

/// Most recalls that are fitted to and judged by: seconds of work.
const MOST_CASES: usize = 2_000;
/// Longest body of a rollback: a date.
const MOST_BODY_BYTES: usize = 1024;
/// How long nothing is promoted after a promotion was taken back: whoever took it back had a reason that the numbers do
/// not know.
const HELD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Tunes the tenant's ranking; gives what was proposed, if anything was. A night that is repeated proposes once.
pub async fn tune(app: &App, tenant: &Tenant, night: Date, now: Time) -> Result<Option<Proposal>> {
    if let Some(done) = app.records.proposal(tenant, night).await? {
        return Ok(Some(done));
    }
    let cases = app.records.replays(tenant, MOST_CASES).await?;
    let current = app.records.tuning(tenant).await?;
    let weights = fit(&cases, &current.weights());
    if weights == current.weights() {
        return Ok(None);
    }
    propose(app, tenant, &current, weights, &cases, night, now).await.map(Some)
}

/// Judges the weights by the cases that nothing is fitted to, and promotes them where they pass. Whatever is decided is
/// written down with its numbers.
pub async fn propose(
    app: &App,
    tenant: &Tenant,
    current: &Tuning,
    weights: Weights,
    cases: &[Case],
    night: Date,
    now: Time,
) -> Result<Proposal> {
    let trial = judge(cases, &current.weights(), &weights);
    let is_held = current.held_until.is_some_and(|until| now < until);
    let decision = match trial.passes() {
        true if is_held => Decision::Held,
        true => Decision::Promoted,
        false => Decision::Refused,
    };
    let fitted = u32::try_from(cases.iter().filter(|case| case.is_fitted).count()).unwrap_or(u32::MAX);
    let replaced = current.weights();
    let proposal = Proposal { v: VERSION, night, at: now, decision, fitted, trial, weights: weights.clone(), replaced };
    // The record first: what ranks can always be told why.
    app.records.put_proposal(tenant, &proposal).await?;
    if decision == Decision::Promoted {
        let revision = current.revision + 1;
        let next = Tuning { v: VERSION, revision, weights: Some(weights), night: Some(night), held_until: None };
        if !app.records.put_tuning(tenant, &next).await? {
            return Err(Error::conflict(format!("the ranking of {} was changed meanwhile", tenant.as_str())));
        }
        app.tunings.changed(tenant);
    }
    let (tenant, decision) = (tenant.as_str(), format!("{decision:?}"));
    let (cases, before, after, at_least) = (trial.cases, trial.before, trial.after, trial.at_least);
    tracing::info!(tenant, %night, decision, cases, before, after, at_least, "a ranking was proposed");
    Ok(proposal)
}

/// What `POST /v1/tuning/rollback` calls the weights of ranking.
pub const RANKING: &str = "ranking";

/// What `POST /v1/tuning/rollback` asks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollBack {
    /// The night whose promotion is taken back.
    pub night: Date,
    /// What it promoted: the ranking where nothing is said.
    #[serde(default = "ranking")]
    pub what: String,
}

fn ranking() -> String {
    RANKING.to_owned()
}

impl RollBack {
    /// From a request's body. Invalid, naming the field, where something in it is wrong.
    pub fn parse(body: &[u8]) -> Result<RollBack> {
        let body: RollBack = json::shaped(json::within(MOST_BODY_BYTES, body)?)?;
        let is_known = [RANKING, HEAD].contains(&body.what.as_str())
            || choice::task(&body.what).is_some_and(|task| Task::ALL.iter().any(|known| known.name() == task));
        if !is_known {
            let expected = "ranking, head, or route. and a task, such as route.classify";
            return Err(Error::invalid("what", "nights choose nothing of that name", expected));
        }
        Ok(body)
    }
}

/// Takes back the promotion of that night: what ranked before ranks again, within a minute everywhere, and for a week
/// nothing is promoted. Doing it again changes nothing. Not found where that night proposed nothing; conflict where
/// something else ranks now.
pub async fn roll_back(app: &App, tenant: &Tenant, night: Date, now: Time) -> Result<Proposal> {
    let proposal = app.records.proposal(tenant, night).await?;
    let proposal = proposal.ok_or_else(|| Error::not_found(format!("the night of {night} proposed no ranking")))?;
    if proposal.decision == Decision::RolledBack {
        return Ok(proposal);
    }
    let current = app.records.tuning(tenant).await?;
    if current.night != Some(night) {
        let now = current.night.map_or_else(|| "the first ranking".to_owned(), |night| format!("that of {night}"));
        return Err(Error {
            field: Some("night".to_owned()),
            expected: Some("the night whose ranking is in force: GET /v1/tuning tells".to_owned()),
            ..Error::conflict(format!("the ranking in force is {now}"))
        });
    }
    let weights = (proposal.replaced != Weights::default()).then(|| proposal.replaced.clone());
    let next =
        Tuning { v: VERSION, revision: current.revision + 1, weights, night: None, held_until: Some(now.plus(HELD)) };
    if !app.records.put_tuning(tenant, &next).await? {
        return Err(Error::conflict("the ranking was changed meanwhile"));
    }
    app.tunings.changed(tenant);
    let proposal = Proposal { decision: Decision::RolledBack, at: now, ..proposal };
    app.records.put_proposal(tenant, &proposal).await?;
    Ok(proposal)
}
