//! Answers of language models that are kept, so that what was asked once is not asked and paid for again.
//!
//! A memo is known by all that its answer depends on: task, models, prompt, and the memories with their revisions. A memory
//! that changed or is gone makes another key, so an answer made from it is not found again; and forgetting removes it from
//! the table. What is asked in other words is answered by the same memo where that is said to be allowed ([`Alike`]).

pub mod alike;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::prices::Dollars;
use super::routes::{Hear, ModelCall, Route};
use super::{Prompt, Reply};
use crate::aws::records::Records;
use crate::error::Result;
use crate::memory::id::Fields;
use crate::memory::{MemoryId, Scope, Sensitivity, Time};
use crate::receipt::meter;
use alike::is_alike;

/// Written with each memo.
pub const VERSION: u32 = 1;
/// How long an answer is kept. What is asked again is asked again soon.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Bytes of answers that a container keeps.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// A guess at how many answers that may be; sizes the cache's own tables only.
const CACHED_MEMOS: usize = 4_096;
/// What a memo takes beside its texts.
const BESIDE_TEXT: u64 = 512;
/// Questions on the same grounds that a container keeps, latest first: beyond that the table is asked.
const MOST_ALIKE: usize = 16;

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// Of this shape: [`VERSION`].
    pub v: u32,
    /// What the model said.
    pub text: String,
    /// Which one.
    pub model: String,
    /// Tokens of the prompt.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
    /// What it cost, in billionths of a dollar; none where that is not known.
    pub nanodollars: Option<u64>,
    /// The memories it was made from, with that which asked and that which it became: with each of them it goes.
    pub depends: Vec<MemoryId>,
    /// Second after which it does not hold any more.
    pub expires: i64,
    /// What was asked, where it may be asked in other words.
    #[serde(default)]
    pub question: Option<String>,
    /// The memory that asked, and the revision it had.
    #[serde(default)]
    pub source: Option<(MemoryId, u32)>,
    /// The memory that the answer was to be stored as.
    #[serde(default)]
    pub becomes: Option<MemoryId>,
}

/// What is asked, by whom and on what grounds.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// In whose partition the answer is kept. Nobody else is given it.
    pub scope: &'a Scope,
    /// What is asked.
    pub prompt: &'a Prompt,
    /// All memories whose text is in the prompt or decided what is, each with the revision that it has now.
    pub depends: &'a [(MemoryId, u32)],
    /// The memory that asks, where one does. A memo is not known by it, since equal texts have one answer; but the answer may
    /// repeat what it says, so it is given only as long as this memory is what it was.
    pub source: Option<(MemoryId, u32)>,
    /// The memory that the answer will be stored as, where it will: who forgets that one means the answer.
    pub becomes: Option<MemoryId>,
    /// How it may be asked in other words; none where the prompt must be the same.
    pub alike: Option<Alike<'a>>,
    /// The closed-most of all that is in the prompt. From secret on nothing is written to the table.
    pub sensitivity: Sensitivity,
    /// How long the models may take.
    pub deadline: Duration,
    /// The time it is.
    pub now: Time,
}

/// A prompt as it is told apart from others where what is asked may stand in other words.
#[derive(Debug, Clone, Copy)]
pub struct Alike<'a> {
    /// What is asked.
    pub question: &'a str,
    /// All else in the prompt that decides the answer and is no memory: the rules, the date.
    pub rules: &'a str,
}

type Key = [u8; 32];
/// All memos on the same grounds: one, or where they may be asked in other words one for each question.
type Group = Arc<Vec<Memo>>;

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<Key, Group> for BySize {
    fn weight(&self, _: &Key, group: &Group) -> u64 {
        let texts = |memo: &Memo| memo.text.len() + memo.question.as_ref().map_or(0, String::len);
        group.iter().map(|memo| BESIDE_TEXT + texts(memo) as u64).sum::<u64>().max(1)
    }
}

/// Answers that are kept: lately used ones in the container, all in the table. Clones share them.
#[derive(Debug, Clone)]
pub struct Memos {
    cache: Arc<Cache<Key, Group, BySize>>,
    records: Records,
}

impl Memos {
    /// Kept in that table.
    pub fn new(records: Records) -> Memos {
        Memos { cache: Arc::new(Cache::with_weighter(CACHED_MEMOS, CACHE_BYTES, BySize)), records }
    }

    /// As [`Route::converse`], or the answer that was given to the same before. That one's account says `memo`.
    ///
    /// A table that does not answer costs the memo, not the answer.
    pub async fn converse<T>(
        &self,
        route: &Route,
        asking: &Asking<'_>,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> (Option<T>, Vec<ModelCall>) {
        self.converse_aloud(route, asking, None, parse).await
    }

    /// The same, while `hear` is told what a model says. A memo is not told: it is there at once.
    pub async fn converse_aloud<T>(
        &self,
        route: &Route,
        asking: &Asking<'_>,
        hear: Option<Hear<'_>>,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> (Option<T>, Vec<ModelCall>) {
        if route.is_empty() {
            return (None, Vec::new());
        }
        let key = key(route, asking);
        // What this version of the code no longer takes is asked anew.
        if let Some((answer, call)) = self.known(route, asking, &parse).await {
            return (Some(answer), vec![call]);
        }
        meter().memos(0, 1, None);
        let both = |reply: &Reply| Ok((parse(reply)?, reply.clone()));
        let (answer, calls) =
            route.converse_aloud(asking.prompt, asking.sensitivity, asking.deadline, hear, both).await;
        let Some((answer, reply)) = answer else { return (None, calls) };
        if let Some(call) = calls.last() {
            self.keep(key, asking, call, reply).await;
        }
        (Some(answer), calls)
    }

    /// What was answered to the same before, with its account; none where nothing holds. For what is asked together with
    /// other things, and so not by [`Memos::converse`].
    pub async fn known<T>(
        &self,
        route: &Route,
        asking: &Asking<'_>,
        parse: impl Fn(&Reply) -> Result<T>,
    ) -> Option<(T, ModelCall)> {
        let memo = self.find(key(route, asking), asking).await?;
        let reply = Reply { text: memo.text.clone(), tokens_in: memo.tokens_in, tokens_out: memo.tokens_out };
        let answer = parse(&reply).ok()?;
        if asking.becomes.is_some() && memo.becomes.is_none() {
            self.adopt(key(route, asking), asking, &memo).await;
        }
        meter().memos(1, 0, memo.nanodollars.map(Dollars::from_nanos));
        Some((answer, ModelCall::memo(route.task(), memo.model.clone(), 1)))
    }

    /// Makes what was asked ahead an answer to who asks now: it goes with that message, and with the reply that it becomes.
    async fn adopt(&self, key: Key, asking: &Asking<'_>, memo: &Memo) {
        let asked = asking.source.iter().map(|(id, _)| *id).chain(asking.becomes);
        let mut depends: Vec<MemoryId> = memo.depends.iter().copied().chain(asked).collect();
        depends.sort_unstable();
        depends.dedup();
        let memo = Memo { depends, source: asking.source, becomes: asking.becomes, ..memo.clone() };
        self.put(key, asking, memo).await;
    }

    /// Keeps what was answered to it as one of `among` things asked together, and made from those memories, too.
    pub async fn note(
        &self,
        route: &Route,
        asking: &Asking<'_>,
        made_from: &[(MemoryId, u32)],
        (text, call, among): (String, &ModelCall, u32),
    ) {
        let share = |all: u32| all / among.max(1);
        let reply = Reply { text, tokens_in: share(call.tokens_in), tokens_out: share(call.tokens_out) };
        let dollars = call.dollars.map(|all| Dollars::from_nanos(all.nanos() / u64::from(among.max(1))));
        let call = ModelCall { dollars, ..call.clone() };
        let made_from = [asking.depends, made_from].concat();
        self.keep(key(route, asking), &Asking { depends: &made_from, ..*asking }, &call, reply).await;
    }

    /// The memo that answers, if the memories that asked for it and that it became are still what they were.
    async fn find(&self, key: Key, asking: &Asking<'_>) -> Option<Memo> {
        let cached = self.cache.get(&key).and_then(|group| chosen(&group, asking));
        let found = match cached {
            Some(memo) => memo,
            None if !goes_to_the_table(asking.sensitivity) => return None,
            None => match self.records.memos(asking.scope, &hex(key)).await {
                Ok(memos) => {
                    let memo = chosen(&memos, asking)?;
                    self.remember(key, memo.clone());
                    memo
                }
                Err(error) => {
                    tracing::warn!(%error, "a memo could not be read");
                    return None;
                }
            },
        };
        match self.is_void(asking, &found).await {
            Ok(false) => Some(found),
            Ok(true) => None,
            Err(error) => {
                tracing::warn!(%error, "what a memo was made from could not be read");
                None
            }
        }
    }

    /// Whether what it came from, or became, is forgotten, past its end or changed. What it was to become may not be there:
    /// somebody may have given up before that was stored.
    async fn is_void(&self, asking: &Asking<'_>, memo: &Memo) -> Result<bool> {
        let named: Vec<(MemoryId, u32, bool)> = (memo.source.iter().map(|(id, revision)| (*id, *revision, true)))
            .chain(memo.becomes.iter().map(|id| (*id, 1, false)))
            .collect();
        if named.is_empty() {
            return Ok(false);
        }
        let ids: Vec<MemoryId> = named.iter().map(|(id, ..)| *id).collect();
        let memories = self.records.memories(asking.scope, &ids).await?;
        Ok(named.iter().zip(memories).any(|((_, revision, must), memory)| match memory {
            Some(memory) => memory.revision != *revision || !memory.is_visible(asking.now),
            None => *must,
        }))
    }

    async fn keep(&self, key: Key, asking: &Asking<'_>, call: &ModelCall, reply: Reply) {
        let made_from = asking.depends.iter().chain(&asking.source);
        let mut depends: Vec<MemoryId> = made_from.map(|(id, _)| *id).chain(asking.becomes).collect();
        depends.sort_unstable();
        depends.dedup();
        let memo = Memo {
            v: VERSION,
            text: reply.text,
            model: call.model.clone(),
            tokens_in: reply.tokens_in,
            tokens_out: reply.tokens_out,
            nanodollars: call.dollars.map(Dollars::nanos),
            depends,
            expires: asking.now.plus(KEPT).seconds(),
            question: asking.alike.map(|alike| normalised(alike.question)),
            source: asking.source,
            becomes: asking.becomes,
        };
        self.put(key, asking, memo).await;
    }

    async fn put(&self, key: Key, asking: &Asking<'_>, memo: Memo) {
        if goes_to_the_table(asking.sensitivity) {
            let mut must_be: Vec<(MemoryId, u32)> = asking.depends.iter().chain(&asking.source).copied().collect();
            must_be.sort_unstable();
            must_be.dedup();
            match self.records.keep_memo(asking.scope, &name(key, &memo), &memo, &must_be).await {
                Ok(true) => {}
                // A memory it was made from changed meanwhile, or there are too many to check.
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "a memo could not be kept"),
            }
        }
        self.remember(key, memo);
    }

    fn remember(&self, key: Key, memo: Memo) {
        let mut group: Vec<Memo> = vec![memo];
        if let Some(others) = self.cache.get(&key) {
            let is_other = |other: &&Memo| other.question != group[0].question;
            let others: Vec<Memo> = others.iter().filter(is_other).take(MOST_ALIKE - 1).cloned().collect();
            group.extend(others);
        }
        self.cache.insert(key, Arc::new(group));
    }
}

/// The memo that answers what is asked: to the same question, else to one that is alike.
fn chosen(memos: &[Memo], asking: &Asking<'_>) -> Option<Memo> {
    let asked = asking.alike.map(|alike| normalised(alike.question));
    let holds = |memo: &&Memo| memo.expires > asking.now.seconds();
    let same = memos.iter().filter(holds).find(|memo| memo.question == asked);
    let alike = |memo: &&Memo| match (&memo.question, &asked) {
        (Some(question), Some(asked)) => is_alike(question, asked),
        _ => false,
    };
    same.or_else(|| memos.iter().filter(holds).find(alike)).cloned()
}

fn goes_to_the_table(sensitivity: Sensitivity) -> bool {
    matches!(sensitivity, Sensitivity::General | Sensitivity::Confidential)
}

/// What a memo is known by: all that can change the answer, less the question where that may stand in other words.
fn key(route: &Route, asking: &Asking<'_>) -> Key {
    let Prompt { system, user, max_tokens, json } = asking.prompt;
    let mut fields = Fields::new("memorable memo key v1");
    fields.add(asking.scope.path()).add(route.task().name()).add(asking.sensitivity.name());
    let names: Vec<String> = route.chain().iter().map(super::Model::name).collect();
    fields.add(names.join(","));
    match asking.alike {
        None => fields.add(normalised(system)).add(normalised(user)),
        Some(alike) => fields.add("in other words").add(normalised(alike.rules)),
    };
    fields.add(max_tokens.to_string()).add(json.to_string());
    let mut depends = asking.depends.to_vec();
    depends.sort_unstable();
    depends.dedup();
    for (id, revision) in depends {
        fields.add(id.to_string()).add(revision.to_string());
    }
    *fields.finish().as_bytes()
}

/// The text with what no answer depends on made equal: how letters are composed, how lines end, what surrounds it.
fn normalised(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n").nfc().collect()
}

/// What a memo is called in the table: all of one group begin alike.
fn name(key: Key, memo: &Memo) -> String {
    match &memo.question {
        None => hex(key),
        Some(question) => {
            let hash = Fields::new("memorable memo question v1").add(question).finish();
            format!("{}-{}", hex(key), &hash.to_hex()[..16])
        }
    }
}

fn hex(key: Key) -> String {
    blake3::Hash::from_bytes(key).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests;
