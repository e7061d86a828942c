//! What was asked, kept in the container until there is enough of it to write down beside another recall's reads.
//!
//! Nothing waits for it: it is written while the next recall reads its index, a few at once, so that recall has no stage
//! more and few requests. What a container that ends had not written yet is lost, which only means to learn a little less.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::app::App;
use crate::classify::sensitivity::sensitivity;
use crate::memory::asked::{Asked, MOST_RETURNED};
use crate::memory::{MemoryId, Scope, Sensitivity, Time};
use crate::recall::{Recalled, Request};

/// Questions that are written together.
const TOGETHER: usize = 16;
/// How long the oldest waits for others to come.
const WAITS: SignedDuration = SignedDuration::from_mins(1);
/// Questions that a container keeps at most while the table does not take them.
const MOST: usize = 256;

/// Questions not written down yet. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<(Scope, Asked)>>>);

impl Journal {
    fn with<T>(&self, look: impl FnOnce(&mut Vec<(Scope, Asked)>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes what a recall of one scope came to. Not kept: questions that give away a secret, and recalls of several
    /// scopes, whose answer is none of theirs alone.
    pub fn note(&self, request: &Request, recalled: &Recalled, now: Time) {
        let [scope] = request.scopes.as_slice() else { return };
        let returned = recalled.found.iter().take(MOST_RETURNED).map(|found| found.memory.id).collect();
        let (confidence, abstained) = (recalled.confidence, recalled.abstain());
        let query = request.query.clone();
        self.keep(scope, Asked { at: now, query, returned, used: Vec::new(), confidence, abstained });
    }

    /// Notes that an answer to that question was made from those memories.
    pub fn used(&self, scope: &Scope, query: &str, used: Vec<MemoryId>, now: Time) {
        if !used.is_empty() {
            let (query, returned) = (query.to_owned(), used.clone());
            self.keep(scope, Asked { at: now, query, returned, used, confidence: 1.0, abstained: false });
        }
    }

    fn keep(&self, scope: &Scope, asked: Asked) {
        if sensitivity(&asked.query) <= Sensitivity::Confidential {
            self.with(|all| {
                if all.len() < MOST {
                    all.push((scope.clone(), asked));
                }
            });
        }
    }

    /// Takes those of the scope that was noted first, where it is time to write.
    fn due(&self, now: Time, all: bool) -> Option<(Scope, Vec<Asked>)> {
        self.with(|noted| {
            let (scope, first) = noted.first()?;
            if !all && noted.len() < TOGETHER && first.at.plus(WAITS) > now {
                return None;
            }
            let scope = scope.clone();
            let due = noted.extract_if(.., |(of, _)| *of == scope).map(|(_, asked)| asked).collect();
            Some((scope, due))
        })
    }
}

/// Writes down what waited long enough. One request at the most.
pub async fn write_due(app: &App, now: Time) {
    if let Some((scope, asked)) = app.journal.due(now, false) {
        write(app, &scope, &asked, now).await;
    }
}

/// Writes down all that this container has noted.
pub async fn write_all(app: &App, now: Time) {
    while let Some((scope, asked)) = app.journal.due(now, true) {
        write(app, &scope, &asked, now).await;
    }
}

async fn write(app: &App, scope: &Scope, asked: &[Asked], now: Time) {
    if let Err(error) = app.records.put_asked(scope, asked, now).await {
        tracing::warn!(%error, questions = asked.len(), "what was asked was not written down");
    }
}

#[cfg(test)]
mod tests;
