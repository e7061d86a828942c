//! Answers of language models that are kept, so that what was asked once is not asked and paid for again.
//!
//! A memo is known by all that its answer depends on: task, models, prompt, and the memories with their revisions. A memory
//! that changed or is gone makes another key, so an answer made from it is not found again; and forgetting removes it from
//! the table.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::prices::Dollars;
use super::routes::{ModelCall, Route};
use super::{Prompt, Reply};
use crate::aws::records::Records;
use crate::error::Result;
use crate::memory::id::Fields;
use crate::memory::{MemoryId, Scope, Sensitivity, Time};
use crate::receipt::meter;

/// Written with each memo.
pub const VERSION: u32 = 1;
/// How long an answer is kept. What is asked again is asked again soon.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Bytes of answers that a container keeps.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// A guess at how many answers that may be; sizes the cache's own tables only.
const CACHED_MEMOS: usize = 4_096;
/// What a memo takes beside its text.
const BESIDE_TEXT: u64 = 512;

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
    /// The memories it was made from.
    pub depends: Vec<MemoryId>,
    /// Second after which it does not hold any more.
    pub expires: i64,
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
    /// The closed-most of all that is in the prompt. From secret on nothing is written to the table.
    pub sensitivity: Sensitivity,
    /// How long the models may take.
    pub deadline: Duration,
    /// The time it is.
    pub now: Time,
}

type Key = [u8; 32];

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<Key, Arc<Memo>> for BySize {
    fn weight(&self, _: &Key, memo: &Arc<Memo>) -> u64 {
        BESIDE_TEXT + memo.text.len() as u64
    }
}

/// Answers that are kept: lately used ones in the container, all in the table. Clones share them.
#[derive(Debug, Clone)]
pub struct Memos {
    cache: Arc<Cache<Key, Arc<Memo>, BySize>>,
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
        if route.is_empty() {
            return (None, Vec::new());
        }
        let key = key(route, asking);
        if let Some(memo) = self.find(key, asking).await {
            let reply = Reply { text: memo.text.clone(), tokens_in: memo.tokens_in, tokens_out: memo.tokens_out };
            // What this version of the code no longer takes is asked anew.
            if let Ok(answer) = parse(&reply) {
                meter().memos(1, 0, memo.nanodollars.map(Dollars::from_nanos));
                return (Some(answer), vec![ModelCall::memo(route.task(), memo.model.clone(), 1)]);
            }
        }
        meter().memos(0, 1, None);
        let both = |reply: &Reply| Ok((parse(reply)?, reply.clone()));
        let (answer, calls) = route.converse(asking.prompt, asking.sensitivity, asking.deadline, both).await;
        let Some((answer, reply)) = answer else { return (None, calls) };
        if let Some(call) = calls.last() {
            self.keep(key, asking, call, reply).await;
        }
        (Some(answer), calls)
    }

    async fn find(&self, key: Key, asking: &Asking<'_>) -> Option<Arc<Memo>> {
        let holds = |memo: &Arc<Memo>| memo.expires > asking.now.seconds();
        if let Some(memo) = self.cache.get(&key).filter(holds) {
            return Some(memo);
        }
        if !goes_to_the_table(asking.sensitivity) {
            return None;
        }
        match self.records.memo(asking.scope, &hex(key)).await {
            Ok(memo) => {
                let memo = memo.map(Arc::new).filter(holds)?;
                self.cache.insert(key, Arc::clone(&memo));
                Some(memo)
            }
            Err(error) => {
                tracing::warn!(%error, "a memo could not be read");
                None
            }
        }
    }

    async fn keep(&self, key: Key, asking: &Asking<'_>, call: &ModelCall, reply: Reply) {
        let memo = Memo {
            v: VERSION,
            text: reply.text,
            model: call.model.clone(),
            tokens_in: reply.tokens_in,
            tokens_out: reply.tokens_out,
            nanodollars: call.dollars.map(Dollars::nanos),
            depends: asking.depends.iter().map(|(id, _)| *id).collect(),
            expires: asking.now.plus(KEPT).seconds(),
        };
        let memo = Arc::new(memo);
        self.cache.insert(key, Arc::clone(&memo));
        if goes_to_the_table(asking.sensitivity)
            && let Err(error) = self.records.keep_memo(asking.scope, &hex(key), &memo, asking.depends).await
        {
            tracing::warn!(%error, "a memo could not be kept");
        }
    }
}

fn goes_to_the_table(sensitivity: Sensitivity) -> bool {
    matches!(sensitivity, Sensitivity::General | Sensitivity::Confidential)
}

/// What a memo is known by: all that can change the answer.
fn key(route: &Route, asking: &Asking<'_>) -> Key {
    let Prompt { system, user, max_tokens, json } = asking.prompt;
    let mut fields = Fields::new("memorable memo key v1");
    fields.add(asking.scope.path()).add(route.task().name()).add(asking.sensitivity.name());
    let names: Vec<String> = route.chain().iter().map(super::Model::name).collect();
    fields.add(names.join(","));
    fields.add(normalised(system)).add(normalised(user)).add(max_tokens.to_string()).add(json.to_string());
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

fn hex(key: Key) -> String {
    blake3::Hash::from_bytes(key).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests;
