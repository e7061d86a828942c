//! Memories in and out: imports of files that others made, exports of a scope.
//!
//! Both are jobs: a call notes one, a message on a queue has a worker do it, and the worker hands what is left to the next
//! one when its time runs out. A file is read in ranges and a scope in pages, so that neither is ever whole in memory.
//!
//! To add a format: a variant of [`Format`], a file in `read/` that makes [`read::Found`] of frames, and its words in
//! `detect`.

mod answer;
mod check;
mod detect;
mod diary;
mod export;
mod import;
pub mod job;
pub mod line;
pub mod read;
mod request;
mod start;
mod store;

pub use answer::{FILES_KEPT, exported, imported, tell_export, tell_import};
pub use export::export;
pub use import::import;
pub use job::{Asked, Export, Format, Import, State, Written};
pub use request::{ExportRequest, ImportRequest, MOST_INLINE_BYTES};
pub use start::{begin_export, begin_import, restart, restart_export};

use crate::app::App;
use crate::aws::queue::{TransferKind, TransferMessage};
use crate::error::Result;
use crate::memory::Time;
use crate::night::Budget;

/// Does what a message asks for, as far as the time goes; what is left is sent on.
pub async fn take(app: &App, message: &TransferMessage, now: Time, budget: Budget) -> Result<()> {
    let tenant = message.tenant()?;
    let ended = match message.kind {
        TransferKind::Import => Box::pin(import(app, &tenant, &message.id, now, budget)).await?,
        TransferKind::Export => Box::pin(export(app, &tenant, &message.id, now, budget)).await?,
    };
    if ended == Ended::Early {
        app.transfer_queue()?.send(std::slice::from_ref(message)).await?;
    }
    Ok(())
}

/// How a worker's turn at a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// There is nothing more to do.
    Whole,
    /// Its time ran out: another turn goes on from the checkpoint.
    Early,
}
