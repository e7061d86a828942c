//! What is read from the table. Every read that decides what somebody sees is strongly consistent.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;
use jiff::civil::Date;

use crate::aws::cold::Cold;
use crate::aws::errors::from_sdk;
use crate::aws::items::{self, Item, text};
use crate::aws::keys;
use crate::aws::outbox::Listeners;
use crate::error::{Error, Result};
use crate::index::manifest::Retired;
use crate::index::view::{Gone, Source};
use crate::index::{Entry, Manifest};
use crate::memory::{Digest, Memory, MemoryId, Scope, State};

/// Most items one BatchGetItem takes.
const BATCH: usize = 100;
/// How often keys that DynamoDB left unread are asked for again.
const ATTEMPTS: u32 = 6;

/// The table, for reading and (in `writes.rs`) for writing.
#[derive(Debug, Clone)]
pub struct Records {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) listeners: Listeners,
    cold: Cold,
}

/// What one query tells of a scope's index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndexState {
    /// The live segments.
    pub manifest: Manifest,
    /// What is in none of them yet.
    pub tail: Vec<Entry>,
    /// What is forgotten and may still stand in one.
    pub gone: Vec<Gone>,
}

impl IndexState {
    /// All that the scope's view is made of: the given blocks of its segments, and its tail.
    pub fn source<'a>(&'a self, blocks: &'a [Arc<[Entry]>]) -> Source<'a> {
        let mut parts: Vec<&[Entry]> = blocks.iter().map(AsRef::as_ref).collect();
        parts.push(&self.tail);
        Source { blocks: parts, gone: &self.gone }
    }

    /// Those of the segments' entries that no newer revision in the tail has made dead.
    pub fn without_superseded<E: Borrow<Entry>>(&self, entries: Vec<E>) -> Vec<E> {
        let newest: HashMap<MemoryId, u32> = self.tail.iter().map(|entry| (entry.id, entry.revision)).collect();
        let holds = |entry: &Entry| newest.get(&entry.id).is_none_or(|revision| *revision <= entry.revision);
        entries.into_iter().filter(|entry| holds(entry.borrow())).collect()
    }
}

/// A page of a list, and where the next begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// Sort key of the last item looked at; none where there is no more.
    pub next: Option<String>,
}

impl Records {
    /// Of that table; texts of cold memories come from those objects, and what happens is noted for those listeners.
    pub fn new(client: Client, table: impl Into<String>, cold: Cold, listeners: Listeners) -> Records {
        Records { client, table: table.into(), listeners, cold }
    }

    /// Manifest, tail and forgotten marks of a scope: one query (a page more for each MiB of tail).
    pub async fn index(&self, scope: &Scope) -> Result<IndexState> {
        let mut state = IndexState::default();
        for item in self.all_with(scope, keys::INDEX, true).await? {
            let sort = sort_key(&item).unwrap_or_default();
            if sort == keys::MANIFEST {
                state.manifest = items::to_manifest(item)?;
            } else if sort.starts_with(keys::TAIL) {
                state.tail.push(items::to_entry(&item)?);
            } else if sort.starts_with(keys::GONE) {
                state.gone.push(items::to_gone(&item)?);
            }
        }
        Ok(state)
    }

    /// What changes of the manifest retired, by the generation that each led to, oldest first.
    pub async fn retired(&self, scope: &Scope) -> Result<Vec<(u64, Retired)>> {
        let read = |item: Item| {
            let generation = sort_key(&item).and_then(|sort| sort.strip_prefix(keys::RETIRED)?.parse().ok());
            let corrupt = || Error::corrupt("names of retired segments", "its generation cannot be read");
            Ok((generation.ok_or_else(corrupt)?, items::to_retired(item)?))
        };
        self.all_with(scope, keys::RETIRED, true).await?.into_iter().map(read).collect()
    }

    /// The parts of a scope's atlases, together for each, by the hash in its name. Eventually consistent: the manifest says
    /// which one holds, and one that is not here yet is read from its object.
    pub async fn atlases(&self, scope: &Scope) -> Result<HashMap<String, Vec<u8>>> {
        let mut atlases: HashMap<String, Vec<u8>> = HashMap::new();
        for item in self.all_with(scope, keys::ATLAS, false).await? {
            let (hash, part) = items::to_atlas_part(item)?;
            // A query gives the parts in their order.
            atlases.entry(hash).or_default().extend(part);
        }
        Ok(atlases)
    }

    /// Sort keys of all parts of a scope's atlases.
    pub(super) async fn atlas_parts(&self, scope: &Scope) -> Result<Vec<String>> {
        let items = self.all_with(scope, keys::ATLAS, true).await?;
        Ok(items.iter().filter_map(|item| sort_key(item).map(str::to_owned)).collect())
    }

    /// The memories of those ids, in the order asked, forgotten stubs among them; none where there never was one.
    pub async fn memories(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<Option<Memory>>> {
        self.memories_by(scope, ids, true).await
    }

    /// As [`Records::memories`], at half the price: each as it is or was a moment ago.
    pub async fn memories_of_late(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<Option<Memory>>> {
        self.memories_by(scope, ids, false).await
    }

    /// As [`Records::memories`], without the texts of those that are cold.
    pub async fn stubs(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<Option<Memory>>> {
        let mut found = self.found(scope, ids, true).await?;
        Ok(ids.iter().map(|id| found.remove(id)).collect())
    }

    /// As [`Records::memory`], without its text where it is cold.
    pub async fn stub(&self, scope: &Scope, id: MemoryId) -> Result<Option<Memory>> {
        self.get(scope, keys::memory(id)).await?.map(items::to_memory).transpose()
    }

    async fn memories_by(&self, scope: &Scope, ids: &[MemoryId], consistent: bool) -> Result<Vec<Option<Memory>>> {
        let mut found = self.found(scope, ids, consistent).await?;
        if found.values().any(Memory::is_cold) {
            found = Box::pin(self.thawed(scope, found)).await?;
        }
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// With their texts: one wave more, and another where some moved meanwhile. What has no text to be read is left out.
    async fn thawed(&self, scope: &Scope, found: HashMap<MemoryId, Memory>) -> Result<HashMap<MemoryId, Memory>> {
        let by_id = |memories: Vec<Memory>| memories.into_iter().map(|memory| (memory.id, memory));
        let mut thawed: HashMap<MemoryId, Memory> =
            by_id(self.cold.thaw(found.into_values().collect()).await).collect();
        let left: Vec<MemoryId> = thawed.values().filter(|memory| memory.is_cold()).map(|memory| memory.id).collect();
        if !left.is_empty() {
            // Changed, forgotten or brought back between the two reads, most likely.
            let again = self.found(scope, &left, true).await?;
            thawed.extend(by_id(self.cold.thaw(again.into_values().collect()).await));
        }
        thawed.retain(|_, memory| !memory.is_cold());
        Ok(thawed)
    }

    async fn found(&self, scope: &Scope, ids: &[MemoryId], consistent: bool) -> Result<HashMap<MemoryId, Memory>> {
        let batches = ids.chunks(BATCH).map(|ids| self.batch(scope, ids, keys::memory, consistent));
        let batches = try_join_all(batches).await?;
        let mut found: HashMap<MemoryId, Memory> = HashMap::new();
        for item in batches.into_iter().flatten() {
            let memory = items::to_memory(item)?;
            found.insert(memory.id, memory);
        }
        Ok(found)
    }

    /// Those memories' entries in the tail, as far as they are there.
    pub async fn tail(&self, scope: &Scope, ids: &[MemoryId]) -> Result<Vec<Entry>> {
        let batches = ids.chunks(BATCH).map(|ids| self.batch(scope, ids, keys::tail, true));
        let batches = try_join_all(batches).await?;
        batches.iter().flatten().map(items::to_entry).collect()
    }

    /// One memory, or its forgotten stub.
    pub async fn memory(&self, scope: &Scope, id: MemoryId) -> Result<Option<Memory>> {
        match self.stub(scope, id).await? {
            Some(memory) if memory.is_cold() => {
                let thawed = Box::pin(self.memories(scope, &[id])).await?.pop().flatten();
                let unread = || Error::corrupt(format!("the cold record of memory {id}"), "it is not there");
                thawed.ok_or_else(unread).map(Some)
            }
            memory => Ok(memory),
        }
    }

    /// The ids of all that was forgotten in the scope.
    pub async fn forgotten(&self, scope: &Scope) -> Result<Vec<MemoryId>> {
        let items = self.all_with(scope, keys::MEMORIES, true).await?;
        let memories: Result<Vec<Memory>> = items.into_iter().map(items::to_memory).collect();
        Ok(memories?.iter().filter(|memory| memory.state == State::Forgotten).map(|memory| memory.id).collect())
    }

    /// Earlier revisions of a memory, oldest first.
    pub async fn history(&self, scope: &Scope, id: MemoryId) -> Result<Vec<Memory>> {
        self.all_with(scope, &keys::histories(id), true).await?.into_iter().map(items::to_memory).collect()
    }

    /// A digest, where a night has written one.
    pub async fn digest(&self, scope: &Scope, date: Date) -> Result<Option<Digest>> {
        self.get(scope, keys::digest(date)).await?.map(items::to_digest).transpose()
    }

    /// The fingerprint that was stored with an idempotency key.
    pub async fn used_key(&self, scope: &Scope, key: &str) -> Result<Option<String>> {
        let item = self.get(scope, keys::idempotency(key)).await?;
        Ok(item.and_then(|item| item.get("fingerprint")?.as_s().ok().cloned()))
    }

    /// Reads an item that need not be there: whether the table can be reached at all.
    pub async fn reach(&self) -> Result<()> {
        let call = self.client.get_item().table_name(&self.table);
        let call = call.key(keys::PK, text(keys::REGISTRY)).key(keys::SK, text("-"));
        call.send().await.map_err(|error| from_sdk("reach the table", &error))?;
        Ok(())
    }

    pub(super) async fn get(&self, scope: &Scope, sort: String) -> Result<Option<Item>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(items::key(scope, sort)));
        let answer =
            Box::pin(call.consistent_read(true).send()).await.map_err(|error| from_sdk("read an item", &error))?;
        Ok(answer.item)
    }

    pub(super) fn query(
        &self,
        scope: &Scope,
        prefix: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.query_of(&scope.path(), prefix)
    }

    fn query_of(
        &self,
        partition: &str,
        prefix: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":prefix", text(prefix))
            .consistent_read(true)
    }

    pub(super) async fn all_with(&self, scope: &Scope, prefix: &str, consistent: bool) -> Result<Vec<Item>> {
        self.all_of(&scope.path(), prefix, consistent).await
    }

    // Here and below: an SDK's future is large, and boxed, so that those of use cases that nest stay small on the stack.
    pub(super) async fn all_of(&self, partition: &str, prefix: &str, consistent: bool) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let query = self.query_of(partition, prefix).consistent_read(consistent).set_exclusive_start_key(start);
            let page = Box::pin(query.send()).await.map_err(|error| from_sdk("query a scope", &error))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }

    async fn batch(
        &self,
        scope: &Scope,
        ids: &[MemoryId],
        key: fn(MemoryId) -> String,
        consistent: bool,
    ) -> Result<Vec<Item>> {
        let mut unique = ids.to_vec();
        unique.sort_unstable();
        unique.dedup();
        let mut keys: Vec<Item> = unique.into_iter().map(|id| items::key(scope, key(id))).collect();
        let mut found = Vec::new();
        for attempt in 0..ATTEMPTS {
            if keys.is_empty() {
                return Ok(found);
            }
            if attempt > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(10 << attempt)).await;
            }
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistent).build();
            let wanted = wanted.map_err(|error| Error::internal(format!("a batch cannot be built: {error}")))?;
            let answer = Box::pin(self.client.batch_get_item().request_items(&self.table, wanted).send()).await;
            let answer = answer.map_err(|error| from_sdk("read memories", &error))?;
            found.extend(answer.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default());
            keys = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(&self.table))
                .map(|left| left.keys)
                .unwrap_or_default();
        }
        if keys.is_empty() { Ok(found) } else { Err(Error::throttled("DynamoDB left memories unread")) }
    }
}

pub(super) fn sort_key(item: &Item) -> Option<&str> {
    item.get(keys::SK)?.as_s().ok().map(String::as_str)
}
