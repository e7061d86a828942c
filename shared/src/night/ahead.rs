//! Asks ahead what is likely to be asked the next day, so that a memo answers in the morning: questions that were answered
//! from memories at the same time of most of the days, or weeks, before.
//!
//! What a model may see, and what the tenant may spend, is as in a conversation. Only where there is something to gain: a
//! model that is paid for, or one that lets people wait. What changes until it is asked makes the memo void like any other.

use jiff::ToSpan;

use crate::app::App;
use crate::chat::ahead::{Ahead, ahead as ask};
use crate::error::Result;
use crate::learned;
use crate::memory::asked::recurring::recurring;
use crate::memory::standing::Standing;
use crate::memory::{Tenant, Time};
use crate::models::Model;
use crate::models::memo::alike::is_alike;
use crate::models::routes::Task;
use crate::night::{Night, Worked};

/// Questions of one scope and night.
const MOST: usize = 8;
/// Days of calls by which a model's quickness is known.
const DAYS: i64 = 14;
/// Microseconds that people do not mind to wait.
const QUICK: u64 = 300_000;

/// Asks them; counts what was expected, and what a model was asked. Asked again, a night finds its own answers.
pub async fn ahead(night: &Night<'_>) -> Result<Worked> {
    let Night { app, scope, now, .. } = *night;
    if app.converse.is_empty() {
        return Ok(Worked::default());
    }
    let asked = app.records.asked(scope, now).await?;
    let mut expected = recurring(&asked, now, is_alike);
    expected.truncate(MOST);
    if expected.is_empty() || !is_worth_it(app, scope.tenant(), now).await? {
        return Ok(Worked::default());
    }
    // The order of models that whoever asks will go by: a memo is known by it.
    learned::refresh(app, scope.tenant(), now).await;
    let mut worked = Worked::default().counted("expected", expected.len());
    for one in expected {
        if night.budget.is_spent() {
            worked.more = true;
            return Ok(worked);
        }
        let came_to = Box::pin(ask(app, scope, &one.question, one.at, now)).await?;
        worked = worked.counted("asked", usize::from(came_to == Ahead::Asked));
    }
    Ok(worked)
}

/// Whether an answer costs something, or took long as far as the tenant's calls tell.
async fn is_worth_it(app: &App, tenant: &Tenant, now: Time) -> Result<bool> {
    if app.converse.chain().iter().any(Model::is_billed) {
        return Ok(true);
    }
    let from = now.date().checked_sub(DAYS.days()).unwrap_or(now.date());
    let mut all = Standing::default();
    for ((task, _), standing) in app.records.standings(tenant, from).await?.into_values().flatten() {
        if task == Task::Converse {
            all.join(standing);
        }
    }
    Ok(all.calls > 0 && all.micros / all.calls > QUICK)
}
