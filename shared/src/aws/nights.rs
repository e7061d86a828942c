//! The nights' own items: which scopes there are and which changed, how far each scope's night has come, and what all of
//! a tenant's scopes came to.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use jiff::SignedDuration;
use jiff::civil::Date;

use crate::aws::errors::from_sdk;
use crate::aws::items::{self, Item, number, text};
use crate::aws::keys;
use crate::aws::records::{Page, Records, sort_key};
use crate::aws::writes::{Condition, Outcome, Part, Update};
use crate::error::Result;
use crate::memory::{Scope, Tenant, Time};
use crate::night::Checkpoint;

/// How long a scope's checkpoint is kept: to see what its last nights did.
const CHECKPOINT_KEPT: SignedDuration = SignedDuration::from_hours(24 * 40);
/// How long a tenant's report is kept: a year and a month.
const REPORT_KEPT: SignedDuration = SignedDuration::from_hours(24 * 397);
/// Parts of a tenant's report, so that workers seldom meet at one.
const SHARDS: u64 = 16;
/// Before the name of a step, the name of why it failed.
const PROBLEM: &str = "problem.";

/// A scope as the registry lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The scope.
    pub scope: Scope,
    /// The day of the last write, as far as it was marked.
    pub changed: Option<Date>,
    /// The night that last went through it to the end.
    pub night: Option<Date>,
    /// When that began: all that was written before had all of its steps.
    pub nighted: Option<Time>,
    /// When it needs a night though nobody writes to it.
    pub due: Option<Time>,
    /// The signature of the route that embedded its memories as far as could be.
    pub embeds: Option<String>,
    /// Bytes of its segments and atlases then.
    pub index_bytes: u64,
    /// Bytes of its objects of the cold tier then.
    pub cold_bytes: u64,
}

/// What a scope's round has to say in the tenant's report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// What to add, by name; what is taken away is less than nothing.
    pub sums: BTreeMap<String, i64>,
    /// The step that failed, and why; without a reason, the step that had failed and is done now.
    pub problem: Option<(String, Option<String>)>,
}

/// What a tenant's night came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summed {
    /// Counts by name.
    pub sums: BTreeMap<String, i64>,
    /// Why a step failed, by the step's name: of many scopes one reason each, in words that anybody may read.
    pub problems: BTreeMap<String, String>,
    /// When it was planned.
    pub planned_at: Option<Time>,
    /// The note of a backup then.
    pub backup: Option<String>,
}

impl Registered {
    fn read(item: &Item) -> Option<Result<Registered>> {
        let scope = Scope::from_path(sort_key(item)?);
        let date = |name: &str| item.get(name)?.as_s().ok()?.parse().ok();
        let time = |name: &str| Some(Time::from_micros(item.get(name)?.as_n().ok()?.parse().ok()?));
        let whole = |name: &str| item.get(name).and_then(|n| n.as_n().ok()?.parse().ok()).unwrap_or(0);
        Some(scope.map(|scope| Registered {
            scope,
            changed: date("changed"),
            night: date("night"),
            nighted: time("nighted"),
            due: time("due"),
            embeds: item.get("embeds").and_then(|embeds| embeds.as_s().ok()).cloned(),
            index_bytes: whole("index_bytes"),
            cold_bytes: whole("cold_bytes"),
        }))
    }
}

impl Records {
    /// Lists the scope for the nights, as written to on that day. A later day that stands there stays.
    pub async fn register(&self, scope: &Scope, day: Date) -> Result<()> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, text(keys::REGISTRY))
            .key(keys::SK, text(scope.path()))
            .update_expression("SET #changed = :day")
            .condition_expression("attribute_not_exists(#changed) OR #changed < :day")
            .expression_attribute_names("#changed", "changed")
            .expression_attribute_values(":day", text(day.to_string()));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(from_sdk("list a scope", &error)),
            },
        }
    }

    /// All scopes of all tenants, a page at a time.
    pub async fn registered(&self, after: Option<&str>) -> Result<Page<Registered>> {
        let start = after
            .map(|path| Item::from([(keys::PK.to_owned(), text(keys::REGISTRY)), (keys::SK.to_owned(), text(path))]));
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_values(":pk", text(keys::REGISTRY))
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| from_sdk("list scopes", &error))?;
        let scopes: Result<Vec<Registered>> = page.items().iter().filter_map(Registered::read).collect();
        let next = page.last_evaluated_key().and_then(|key| sort_key(key).map(str::to_owned));
        Ok(Page { items: scopes?, next })
    }

    /// How far that night of the scope has come, if anybody began it.
    pub async fn checkpoint(&self, scope: &Scope, date: Date) -> Result<Option<Checkpoint>> {
        self.get(scope, keys::night(date)).await?.map(items::to_checkpoint).transpose()
    }

    /// Writes how far it has come. Refused where another worker wrote since it was read.
    pub async fn put_checkpoint(&self, scope: &Scope, checkpoint: &Checkpoint, now: Time) -> Result<Outcome> {
        self.transact("write a checkpoint", vec![checkpoint_part(scope, checkpoint, now)?]).await
    }

    /// Ends a round: its checkpoint, the scope's place in the registry, and its share of the tenant's report, all or none.
    /// `embeds`: the signature of the route by which its memories were embedded.
    pub async fn end_night(
        &self,
        scope: &Scope,
        checkpoint: &Checkpoint,
        embeds: &str,
        share: &Share,
        now: Time,
    ) -> Result<Outcome> {
        let mut parts = vec![checkpoint_part(scope, checkpoint, now)?];
        if checkpoint.is_done {
            let mut update = Update::of(keys::REGISTRY, scope.path());
            update.set("night", text(checkpoint.date.to_string()));
            update.set("nighted", number(checkpoint.started.micros()));
            update.set("due", number(checkpoint.due.map_or(i64::MAX, Time::micros)));
            update.set("embeds", text(embeds));
            update.set("index_bytes", number(checkpoint.figure("sweep", "bytes")));
            update.set("cold_bytes", number(checkpoint.figure("tier", "bytes")));
            parts.push(Part::Update(update));
        }
        let shard =
            scope.path().bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % SHARDS;
        let sort = keys::night_shard(checkpoint.date, shard);
        let mut update = Update::of(keys::tenant(scope.tenant()), sort);
        update.set(keys::EXPIRES, number(now.plus(REPORT_KEPT).seconds()));
        for (name, more) in share.sums.iter().filter(|(_, more)| **more != 0) {
            update.add(name, *more);
        }
        if let Some((step, why)) = &share.problem {
            // What is over is told by an empty text: the next failure of that step writes over it.
            update.set(&format!("{PROBLEM}{step}"), text(why.clone().unwrap_or_default()));
        }
        parts.push(Part::Update(update));
        self.transact("end a scope's night", parts).await
    }

    /// Notes what that night of the tenant's has before it, by name, when it was planned, and the note of a backup then.
    pub async fn put_plan(
        &self,
        tenant: &Tenant,
        date: Date,
        counts: &[(&str, u64)],
        backup: Option<&str>,
        now: Time,
    ) -> Result<()> {
        let mut update = Update::of(keys::tenant(tenant), keys::night_shard(date, "plan"));
        for (name, count) in counts {
            update.set(name, number(count));
        }
        update.set("planned_at", text(now.to_string()));
        if let Some(backup) = backup {
            update.set("backup", text(backup));
        }
        update.set(keys::EXPIRES, number(now.plus(REPORT_KEPT).seconds()));
        self.transact("note a plan", vec![Part::Update(update)]).await?;
        Ok(())
    }

    /// Adds to the report of the tenant's night, by name.
    pub async fn add_to_report(&self, tenant: &Tenant, date: Date, counts: &[(&str, usize)], now: Time) -> Result<()> {
        let mut update = Update::of(keys::tenant(tenant), keys::night_shard(date, "more"));
        for (name, count) in counts.iter().filter(|(_, count)| *count > 0) {
            update.add(name, i64::try_from(*count).unwrap_or(i64::MAX));
        }
        update.set(keys::EXPIRES, number(now.plus(REPORT_KEPT).seconds()));
        self.transact("add to a report", vec![Part::Update(update)]).await?;
        Ok(())
    }

    /// What all workers of the tenant's night added, by name, when it was planned, and the note of a backup then; none where
    /// there was no such night.
    pub async fn night(&self, tenant: &Tenant, date: Date) -> Result<Option<Summed>> {
        let items = self.all_of(&keys::tenant(tenant), &keys::night_shard(date, ""), true).await?;
        if items.is_empty() {
            return Ok(None);
        }
        let mut summed = Summed::default();
        for item in items {
            for (name, value) in item.iter().filter(|(name, _)| name.as_str() != keys::EXPIRES) {
                if let Some(share) = value.as_n().ok().and_then(|n| n.parse::<i64>().ok()) {
                    *summed.sums.entry(name.clone()).or_default() += share;
                }
                if let (Some(step), Ok(why)) = (name.strip_prefix(PROBLEM), value.as_s())
                    && !why.is_empty()
                {
                    summed.problems.insert(step.to_owned(), why.clone());
                }
                match (name.as_str(), value.as_s()) {
                    ("planned_at", Ok(at)) => summed.planned_at = at.parse().ok(),
                    ("backup", Ok(name)) => summed.backup = Some(name.clone()),
                    _ => {}
                }
            }
        }
        Ok(Some(summed))
    }
}

fn checkpoint_part(scope: &Scope, checkpoint: &Checkpoint, now: Time) -> Result<Part> {
    let condition = match checkpoint.generation {
        0 => Condition::Absent,
        generation => Condition::Generation(generation),
    };
    let next = Checkpoint { generation: checkpoint.generation + 1, ..checkpoint.clone() };
    let mut item = items::from_checkpoint(scope, &next)?;
    item.insert(keys::EXPIRES.to_owned(), number(now.plus(CHECKPOINT_KEPT).seconds()));
    Ok(Part::Put(item, Some(condition)))
}
