//! Latencies: an HTTP client that answers when AWS would, and writes down what was consumed.
//!
//! Answers come at once from the client below, and are then held back on tokio's clock. With that clock paused
//! (`start_paused`) it advances whenever all tasks wait, so that a thousand recalls take a second and come out the same
//! each time. Time in which this process computes is not on that clock: [`Latency::answering`] tells how much of the
//! real time went into playing AWS, so that the rest is what the functions computed.
//!
//! One [`Latency`] is the network of one Lambda container: what arrives at the same time shares its bandwidth.

mod pipe;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::target::operation_name;
use super::usage::{Metering, Usage};
use pipe::Pipe;

/// EVIDENCE.md, "Serverless physics": a DynamoDB call takes ~4 ms, p99 ~12.
const DYNAMODB: Lognormal = Lognormal { p50_ms: 4.0, p99_ms: 12.0 };
/// The same source: a small S3 GET takes 14-30 ms, p99 ~80. 18 is where reports on Lambda in the same region lie thickest.
/// Nothing is measured there of PUT, LIST and DELETE: they are taken to be like it.
const S3: Lognormal = Lognormal { p50_ms: 18.0, p99_ms: 80.0 };
/// Nothing is measured there of SQS, which answers as a small DynamoDB call does.
const SQS: Lognormal = DYNAMODB;
/// The same source: 50-90 MB/s from S3 into one Lambda. What comes from the others goes over the same network.
const BYTES_PER_MS: f64 = 70_000.0;
/// Standard deviations above the mean that 99 of 100 normal draws stay below.
const P99_DEVIATIONS: f64 = 2.326_347_9;

/// How long a request takes to its first byte, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lognormal {
    /// Half of all take less.
    p50_ms: f64,
    /// 99 of 100 take less.
    p99_ms: f64,
}

impl Lognormal {
    fn at(self, deviations: f64) -> f64 {
        let sigma = (self.p99_ms / self.p50_ms).ln() / P99_DEVIATIONS;
        self.p50_ms * (sigma * deviations).exp()
    }
}

/// An HTTP client around another that answers as late as AWS does. Clones are one container's network.
#[derive(Clone)]
pub struct Latency {
    inner: SharedHttpClient,
    /// None for a client that only counts.
    seed: Option<u64>,
    state: Arc<Mutex<State>>,
    down: Arc<Pipe>,
    up: Arc<Pipe>,
}

#[derive(Debug, Default)]
struct State {
    arrived: u64,
    usage: Usage,
    answering: Duration,
}

impl Latency {
    /// Wraps `inner`. The same seed and the same order of requests give the same latencies.
    #[must_use]
    pub fn new(inner: SharedHttpClient, seed: u64) -> Latency {
        Latency::with(inner, Some(seed))
    }

    /// Wraps `inner` to write down what is consumed; answers come at once.
    #[must_use]
    pub fn none(inner: SharedHttpClient) -> Latency {
        Latency::with(inner, None)
    }

    fn with(inner: SharedHttpClient, seed: Option<u64>) -> Latency {
        let pipe = || Arc::new(Pipe::new(BYTES_PER_MS));
        Latency { inner, seed, state: Arc::default(), down: pipe(), up: pipe() }
    }

    /// The HTTP client to give to the SDK's configuration.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// What was consumed since the last time this was asked. A request counts when it is answered below, even where
    /// nobody waits for its answer any more: AWS bills it, too.
    #[must_use]
    pub fn take_usage(&self) -> Usage {
        std::mem::take(&mut self.lock().usage)
    }

    /// Real time that went into playing AWS, since the beginning. True of an AWS in memory, which answers in place.
    #[must_use]
    pub fn answering(&self) -> Duration {
        self.lock().answering
    }

    /// Takes a request's number, in order of arrival.
    fn arrive(&self) -> u64 {
        let mut state = self.lock();
        state.arrived += 1;
        state.arrived
    }

    /// Milliseconds to the first byte of the `number`th request, whose name is `Service.Operation`.
    fn first_byte_ms(&self, number: u64, name: &str) -> f64 {
        let Some(seed) = self.seed else { return 0.0 };
        let service = name.split_once('.').map_or(name, |(service, _)| service);
        let latency = match service {
            "DynamoDB" => DYNAMODB,
            "S3" => S3,
            "SQS" => SQS,
            _ => return 0.0,
        };
        latency.at(normal(seed, number))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latency").field("seed", &self.seed).finish()
    }
}

impl HttpClient for Latency {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(LateConnector {
            latency: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }
}

#[derive(Debug)]
struct LateConnector {
    latency: Latency,
    inner: SharedHttpConnector,
}

impl HttpConnector for LateConnector {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let latency = self.latency.clone();
        let name = operation_name(&request);
        // Drawn here and not when first polled: this is the order in which requests leave.
        let first_byte = latency.first_byte_ms(latency.arrive(), &name);
        let start = Instant::now();
        let metering = Metering::begin(name, &mut request);
        let answer = self.inner.call(request);
        latency.lock().answering += start.elapsed();
        HttpConnectorFuture::new(async move {
            let answer = timed(answer, &latency).await;
            let start = Instant::now();
            let (name, consumed) = metering.end(answer.as_ref().ok());
            {
                let mut state = latency.lock();
                state.usage.add(&name, &consumed);
                state.answering += start.elapsed();
            }
            if latency.seed.is_some() {
                latency.up.pass(consumed.sent).await;
                sleep_ms(first_byte).await;
                latency.down.pass(consumed.received).await;
            }
            answer
        })
    }
}

/// Waits for the AWS below, and writes down how long it computed.
async fn timed<F: Future>(work: F, latency: &Latency) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| {
        let start = Instant::now();
        let polled = work.as_mut().poll(context);
        latency.lock().answering += start.elapsed();
        polled
    })
    .await
}

/// Sleeps to the nearest millisecond: tokio's timers know no less, and would round every draw up.
async fn sleep_ms(ms: f64) {
    if ms >= 0.5 {
        tokio::time::sleep(Duration::from_millis(ms.round() as u64)).await;
    }
}

/// The `number`th draw of a seed from the standard normal distribution, by Box and Muller.
fn normal(seed: u64, number: u64) -> f64 {
    let first = mixed(mixed(seed).wrapping_add(number));
    // In (0, 1]: the logarithm of nothing is not a number.
    let radius = (-2.0 * (1.0 - unit(first)).ln()).sqrt();
    radius * (std::f64::consts::TAU * unit(mixed(first))).cos()
}

/// A number in [0, 1) from the upper 53 bits.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// SplitMix64: neighbouring numbers give bits that have nothing to do with each other.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
