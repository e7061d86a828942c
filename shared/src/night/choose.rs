//! The gate for what nights choose beside rankings: heads, and the order of a route's models. Decides, writes down why with
//! the numbers, tells, and takes back.

use std::collections::BTreeMap;

use futures_util::future::try_join;
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::app::App;
use crate::error::{Error, Result};
use crate::index::tuning::{Decision, Proposal, Tuning};
use crate::memory::choice::{Choices, Chosen, VERSION, Verdict};
use crate::memory::standing::Standing;
use crate::memory::trial::Trial;
use crate::memory::{Tenant, Time};

/// Proposals of a sort that are told at once.
const MOST_TOLD: usize = 50;
/// How long nothing is promoted after a promotion was taken back, as with rankings.
const HELD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a night proposes to choose, and how it did.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What is to be chosen.
    pub what: String,
    /// As it is to be chosen.
    pub names: Vec<String>,
    /// Cases that it was fitted to.
    pub fitted: u32,
    /// What it did on others, by what was measured.
    pub trials: BTreeMap<String, Trial>,
    /// Whether it passed, and why in one sentence.
    pub passed: (bool, String),
    /// Of a route, how its models stand.
    pub models: BTreeMap<String, Standing>,
}

/// Promotes the candidate where it passed, and writes down what was decided. Conflict where somebody else chose meanwhile.
pub async fn propose(
    app: &App,
    tenant: &Tenant,
    current: &Choices,
    candidate: Candidate,
    night: Date,
    now: Time,
) -> Result<Verdict> {
    let Candidate { what, names, fitted, trials, passed: (is_passed, because), models } = candidate;
    let chosen = current.of(&what);
    let is_held = chosen.held_until.is_some_and(|until| now < until);
    let decision = match is_passed {
        true if is_held => Decision::Held,
        true => Decision::Promoted,
        false => Decision::Refused,
    };
    let replaced = chosen.names.clone();
    let verdict = Verdict {
        v: VERSION,
        what: what.clone(),
        night,
        at: now,
        decision,
        because,
        fitted,
        trials,
        proposed: names.clone(),
        replaced,
        models,
    };
    // The record first: what is chosen can always be told why.
    app.records.put_verdict(tenant, &verdict).await?;
    if decision == Decision::Promoted {
        let next = Chosen { names, night: Some(night), held_until: None, trying: chosen.trying };
        put(app, tenant, &current.with(&what, next)).await?;
    }
    let (tenant, decision, because) = (tenant.as_str(), format!("{decision:?}"), verdict.because.as_str());
    tracing::info!(tenant, %night, what, decision, because, "a choice was proposed");
    Ok(verdict)
}

/// Writes choices over those of the revision before.
pub async fn put(app: &App, tenant: &Tenant, next: &Choices) -> Result<()> {
    if !app.records.put_choices(tenant, next).await? {
        return Err(Error::conflict(format!("what is chosen for {} was changed meanwhile", tenant.as_str())));
    }
    app.learned.changed(tenant);
    Ok(())
}

/// What nights chose for a tenant and proposed to, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// How its recalls are weighted.
    pub tuning: Tuning,
    /// The rankings that were proposed.
    pub proposals: Vec<Proposal>,
    /// What is chosen else.
    pub choices: Choices,
    /// What was proposed there.
    pub decisions: Vec<Verdict>,
}

/// All of it, at once.
pub async fn told(app: &App, tenant: &Tenant) -> Result<Told> {
    let ranking = try_join(app.records.tuning(tenant), app.records.proposals(tenant));
    let others = try_join(app.records.choices(tenant), app.records.verdicts(tenant));
    let ((tuning, mut proposals), (choices, mut decisions)) = try_join(ranking, others).await?;
    proposals.truncate(MOST_TOLD);
    decisions.truncate(MOST_TOLD);
    Ok(Told { tuning, proposals, choices, decisions })
}

/// Takes back what that night chose there: what was chosen before holds again, within a minute everywhere, and for a week
/// nothing else is promoted. Doing it again changes nothing. Not found where that night proposed nothing there; conflict
/// where something else is chosen now.
pub async fn roll_back(app: &App, tenant: &Tenant, what: &str, night: Date, now: Time) -> Result<Verdict> {
    let verdict = app.records.verdict(tenant, what, night).await?;
    let verdict =
        verdict.ok_or_else(|| Error::not_found(format!("the night of {night} proposed nothing for {what}")))?;
    if verdict.decision == Decision::RolledBack {
        return Ok(verdict);
    }
    let current = app.records.choices(tenant).await?;
    let chosen = current.of(what);
    if chosen.night != Some(night) {
        return Err(Error {
            field: Some("night".to_owned()),
            expected: Some("the night whose choice is in force: GET /v1/tuning tells".to_owned()),
            ..Error::conflict(format!("what is chosen for {what} is not that night's"))
        });
    }
    let next = Chosen {
        names: verdict.replaced.clone(),
        night: None,
        held_until: Some(now.plus(HELD)),
        trying: chosen.trying,
    };
    put(app, tenant, &current.with(what, next)).await?;
    let verdict = Verdict { decision: Decision::RolledBack, at: now, ..verdict };
    app.records.put_verdict(tenant, &verdict).await?;
    Ok(verdict)
}
