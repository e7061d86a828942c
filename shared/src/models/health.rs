//! How each model did lately in this process: its breaker, and the figures of its calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::breaker::{Breaker, Pass};
use super::prices::Dollars;
use super::routes::{ModelCall, Route, Task};
use super::{Model, Place};

/// How long it is believed that a server does not have a model: whoever pulls it should not wait for us.
const MISSING_FOR: Duration = Duration::from_secs(60);
/// Calls from which the slowest of them say how long a model takes.
const ENOUGH: usize = 16;

/// Calls whose times are kept: enough for a p95 that a single slow call does not decide.
const RECENT: usize = 64;

/// What a model is good for right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its last call went well, or it needs none to be known to.
    Ready,
    /// Nothing was asked of it yet.
    Cold,
    /// Its last call failed.
    Failing,
    /// It failed so often that it is left alone for a while.
    Open,
}

/// One model, as `GET /v1/models` tells of it. All figures are of this process since it started.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// As routes write it.
    pub model: String,
    /// The tasks in whose routes it stands.
    pub tasks: Vec<Task>,
    /// Where it runs, which decides what it may see.
    pub place: Place,
    /// What it is good for right now.
    pub state: State,
    /// Whether its server has it, where that was looked at; where not, it is skipped.
    pub available: Option<bool>,
    /// Whether it is loaded, so that a call need not wait for that; none where that was not looked at or is no matter of ours.
    pub loaded: Option<bool>,
    /// How much of it lies in a GPU's memory, in bytes, where it is loaded and that is known.
    pub vram_bytes: Option<u64>,
    /// Calls that were made, with those that failed.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// Calls of these that were made twice, since the first answer took longer than usual.
    pub hedges: u64,
    /// Tokens sent.
    pub tokens_in: u64,
    /// Tokens answered.
    pub tokens_out: u64,
    /// What that cost; none where the price is not known.
    pub dollars: Option<Dollars>,
    /// Half of its latest calls were this quick; none before the first.
    pub p50_ms: Option<f64>,
    /// All but a twentieth of its latest calls were.
    pub p95_ms: Option<f64>,
}

/// How a model did one task lately in this process: what choosing between models goes by.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Record {
    /// Calls that were made, with those that failed.
    pub calls: u64,
    /// Calls that failed.
    pub errors: u64,
    /// What they cost together; none where the price is not known.
    pub dollars: Option<Dollars>,
    /// Half of its latest calls were this quick; none before the first.
    pub p50_ms: Option<f64>,
    /// All but a twentieth of its latest calls were.
    pub p95_ms: Option<f64>,
}

/// What was counted of one task.
#[derive(Debug, Default)]
struct Tally {
    calls: u64,
    errors: u64,
    /// None once a call came whose price is not known.
    dollars: Option<Dollars>,
    micros: VecDeque<u64>,
}

impl Tally {
    fn count(&mut self, call: &ModelCall) {
        let before = if self.calls == 0 { Some(Dollars::ZERO) } else { self.dollars };
        self.calls += 1;
        self.errors += u64::from(!call.is_ok());
        self.dollars = before.zip(call.dollars).map(|(before, more)| [before, more].into_iter().sum());
        keep(&mut self.micros, call.micros);
    }

    fn record(&self) -> Record {
        Record {
            calls: self.calls,
            errors: self.errors,
            dollars: self.dollars,
            p50_ms: quantile_ms(&self.micros, 0.50),
            p95_ms: quantile_ms(&self.micros, 0.95),
        }
    }
}

/// Whether a model is there, as its server said.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    available: Option<bool>,
    loaded: Option<bool>,
    vram_bytes: Option<u64>,
    /// When it was found missing.
    missing_at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Figures {
    breaker: Breaker,
    seen: Seen,
    hedges: u64,
    by_task: BTreeMap<Task, Tally>,
    calls: u64,
    errors: u64,
    is_failing: bool,
    tokens_in: u64,
    tokens_out: u64,
    dollars: Dollars,
    micros: VecDeque<u64>,
}

fn keep(latest: &mut VecDeque<u64>, micros: u64) {
    if latest.len() == RECENT {
        latest.pop_front();
    }
    latest.push_back(micros);
}

fn quantile_ms(latest: &VecDeque<u64>, quantile: f64) -> Option<f64> {
    let mut sorted: Vec<u64> = latest.iter().copied().collect();
    sorted.sort_unstable();
    let place = (sorted.len() as f64 * quantile).ceil() as usize;
    sorted.get(place.saturating_sub(1)).map(|micros| *micros as f64 / 1000.0)
}

impl Figures {
    fn state(&self, model: &Model) -> State {
        match self {
            _ if matches!(model, Model::Builtin) => State::Ready,
            figures if figures.breaker.is_open() => State::Open,
            figures if figures.calls == 0 => State::Cold,
            figures if figures.is_failing => State::Failing,
            _ => State::Ready,
        }
    }
}

/// The health of all models, by name. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<BTreeMap<String, Figures>>>);

impl Health {
    fn with<T>(&self, model: &str, change: impl FnOnce(&mut Figures) -> T) -> T {
        // A panic while counting leaves counts that are still counts.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(model) {
            Some(figures) => change(figures),
            None => change(all.entry(model.to_owned()).or_default()),
        }
    }

    /// A call to the model may begin, or how long the model is left alone.
    pub fn begin(&self, model: &str) -> Result<Turn<'_>, Duration> {
        match self.with(model, |figures| figures.breaker.pass()) {
            Pass::Open(left) => Err(left),
            pass => Ok(Turn { health: self, model: model.to_owned(), is_trial: pass == Pass::Trial }),
        }
    }

    /// Counts a call that was made.
    pub fn count(&self, call: &ModelCall) {
        self.with(&call.model, |figures| {
            figures.calls += 1;
            figures.is_failing = !call.is_ok();
            figures.errors += u64::from(figures.is_failing);
            figures.hedges += u64::from(call.hedged);
            figures.tokens_in += u64::from(call.tokens_in);
            figures.tokens_out += u64::from(call.tokens_out);
            figures.dollars += call.dollars.unwrap_or_default();
            keep(&mut figures.micros, call.micros);
            figures.by_task.entry(call.task).or_default().count(call);
        });
    }

    /// Its server has the model, and maybe loaded it into so many bytes of a GPU's memory.
    pub fn is_there(&self, model: &str, loaded: Option<u64>) {
        let seen = Seen { available: Some(true), loaded: Some(loaded.is_some()), vram_bytes: loaded, missing_at: None };
        self.with(model, |figures| figures.seen = seen);
    }

    /// Its server does not have the model.
    pub fn is_missing(&self, model: &str) {
        let seen = Seen { available: Some(false), missing_at: Some(Instant::now()), ..Seen::default() };
        self.with(model, |figures| figures.seen = seen);
    }

    /// Whether the model was found missing lately.
    pub fn was_missing(&self, model: &str) -> bool {
        self.with(model, |figures| figures.seen.missing_at.is_some_and(|at| at.elapsed() < MISSING_FOR))
    }

    /// Longer than this takes hardly any call of that task; none where too few were made to tell.
    pub fn usual_wait(&self, model: &str, task: Task) -> Option<Duration> {
        let slowest = self.with(model, |figures| {
            let tally = figures.by_task.get(&task).filter(|tally| tally.micros.len() >= ENOUGH)?;
            quantile_ms(&tally.micros, 0.95)
        });
        slowest.map(|milliseconds| Duration::from_secs_f64(milliseconds / 1000.0))
    }

    /// How a model, named as routes write it, did a task lately; none where it was not asked yet.
    pub fn record(&self, model: &str, task: Task) -> Option<Record> {
        self.with(model, |figures| figures.by_task.get(&task).map(Tally::record))
    }

    /// Of each model in the routes, in their order.
    pub fn report(&self, routes: &[&Route]) -> Vec<Report> {
        let mut reports: Vec<Report> = Vec::new();
        for (route, model) in routes.iter().flat_map(|route| route.chain().iter().map(move |model| (route, model))) {
            let name = model.name();
            match reports.iter_mut().find(|report| report.model == name) {
                Some(report) => report.tasks.push(route.task()),
                None => reports.push(self.of(model, &name, route.task())),
            }
        }
        reports
    }

    fn of(&self, model: &Model, name: &str, task: Task) -> Report {
        let is_priced = super::prices::of(model).is_some();
        let is_here = (model.place() == Place::Process).then_some(true);
        self.with(name, |figures| Report {
            tasks: vec![task],
            place: model.place(),
            state: figures.state(model),
            available: is_here.or(figures.seen.available),
            loaded: is_here.or(figures.seen.loaded),
            vram_bytes: figures.seen.vram_bytes,
            calls: figures.calls,
            errors: figures.errors,
            hedges: figures.hedges,
            tokens_in: figures.tokens_in,
            tokens_out: figures.tokens_out,
            dollars: is_priced.then_some(figures.dollars),
            p50_ms: quantile_ms(&figures.micros, 0.50),
            p95_ms: quantile_ms(&figures.micros, 0.95),
            model: name.to_owned(),
        })
    }
}

/// A call that may be made. Dropped without a word, it says nothing of the model.
#[derive(Debug)]
pub struct Turn<'a> {
    health: &'a Health,
    model: String,
    is_trial: bool,
}

impl Turn<'_> {
    /// The model answered, whatever it was.
    pub fn answered(mut self) {
        self.is_trial = false;
        self.health.with(&self.model, |figures| figures.breaker.succeeded());
    }

    /// The model did not answer, or would not.
    pub fn failed(mut self) {
        self.is_trial = false;
        self.health.with(&self.model, |figures| figures.breaker.failed());
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // A caller that went away in the middle must not leave the model waiting for a trial that never ends.
        if self.is_trial {
            self.health.with(&self.model, |figures| figures.breaker.gave_up());
        }
    }
}

#[cfg(test)]
mod tests;
