//! What an answer cost: every request to AWS on its behalf, in stages, and every call of a model.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::models::prices::Dollars;
use crate::models::routes::ModelCall;

tokio::task_local! {
    static METER: Meter;
}

/// One request that left through the client seam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `dynamodb`, `s3`, `sqs`, `bedrock`.
    pub service: &'static str,
    /// As the service calls it: `Query`, `GetObject`.
    pub operation: String,
    /// 1 for a request that waited for none, else one more than the latest stage that had ended when it began.
    pub stage: u32,
    /// Bytes sent in its body.
    pub sent: u64,
    /// Bytes received, where the answer says how many.
    pub received: u64,
}

#[derive(Debug, Default)]
struct Counts {
    requests: Vec<Request>,
    ended_stage: u32,
    cache_hits: u32,
    cache_misses: u32,
    models: Vec<ModelCall>,
    memo_hits: u32,
    memo_misses: u32,
    saved: Dollars,
    warnings: Vec<String>,
}

/// Counts what one invocation causes. Cheap to clone: clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Counts>>);

/// Runs `work` with a meter of its own, and gives its result and the receipt.
pub async fn metered<F: Future>(work: F) -> (F::Output, Receipt) {
    let meter = Meter::default();
    let started = tokio::time::Instant::now();
    let output = METER.scope(meter.clone(), work).await;
    let receipt = meter.receipt(started.elapsed().as_micros() as u64);
    (output, receipt)
}

/// What a part of an invocation caused.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its requests.
    pub requests: Vec<Request>,
    /// What its calls of models cost, as far as prices are known.
    pub models: Dollars,
    /// Microseconds it took.
    pub micros: u64,
}

/// Runs a part of an invocation, and gives what it caused; the invocation's own meter counts it, too.
pub async fn counted<F: Future>(work: F) -> (F::Output, Part) {
    if METER.try_with(|_| ()).is_err() {
        return METER.scope(Meter::default(), counted_here(work)).await;
    }
    counted_here(work).await
}

async fn counted_here<F: Future>(work: F) -> (F::Output, Part) {
    let meter = meter();
    let (requests, models) = meter.with(|counts| (counts.requests.len(), counts.models.len()));
    let started = tokio::time::Instant::now();
    let output = work.await;
    let micros = started.elapsed().as_micros() as u64;
    let part = meter.with(|counts| Part {
        requests: counts.requests[requests..].to_vec(),
        models: counts.models[models..].iter().filter_map(|call| call.dollars).sum(),
        micros,
    });
    (output, part)
}

/// The meter of the current invocation; one that nobody reads where there is none.
pub fn meter() -> Meter {
    METER.try_with(Clone::clone).unwrap_or_default()
}

impl Meter {
    fn with<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        // A panic while counting leaves counts that are still counts.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request begins; gives its number for [`Meter::ended`].
    pub fn began(&self, service: &'static str, operation: String, sent: u64) -> usize {
        self.with(|counts| {
            let stage = counts.ended_stage + 1;
            counts.requests.push(Request { service, operation, stage, sent, received: 0 });
            counts.requests.len() - 1
        })
    }

    /// The request ended, well or badly.
    pub fn ended(&self, request: usize, received: u64) {
        self.with(|counts| {
            let request = &mut counts.requests[request];
            request.received = received;
            counts.ended_stage = counts.ended_stage.max(request.stage);
        });
    }

    /// A segment was or was not in the container's cache.
    pub fn cached(&self, hit: bool) {
        self.with(|counts| *(if hit { &mut counts.cache_hits } else { &mut counts.cache_misses }) += 1);
    }

    /// Models were called.
    pub fn models(&self, calls: Vec<ModelCall>) {
        self.with(|counts| counts.models.extend(calls));
    }

    /// So many answers or vectors were at hand, and so many were not; what that saved, where the price is known.
    pub fn memos(&self, hits: usize, misses: usize, saved: Option<Dollars>) {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.with(|counts| {
            counts.memo_hits = counts.memo_hits.saturating_add(count(hits));
            counts.memo_misses = counts.memo_misses.saturating_add(count(misses));
            counts.saved += saved.unwrap_or_default();
        });
    }

    /// Something went worse than it should without failing the call; one sentence for the caller, once.
    pub fn warn(&self, warning: impl Into<String>) {
        let warning = warning.into();
        self.with(|counts| {
            if !counts.warnings.contains(&warning) {
                counts.warnings.push(warning);
            }
        });
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.with(|counts| counts.requests.clone())
    }

    fn receipt(&self, micros: u64) -> Receipt {
        self.with(|counts| {
            let mut requests: BTreeMap<String, u32> = BTreeMap::new();
            for request in &counts.requests {
                *requests.entry(format!("{}.{}", request.service, request.operation)).or_default() += 1;
            }
            Receipt {
                requests,
                stages: counts.requests.iter().map(|r| r.stage).max().unwrap_or(0),
                bytes_sent: counts.requests.iter().map(|r| r.sent).sum(),
                bytes_received: counts.requests.iter().map(|r| r.received).sum(),
                cache_hits: counts.cache_hits,
                cache_misses: counts.cache_misses,
                models: counts.models.clone(),
                // A sum without what nobody knows would say too little.
                dollars: counts.models.iter().map(|call| call.dollars).sum(),
                memo_hits: counts.memo_hits,
                memo_misses: counts.memo_misses,
                dollars_saved: counts.saved,
                warnings: counts.warnings.clone(),
                micros,
            }
        })
    }
}

/// What an answer cost.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Receipt {
    /// Requests by service and operation: `{"dynamodb.Query": 1}`.
    pub requests: BTreeMap<String, u32>,
    /// How many of them had to wait for one another.
    pub stages: u32,
    /// Bytes of their bodies.
    pub bytes_sent: u64,
    /// Bytes of the answers' bodies.
    pub bytes_received: u64,
    /// Segments found in the container's cache.
    pub cache_hits: u32,
    /// Segments fetched.
    pub cache_misses: u32,
    /// Each call of a model, with its outcome.
    pub models: Vec<ModelCall>,
    /// What they cost together; null where the price of one is not known.
    pub dollars: Option<Dollars>,
    /// Answers and vectors that were at hand, so that no model was asked.
    pub memo_hits: u32,
    /// Those that were looked for and not there.
    pub memo_misses: u32,
    /// What the hits would have cost, as far as prices are known.
    pub dollars_saved: Dollars,
    /// What went worse than it should without failing the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Microseconds from parsed request to answer.
    pub micros: u64,
}
