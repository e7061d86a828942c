//! What this process is at, for whoever watches.

use std::sync::{Arc, Mutex, PoisonError};

use crate::memory::Scope;
use crate::night::Step;

/// The scope and step that a worker of this process is at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Option<(String, Step)>>>);

impl Progress {
    /// A worker begins a step.
    pub fn at(&self, scope: &Scope, step: Step) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((scope.subject().to_owned(), step));
    }

    /// What was begun last; none where nothing was.
    pub fn last(&self) -> Option<(String, Step)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
