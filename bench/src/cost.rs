//! What recalling and storing take and cost on AWS: the real functions over an AWS in memory with modelled latencies.
//!
//! Waiting is counted on a virtual clock and is the same each time for a seed. Computing is counted in real time on this
//! machine, without what plays AWS; it has neither TLS nor sockets in it. Lambda's own start and the way to the caller
//! are in neither.

mod print;

use std::future::Future;
use std::time::Instant;

use jiff::civil::date;
use memorable::error::{Error, Result};
use memorable::memory::{Scope, Tenant, Time};
use memorable::night::settings::Settings;
use memorable::receipt::{Receipt, metered};
use memorable::{app::App, ingest, night, recall};
use memorable_local::aws::latency::Latency;
use memorable_local::aws::usage::Usage;
use memorable_local::{House, Options, queues, schedule};
use serde::Serialize;
use serde_json::json;

use crate::corpus;
use crate::price::{Dollars, Prices, Run};

pub use print::print;

/// Memories stored one a call, a few of them at a time waiting to be classified.
const ONE_BY_ONE: usize = 200;
const WAITING: usize = 10;
/// Calls of bulk storing before the queue is worked off.
const CALLS_WAITING: usize = 3;
/// Recalls that fill a container's cache before it counts as warm.
const PRIMING: usize = 32;
/// Seconds after which an unfinished message is delivered again: longer than any batch takes here.
const REDELIVER_AFTER: u32 = 900;
/// What the functions have in template.yaml, in megabytes.
const INGEST_MB: f64 = 512.0;
const RECALL_MB: f64 = 1769.0;
const CLASSIFY_MB: f64 = 1024.0;
const OPTIMIZE_MB: f64 = 3008.0;
/// Whose memories they are.
const TENANT: &str = "local";
const SUBJECT: &str = "user:bench";
/// Of how many recalls in a hundred a warm container is taken to answer.
const WARM_SHARE: f64 = 0.8;

/// What is wanted of a scope of up to so many memories.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Goal {
    /// Up to this size.
    pub memories: usize,
    /// Milliseconds that half of all recalls may take with nothing cached.
    pub cold_ms: f64,
    /// The same with all of it cached.
    pub warm_ms: f64,
    /// Dollars that DynamoDB and S3 may cost per million recalls.
    pub engine_dollars: f64,
}

const GOALS: [Goal; 3] = [
    Goal { memories: 1_000, cold_ms: 60.0, warm_ms: 18.0, engine_dollars: 2.0 },
    Goal { memories: 100_000, cold_ms: 125.0, warm_ms: 20.0, engine_dollars: 4.0 },
    Goal { memories: 10_000_000, cold_ms: 250.0, warm_ms: 25.0, engine_dollars: 8.0 },
];

/// The goal for a scope of that size.
pub fn goal(memories: usize) -> Goal {
    *GOALS.iter().find(|goal| memories <= goal.memories).unwrap_or(&GOALS[GOALS.len() - 1])
}

/// All that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    seed: u64,
    recalls: usize,
    prices: String,
    machine: String,
    sizes: Vec<Size>,
}

/// A scope of one size.
#[derive(Debug, Serialize)]
struct Size {
    memories: usize,
    goal: Goal,
    /// Entries not in a segment when recalls by day were measured.
    tail: usize,
    segments: usize,
    index_bytes: u64,
    recalls: Vec<Recalls>,
    /// Per million recalls, four of five warm.
    mixed: Dollars,
    stored: Vec<Stored>,
    /// Of one night of this scope.
    night: Dollars,
}

/// Recalls under one condition.
#[derive(Debug, Serialize)]
struct Recalls {
    name: &'static str,
    /// Milliseconds of waiting and computing: half, 95 and 99 of 100 took no more.
    total_ms: [f64; 3],
    /// The same of waiting alone, on the virtual clock.
    waited_ms: [f64; 3],
    /// The same of computing alone, on this machine.
    computed_ms: [f64; 3],
    /// Means of what a recall asked of S3, received from all services, and how often it waited.
    gets: f64,
    kilobytes: f64,
    stages: f64,
    /// Dollars per million.
    dollars: Dollars,
    operations: Vec<Operation>,
    warnings: usize,
}

/// One operation's part in them, per recall.
#[derive(Debug, Serialize)]
struct Operation {
    name: String,
    requests: f64,
    units: f64,
    dollars_per_million: f64,
}

/// Storing under one condition: dollars per million memories, classified and in segments.
#[derive(Debug, Serialize)]
struct Stored {
    name: &'static str,
    dollars: Dollars,
    write_units: f64,
    read_units: f64,
    operations: Vec<Operation>,
}

/// What is measured with.
struct Bench {
    house: House,
    /// Counts what Lambda's event source asks of the queues; nobody waits for that.
    poller: Latency,
    scope: Scope,
    prices: Prices,
    seed: u64,
}

/// Measures scopes of these sizes.
pub async fn measure(sizes: &[usize], seed: u64, recalls: usize) -> Result<Report> {
    let prices = Prices::read().map_err(|error| Error::internal(format!("prices.json: {error}")))?;
    let mut measured = Vec::new();
    for size in sizes {
        measured.push(Bench::open(prices.clone(), seed).await?.size(*size, recalls).await?);
    }
    let (region, date) = prices.stand_for();
    let prices = format!("{region}, {date}");
    Ok(Report { seed, recalls, prices, machine: machine(), sizes: measured })
}

impl Bench {
    async fn open(prices: Prices, seed: u64) -> Result<Bench> {
        let mut house = House::open(Options { redeliver_after: REDELIVER_AFTER, ..Options::default() }).await?;
        let poller = Latency::none(house.aws.http_client());
        house.sdk = house.sdk.into_builder().http_client(poller.http_client()).build();
        let scope = Scope::parse(&Tenant::parse(TENANT)?, SUBJECT)?;
        Ok(Bench { house, poller, scope, prices, seed })
    }

    async fn size(mut self, memories: usize, recalls: usize) -> Result<Size> {
        let bulk = self.store("100 a call", 0..memories, corpus::DAY, CALLS_WAITING).await?;
        self.settle(0).await?;
        let one_by_one = self.store("1 a call", memories..memories + ONE_BY_ONE, 1, WAITING).await?;
        let tail = self.house.app.records.index(&self.scope).await?.tail.len();
        let by_day = self.recalls("warm, by day", false, memories, recalls).await?;
        let night = self.night(memories + ONE_BY_ONE).await?;
        self.settle(2).await?;
        let cold = self.recalls("cold", true, memories, recalls).await?;
        let warm = self.recalls("warm", false, memories, recalls).await?;
        let state = self.house.app.records.index(&self.scope).await?;
        Ok(Size {
            memories,
            goal: goal(memories),
            tail,
            segments: state.manifest.segments.len(),
            index_bytes: state.manifest.segments.iter().map(|segment| segment.bytes).sum(),
            mixed: warm.dollars * WARM_SHARE + cold.dollars * (1.0 - WARM_SHARE),
            recalls: vec![cold, warm, by_day],
            stored: vec![bulk, one_by_one],
            night,
        })
    }

    /// A container's network, with latencies of its own for each purpose.
    fn network(&self, purpose: &str) -> Latency {
        let purpose = purpose.bytes().fold(self.seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Latency::new(self.house.aws.http_client(), purpose)
    }

    /// Stores these memories, so many a call, and works the queue off after each few calls.
    async fn store(
        &mut self,
        name: &'static str,
        range: std::ops::Range<usize>,
        together: usize,
        calls_waiting: usize,
    ) -> Result<Stored> {
        let network = self.network(name);
        self.house.app = self.house.container(network.http_client())?;
        let _ = self.poller.take_usage();
        let (count, end) = (range.len(), range.end);
        let (mut usage, mut runs, mut calls) = (Usage::default(), Vec::new(), 0);
        for from in range.step_by(together) {
            let until = (from + together).min(end);
            let items: Vec<_> = (from..until).map(corpus::item).collect();
            let body = json!({ "scope": SUBJECT, "items": items }).to_string();
            let now = corpus::said_at(until);
            let call = async {
                let drafts = ingest::parse(self.scope.tenant(), body.as_bytes(), now)?;
                ingest::store(&self.house.app, drafts, None, now).await
            };
            let (stored, [waited_ms, computed_ms]) = timed(&[&network], metered(call)).await;
            stored.0?;
            runs.push(Run { megabytes: INGEST_MB, waited_ms, computed_ms });
            calls += 1;
            if calls % calls_waiting == 0 || until == end {
                let worked = timed(&[&network, &self.poller], queues::drain(&self.house)).await;
                let (drained, [waited_ms, computed_ms]) = worked;
                drained?;
                let polls = self.poller.take_usage();
                let batches = polls.of("SQS.DeleteMessageBatch").requests.max(1);
                let [waited_ms, computed_ms] = [waited_ms, computed_ms].map(|ms| ms / batches as f64);
                runs.extend((0..batches).map(|_| Run { megabytes: CLASSIFY_MB, waited_ms, computed_ms }));
                usage.add_all(&polls);
            }
        }
        usage.add_all(&network.take_usage());
        let million = 1e6 / count as f64;
        let dollars = self.prices.usage(&usage) + self.prices.runs(&runs) + self.prices.calls(calls);
        Ok(Stored {
            name,
            dollars: dollars * million,
            write_units: usage.total().write_units / count as f64,
            read_units: usage.total().read_units / count as f64,
            operations: self.operations(&usage, count),
        })
    }

    /// Works through the night after the last memory; gives what that cost.
    async fn night(&mut self, memories: usize) -> Result<Dollars> {
        let network = self.network("night");
        self.house.app = self.house.container(network.http_client())?;
        let _ = self.poller.take_usage();
        let work = async {
            schedule::start(&self.house, Some(corpus::said_at(memories - 1).date())).await?;
            queues::drain(&self.house).await
        };
        let (worked, [waited_ms, computed_ms]) = timed(&[&network, &self.poller], work).await;
        worked?;
        let mut usage = network.take_usage();
        usage.add_all(&self.poller.take_usage());
        // One run plans, another works; their time is one sum here.
        let runs = [[0.0, 0.0], [waited_ms, computed_ms]].map(|[waited_ms, computed_ms]| Run {
            megabytes: OPTIMIZE_MB,
            waited_ms,
            computed_ms,
        });
        Ok(self.prices.usage(&usage) + self.prices.runs(&runs))
    }

    /// Two nights far in the future, two days apart: what was retired by loading a life in minutes is swept, as it would
    /// have been long ago. `day` must rise from call to call.
    async fn settle(&self, day: i8) -> Result<()> {
        // The life is told as it was, years before: what is measured is neither forgotten for its age nor cold.
        let kept = Settings { retention_days: Some(0), cold_after_days: Some(0), ..Settings::default() };
        self.house.app.records.put_settings(self.scope.tenant(), &kept).await?;
        for later in [day, day + 1] {
            let day = date(2100, 1, 1 + 2 * later);
            night::work(&self.house.app, &self.scope, day, Time::start_of(day)).await?;
        }
        Ok(())
    }

    async fn recalls(&self, name: &'static str, cold: bool, size: usize, count: usize) -> Result<Recalls> {
        let network = self.network(name);
        let mut app = self.house.container(network.http_client())?;
        for n in 0..PRIMING {
            self.recall(&app, &corpus::question(count + n, size)).await?;
        }
        let _ = network.take_usage();
        let mut samples = Vec::with_capacity(count);
        for n in 0..count {
            if cold {
                app = self.house.container(network.http_client())?;
            }
            let question = corpus::question(n, size);
            let (receipt, times) = timed(&[&network], self.recall(&app, &question)).await;
            samples.push((times, receipt?));
        }
        let run = |times: &[f64; 2]| Run { megabytes: RECALL_MB, waited_ms: times[0], computed_ms: times[1] };
        let runs: Vec<Run> = samples.iter().map(|(times, _)| run(times)).collect();
        let usage = network.take_usage();
        let dollars = self.prices.usage(&usage) + self.prices.runs(&runs) + self.prices.calls(count);
        let stages: u32 = samples.iter().map(|(_, receipt)| receipt.stages).sum();
        Ok(Recalls {
            name,
            total_ms: percentiles(samples.iter().map(|(times, _)| times[0] + times[1])),
            waited_ms: percentiles(samples.iter().map(|(times, _)| times[0])),
            computed_ms: percentiles(samples.iter().map(|(times, _)| times[1])),
            gets: usage.of("S3.GetObject").requests as f64 / count as f64,
            kilobytes: usage.total().received as f64 / 1000.0 / count as f64,
            stages: f64::from(stages) / count as f64,
            dollars: dollars * (1e6 / count as f64),
            operations: self.operations(&usage, count),
            warnings: samples.iter().map(|(_, receipt)| receipt.warnings.len()).sum(),
        })
    }

    async fn recall(&self, app: &App, question: &str) -> Result<Receipt> {
        let body = json!({ "query": question, "scopes": [SUBJECT] }).to_string();
        let request = recall::Request::parse(self.scope.tenant(), body.as_bytes())?;
        let now = Time::start_of(date(2100, 6, 1));
        let (recalled, receipt) = metered(recall::recall(app, &request, now)).await;
        if recalled?.found.is_empty() {
            return Err(Error::internal("a recall found nothing: what is measured is not what is meant"));
        }
        Ok(receipt)
    }

    fn operations(&self, usage: &Usage, count: usize) -> Vec<Operation> {
        let each = |(name, consumed): (&str, &memorable_local::aws::usage::Consumed)| Operation {
            name: name.to_owned(),
            requests: consumed.requests as f64 / count as f64,
            units: (consumed.read_units + consumed.write_units) / count as f64,
            dollars_per_million: {
                let dollars = self.prices.operation(name, consumed);
                (dollars.engine() + dollars.surroundings()) * 1e6 / count as f64
            },
        };
        usage.operations().map(each).collect()
    }
}

/// The work's output, with milliseconds of waiting on the virtual clock and of computing that was not playing AWS.
async fn timed<F: Future>(networks: &[&Latency], work: F) -> (F::Output, [f64; 2]) {
    let answering = || networks.iter().map(|network| network.answering().as_secs_f64()).sum::<f64>();
    let (start, waiting, before) = (Instant::now(), tokio::time::Instant::now(), answering());
    let output = work.await;
    let computed = (start.elapsed().as_secs_f64() - (answering() - before)).max(0.0);
    (output, [waiting.elapsed().as_secs_f64() * 1e3, computed * 1e3])
}

/// What 50, 95 and 99 of 100 values do not exceed.
fn percentiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get((values.len() as f64 * share).ceil() as usize - 1).copied().unwrap_or_default();
    if values.is_empty() { [0.0; 3] } else { [at(0.50), at(0.95), at(0.99)] }
}

/// What computed, for whoever reads the column.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    format!("{}, {cores} cores, {}", model.map_or("unknown", |(_, name)| name.trim()), std::env::consts::ARCH)
}

#[cfg(test)]
mod tests;
