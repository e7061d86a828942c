//! The seam below each container: pauses and hangs by the seed, and a clock that S3 goes by, too.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use memorable::memory::Time;

/// Splitmix64: the same numbers for the same seed, everywhere.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// For a step of a seed: a step keeps its numbers when others are left out.
    pub fn new(seed: u64, step: u64) -> Rng {
        let mut rng = Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ step.wrapping_mul(0xD1B5_4A32_D192_ED03));
        rng.next();
        rng
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` - 1; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// What time it is in the simulation, and when each object was put: S3's own clock is the wall's.
pub struct Clock {
    pub now: Time,
    pub put_at: HashMap<String, Time>,
}

/// Where a call hangs for good: its caller is dropped there, as a container is that is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hang {
    /// The call never arrives.
    Before(u64),
    /// The call is applied, its answer never seen.
    After(u64),
}

/// An HTTP client around another. Clones share all.
#[derive(Clone)]
pub struct Seam {
    inner: SharedHttpClient,
    clock: Arc<Mutex<Clock>>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    calls: u64,
    hang: Option<Hang>,
    hangs: bool,
    /// Where set, each call waits a few turns before and after it is applied, so that others come between.
    paces: Option<Rng>,
}

impl Seam {
    pub fn new(inner: SharedHttpClient, clock: Arc<Mutex<Clock>>) -> Seam {
        Seam { inner, clock, state: Arc::default() }
    }

    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// Starts over for the next operation.
    pub fn plan(&self, hang: Option<Hang>, paces: Option<Rng>) {
        *lock(&self.state) = State { calls: 0, hang, hangs: false, paces };
    }

    fn hangs(&self) -> bool {
        lock(&self.state).hangs
    }

    async fn pause(&self) {
        let turns = lock(&self.state).paces.as_mut().map_or(0, |paces| paces.below(4));
        for _ in 0..turns {
            turn().await;
        }
    }

    async fn hang_if(&self, at: Hang) {
        if lock(&self.state).hang == Some(at) {
            lock(&self.state).hangs = true;
            std::future::pending::<()>().await;
        }
    }
}

pub fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until it is polled again.
fn turn() -> impl Future<Output = ()> + Send {
    let mut waited = false;
    std::future::poll_fn(move |context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

impl std::fmt::Debug for Seam {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seam")
    }
}

impl HttpClient for Seam {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { seam: self.clone(), inner })
    }
}

#[derive(Debug)]
struct Connector {
    seam: Seam,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (seam, inner) = (self.seam.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            let number = {
                let mut state = lock(&seam.state);
                state.calls += 1;
                state.calls
            };
            seam.pause().await;
            seam.hang_if(Hang::Before(number)).await;
            let lists = request.uri().contains("list-type=2");
            if let Some(name) = object_put(&request) {
                // Whatever comes of it: a put may be done though its answer is lost.
                let mut clock = lock(&seam.clock);
                let now = clock.now;
                clock.put_at.insert(name, now);
            }
            let answer = inner.call(request).await;
            seam.hang_if(Hang::After(number)).await;
            seam.pause().await;
            if lists { redated(answer?, &seam.clock).await } else { answer }
        })
    }
}

fn object_put(request: &HttpRequest) -> Option<String> {
    let at = request.uri().find("segments/").filter(|_| request.method() == "PUT")?;
    request.uri()[at..].split('?').next().map(str::to_owned)
}

/// A listing with the simulation's times in place of the wall's.
async fn redated(answer: HttpResponse, clock: &Mutex<Clock>) -> Result<HttpResponse, ConnectorError> {
    let status = answer.status();
    let bytes = ByteStream::new(answer.into_body()).collect().await;
    let bytes = bytes.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
    let text = String::from_utf8(bytes).map_err(|error| ConnectorError::io(error.into()))?;
    let (open, close) = ("<LastModified>", "</LastModified>");
    let mut parts = text.split("<Contents>");
    let mut dated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split("<Key>").nth(1).and_then(|rest| rest.split("</Key>").next()).unwrap_or_default();
        let at = lock(clock).put_at.get(name).map(ToString::to_string).expect("an object that was put through a seam");
        let (before, rest) = part.split_once(open).expect("when it was put");
        let (_, after) = rest.split_once(close).expect("when it was put");
        dated += &format!("<Contents>{before}{open}{at}{close}{after}");
    }
    Ok(HttpResponse::new(status, SdkBody::from(dated)))
}

/// One operation under way on a container.
pub struct Task<'a, T> {
    pub future: Pin<Box<dyn Future<Output = T> + 'a>>,
    pub seam: Seam,
    /// Dropped after so many polls.
    pub polls: Option<usize>,
}

/// Runs all of them, a turn of one at a time as the seed has it. None for one that was dropped on its way.
pub async fn together<T>(rng: &mut Rng, tasks: Vec<Task<'_, T>>) -> Vec<Option<T>> {
    let mut done: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut under_way: Vec<(usize, Task<'_, T>)> = tasks.into_iter().enumerate().collect();
    while !under_way.is_empty() {
        let chosen = rng.below(under_way.len());
        let (place, task) = &mut under_way[chosen];
        if let Some(polls) = &mut task.polls {
            if *polls == 0 {
                under_way.remove(chosen);
                continue;
            }
            *polls -= 1;
        }
        let polled = task.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(value) => {
                done[*place] = Some(value);
                under_way.remove(chosen);
            }
            Poll::Pending if task.seam.hangs() => drop(under_way.remove(chosen)),
            // The runtime gets its turn, too: timers, and the budget it gives each poll.
            Poll::Pending => tokio::task::yield_now().await,
        }
    }
    done
}
