//! What must never happen, looked for at random: from a seed, writes, nights, recalls and crashes in any order on
//! several containers over one house, against a plain model of what was acknowledged.
//!
//! `MEMORABLE_SEEDS=5000` runs more seeds than the default, `MEMORABLE_SEED=7` one of them, and `MEMORABLE_STEPS=0,3`
//! of that one only those steps.

mod checks;
mod fingerprints;
mod model;
mod seam;
mod steps;
mod world;

use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use seam::{Rng, lock};
use world::World;

/// Seeds where the environment does not say how many: as many as are over in half a minute.
const SEEDS: u64 = 100;
/// Steps of a seed.
const STEPS: u64 = 12;
/// What the futures of whole functions want in a build that is not optimised.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// What a seed came to: how many segments it put.
struct Ran {
    segments: usize,
    memories: usize,
}

/// Why a seed failed, and what it had done.
struct Failed {
    why: String,
    log: Vec<String>,
    /// Steps up to the failure; more than there are where it failed at the end.
    steps: Vec<u64>,
}

#[test]
fn no_order_of_writes_nights_and_crashes_tears_loses_mixes_or_brings_back_a_memory() {
    let number = |name: &str| setting(name).map(|text| text.trim().parse::<u64>().expect("a number"));
    let (first, count) = match number("MEMORABLE_SEED") {
        Some(seed) => (seed, 1),
        None => (0, number("MEMORABLE_SEEDS").unwrap_or(SEEDS)),
    };
    let steps: Vec<u64> = match setting("MEMORABLE_STEPS") {
        Some(steps) => steps.split(',').map(|step| step.trim().parse().expect("a step")).collect(),
        None => (0..STEPS).collect(),
    };
    let (next, failed) = (AtomicU64::new(first), AtomicBool::new(false));
    let (found, segments, memories) = (Mutex::new(None), AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let work = || loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + count || failed.load(Ordering::Relaxed) {
                    return;
                }
                match run(seed, &steps) {
                    Ok(ran) => {
                        segments.fetch_add(ran.segments as u64, Ordering::Relaxed);
                        memories.fetch_add(ran.memories as u64, Ordering::Relaxed);
                    }
                    Err(why) if !failed.swap(true, Ordering::Relaxed) => *lock(&found) = Some((seed, why)),
                    Err(_) => {}
                }
            };
            std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).expect("a thread");
        }
    });
    if let Some((seed, failure)) = found.into_inner().expect("a result") {
        panic!("{}", report(seed, failure));
    }
    if count >= 20 {
        let (segments, memories) = (segments.into_inner(), memories.into_inner());
        assert!(segments > count && memories > 10 * count, "too little happened: {segments} segments, {memories}");
    }
}

fn setting(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "how long to search is up to whoever runs the test")]
    std::env::var(name).ok()
}

/// Runs these steps of a seed, then lets all come to rest.
fn run(seed: u64, steps: &[u64]) -> Result<Ran, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let progress = Mutex::new((Vec::new(), Vec::new()));
    let work = async {
        let mut world = World::new(seed).await;
        for step in steps {
            lock(&progress).1.push(*step);
            let done = steps::step(&mut world, *step).await;
            lock(&progress).0.clone_from(&world.log);
            done?;
        }
        let settled = world.settle(&mut Rng::new(seed, u64::MAX)).await;
        lock(&progress).0.clone_from(&world.log);
        settled.map(|()| Ran { segments: world.segments, memories: world.slots.len() })
    };
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(work)));
    let result = result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default())
    });
    result.map_err(|why| {
        let (log, steps) = std::mem::take(&mut *lock(&progress));
        Failed { why, log, steps }
    })
}

/// The failure with as few steps as still fail.
fn report(seed: u64, first: Failed) -> String {
    let why = first.why.clone();
    let mut least = first;
    for step in least.steps.clone().into_iter().rev() {
        let fewer: Vec<u64> = least.steps.iter().copied().filter(|other| *other != step).collect();
        if let Err(failed) = run(seed, &fewer) {
            least = failed;
        }
    }
    let steps: Vec<String> = least.steps.iter().map(ToString::to_string).collect();
    format!(
        "seed {seed}: {why}\n\nwith fewer steps: {}\n  {}\n\nrun it: MEMORABLE_SEED={seed} MEMORABLE_STEPS={} cargo test -p \
         memorable-tests --test all simulation",
        least.why,
        least.log.join("\n  "),
        steps.join(","),
    )
}
