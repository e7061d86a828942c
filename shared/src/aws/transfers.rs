//! What imports and exports write and read: their own items, many memories at a time, a scope in pages.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Serialize;

use crate::aws::errors::from_sdk;
use crate::aws::feedbacks::{from_feedback, to_feedback};
use crate::aws::items::{self, Item, number, text};
use crate::aws::keys;
use crate::aws::records::{Page, Records, sort_key};
use crate::aws::relations;
use crate::aws::writes::{Condition, NewMemory, Outcome, Part, TRANSACTION};
use crate::error::{Error, Result};
use crate::memory::feedback::Feedback;
use crate::memory::{Memory, MemoryId, Scope, Tenant, Time};
use crate::transfer::job::{Export, Import, VERSION};

/// How long a job is told of after it was last written.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Bytes of texts in one transaction: DynamoDB takes 4 MB, of which entries and names need their part.
const MOST_BYTES: usize = 1_500_000;
/// How often what is left of a transaction is tried again without what was refused.
const ATTEMPTS: u32 = 4;

impl Records {
    /// The tenant's import of that id.
    pub async fn import_job(&self, tenant: &Tenant, id: &str) -> Result<Option<Import>> {
        let item = self.job(tenant, keys::import(id)).await?;
        let import: Option<Import> = item.map(|item| items::from_fields("an import", item)).transpose()?;
        check("an import", import, |import| import.v)
    }

    /// Writes how far an import is; whether nobody else did since it was read.
    pub async fn put_import(&self, tenant: &Tenant, import: &mut Import, now: Time) -> Result<bool> {
        let before = import.generation;
        import.generation += 1;
        self.put_job(tenant, keys::import(&import.id), import, before, now).await
    }

    /// The tenant's export of that id.
    pub async fn export_job(&self, tenant: &Tenant, id: &str) -> Result<Option<Export>> {
        let item = self.job(tenant, keys::export(id)).await?;
        let export: Option<Export> = item.map(|item| items::from_fields("an export", item)).transpose()?;
        check("an export", export, |export| export.v)
    }

    /// Writes how far an export is; whether nobody else did since it was read.
    pub async fn put_export(&self, tenant: &Tenant, export: &mut Export, now: Time) -> Result<bool> {
        let before = export.generation;
        export.generation += 1;
        self.put_job(tenant, keys::export(&export.id), export, before, now).await
    }

    async fn job(&self, tenant: &Tenant, sort: String) -> Result<Option<Item>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(tenant, sort)));
        let answer = call.consistent_read(true).send().await.map_err(|error| from_sdk("read a job", &error))?;
        Ok(answer.item)
    }

    async fn put_job(&self, tenant: &Tenant, sort: String, job: &impl Serialize, was: u64, now: Time) -> Result<bool> {
        let condition = if was == 0 { Condition::Absent } else { Condition::Generation(was) };
        let mut item = items::fields(job)?;
        item.extend(key(tenant, sort));
        item.insert(keys::EXPIRES.to_owned(), number(now.plus(KEPT).seconds()));
        Ok(self.transact("write a job", vec![Part::Put(item, Some(condition))]).await? == Outcome::Done)
    }

    /// How many of these, from the first on, [`Records::import_memories`] takes at once.
    pub fn most_imported(&self, new: &[NewMemory]) -> usize {
        let (mut parts, mut bytes) = (0, 0);
        let fits = |new: &&NewMemory| {
            parts += 2 + new.memory.claims.len();
            bytes += new.memory.content.len();
            parts <= TRANSACTION && bytes <= MOST_BYTES
        };
        new.iter().take_while(fits).count().max(1)
    }

    /// Stores memories with their entries and claims, all or none, and none of them in short-term memory. Refused, by
    /// their places, where memories are there already.
    pub async fn import_memories(&self, scope: &Scope, new: &[NewMemory]) -> Result<Outcome> {
        let mut parts = Vec::with_capacity(2 * new.len());
        let mut places = Vec::with_capacity(parts.capacity());
        for (place, new) in new.iter().enumerate() {
            parts.push(Part::Put(items::from_memory(scope, &new.memory)?, Some(Condition::Absent)));
            parts.push(Part::Put(items::from_entry(scope, &new.entry)?, None));
            parts.extend(relations::claims(scope, &new.memory).map(|key| Part::Put(key, None)));
            places.resize(parts.len(), place);
        }
        Ok(match self.transact("import memories", parts).await? {
            Outcome::Done => Outcome::Done,
            Outcome::Refused(parts) => Outcome::Refused(parts.into_iter().map(|part| places[part]).collect()),
        })
    }

    /// Stores earlier revisions of memories that are there and not forgotten; gives how many were of others. Those that
    /// are there already stay.
    pub async fn import_histories(&self, scope: &Scope, histories: &[Memory]) -> Result<u64> {
        let items = histories.iter().map(|memory| Ok((memory.id, items::from_history(scope, memory)?)));
        self.import_beside(scope, items.collect::<Result<_>>()?).await
    }

    /// Stores what people said of memories, likewise.
    pub async fn import_feedback(&self, scope: &Scope, feedback: &[Feedback]) -> Result<u64> {
        let items = feedback.iter().map(|said| Ok((said.id, from_feedback(scope, said)?)));
        self.import_beside(scope, items.collect::<Result<_>>()?).await
    }

    /// Stores items that belong to memories, where those are there and not forgotten; gives how many were left out.
    async fn import_beside(&self, scope: &Scope, items: Vec<(MemoryId, Item)>) -> Result<u64> {
        let mut left_out = 0;
        // A check of the memory goes with each, at the most.
        for items in items.chunks(TRANSACTION / 2) {
            let mut items = items.to_vec();
            for _ in 0..ATTEMPTS {
                let memories: Vec<MemoryId> =
                    items.iter().map(|(id, _)| (*id, ())).collect::<BTreeMap<_, _>>().into_keys().collect();
                let checks =
                    memories.iter().map(|id| Part::Check(items::key(scope, keys::memory(*id)), Condition::Remembered));
                let puts = items.iter().map(|(_, item)| Part::Put(item.clone(), Some(Condition::Absent)));
                let refused =
                    match self.transact("import what belongs to memories", checks.chain(puts).collect()).await? {
                        Outcome::Done => break,
                        Outcome::Refused(places) => places,
                    };
                let gone: Vec<MemoryId> = refused.iter().filter_map(|place| memories.get(*place).copied()).collect();
                let before = items.len();
                items.retain(|(id, _)| !gone.contains(id));
                left_out += (before - items.len()) as u64;
                let there: Vec<usize> = refused.iter().filter_map(|place| place.checked_sub(memories.len())).collect();
                // Their places hold only as long as nothing was taken out before them: those are seen in the next round.
                if gone.is_empty() {
                    let mut place = 0;
                    items.retain(|_| {
                        place += 1;
                        !there.contains(&(place - 1))
                    });
                }
                if items.is_empty() {
                    break;
                }
            }
        }
        Ok(left_out)
    }

    /// A page of a scope's memories by id, as they are, forgotten stubs and texts of cold ones left out. Strongly consistent.
    pub async fn page_of_stubs(&self, scope: &Scope, after: Option<&str>, limit: usize) -> Result<Page<Memory>> {
        self.page(scope, keys::MEMORY, after, limit, items::to_memory).await
    }

    /// A page of earlier revisions, those of one memory together.
    pub async fn page_of_histories(&self, scope: &Scope, after: Option<&str>, limit: usize) -> Result<Page<Memory>> {
        self.page(scope, keys::HISTORY, after, limit, items::to_memory).await
    }

    /// A page of what people said of memories.
    pub async fn page_of_feedback(&self, scope: &Scope, after: Option<&str>, limit: usize) -> Result<Page<Feedback>> {
        self.page(scope, keys::FEEDBACK, after, limit, to_feedback).await
    }

    async fn page<T>(
        &self,
        scope: &Scope,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        read: impl Fn(Item) -> Result<T>,
    ) -> Result<Page<T>> {
        let start = after.map(|sort| items::key(scope, sort));
        let query = self.query(scope, prefix).limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = Box::pin(query.set_exclusive_start_key(start).send()).await;
        let page = page.map_err(|error| from_sdk("read a page", &error))?;
        let next = page.last_evaluated_key().and_then(|key| sort_key(key).map(str::to_owned));
        let items: Result<Vec<T>> = page.items.unwrap_or_default().into_iter().map(read).collect();
        Ok(Page { items: items?, next })
    }
}

fn key(tenant: &Tenant, sort: String) -> Item {
    Item::from([(keys::PK.to_owned(), text(keys::tenant(tenant))), (keys::SK.to_owned(), text(sort))])
}

fn check<T>(what: &str, job: Option<T>, version: impl Fn(&T) -> u8) -> Result<Option<T>> {
    match job.as_ref().map(version) {
        Some(version) if version != VERSION => {
            Err(Error::corrupt(what, format!("version {version} is not known here")))
        }
        _ => Ok(job),
    }
}
