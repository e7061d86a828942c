//! The night: plans, then goes through each scope so that it is smaller, in order and summed up by morning.
//!
//! Every step is safe to repeat and to interrupt.

mod compact;
mod digest;
mod each;
mod expire;
mod leaves;
mod map;
mod plan;
mod recover;
mod sweep;

use jiff::civil::Date;
use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::memory::{Scope, Time};

pub use plan::plan;

/// What a night did for one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Memories queued again because they had stayed pending.
    pub requeued: usize,
    /// Memories past their end that are forgotten now.
    pub ended: usize,
    /// Segments before compaction.
    pub segments_before: usize,
    /// Segments after it.
    pub segments_after: usize,
    /// Entries of memories that are forgotten, expired or revised, and are gone from the segments now.
    pub dropped: usize,
    /// Objects deleted that no reader can still want.
    pub swept: usize,
    /// Memories that the day's digest counts.
    pub digested: u32,
}

/// Goes through one scope. `night` is the day the digest is about.
pub async fn work(app: &App, scope: &Scope, night: Date, now: Time) -> Result<Report> {
    let mut report = Report { requeued: recover::requeue(app, scope, now).await?, ..Report::default() };
    report.ended = expire::expire(app, scope, now).await?;
    // Before compaction, which removes the marks that tell which days' digests must be written again: those it saw.
    let (digested, seen) = digest::digests(app, scope, night, now).await?;
    report.digested = digested;
    compact::compact(app, scope, &seen, now, &mut report).await?;
    report.swept = sweep::sweep(app, scope, now).await?;
    tracing::info!(%scope, %night, ?report, "a scope's night is done");
    Ok(report)
}
