//! The cold tier's items in the table: which objects a scope has, how far its memories were looked at, and
//! what was recalled.

use futures_util::future::try_join_all;
use jiff::SignedDuration;

use crate::aws::errors::from_sdk;
use crate::aws::items::{self, Item, number, text};
use crate::aws::keys;
use crate::aws::records::{Records, sort_key};
use crate::aws::writes::{Condition, Outcome, Part, Update, stale};
use crate::error::Result;
use crate::memory::{Memory, MemoryId, Scope, Time};

/// How long a mark of a recall waits for a night.
const RECALL_KEPT: SignedDuration = SignedDuration::from_hours(24 * 40);

/// An object of the cold tier, as the scope notes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColdObject {
    /// Its name.
    pub name: String,
    /// When it was noted, which is before it was put.
    pub at: Time,
    /// How often a row of it went stale, and once for its being written.
    pub changes: u64,
    /// Up to which of these it was cleaned; none before it was written whole.
    pub cleaned: u64,
    /// Its rows when it was written.
    pub rows: u64,
    /// Its bytes then.
    pub bytes: u64,
}

impl Records {
    /// The scope's objects of the cold tier.
    pub async fn cold_objects(&self, scope: &Scope) -> Result<Vec<ColdObject>> {
        let items = self.all_of(&scope.path(), keys::COLD, true).await?;
        let read = |item: &Item| {
            let whole = |name: &str| item.get(name).and_then(|n| n.as_n().ok()?.parse::<u64>().ok()).unwrap_or(0);
            let name = sort_key(item)?.strip_prefix(keys::COLD)?.to_owned();
            let at = Time::from_micros(i64::try_from(whole("at")).unwrap_or(i64::MAX));
            let (changes, cleaned) = (whole("changes"), whole("cleaned"));
            Some(ColdObject { name, at, changes, cleaned, rows: whole("rows"), bytes: whole("bytes") })
        };
        Ok(items.iter().filter_map(read).collect())
    }

    /// Notes an object that is about to be put.
    pub async fn note_cold(&self, scope: &Scope, name: &str, now: Time) -> Result<()> {
        let mut update = stale(scope, name);
        update.set("at", number(now.micros()));
        self.transact("note a cold object", vec![Part::Update(update)]).await.map(|_| ())
    }

    /// Notes that all stale rows of it up to that change are gone.
    pub async fn note_cleaned(&self, scope: &Scope, object: &ColdObject) -> Result<()> {
        let mut update = Update::of(scope.path(), keys::cold(&object.name));
        update.set("cleaned", number(object.cleaned));
        update.set("rows", number(object.rows));
        update.set("bytes", number(object.bytes));
        self.transact("note a cleaned object", vec![Part::Update(update)]).await.map(|_| ())
    }

    /// Forgets an object that is gone.
    pub async fn drop_cold(&self, scope: &Scope, name: &str) -> Result<()> {
        let part = Part::Delete(items::key(scope, keys::cold(name)), None);
        self.transact("drop a cold object", vec![part]).await.map(|_| ())
    }

    /// Puts the stubs in place of the memories, all or none; refused, by their places, where some changed meanwhile or are
    /// cold already.
    pub async fn cool(&self, scope: &Scope, stubs: &[Memory]) -> Result<Outcome> {
        let mut parts = Vec::with_capacity(stubs.len());
        for stub in stubs {
            let condition = Condition::ReadyWithText(stub.revision);
            parts.push(Part::Put(items::from_memory(scope, stub)?, Some(condition)));
        }
        self.transact("move memories to the cold tier", parts).await
    }

    /// Puts a memory back where only its stub was. Refused where that changed meanwhile.
    pub async fn warm(&self, scope: &Scope, memory: &Memory) -> Result<Outcome> {
        let warm = Memory { cold: None, ..memory.clone() };
        let condition = Condition::RevisionWithoutText(memory.revision);
        let mut parts = vec![Part::Put(items::from_memory(scope, &warm)?, Some(condition))];
        parts.extend(memory.cold.iter().map(|cold| Part::Update(stale(scope, &cold.object))));
        self.transact("bring a memory back from the cold tier", parts).await
    }

    /// Up to when the scope's memories were looked at for the cold tier.
    pub async fn tiered_up_to(&self, scope: &Scope) -> Result<Option<Time>> {
        let item = self.get(scope, keys::TIER.to_owned()).await?;
        let micros = item.and_then(|item| item.get("upto")?.as_n().ok()?.parse().ok());
        Ok(micros.map(Time::from_micros))
    }

    /// Notes up to when.
    pub async fn put_tiered(&self, scope: &Scope, upto: Time) -> Result<()> {
        let mut update = Update::of(scope.path(), keys::TIER);
        update.set("upto", number(upto.micros()));
        self.transact("note the tier", vec![Part::Update(update)]).await.map(|_| ())
    }

    /// Marks that cold memories were recalled, so that the next night brings them back.
    pub async fn mark_recalled(&self, scope: &Scope, ids: &[MemoryId], now: Time) -> Result<()> {
        let mark = |id: &MemoryId| {
            let call = self
                .client
                .update_item()
                .table_name(&self.table)
                .key(keys::PK, text(keys::tenant(scope.tenant())))
                .key(keys::SK, text(keys::recalled(scope.subject(), id)))
                .update_expression("SET #expires = :expires")
                .expression_attribute_names("#expires", keys::EXPIRES)
                .expression_attribute_values(":expires", number(now.plus(RECALL_KEPT).seconds()));
            async move { call.send().await.map_err(|error| from_sdk("mark a recall", &error)) }
        };
        try_join_all(ids.iter().map(mark)).await.map(|_| ())
    }

    /// The cold memories of the scope that were recalled.
    pub async fn recalled(&self, scope: &Scope) -> Result<Vec<MemoryId>> {
        let prefix = keys::recalled(scope.subject(), "");
        let items = self.all_of(&keys::tenant(scope.tenant()), &prefix, true).await?;
        Ok(items.iter().filter_map(|item| sort_key(item)?.strip_prefix(&prefix)?.parse().ok()).collect())
    }

    /// Takes marks away.
    pub async fn unmark_recalled(&self, scope: &Scope, ids: &[MemoryId]) -> Result<()> {
        for ids in ids.chunks(crate::aws::writes::TRANSACTION) {
            let key = |id: &MemoryId| {
                let partition = (keys::PK.to_owned(), text(keys::tenant(scope.tenant())));
                Item::from([partition, (keys::SK.to_owned(), text(keys::recalled(scope.subject(), id)))])
            };
            let parts = ids.iter().map(|id| Part::Delete(key(id), None)).collect();
            self.transact("take marks of recalls away", parts).await?;
        }
        Ok(())
    }
}
