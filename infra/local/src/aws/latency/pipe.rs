//! A container's bandwidth: what passes at the same time shares it evenly.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::select;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::sleep_ms;

/// One direction of a network.
#[derive(Debug)]
pub(super) struct Pipe {
    bytes_per_ms: f64,
    flows: Mutex<Flows>,
    /// Somebody came or went: everybody's share is another one now.
    changed: Notify,
}

#[derive(Debug)]
struct Flows {
    active: u32,
    /// Bytes that somebody would have got who had been there from the beginning.
    passed: f64,
    /// Up to when that is counted.
    at: Instant,
}

impl Flows {
    fn catch_up(&mut self, bytes_per_ms: f64) {
        let now = Instant::now();
        if self.active > 0 {
            let elapsed = now.duration_since(self.at).as_secs_f64() * 1e3;
            self.passed += elapsed * bytes_per_ms / f64::from(self.active);
        }
        self.at = now;
    }
}

impl Pipe {
    pub fn new(bytes_per_ms: f64) -> Pipe {
        let flows = Flows { active: 0, passed: 0.0, at: Instant::now() };
        Pipe { bytes_per_ms, flows: Mutex::new(flows), changed: Notify::new() }
    }

    /// Ends when so many bytes have passed. Whoever stops waiting leaves its share to the others.
    pub async fn pass(&self, bytes: u64) {
        let place = Place::take(self);
        let enough = place.from + bytes as f64;
        loop {
            // Made before looking, so that no change is missed between looking and waiting.
            let changed = pin!(self.changed.notified());
            let left_ms = {
                let mut flows = self.lock();
                flows.catch_up(self.bytes_per_ms);
                (enough - flows.passed) * f64::from(flows.active) / self.bytes_per_ms
            };
            if left_ms < 0.5 {
                return;
            }
            select(pin!(sleep_ms(left_ms)), changed).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Flows> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that has bytes to pass, until it is dropped.
struct Place<'a> {
    pipe: &'a Pipe,
    /// How much had passed when it came.
    from: f64,
}

impl Place<'_> {
    fn take(pipe: &Pipe) -> Place<'_> {
        let mut flows = pipe.lock();
        flows.catch_up(pipe.bytes_per_ms);
        flows.active += 1;
        let from = flows.passed;
        drop(flows);
        pipe.changed.notify_waiters();
        Place { pipe, from }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut flows = self.pipe.lock();
        flows.catch_up(self.pipe.bytes_per_ms);
        flows.active = flows.active.saturating_sub(1);
        drop(flows);
        self.pipe.changed.notify_waiters();
    }
}
