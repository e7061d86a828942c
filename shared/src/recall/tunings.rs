//! How each tenant's recalls are weighted, as this container knows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::app::App;
use crate::index::ranking::Weights;
use crate::memory::{Tenant, Time};

/// How long what was read holds: a promotion or a rollback is everywhere a minute later.
const HOLDS: SignedDuration = SignedDuration::from_mins(1);
/// Tenants that are known at a time; beyond that it starts over.
const MOST: usize = 1_024;

/// Weights by tenant, each with when it was read. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Tunings(Arc<Mutex<HashMap<Tenant, (Time, Weights)>>>);

impl Tunings {
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<Tenant, (Time, Weights)>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets what is known of the tenant: it was changed here.
    pub fn changed(&self, tenant: &Tenant) {
        self.with(|known| known.remove(tenant));
    }
}

/// The weights of the tenant's recalls. Those that everybody begins with where they cannot be read: it ranks a little
/// worse, and does not fail.
pub async fn weights(app: &App, tenant: &Tenant, now: Time) -> Weights {
    let is_fresh = |read: Time| read <= now && read.plus(HOLDS) > now;
    let known = app.tunings.with(|known| known.get(tenant).filter(|(read, _)| is_fresh(*read)).cloned());
    if let Some((_, weights)) = known {
        return weights;
    }
    let weights = match app.records.tuning(tenant).await {
        Ok(tuning) => tuning.weights(),
        Err(error) => {
            tracing::warn!(%error, "how recalls are weighted was not read");
            Weights::default()
        }
    };
    app.tunings.with(|known| {
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(tenant.clone(), (now, weights.clone()));
    });
    weights
}
