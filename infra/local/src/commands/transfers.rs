//! What `import` and `export` share: they look at a job of the service until it is over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join4;
use http::Method;
use indicatif::ProgressBar;
use memorable::error::{Error, Result};
use memorable_local::queues::{self, Source};
use serde_json::Value;

use super::output;
use super::place::Opened;

/// How often it is asked how far a job is.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks at the job at that path until it is over, and shows on the bar how far it is. In this process, the queues are
/// worked on meanwhile.
pub async fn watch(opened: &Opened, path: &str, show: impl Fn(&Value)) -> Result<Value> {
    let service = opened.service();
    let is_over = AtomicBool::new(false);
    let look = async {
        let told = loop {
            let told = match service.ask(Method::GET, path, None).await {
                Ok(told) => told,
                Err(error) => break Err(error),
            };
            show(&told);
            if told["state"] == "done" || told["state"] == "failed" {
                break Ok(told);
            }
            tokio::time::sleep(PAUSE).await;
        };
        is_over.store(true, Ordering::Relaxed);
        told
    };
    let Opened::House(house) = opened else { return look.await };
    let work = |source| Box::pin(queues::run_until(house, source, &is_over));
    // A job waits for those who classify, so both go on at once.
    let (told, ..) = join4(look, work(Source::Transfer), work(Source::Classify), work(Source::Classify)).await;
    told
}

/// The job, where it is done; else what it says that went wrong, and how to have it go on.
pub fn succeeded(job: Value, again: &str) -> Result<Value> {
    if job["state"] == "done" {
        return Ok(job);
    }
    let problem = output::text(&job, "problem");
    Err(Error { expected: Some(again.to_owned()), ..Error::conflict(format!("it failed: {problem}")) })
}

/// A number of an answer.
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// Shows `done` of `of` on a bar, under that name.
pub fn show(bar: &ProgressBar, what: String, done: u64, of: u64) {
    bar.set_message(what);
    bar.set_length(of);
    bar.set_position(done);
}
