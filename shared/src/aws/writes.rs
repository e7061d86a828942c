//! What is written to the table: every transaction and every condition there is.
//!
//! A condition that does not hold is an outcome, not an error: somebody else was quicker, or it is done already.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{self, AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem};
use jiff::SignedDuration;

use crate::aws::errors::from_sdk;
use crate::aws::feedbacks::from_feedback;
use crate::aws::items::{self, Item, number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::aws::relations;
use crate::error::{Error, Result};
use crate::index::view::Gone;
use crate::index::{Entry, Manifest};
use crate::memory::event::{Event, Happening};
use crate::memory::feedback::Feedback;
use crate::memory::{Digest, Memory, MemoryId, Scope, State, Time};

/// Most items of one transaction.
pub const TRANSACTION: usize = 100;
/// Memories stored in one transaction: three items each, and one for the idempotency key.
pub const STORED_TOGETHER: usize = 32;
/// How long a used idempotency key is remembered as such. The memories it named are known by it forever.
const KEY_DAYS: i64 = 7;
/// Bytes of an atlas in one item: DynamoDB takes 400 KB.
const ATLAS_PART: usize = 350 * 1024;
/// How often a transaction that met another one is tried again.
const ATTEMPTS: u32 = 6;

/// What became of a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is written.
    Done,
    /// Nothing is written: the conditions of these parts did not hold, by their place.
    Refused(Vec<usize>),
}

/// A memory to store, with its entry for the tail.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMemory {
    /// The memory.
    pub memory: Memory,
    /// Its entry.
    pub entry: Entry,
    /// Revision and state of the forgotten stub or ended memory whose place it takes; none where it is new.
    pub replaces: Option<(u32, State)>,
}

/// A write to make, or what must hold for the others to be made, with its condition.
pub(super) enum Part {
    Check(Item, Condition),
    Put(Item, Option<Condition>),
    Delete(Item, Option<Condition>),
    Update(Update),
}

pub(super) enum Condition {
    /// There is no such item.
    Absent,
    /// The item is there at this revision.
    Revision(u32),
    /// The item is there at this revision and in this state.
    RevisionAndState(u32, State),
    /// The manifest is at this generation.
    Generation(u64),
    /// There is no such item, or it has this fingerprint.
    AbsentOrFingerprint(String),
    /// The memory is there at this revision, classified, and its text with it.
    ReadyWithText(u32),
    /// The memory is there at this revision, and its text is not.
    RevisionWithoutText(u32),
    /// The memory is there, and not forgotten.
    Remembered,
    /// The tenant's settings are these, as JSON.
    Settings(String),
}

impl Records {
    /// Stores up to [`STORED_TOGETHER`] memories with their tail entries and turns, all or none. `key`: the call's
    /// idempotency key and the fingerprint of the call. `until`: when the turns end in short-term memory. Refused places count memories from 0; the key's is one past them.
    pub async fn store(
        &self,
        scope: &Scope,
        new: &[NewMemory],
        key: Option<(&str, &str)>,
        until: Time,
        now: Time,
    ) -> Result<Outcome> {
        let mut parts = Vec::with_capacity(3 * new.len() + 1);
        let mut places = Vec::with_capacity(parts.capacity());
        for (place, new) in new.iter().enumerate() {
            let condition = match new.replaces {
                None => Condition::Absent,
                Some((revision, state)) => Condition::RevisionAndState(revision, state),
            };
            parts.push(Part::Put(items::from_memory(scope, &new.memory)?, Some(condition)));
            parts.push(Part::Put(items::from_entry(scope, &new.entry)?, None));
            if let Some(cold) = &new.memory.cold {
                parts.push(Part::Update(stale(scope, &cold.object)));
            }
            if let Some(session) = &new.memory.session {
                parts.push(Part::Put(items::from_turn(scope, &new.memory, session, until), None));
            }
            places.resize(parts.len(), place);
        }
        if let Some((key, fingerprint)) = key {
            let mut item = items::key(scope, keys::idempotency(key));
            item.insert("fingerprint".to_owned(), text(fingerprint));
            let until = now.plus(SignedDuration::from_hours(24 * KEY_DAYS));
            item.insert(keys::EXPIRES.to_owned(), number(until.seconds()));
            parts.push(Part::Put(item, Some(Condition::AbsentOrFingerprint(fingerprint.to_owned()))));
            places.push(new.len());
        }
        let created = |new: &NewMemory| Event::of(Happening::Created, scope, &new.memory, now);
        let events = new.iter().map(created).collect();
        let outcome = self.happen("store memories", scope, parts, events, now).await?;
        Ok(match outcome {
            Outcome::Done => Outcome::Done,
            Outcome::Refused(parts) => Outcome::Refused(parts.into_iter().map(|part| places[part]).collect()),
        })
    }

    /// Puts a new revision of a memory in place of `old`, which becomes history. Refused where it changed meanwhile.
    pub async fn revise(&self, scope: &Scope, old: &Memory, new: &Memory, entry: &Entry) -> Result<Outcome> {
        // It comes back from the cold tier with what it says now; its row there is stale.
        let new = Memory { cold: None, ..new.clone() };
        let mut parts = vec![
            Part::Put(items::from_memory(scope, &new)?, Some(Condition::Revision(old.revision))),
            Part::Put(items::from_history(scope, &Memory { cold: None, ..old.clone() })?, None),
            Part::Put(items::from_entry(scope, entry)?, None),
        ];
        parts.extend(old.cold.iter().map(|cold| Part::Update(stale(scope, &cold.object))));
        let event = Event::revised(scope, old, &new);
        self.happen("revise a memory", scope, parts, vec![event], new.updated_at).await
    }

    /// Writes what classifying found of up to [`STORED_TOGETHER`] memories, all or none. Refused, by their places, where
    /// memories are no longer pending at that revision.
    pub async fn classified(&self, scope: &Scope, classified: &[(Memory, Entry)], now: Time) -> Result<Outcome> {
        let mut parts = Vec::with_capacity(2 * classified.len());
        for (memory, entry) in classified {
            let pending = Condition::RevisionAndState(memory.revision, State::Pending);
            parts.push(Part::Put(items::from_memory(scope, memory)?, Some(pending)));
            parts.push(Part::Put(items::from_entry(scope, entry)?, Some(Condition::Revision(memory.revision))));
        }
        let event = |(memory, _): &(Memory, Entry)| Event::of(Happening::Classified, scope, memory, now);
        let events = classified.iter().map(event).collect();
        Ok(match self.happen("write classifications", scope, parts, events, now).await? {
            Outcome::Done => Outcome::Done,
            Outcome::Refused(parts) => Outcome::Refused(parts.into_iter().map(|part| part / 2).collect()),
        })
    }

    /// Puts the stub in place of the memory, takes it out of tail and session, marks it gone for the segments, and
    /// removes the day's digest, its claims and the histories of the given revisions (at most 79). Refused where it changed meanwhile.
    pub async fn forget(&self, scope: &Scope, old: &Memory, stub: &Memory, revisions: &[u32]) -> Result<Outcome> {
        let day = old.recorded_at.date();
        let gone = Gone { id: stub.id, revision: stub.revision, day };
        let mut parts = vec![
            Part::Put(items::from_memory(scope, stub)?, Some(Condition::Revision(old.revision))),
            Part::Put(items::from_gone(scope, &gone), None),
            Part::Delete(items::key(scope, keys::tail(old.id)), None),
            Part::Delete(items::key(scope, keys::digest(day)), None),
            Part::Delete(items::key(scope, keys::feedback(old.id)), None),
        ];
        parts.extend(old.cold.iter().map(|cold| Part::Update(stale(scope, &cold.object))));
        if let Some(session) = &old.session {
            parts.push(Part::Delete(items::key(scope, keys::turn(session, old.order, old.id)), None));
        }
        parts.extend(relations::claims(scope, old).map(|key| Part::Delete(key, None)));
        let history = |revision: &u32| Part::Delete(items::key(scope, keys::history(old.id, *revision)), None);
        parts.extend(revisions.iter().map(history));
        let event = Event::of(Happening::Forgotten, scope, stub, stub.updated_at);
        self.happen("forget a memory", scope, parts, vec![event], stub.updated_at).await
    }

    /// Keeps what people said of a memory, whose feedback was at the revision `was`, and with it the memory and the entry that
    /// it corrects. Refused where the memory or what was said of it changed meanwhile.
    pub async fn keep_feedback(
        &self,
        scope: &Scope,
        old: &Memory,
        corrected: Option<(&Memory, &Entry)>,
        feedback: &Feedback,
        was: Option<u32>,
    ) -> Result<Outcome> {
        let current = Some(Condition::RevisionAndState(old.revision, old.state));
        let mut parts =
            vec![Part::Put(from_feedback(scope, feedback)?, Some(was.map_or(Condition::Absent, Condition::Revision)))];
        let mut events = Vec::new();
        match corrected {
            Some((new, entry)) => {
                events.push(Event::revised(scope, old, new));
                parts.push(Part::Put(items::from_memory(scope, new)?, current));
                parts.push(Part::Put(items::from_history(scope, old)?, None));
                parts.push(Part::Put(items::from_entry(scope, entry)?, None));
            }
            // As it is: what was said of a memory must not outlive it.
            None => parts.push(Part::Put(items::from_memory(scope, old)?, current)),
        }
        let at = corrected.map_or(old.updated_at, |(new, _)| new.updated_at);
        self.happen("keep feedback", scope, parts, events, at).await
    }

    /// Removes earlier revisions of a memory that is forgotten or about to be.
    pub async fn remove_history(&self, scope: &Scope, id: MemoryId, revisions: &[u32]) -> Result<()> {
        for revisions in revisions.chunks(TRANSACTION) {
            let part = |revision: &u32| Part::Delete(items::key(scope, keys::history(id, *revision)), None);
            self.transact("remove history", revisions.iter().map(part).collect()).await?;
        }
        Ok(())
    }

    /// Makes `next` the manifest in place of `before`, notes what that retires, and takes what its new segment holds out of
    /// the tail. Refused where the manifest or one of those entries changed meanwhile.
    pub async fn publish(
        &self,
        scope: &Scope,
        before: &Manifest,
        next: &Manifest,
        moved: &[(MemoryId, u32)],
        now: Time,
    ) -> Result<Outcome> {
        let generation = before.generation;
        let condition = if generation == 0 { Condition::Absent } else { Condition::Generation(generation) };
        let mut parts = vec![Part::Put(items::from_manifest(scope, next)?, Some(condition))];
        if let Some(retired) = next.retired(before, now) {
            parts.push(Part::Put(items::from_retired(scope, next.generation, &retired)?, None));
        }
        for (id, revision) in moved {
            parts.push(Part::Delete(items::key(scope, keys::tail(*id)), Some(Condition::Revision(*revision))));
        }
        self.transact("publish a manifest", parts).await
    }

    /// Removes marks of forgotten memories that no live segment holds any more, unless they were forgotten anew.
    pub async fn remove_gone(&self, scope: &Scope, gone: &[Gone]) -> Result<()> {
        for gone in gone {
            let part = Part::Delete(items::key(scope, keys::gone(gone.id)), Some(Condition::Revision(gone.revision)));
            self.transact("remove a mark", vec![part]).await?;
        }
        Ok(())
    }

    /// Removes the notes of what was retired with those generations.
    pub async fn remove_retired(&self, scope: &Scope, generations: &[u64]) -> Result<()> {
        for generations in generations.chunks(TRANSACTION) {
            let part = |generation: &u64| Part::Delete(items::key(scope, keys::retired(*generation)), None);
            self.transact("remove notes of the retired", generations.iter().map(part).collect()).await?;
        }
        Ok(())
    }

    /// Writes an atlas's bytes beside the manifest, so that one query brings both. Before the manifest names it.
    pub async fn put_atlas(&self, scope: &Scope, hash: &str, bytes: &[u8]) -> Result<()> {
        for (part, bytes) in bytes.chunks(ATLAS_PART).enumerate() {
            self.put(items::from_atlas_part(scope, hash, part, bytes)).await?;
        }
        Ok(())
    }

    /// Removes the parts of all atlases but that one. After the manifest has named it: who still holds an earlier
    /// manifest reads the atlas's object.
    pub async fn remove_atlases(&self, scope: &Scope, but: Option<&str>) -> Result<()> {
        for sort in self.atlas_parts(scope).await? {
            let hash = sort.strip_prefix(keys::ATLAS).and_then(|rest| rest.split('#').next());
            if hash != but {
                let call = self.client.delete_item().table_name(&self.table).set_key(Some(items::key(scope, sort)));
                call.send().await.map_err(|error| from_sdk("remove a part of an atlas", &error))?;
            }
        }
        Ok(())
    }

    /// Writes a digest over an earlier one of the same day.
    pub async fn put_digest(&self, scope: &Scope, digest: &Digest, now: Time) -> Result<()> {
        let parts = vec![Part::Put(items::from_digest(scope, digest)?, None)];
        let event = Event::digest(scope, digest.date, now);
        self.happen("write a digest", scope, parts, vec![event], now).await.map(|_| ())
    }

    /// Puts up to [`TRANSACTION`] items, whatever is there.
    pub(super) async fn put_all(&self, what: &str, items: Vec<Item>) -> Result<()> {
        if !items.is_empty() {
            self.transact(what, items.into_iter().map(|item| Part::Put(item, None)).collect()).await?;
        }
        Ok(())
    }

    pub(super) async fn put(&self, item: Item) -> Result<()> {
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map_err(|error| from_sdk("put an item", &error))?;
        Ok(())
    }

    pub(super) async fn transact(&self, what: &str, parts: Vec<Part>) -> Result<Outcome> {
        let items: Result<Vec<_>> = parts.into_iter().map(|part| part.item(&self.table)).collect();
        let items = items?;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                // Apart enough for the other transaction to end, and unequal for two that met each other.
                let spread = items.len() as u64 % 7;
                tokio::time::sleep(std::time::Duration::from_millis((8 << attempt) + spread)).await;
            }
            let call = self.client.transact_write_items().set_transact_items(Some(items.clone()));
            let error = match Box::pin(call.send()).await {
                Ok(_) => return Ok(Outcome::Done),
                Err(error) => error,
            };
            match cancellation(error.as_service_error()) {
                Some(Cancelled::Refused(places)) => return Ok(Outcome::Refused(places)),
                Some(Cancelled::Met) => {}
                None => return Err(from_sdk(what, &error)),
            }
        }
        Err(Error::throttled(format!("could not {what}: other writes to the same items kept coming")))
    }
}

enum Cancelled {
    /// Conditions of these parts did not hold.
    Refused(Vec<usize>),
    /// Another transaction was at the same items, or there was too much at once.
    Met,
}

fn cancellation(error: Option<&TransactWriteItemsError>) -> Option<Cancelled> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error else {
        return None;
    };
    let codes: Vec<&str> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or("None")).collect();
    let failed: Vec<usize> = (0..codes.len()).filter(|place| codes[*place] == "ConditionalCheckFailed").collect();
    if !failed.is_empty() {
        return Some(Cancelled::Refused(failed));
    }
    let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    codes.iter().any(|code| passing.contains(code)).then_some(Cancelled::Met)
}

/// Notes that an object of the cold tier has a row that nothing names any more.
pub(super) fn stale(scope: &Scope, object: &str) -> Update {
    let mut update = Update::of(scope.path(), keys::cold(object));
    update.add("changes", 1);
    update
}

/// Attributes of an item to set, and numbers in it to add to; the item need not be there.
pub(super) struct Update {
    key: Item,
    sets: Vec<(String, AttributeValue)>,
    adds: Vec<(String, AttributeValue)>,
}

impl Update {
    pub(super) fn of(partition: impl Into<String>, sort: impl Into<String>) -> Update {
        let key = Item::from([(keys::PK.to_owned(), text(partition)), (keys::SK.to_owned(), text(sort))]);
        Update { key, sets: Vec::new(), adds: Vec::new() }
    }

    pub(super) fn set(&mut self, name: &str, value: AttributeValue) {
        self.sets.push((name.to_owned(), value));
    }

    pub(super) fn add(&mut self, name: &str, more: i64) {
        self.adds.push((name.to_owned(), number(more)));
    }

    fn build(self, table: &str) -> std::result::Result<types::Update, aws_sdk_dynamodb::error::BuildError> {
        let mut update = types::Update::builder().table_name(table).set_key(Some(self.key));
        let mut clauses = Vec::new();
        let mut place = 0;
        for (verb, sign, parts) in [("SET", " =", self.sets), ("ADD", "", self.adds)] {
            let mut terms = Vec::with_capacity(parts.len());
            for (name, value) in parts {
                terms.push(format!("#a{place}{sign} :v{place}"));
                update = update.expression_attribute_names(format!("#a{place}"), name);
                update = update.expression_attribute_values(format!(":v{place}"), value);
                place += 1;
            }
            if !terms.is_empty() {
                clauses.push(format!("{verb} {}", terms.join(", ")));
            }
        }
        update.update_expression(clauses.join(" ")).build()
    }
}

impl Part {
    fn item(self, table: &str) -> Result<TransactWriteItem> {
        let unbuilt = |error| Error::internal(format!("a transaction cannot be built: {error}"));
        let built = TransactWriteItem::builder();
        Ok(match self {
            Part::Check(key, condition) => {
                let (expression, names, values) = condition.parts();
                let check = ConditionCheck::builder().table_name(table).set_key(Some(key));
                let check = check
                    .condition_expression(expression)
                    .set_expression_attribute_names(Some(names))
                    .set_expression_attribute_values(values);
                built.condition_check(check.build().map_err(unbuilt)?).build()
            }
            Part::Put(item, condition) => {
                let mut put = Put::builder().table_name(table).set_item(Some(item));
                if let Some(condition) = condition {
                    let (expression, names, values) = condition.parts();
                    put = put
                        .condition_expression(expression)
                        .set_expression_attribute_names(Some(names))
                        .set_expression_attribute_values(values);
                }
                built.put(put.build().map_err(unbuilt)?).build()
            }
            Part::Delete(key, condition) => {
                let mut delete = Delete::builder().table_name(table).set_key(Some(key));
                if let Some(condition) = condition {
                    let (expression, names, values) = condition.parts();
                    delete = delete
                        .condition_expression(expression)
                        .set_expression_attribute_names(Some(names))
                        .set_expression_attribute_values(values);
                }
                built.delete(delete.build().map_err(unbuilt)?).build()
            }
            Part::Update(update) => built.update(update.build(table).map_err(unbuilt)?).build(),
        })
    }
}

impl Condition {
    fn parts(self) -> (&'static str, std::collections::HashMap<String, String>, Option<Item>) {
        let names = |names: &[&str]| names.iter().map(|name| (format!("#{name}"), (*name).to_owned())).collect();
        let value = |name: &str, value| (name.to_owned(), value);
        match self {
            Condition::Absent => ("attribute_not_exists(#pk)", names(&["pk"]), None),
            Condition::Revision(revision) => {
                let values = [value(":revision", number(revision))].into();
                ("#revision = :revision", names(&["revision"]), Some(values))
            }
            Condition::RevisionAndState(revision, state) => {
                let values = [value(":revision", number(revision)), value(":state", text(state.name()))].into();
                ("#revision = :revision AND #state = :state", names(&["revision", "state"]), Some(values))
            }
            Condition::Generation(generation) => {
                let values = [value(":generation", number(generation))].into();
                ("#generation = :generation", names(&["generation"]), Some(values))
            }
            Condition::ReadyWithText(revision) => {
                let ready = value(":state", text(State::Ready.name()));
                let values = [value(":revision", number(revision)), ready].into();
                let holds = "#revision = :revision AND #state = :state AND (attribute_exists(#content) OR attribute_exists(#packed))";
                (holds, names(&["revision", "state", "content", "packed"]), Some(values))
            }
            Condition::RevisionWithoutText(revision) => {
                let values = [value(":revision", number(revision))].into();
                let holds =
                    "#revision = :revision AND attribute_not_exists(#content) AND attribute_not_exists(#packed)";
                (holds, names(&["revision", "content", "packed"]), Some(values))
            }
            Condition::Remembered => {
                let values = [value(":state", text(State::Forgotten.name()))].into();
                ("attribute_exists(#pk) AND #state <> :state", names(&["pk", "state"]), Some(values))
            }
            Condition::Settings(body) => {
                let values = [value(":settings", text(body))].into();
                ("#settings = :settings", names(&["settings"]), Some(values))
            }
            Condition::AbsentOrFingerprint(fingerprint) => {
                let values = [value(":fingerprint", text(fingerprint))].into();
                (
                    "attribute_not_exists(#pk) OR #fingerprint = :fingerprint",
                    names(&["pk", "fingerprint"]),
                    Some(values),
                )
            }
        }
    }
}
