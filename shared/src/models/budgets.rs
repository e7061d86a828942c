//! What a tenant may spend on each task by day and month, and what it has spent.
//!
//! Sums are counted in the table, so that all containers count together; each knows them as of a minute ago at most.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::Model;
use super::ledger::Ledger;
use super::prices::{self, Dollars};
use super::routes::{ModelCall, Task};
use crate::aws::records::Records;
use crate::error::{Error, Result};
use crate::memory::{Tenant, Time};
use crate::receipt::meter;

/// How long sums that were read hold: others may spend meanwhile, and to read them each time would cost more than it saves.
const HOLDS: Duration = Duration::from_secs(60);
/// What a container keeps to itself at most before it is counted: writing each query's vector down would cost thrice
/// what the vector does. A container that ends takes this much with it.
const UNCOUNTED: Dollars = Dollars::from_nanos(1_000_000);
/// Longest wait for the counter: the answer is worth more than the count.
const LONGEST_COUNT: Duration = Duration::from_secs(1);
/// The part of a budget from which it is warned.
const WARN_AT: f64 = 0.8;

/// Budgets as `MEMORABLE_BUDGETS` writes them, in dollars:
/// `{"default": {"converse": {"day": 1.0, "month": 20.0}}, "tenants": {"acme": {"converse": {"day": 5.0}}}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Of every tenant that has none of its own for the task.
    pub default: BTreeMap<Task, Limit>,
    /// By tenant.
    pub tenants: BTreeMap<String, BTreeMap<Task, Limit>>,
}

/// What may be spent on a task. None for no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// On one day, UTC.
    pub day: Option<Dollars>,
    /// In one month, UTC.
    pub month: Option<Dollars>,
}

impl Limits {
    /// From JSON. Invalid where it is something else, naming the variable.
    pub fn parse(text: &str) -> Result<Limits> {
        let right = r#"as {"default": {"converse": {"day": 1.0, "month": 20.0}}, "tenants": {}}"#;
        serde_json::from_str(text).map_err(|error| Error::invalid("MEMORABLE_BUDGETS", error.to_string(), right))
    }

    fn of(&self, tenant: &Tenant, task: Task) -> Option<Limit> {
        let own = self.tenants.get(tenant.as_str()).and_then(|stages| stages.get(&task));
        own.or_else(|| self.default.get(&task)).copied()
    }
}

#[derive(Debug, Default)]
struct Account {
    /// Spent today and this month, as the table had it, this container's own included as far as it was counted.
    day: Dollars,
    month: Dollars,
    /// Spent by this container and not yet counted.
    uncounted: Dollars,
    /// The day that all this is of, and when the table was read.
    read: Option<(jiff::civil::Date, Instant)>,
    /// What the log was told of the day's budget, and of the month's.
    told: [Told; 2],
}

/// What the log was told of a budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    #[default]
    Nothing,
    NearlySpent,
    Spent,
}

/// A budget of which four fifths are spent, or more.
struct Stand {
    period: &'static str,
    spent: f64,
    limit: f64,
}

/// All tenants' budgets. Clones share the accounts.
#[derive(Debug, Clone)]
pub struct Budgets {
    limits: Arc<Limits>,
    records: Records,
    ledger: Ledger,
    accounts: Arc<Mutex<HashMap<(Tenant, Task), Account>>>,
    /// Models without a known price that the log was told of.
    unpriced: Arc<Mutex<HashSet<String>>>,
}

impl Budgets {
    /// With those limits, counted in that table.
    pub fn new(limits: Limits, records: Records) -> Budgets {
        let (accounts, unpriced) = (Arc::default(), Arc::default());
        Budgets { limits: Arc::new(limits), records, ledger: Ledger::default(), accounts, unpriced }
    }

    /// Out of which the tenant's calls are paid, as of now.
    pub fn purse(&self, tenant: &Tenant, now: Time) -> Purse {
        Purse { budgets: self.clone(), tenant: tenant.clone(), now }
    }

    /// Writes down what some calls came to that waited long enough; one request at the most. Call it beside something
    /// else that is read.
    pub async fn write_due(&self, now: Time) {
        self.write(now, false).await;
    }

    /// Writes down what all calls of this container came to.
    pub async fn write_all(&self, now: Time) {
        while self.write(now, true).await {}
    }

    /// Whether something was written.
    async fn write(&self, now: Time, all: bool) -> bool {
        let Some((tenant, date, standings)) = self.ledger.due(now, all) else { return false };
        match Box::pin(self.records.add_standings(&tenant, date, &standings, now)).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "what calls of models came to was not written down");
                self.ledger.add(&tenant, date, standings, now);
                false
            }
        }
    }
}

/// Out of which one tenant's calls are paid.
#[derive(Debug, Clone)]
pub struct Purse {
    budgets: Budgets,
    tenant: Tenant,
    now: Time,
}

impl Purse {
    /// Whose.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Counts a call for the tenant, whatever it cost.
    pub fn note(&self, call: &ModelCall) {
        self.budgets.ledger.note(&self.tenant, call, self.now);
    }

    fn limit(&self, task: Task) -> Option<Limit> {
        self.budgets.limits.of(&self.tenant, task)
    }

    fn with<T>(&self, task: Task, look: impl FnOnce(&mut Account) -> T) -> T {
        // A panic while counting leaves counts that are still counts.
        let mut accounts = self.budgets.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry((self.tenant.clone(), task)).or_default();
        let today = self.now.date();
        if account.read.is_some_and(|(day, _)| day != today) {
            // A new day: what is not counted yet is counted with it.
            *account = Account { uncounted: account.uncounted, ..Account::default() };
        }
        look(account)
    }

    /// Why the task's budget lets nothing more be spent, as far as this container knows; none where it does. Warns from
    /// four fifths on, in the receipt and once in the log.
    pub fn refusal(&self, task: Task) -> Option<String> {
        for Stand { period, spent, limit } in self.nearly_spent(task) {
            let what = format!("the budget for {} {} is spent", task.name(), period_name(period));
            if spent >= limit {
                let refusal = format!("{what} ({spent:.4} of {limit} dollars)");
                meter().warn(format!("{refusal}: only models that cost nothing are asked"));
                return Some(refusal);
            }
            meter().warn(format!("{what} to more than four fifths"));
        }
        None
    }

    /// Why a model must not be asked whose calls could not be counted: the task has a budget, and the model no known price.
    /// Warns in the receipt, and once in the log.
    pub fn unpriced(&self, task: Task, model: &Model) -> Option<String> {
        let limit = self.limit(task)?;
        if prices::of(model).is_some() || (limit.day.is_none() && limit.month.is_none()) {
            return None;
        }
        let (model, task) = (model.name(), task.name());
        let refusal = format!("price unknown: {model} is not in prices.json, and {task} has a budget");
        meter().warn(refusal.clone());
        let is_news = self.budgets.unpriced.lock().unwrap_or_else(PoisonError::into_inner).insert(model.clone());
        if is_news {
            tracing::warn!(event = "price_unknown", model, task, "a model without a known price is not asked");
        }
        Some(refusal)
    }

    /// The task's budgets of which four fifths are spent, or more. The log is told of each once, and once more when all of it
    /// is spent.
    fn nearly_spent(&self, task: Task) -> Vec<Stand> {
        let Some(limit) = self.limit(task) else { return Vec::new() };
        self.with(task, |account| {
            let mut stands = Vec::new();
            let periods = [("day", account.day, limit.day), ("month", account.month, limit.month)];
            for ((period, spent, limit), told) in periods.into_iter().zip(&mut account.told) {
                let Some(limit) = limit.map(Dollars::amount) else { continue };
                let spent = (spent.nanos() + account.uncounted.nanos()) as f64 / 1e9;
                if spent < WARN_AT * limit {
                    continue;
                }
                let is = if spent >= limit { Told::Spent } else { Told::NearlySpent };
                if *told < is {
                    *told = is;
                    let (tenant, task) = (self.tenant.as_str(), task.name());
                    let (event, what) = match is {
                        Told::Spent => ("budget_spent", "a budget is spent"),
                        _ => ("budget_nearly_spent", "a budget is nearly spent"),
                    };
                    tracing::warn!(event, tenant, task, period, spent, limit, "{what}");
                }
                stands.push(Stand { period, spent, limit });
            }
            stands
        })
    }

    /// Something was spent.
    pub fn spend(&self, task: Task, dollars: Dollars) {
        if self.limit(task).is_some() {
            self.with(task, |account| account.uncounted += dollars);
            // At once, as nobody may ask again today.
            self.nearly_spent(task);
        }
    }

    /// Brings the container's and the table's sums together, where they have been apart for long or by much. Without a
    /// limit there is nothing to count; a count that fails is made up for by the next.
    pub async fn count(&self, task: Task) {
        let is_due = |account: &mut Account| {
            let is_old = account.read.is_none_or(|(_, read)| read.elapsed() >= HOLDS);
            is_old || account.uncounted >= UNCOUNTED
        };
        if self.limit(task).is_some() && self.with(task, is_due) {
            self.count_now(task).await;
        }
    }

    /// The same, at once if there is anything to count.
    pub async fn count_spent(&self, task: Task) {
        if self.limit(task).is_some() && self.with(task, |account| account.uncounted > Dollars::ZERO) {
            self.count_now(task).await;
        }
    }

    async fn count_now(&self, task: Task) {
        let more = self.with(task, |account| std::mem::take(&mut account.uncounted));
        // In a box, as calls of models nest deep enough already for the compiler.
        let count = Box::pin(self.budgets.records.spend(&self.tenant, task.name(), more, self.now));
        let counted = match timeout(LONGEST_COUNT, count).await {
            Ok(counted) => counted,
            Err(_) => Err(Error::unavailable("the counter did not answer in time")),
        };
        let read = Some((self.now.date(), Instant::now()));
        self.with(task, |account| {
            account.read = read;
            match counted {
                Ok((day, month)) => (account.day, account.month) = (day, month),
                Err(error) => {
                    account.uncounted += more;
                    tracing::warn!(%error, task = task.name(), "spending could not be counted");
                }
            }
        });
    }
}

fn period_name(period: &str) -> &str {
    if period == "day" { "today" } else { "this month" }
}

#[cfg(test)]
mod tests;
