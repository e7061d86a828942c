//! Nights: how long an ordinary scope takes, what a worker needs for a large one, what a thousand scopes cost, and whether
//! a month of change stays bounded.
//!
//! A large scope's worker runs in a process of its own, as on Lambda, so that what others left in memory is not counted; the
//! emulated AWS is in it, so a worker needs less. Dollars are those of the workers' own reports, by
//! shared/src/aws/prices.json.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Request;
use jiff::SignedDuration;
use jiff::civil::date;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::index::sealed;
use memorable::memory::{Scope, Tenant, Time};
use memorable::night::{self, Budget, Ended, Progress};
use memorable::receipt::metered;
use memorable_local::{House, Options, gateway, queues};
use serde_json::{Value, json};

use crate::corpus;

/// Memories of an ordinary scope.
const ORDINARY: usize = 40;
/// Memories of the scope that changes.
const CHURNED: usize = 2_000;
/// Of how many one is replaced in a night.
const CHURN: usize = 20;
/// Memories of one call.
const TOGETHER: usize = 100;
/// How long Lambda lets a worker run.
const TIMEOUT: Duration = Duration::from_secs(900);

/// Runs all three and prints them. `folder`: where the data lies while it is measured.
pub async fn measure(scopes: usize, size: usize, nights: usize, folder: &Path) -> Result<Value> {
    let many = many(scopes, &folder.join("many")).await?;
    let churn = churn(nights, &folder.join("churn")).await?;
    let large = large(size, &folder.join("large")).await?;
    Ok(json!({ "many": many, "churn": churn, "large": large }))
}

/// A day, at the hour when nights begin.
fn morning(day: usize) -> Time {
    Time::start_of(date(2030, 1, 1)).plus(SignedDuration::from_hours(24 * day as i64 + 3))
}

/// What the `n`th memory says.
fn text(n: usize) -> String {
    corpus::item(n)["content"].as_str().unwrap_or_default().to_owned()
}

async fn open(folder: &Path) -> Result<House> {
    House::open(Options { data: Some(folder.to_owned()), ..Options::default() }).await
}

fn scope(subject: &str) -> Result<Scope> {
    Scope::parse(&Tenant::parse("local")?, subject)
}

/// Stores texts as a caller does, at that time.
async fn store(house: &House, subject: &str, texts: &[String], when: Time) -> Result<Vec<String>> {
    let mut ids = Vec::with_capacity(texts.len());
    for texts in texts.chunks(TOGETHER) {
        let items: Vec<Value> = texts.iter().map(|text| json!({ "content": text })).collect();
        let body = json!({ "scope": subject, "items": items }).to_string().into_bytes();
        let request = Request::post("/v1/memories").header("authorization", "Bearer local").body(body);
        let request = request.map_err(|error| Error::internal(error.to_string()))?;
        let response = gateway::call_at(house, &house.app, request, when).await;
        let answer: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let stored = answer["memories"].as_array().map(Vec::as_slice).unwrap_or_default();
        if stored.len() != texts.len() {
            return Err(Error::internal(format!("it was not stored: {answer}")));
        }
        ids.extend(stored.iter().filter_map(|memory| memory["id"].as_str().map(str::to_owned)));
    }
    Ok(ids)
}

async fn forget(house: &House, subject: &str, id: &str, when: Time) -> Result<()> {
    let request = Request::delete(format!("/v1/memories/{id}?scope={subject}"));
    let request = request.header("authorization", "Bearer local").body(Vec::new());
    let request = request.map_err(|error| Error::internal(error.to_string()))?;
    let status = gateway::call_at(house, &house.app, request, when).await.status();
    if status.is_success() { Ok(()) } else { Err(Error::internal(format!("it was not forgotten: {status}"))) }
}

/// One worker's night of a scope, in a container of its own: seconds, and what it did.
async fn worker(house: &House, subject: &str, when: Time) -> Result<(f64, night::Checkpoint)> {
    worker_of(&house.container(house.aws.http_client())?, &scope(subject)?, when).await
}

/// The same in that container, as Lambda would run it.
async fn worker_of(app: &App, scope: &Scope, when: Time) -> Result<(f64, night::Checkpoint)> {
    let message =
        memorable::aws::queue::NightMessage::of(scope, when.plus(-SignedDuration::from_hours(24)).date(), when);
    let started = Instant::now();
    loop {
        let (ended, _) = metered(night::take(app, &message, when, Budget::of(TIMEOUT))).await;
        if let Ended::Done(checkpoint) = ended? {
            return Ok((started.elapsed().as_secs_f64(), checkpoint));
        }
    }
}

async fn many(scopes: usize, folder: &Path) -> Result<Value> {
    let house = open(folder).await?;
    for n in 0..scopes {
        let texts: Vec<String> = (0..ORDINARY).map(|i| text(n * ORDINARY + i)).collect();
        store(&house, &format!("user:u{n}"), &texts, morning(0)).await?;
        if n % 50 == 49 {
            queues::drain(&house).await?;
        }
    }
    queues::drain(&house).await?;
    reset_peak();
    let planned = night::plan(&house.app, morning(0).date(), morning(1)).await?;
    let mut seconds = Vec::with_capacity(scopes);
    for n in 0..scopes {
        seconds.push(worker(&house, &format!("user:u{n}"), morning(1)).await?.0);
    }
    let (peak, total) = (memory_mb("VmHWM:"), seconds.iter().sum::<f64>());
    let slowest = seconds.iter().copied().fold(0.0, f64::max);
    let report = night::report(&house.app, &Tenant::parse("local")?, morning(0).date()).await?;
    let dollars = report.dollars.amount() * 1_000.0 / scopes.max(1) as f64;
    println!("a night over {} scopes of {ORDINARY} memories, planned {}:", scopes, planned.scopes);
    println!(
        "  median {:.3} s a scope, slowest {slowest:.3} s, all {total:.1} s; {peak:.0} MB",
        crate::median(seconds)
    );
    println!("  {} requests, {dollars:.4} dollars a night for 1,000 scopes; {:?}", report.requests, report.scopes);
    let mut unchanged = Vec::new();
    for day in 2..6 {
        let planned = night::plan(&house.app, morning(day - 1).date(), morning(day)).await?;
        for message in 0..planned.scopes {
            worker(&house, &format!("user:u{message}"), morning(day)).await?;
        }
        unchanged.push(planned.scopes);
    }
    println!("  planned in the next nights, when nobody wrote: {unchanged:?}");
    Ok(json!({ "scopes": report.scopes, "slowest_s": slowest, "total_s": total, "peak_mb": peak,
        "requests": report.requests, "dollars_per_1000": dollars, "planned_after": unchanged, "steps": report.steps }))
}

async fn large(size: usize, folder: &Path) -> Result<Value> {
    let house = open(folder).await?;
    for from in (0..size).step_by(5_000) {
        let texts: Vec<String> = (from..size.min(from + 5_000)).map(text).collect();
        store(&house, "org", &texts, morning(from / 5_000)).await?;
        queues::drain(&house).await?;
    }
    drop(house);
    let first = apart(folder, "org", 40)?;
    let house = open(folder).await?;
    store(&house, "org", &["The last word is said.".to_owned()], morning(40)).await?;
    queues::drain(&house).await?;
    drop(house);
    let next = apart(folder, "org", 41)?;
    println!("one scope of {size} memories, each night by a worker of its own:");
    for (name, night) in [("first", &first), ("next", &next)] {
        println!("  {name} night: {} s, {} MB before, {} MB at most", night["s"], night["before_mb"], night["peak_mb"]);
    }
    println!("  {:>10} {:>9} {:>7} {:>8}", "step", "s", "calls", "MB");
    for (step, done) in first["steps"].as_object().into_iter().flatten() {
        println!("  {step:>10} {:>9} {:>7} {:>8}  {}", done["s"], done["requests"], done["mb"], done["figures"]);
    }
    Ok(json!({ "memories": size, "first": first, "next": next }))
}

/// One night of a scope by a process of its own: what [`alone`] found.
fn apart(folder: &Path, subject: &str, day: usize) -> Result<Value> {
    let this = std::env::current_exe().map_err(|error| Error::internal(error.to_string()))?;
    let day = day.to_string();
    let ran = Command::new(this).args(["night", "--subject", subject, "--day", &day, "--data"]).arg(folder).output();
    let ran = ran.map_err(|error| Error::internal(error.to_string()))?;
    serde_json::from_slice(&ran.stdout)
        .map_err(|_| Error::internal(format!("the worker failed: {}", String::from_utf8_lossy(&ran.stdout))))
}

/// One night of a scope in this process: seconds, memory before and at most, and each step's.
pub async fn alone(folder: &Path, subject: &str, day: usize) -> Result<Value> {
    let house = open(folder).await?;
    let app = house.container(house.aws.http_client())?;
    let before = memory_mb("VmRSS:");
    reset_peak();
    let (watched, progress) = (Watched::default(), app.progress.clone());
    let watcher = watched.clone();
    std::thread::spawn(move || watcher.watch(&progress));
    let (seconds, done) = worker_of(&app, &scope(subject)?, morning(day)).await?;
    let peaks = watched.peaks();
    let steps: serde_json::Map<String, Value> = (done.steps.iter())
        .map(|(step, done)| {
            let peak = peaks.get(step.as_str()).copied().unwrap_or(0.0);
            let told = json!({ "s": done.micros as f64 / 1e6, "requests": done.requests, "mb": peak.round(),
                "figures": done.figures });
            (step.clone(), told)
        })
        .collect();
    let peak = memory_mb("VmHWM:");
    Ok(json!({ "s": seconds, "before_mb": before.round(), "peak_mb": peak.round(), "steps": steps }))
}

/// The most memory that each step was seen to hold, looked at every millisecond.
#[derive(Clone, Default)]
struct Watched(Arc<Mutex<BTreeMap<&'static str, f64>>>);

impl Watched {
    fn watch(&self, progress: &Progress) {
        loop {
            std::thread::sleep(Duration::from_millis(1));
            let Some((_, step)) = progress.last() else { continue };
            let now = memory_mb("VmRSS:");
            let mut peaks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let peak = peaks.entry(step.name()).or_default();
            *peak = peak.max(now);
        }
    }

    fn peaks(&self) -> BTreeMap<&'static str, f64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn churn(nights: usize, folder: &Path) -> Result<Value> {
    let house = open(folder).await?;
    let scope = scope("user:churn")?;
    let texts: Vec<String> = (0..CHURNED).map(text).collect();
    let mut ids = store(&house, "user:churn", &texts, morning(0)).await?;
    queues::drain(&house).await?;
    println!("{nights} nights of {} % churn on {CHURNED} memories:", 100 / CHURN);
    println!("  {:>5} {:>9} {:>8} {:>10} {:>9} {:>10}", "night", "segments", "objects", "bytes", "requests", "dollars");
    let mut rows = Vec::new();
    for day in 1..=nights {
        let noon = morning(day).plus(-SignedDuration::from_hours(15));
        for n in 0..CHURNED / CHURN {
            let place = (day * 7_919 + n * CHURN) % ids.len();
            forget(&house, "user:churn", &ids[place], noon).await?;
            let text = vec![text(CHURNED * day + n)];
            ids[place] = store(&house, "user:churn", &text, noon).await?.swap_remove(0);
        }
        queues::drain(&house).await?;
        let (_, done) = worker(&house, "user:churn", morning(day)).await?;
        let objects = house.app.objects.list(&sealed::folder(&scope)).await?;
        let bytes: u64 = objects.iter().map(|object| object.bytes).sum();
        let segments = house.app.records.index(&scope).await?.manifest.segments.len();
        let total = done.total();
        let dollars = total.nanodollars as f64 / 1e9;
        println!("  {day:>5} {segments:>9} {:>8} {bytes:>10} {:>9} {dollars:>10.6}", objects.len(), total.requests);
        rows.push(json!({ "night": day, "segments": segments, "objects": objects.len(), "bytes": bytes,
            "requests": total.requests, "dollars": dollars }));
    }
    Ok(json!(rows))
}

/// Forgets the most memory so far, where Linux lets it.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A line of what Linux knows of this process's memory, in megabytes; `VmHWM:` is the most since [`reset_peak`].
fn memory_mb(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|found| found.strip_prefix(line));
    let kilobytes = found.and_then(|found| found.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}
