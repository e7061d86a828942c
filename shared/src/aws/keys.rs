//! The table's keys: one partition a scope, so that isolation is a matter of keys.
//!
//! | item | sort key |
//! |---|---|
//! | memory | `memory#ID` |
//! | an earlier revision of it | `history#ID#REVISION` |
//! | a forgotten memory that a segment may still hold | `index#1gone#ID` |
//! | an entry of the tail | `index#2tail#ID` |
//! | the scope's manifest | `index#3manifest` |
//! | segments that a change of the manifest took out of it | `retired#GENERATION` |
//! | a part of the atlas of a large scope | `atlas#HASH#PART` |
//! | a turn of a session, short-term | `turn#HASH OF SESSION#ORDER#ID` |
//! | an idempotency key that was used | `key#HASH OF KEY` |
//! | a digest | `digest#DATE` |
//! | how far a night has come | `night#DATE` |
//! | which files the scope has | `files` |
//! | an object of the cold tier | `cold#NAME` |
//! | up to when memories were looked at for it | `tier` |
//! | the name of the scope's web | `web` |
//! | how far its vectors are made anew | `renewal` |
//! | messages of a minute of a conversation | `rate#MINUTE` |
//! | a model's answer that is kept | `memo#HASH` |
//! | a session in short | `summary#HASH OF SESSION` |
//! | what people said of a memory | `feedback#ID` |
//! | that one memory has to do with another | `relation#ID#ID OF WHO SAYS SO` |
//! | that a fact claims something of an attribute | `claim#HASH OF SUBJECT AND ATTRIBUTE#TIME#ID` |
//!
//! A query reads its items in this order and not at one instant. Entries move from the tail to the manifest's segments,
//! so reading the tail first may show one twice but never not at all; and a mark of a forgotten memory goes only after
//! the segments that held it.
//!
//! What was asked of a scope lately stands beside it, in the partition `asked#PATH`, as `asked#TIME#HASH`.
//!
//! A tenant's own partition `tenant#NAME` also holds how its recalls are weighted (`tuning`), what nights proposed
//! (`proposal#DATE`) and recalls to learn from (`replays#HASH OF SCOPE`); what nights chose else (`choices`) and proposed to
//! (`verdict#DATE#WHAT`), trained heads (`head#NAME#PART`), what models came to by day (`models#DATE`), and which memories
//! people corrected (`corrections#HASH OF SCOPE`).
//!
//! One more partition, `registry`, lists all scopes by path; `keys` holds access keys by hash; `tenant#NAME` counts what a
//! tenant spent, as `budget#STAGE#DAY` and `budget#STAGE#MONTH`, and holds the parts of its nights' reports,
//! `night#DATE#PART`; and `rate#SHARD`, as `rate#MINUTE`, what all scopes together ask in a minute.
//! `webhooks#NAME` holds a tenant's webhooks, `webhook#ID`, and the log of their deliveries, `delivery#ID#EVENT`; and
//! `outbox#SHARD`, as `post#TIME#HASH`, what happened and was not told yet.
//! None can be a scope's, whose path has a slash.

use std::fmt::Display;

use jiff::civil::Date;

use crate::memory::id::Fields;
use crate::memory::{Memory, MemoryId, Scope, Tenant, Time};

/// Partition key.
pub const PK: &str = "pk";
/// Sort key.
pub const SK: &str = "sk";
/// Sort key of the index by time.
pub const LISTED: &str = "listed";
/// Second after which DynamoDB may remove an item: turns, idempotency keys and memos have one.
pub const EXPIRES: &str = "expires";
/// The index by time: partition as the table's, sorted by [`LISTED`].
pub const BY_TIME: &str = "by_time";
/// The partition that lists all scopes.
pub const REGISTRY: &str = "registry";
/// The partition of access keys, by hash.
pub const ACCESS: &str = "keys";
/// What the index is read by: gone, tail and manifest in one query.
pub const INDEX: &str = "index#";
/// The manifest.
pub const MANIFEST: &str = "index#3manifest";
/// All entries of the tail.
pub const TAIL: &str = "index#2tail#";
/// All that is gone.
pub const GONE: &str = "index#1gone#";

/// What ends the place of a memory that was derived from another, so that whoever lists or counts sees it in the key.
const DERIVED: &str = "#derived";

/// Which files the scope has.
pub const FILES: &str = "files";

/// All parts of a scope's atlases.
pub const ATLAS: &str = "atlas#";

/// All that changes of the manifest took out of it.
pub const RETIRED: &str = "retired#";

/// The name of the scope's web.
pub const WEB: &str = "web";

/// All answers of models that are kept.
pub const MEMO: &str = "memo#";

/// All claims of facts.
pub const CLAIM: &str = "claim#";

/// All memories that say they have to do with that one.
pub fn relations(of: MemoryId) -> String {
    format!("relation#{of}#")
}

/// That the memory `id` has to do with the memory `of`.
pub fn relation(of: MemoryId, id: MemoryId) -> String {
    format!("relation#{of}#{id}")
}

/// All facts that claim something of that attribute.
pub fn claims(subject: &str, attribute: &str) -> String {
    let slot = Fields::new("memorable claim key v1").add(subject).add(attribute).finish();
    format!("{CLAIM}{}#", &slot.to_hex()[..32])
}

/// That a fact of that time does.
pub fn claim(subject: &str, attribute: &str, time: Time, id: MemoryId) -> String {
    format!("{}{}", claims(subject, attribute), at(time, id))
}

/// All that people said of memories.
pub const FEEDBACK: &str = "feedback#";

/// What people said of a memory.
pub fn feedback(id: MemoryId) -> String {
    format!("{FEEDBACK}{id}")
}

/// A model's answer, by the hash of what it was asked.
pub fn memo(hash: &str) -> String {
    format!("{MEMO}{hash}")
}

/// All that was asked of a scope, and how the partition of that begins.
pub const ASKED: &str = "asked#";

/// The partition of what was asked of a scope. Of its own, so that a role may be let write there and nowhere else.
pub fn asked_of(scope: &Scope) -> String {
    format!("{ASKED}{}", scope.path())
}

/// Questions that were written down together, by the time of the first.
pub fn asked(at: Time, hash: &str) -> String {
    format!("{ASKED}{:020}#{hash}", at.micros().max(0))
}

/// The partition of what is a tenant's and no scope's. No scope's path holds this sign.
pub fn tenant(tenant: &Tenant) -> String {
    format!("tenant#{}", tenant.as_str())
}

/// The partition of a tenant's webhooks.
pub fn webhooks(tenant: &Tenant) -> String {
    format!("webhooks#{}", tenant.as_str())
}

/// All webhooks.
pub const WEBHOOK: &str = "webhook#";

/// A webhook.
pub fn webhook(id: &str) -> String {
    format!("{WEBHOOK}{id}")
}

/// All deliveries to a webhook.
pub fn deliveries(webhook: &str) -> String {
    format!("delivery#{webhook}#")
}

/// The delivery of an event. Events sort by time.
pub fn delivery(webhook: &str, event: &str) -> String {
    format!("{}{event}", deliveries(webhook))
}

/// How the partitions of the outbox begin.
pub const OUTBOX: &str = "outbox#";

/// A part of the outbox.
pub fn outbox(shard: u8) -> String {
    format!("{OUTBOX}{shard}")
}

/// All posts in a part of the outbox.
pub const POST: &str = "post#";

/// A post, by when it was put and its hash.
pub fn post(at: Time, hash: &str) -> String {
    format!("{POST}{:020}#{hash}", at.micros().max(0))
}

/// How a tenant's recalls are weighted.
pub const TUNING: &str = "tuning";
/// All that nights proposed.
pub const PROPOSALS: &str = "proposal#";
/// Recalls to learn from, of all scopes.
pub const REPLAYS: &str = "replays#";

/// What a night proposed.
pub fn proposal(night: Date) -> String {
    format!("{PROPOSALS}{night}")
}

/// A scope's recalls to learn from.
pub fn replays(scope: &Scope) -> String {
    format!("{REPLAYS}{}", hashed("memorable replays key v1", &scope.path()))
}

/// What nights chose for a tenant beside its ranking.
pub const CHOICES: &str = "choices";
/// All that nights proposed to choose.
pub const VERDICTS: &str = "verdict#";
/// All that models came to, by day.
pub const STANDINGS: &str = "models#";
/// What people corrected, of all scopes.
pub const CORRECTIONS: &str = "corrections#";

/// What a night proposed to choose there.
pub fn verdict(what: &str, night: Date) -> String {
    format!("{VERDICTS}{night}#{what}")
}

/// What models came to on a day.
pub fn standings(date: Date) -> String {
    format!("{STANDINGS}{date}")
}

/// What people corrected in a scope.
pub fn corrections(scope: &Scope) -> String {
    format!("{CORRECTIONS}{}", hashed("memorable corrections key v1", &scope.path()))
}

/// All trained heads.
pub const HEADS: &str = "head#";

/// All parts of a trained head.
pub fn head(name: &str) -> String {
    format!("{HEADS}{name}#")
}

/// One of them.
pub fn head_part(name: &str, part: usize) -> String {
    format!("{}{part:03}", head(name))
}

/// What was spent on a stage in a period: `2026-11-20`, `2026-11`.
pub fn budget(stage: &str, period: impl Display) -> String {
    format!("budget#{stage}#{period}")
}

/// What the change to that generation took out.
pub fn retired(generation: u64) -> String {
    format!("{RETIRED}{generation:020}")
}

/// One part of an atlas, known by the hash in its name.
pub fn atlas(hash: &str, part: usize) -> String {
    format!("{ATLAS}{hash}#{part:03}")
}

/// All memories.
pub const MEMORIES: &str = "memory#";

/// A memory.
pub fn memory(id: MemoryId) -> String {
    format!("{MEMORIES}{id}")
}

/// Its entry in the tail.
pub fn tail(id: MemoryId) -> String {
    format!("{TAIL}{id}")
}

/// The mark that it is forgotten.
pub fn gone(id: MemoryId) -> String {
    format!("{GONE}{id}")
}

/// All its earlier revisions.
pub fn histories(id: MemoryId) -> String {
    format!("history#{id}#")
}

/// One of its earlier revisions.
pub fn history(id: MemoryId, revision: u32) -> String {
    format!("history#{id}#{revision:010}")
}

/// All short-term turns of a session.
pub fn turns(session: &str) -> String {
    format!("turn#{}#", hashed("memorable session key v1", session))
}

/// One short-term turn. Orders sort as numbers do; the id tells two apart that were stored in the same moment.
pub fn turn(session: &str, order: i64, id: MemoryId) -> String {
    format!("{}{:020}#{id}", turns(session), order.max(0))
}

/// All sessions in short.
pub const SUMMARY: &str = "summary#";

/// A session in short.
pub fn summary(session: &str) -> String {
    format!("{SUMMARY}{}", hashed("memorable session key v1", session))
}

/// A used idempotency key.
pub fn idempotency(key: &str) -> String {
    format!("key#{}", hashed("memorable idempotency key v1", key))
}

/// The counter of a minute, as minutes since 1970.
pub fn rate(minute: i64) -> String {
    format!("rate#{minute:020}")
}

/// A partition of counters that all scopes share.
pub fn rate_shard(shard: u32) -> String {
    format!("rate#{shard:02}")
}

/// A digest.
pub fn digest(date: Date) -> String {
    format!("digest#{date}")
}

/// All objects of the cold tier.
pub const COLD: &str = "cold#";
/// Up to when a scope's memories were looked at for the cold tier.
pub const TIER: &str = "tier";
/// What a tenant set for itself.
pub const SETTINGS: &str = "settings";

/// How far a scope's vectors are made anew.
pub const RENEWAL: &str = "renewal";

/// An object of the cold tier.
pub fn cold(object: &str) -> String {
    format!("{COLD}{object}")
}

/// Marks, in the tenant's partition, that a cold memory was recalled; of all of a scope where none is named.
pub fn recalled(subject: &str, id: impl Display) -> String {
    format!("recalled#{subject}#{id}")
}

/// An import, in the tenant's partition.
pub fn import(id: &str) -> String {
    format!("import#{id}")
}

/// An export, in the tenant's partition.
pub fn export(id: &str) -> String {
    format!("export#{id}")
}

/// All memories as they are.
pub const MEMORY: &str = "memory#";
/// All earlier revisions.
pub const HISTORY: &str = "history#";

/// How far a scope's night has come.
pub fn night(date: Date) -> String {
    format!("night#{date}")
}

/// A part of a tenant's report of a night; all of them where none is named.
pub fn night_shard(date: Date, shard: impl Display) -> String {
    format!("night#{date}#{shard}")
}

/// Where a memory stands in the list by time. Sorts as times do, also before 1970.
pub fn listed(memory: &Memory) -> String {
    let derived = if memory.derived_from.is_empty() { "" } else { DERIVED };
    format!("{}{derived}", at(memory.time(), memory.id))
}

/// The time in a place that [`listed`] made.
pub fn listed_time(listed: &str) -> Option<Time> {
    let (time, _) = listed.split_once('#')?;
    (time.len() == 20 && time.bytes().all(|b| b.is_ascii_digit())).then_some(())?;
    let micros = time.parse::<u64>().ok()? as i64;
    Some(Time::from_micros(micros.wrapping_add(i64::MIN)))
}

/// The memory in a place that [`listed`] made.
pub fn listed_id(listed: &str) -> Option<MemoryId> {
    listed_time(listed)?;
    let (_, id) = listed.split_once('#')?;
    id.strip_suffix(DERIVED).unwrap_or(id).parse().ok()
}

/// Whether the memory in that place was derived from another.
pub fn is_derived(listed: &str) -> bool {
    listed.ends_with(DERIVED)
}

/// A time and an id, which sort as times do.
fn at(time: Time, id: MemoryId) -> String {
    format!("{:020}#{id}", time.micros().wrapping_sub(i64::MIN) as u64)
}

/// What a person chose may be of any length and hold any sign; its hash is a safe part of a key.
fn hashed(purpose: &str, text: &str) -> String {
    Fields::new(purpose).add(text).finish().to_hex()[..32].to_owned()
}
