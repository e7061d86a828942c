//! The night: plans, then goes through each scope so that it is smaller, in order and summed up by morning.
//!
//! A scope's night is a list of steps ([`Step::ALL`]). Each is safe to repeat and to interrupt. A checkpoint beside the
//! scope tells which are done, so that a worker that stopped, or ran out of time, is followed by one that goes on.
//!
//! To add a step: a variant of [`Step`] with its name and its place, a file of its own that gives a [`Worked`], and an
//! arm in `run` below. Its figures are in checkpoints, logs and `GET /v1/nights/{date}` from then on.

mod account;
pub mod ahead;
pub mod backup;
mod baseline;
mod budget;
pub mod checkpoint;
pub mod choose;
mod compact;
mod corrections;
mod dependants;
mod digest;
mod duplicates;
mod each;
pub mod examples;
mod expire;
pub mod failures;
mod forecast;
mod fresh;
pub mod head;
pub mod hindsight;
mod learn;
mod leaves;
mod links;
mod map;
mod plan;
mod progress;
mod recover;
pub mod redrive;
mod reembed;
pub mod replay;
mod report;
pub mod routes;
pub mod settings;
mod step;
mod summaries;
mod supersede;
mod sweep;
mod tier;
pub mod tune;
mod weave;

use jiff::civil::Date;

use crate::app::App;
use crate::aws::prices;
use crate::aws::queue::NightMessage;
use crate::error::{Error, Result};
use crate::index::view::Gone;
use crate::memory::{Scope, Time};
use crate::receipt::{Part, counted};

use account::Account;
pub use baseline::Baseline;
pub use budget::Budget;
pub use checkpoint::{Checkpoint, Counted, Done};
pub use forecast::Forecast;
pub use plan::{Planned, plan};
pub use progress::Progress;
pub use report::{Report, report};
pub use settings::Settings;
pub use step::{Step, Worked};

/// Megabytes of the function `optimize`, as template.yaml has it: its time costs in proportion.
const MEGABYTES: u32 = 3008;
/// How often one round may run out of time: fifty times Lambda's 15 minutes are half a day.
const HANDED_ON: u32 = 50;
/// Microseconds of work after which a step is written down by itself; what takes less is sooner done again.
const WORTH_A_CHECKPOINT: u64 = 1_000_000;

/// What one scope's night is about.
#[derive(Debug, Clone, Copy)]
pub struct Night<'a> {
    /// Clients and settings.
    pub app: &'a App,
    /// The scope.
    pub scope: &'a Scope,
    /// The day that the digest is about.
    pub date: Date,
    /// When this worker began.
    pub now: Time,
    /// How long it may work.
    pub budget: Budget,
}

/// What steps of one worker hand on to later ones. A worker that goes on after another has none of it.
#[derive(Debug, Default)]
struct Carried {
    /// The marks of what is forgotten that the digests have heeded.
    heeded: Vec<Gone>,
}

/// How a worker ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All steps are done.
    Done(Checkpoint),
    /// It ran out of time: somebody must go on.
    Early(Checkpoint),
}

/// Goes through one scope, however long it takes, as a round of its own.
pub async fn work(app: &App, scope: &Scope, date: Date, now: Time) -> Result<Checkpoint> {
    match go_on(&Night { app, scope, date, now, budget: Budget::ENDLESS }, None).await? {
        Ended::Done(checkpoint) => Ok(checkpoint),
        Ended::Early(_) => Err(Error::internal("a night without end ran out of time")),
    }
}

/// Works on what a message of the night queue names; sends it again where time does not suffice for all of it.
pub async fn take(app: &App, message: &NightMessage, now: Time, budget: Budget) -> Result<Ended> {
    let scope = message.scope()?;
    let ended = go_on(&Night { app, scope: &scope, date: message.night, now, budget }, message.at).await?;
    if let Ended::Early(checkpoint) = &ended {
        if checkpoint.handed_on > HANDED_ON {
            return Err(Error::internal(format!("a night of {scope} finds no end")));
        }
        app.night_queue()?.send(std::slice::from_ref(message)).await?;
    }
    Ok(ended)
}

/// One step's work.
async fn run(step: Step, night: &Night<'_>, carried: &mut Carried) -> Result<Worked> {
    let Night { app, scope, date, now, .. } = *night;
    match step {
        Step::Requeue => recover::requeue(app, scope, now).await,
        Step::Expire => expire::expire(night, &app.records.settings(scope.tenant()).await?).await,
        Step::Supersede => supersede::supersede(app, scope, now).await,
        Step::Links => links::links(app, scope, now).await,
        Step::Digest => {
            let (worked, heeded) = digest::digests(app, scope, date, now).await?;
            carried.heeded = heeded;
            Ok(worked)
        }
        Step::Summaries => Box::pin(summaries::summaries(night)).await,
        Step::Compact => compact::compact(app, scope, &carried.heeded, now).await,
        Step::Tier => tier::tier(night, &app.records.settings(scope.tenant()).await?).await,
        Step::Reembed => reembed::reembed(night).await,
        Step::Replay => replay::replay(app, scope, now).await,
        Step::Corrections => corrections::list(app, scope).await,
        Step::Hindsight => hindsight::learn(app, scope, now).await,
        Step::Ahead => Box::pin(ahead::ahead(night)).await,
        Step::Sweep => sweep::sweep(app, scope, now).await,
    }
}

/// Goes on with a scope's night from its checkpoint. `round`: when it was planned.
async fn go_on(night: &Night<'_>, round: Option<Time>) -> Result<Ended> {
    let Night { app, scope, date, .. } = *night;
    let mut account = Account::open(app.records.checkpoint(scope, date).await?, night, round);
    let mut carried = Carried::default();
    let mut unwritten = 0;
    for step in Step::ALL {
        if account.at.has(step) {
            continue;
        }
        if night.budget.is_spent() {
            return early(night, account).await;
        }
        app.progress.at(scope, step);
        let (worked, part) = counted(Box::pin(run(step, night, &mut carried))).await;
        let cost = cost(&part);
        unwritten += cost.micros;
        account.at.note(step, &worked, &cost);
        match worked {
            Err(error) => {
                account.fail(night, step, &error).await;
                return Err(error);
            }
            Ok(worked) if worked.more => return early(night, account).await,
            Ok(_) if unwritten >= WORTH_A_CHECKPOINT => {
                account.write(night).await?;
                unwritten = 0;
            }
            Ok(_) => {}
        }
    }
    let at = account.end(night).await?;
    let total = at.total();
    tracing::info!(%scope, %date, requests = total.requests, micros = total.micros, "a scope's night is done");
    Ok(Ended::Done(at))
}

fn cost(part: &Part) -> Done {
    let mut dollars = prices::of(&part.requests);
    dollars += part.models;
    dollars += prices::of_running(MEGABYTES, part.micros);
    Done { requests: part.requests.len() as u64, micros: part.micros, nanodollars: dollars.nanos(), ..Done::default() }
}

/// Leaves the rest to another worker.
async fn early(night: &Night<'_>, mut account: Account) -> Result<Ended> {
    account.at.handed_on += 1;
    account.write(night).await?;
    Ok(Ended::Early(account.at))
}
