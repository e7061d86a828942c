//! Storing: what comes in is checked, embedded, made durable and queued to be classified.

mod body;
mod draft;
mod embed;
mod revise;
mod store;

pub(crate) use body::draft_of;
pub use body::{MOST_BODY_BYTES, parse};
pub(crate) use draft::check_content;
pub use draft::{Draft, MOST_CONTENT_BYTES};
pub use embed::embed;
pub use revise::{Change, replace, revise};
pub use store::{Stored, store, store_until};
pub(crate) use store::{check_key, key_conflict};

use crate::app::App;
use crate::aws::queue::ClassifyMessage;
use crate::memory::{MemoryId, Scope};
use crate::receipt::meter;

/// Sends names to be classified. What cannot be sent is only late: it is durable, and the night queues what stayed
/// pending.
pub(crate) async fn queue(app: &App, scope: &Scope, ids: &[MemoryId]) {
    let sent = match app.classify_queue() {
        Ok(queue) => queue.send(&ClassifyMessage::of(scope, ids)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, memories = ids.len(), "stored but not queued");
        meter().warn("stored, but the queue did not take the names: the night will classify these memories");
    }
}

#[cfg(test)]
mod tests;
