//! What nights chose, as this container knows it: the order of a route's models, and the head that classifies.
//!
//! Read once a minute beside something that is read anyway, so that nothing has a stage more. Where it cannot be read, what
//! was delivered and configured holds: that is a little worse, and does not fail.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use crate::app::App;
use crate::classify::head::Head;
use crate::classify::trained::Trained;
use crate::error::Result;
use crate::memory::choice::{self, Choices, HEAD};
use crate::memory::{Tenant, Time};
use crate::models::routes::{Route, Task};

/// How long what was read holds: a promotion or a rollback is everywhere a minute later.
const HOLDS: SignedDuration = SignedDuration::from_mins(1);
/// Tenants that are known at a time; beyond that it starts over.
const MOST: usize = 1_024;
/// Trained heads that are kept at a time: some 5 MB each in memory, and to read one again is one item of some 100 KB.
const MOST_HEADS: usize = 16;
/// Of so many calls one tries a model that was asked too seldom to be judged.
const TRY_EVERY: u32 = 16;

/// Choices by tenant, each with when they were read. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Learned(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    choices: Mutex<HashMap<Tenant, (Time, Arc<Choices>)>>,
    heads: Mutex<HashMap<(Tenant, String), Arc<Head>>>,
    calls: AtomicU32,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Learned {
    /// Forgets what is known of the tenant: it was changed here.
    pub fn changed(&self, tenant: &Tenant) {
        locked(&self.0.choices).remove(tenant);
    }

    fn known(&self, tenant: &Tenant) -> Option<(Time, Arc<Choices>)> {
        locked(&self.0.choices).get(tenant).cloned()
    }

    fn keep(&self, tenant: &Tenant, choices: Choices, now: Time) {
        let mut known = locked(&self.0.choices);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(tenant.clone(), (now, Arc::new(choices)));
    }

    /// The route with its models in the order that nights chose for the tenant, as far as that is known here. Only models
    /// that the route has anyway. To embed, the order stays: vectors of two models are never compared, so whoever is first
    /// decides what is found.
    pub fn ordered(&self, route: &Route, tenant: &Tenant) -> Route {
        if route.task() == Task::Embed || route.chain().len() < 2 {
            return route.clone();
        }
        let Some((_, choices)) = self.known(tenant) else { return route.clone() };
        let chosen = choices.of(&choice::route(route.task().name()));
        let mut names: Vec<&str> = chosen.names.iter().map(String::as_str).collect();
        if !chosen.trying.is_empty() {
            let call = self.0.calls.fetch_add(1, Ordering::Relaxed);
            if call % TRY_EVERY == TRY_EVERY - 1 {
                let tried = &chosen.trying[(call / TRY_EVERY) as usize % chosen.trying.len()];
                names.retain(|name| name != tried);
                names.insert(0, tried);
            }
        }
        if names.is_empty() { route.clone() } else { route.ordered(&names) }
    }
}

/// Reads what is chosen for the tenant where that was not done lately. One request at the most; call it beside another.
pub async fn refresh(app: &App, tenant: &Tenant, now: Time) {
    if app.learned.known(tenant).is_some_and(|(read, _)| read <= now && read.plus(HOLDS) > now) {
        return;
    }
    match app.records.choices(tenant).await {
        Ok(choices) => app.learned.keep(tenant, choices, now),
        Err(error) => {
            tracing::warn!(%error, "what nights chose was not read");
            // Asked again in a minute, not with every call; what was known before holds until then.
            let known = app.learned.known(tenant).map(|(_, choices)| Choices::clone(&choices));
            app.learned.keep(tenant, known.unwrap_or_default(), now);
        }
    }
}

/// The head that classifies the tenant's texts; the builtin one where none is chosen, or it does not fit this release. A
/// head that this container does not have yet is a read more, once.
pub async fn head(app: &App, tenant: &Tenant, now: Time) -> Arc<Head> {
    refresh(app, tenant, now).await;
    let choices = app.learned.known(tenant).map(|(_, choices)| choices);
    let name = choices.and_then(|choices| choices.of(HEAD).names.into_iter().next());
    let Some(name) = name else { return builtin() };
    let key = (tenant.clone(), name);
    if let Some(head) = locked(&app.learned.0.heads).get(&key).cloned() {
        return head;
    }
    let head = match trained(app, tenant, &key.1).await {
        Ok(Some(trained)) => Arc::new(trained.head),
        // Trained from another builtin head than this release has: the next night trains anew.
        Ok(None) => builtin(),
        Err(error) => {
            tracing::warn!(%error, "a trained head was not read");
            return builtin();
        }
    };
    let mut heads = locked(&app.learned.0.heads);
    if heads.len() >= MOST_HEADS {
        heads.clear();
    }
    heads.insert(key, Arc::clone(&head));
    head
}

/// A head that was trained; none where it is not there, or was trained from another than the builtin one of this release.
pub async fn trained(app: &App, tenant: &Tenant, name: &str) -> Result<Option<Trained>> {
    let bytes = app.records.head(tenant, name).await?;
    bytes.map_or(Ok(None), |bytes| Trained::decode(&bytes))
}

fn builtin() -> Arc<Head> {
    static BUILTIN: std::sync::LazyLock<Arc<Head>> = std::sync::LazyLock::new(|| Arc::new(Head::builtin().clone()));
    Arc::clone(&BUILTIN)
}

#[cfg(test)]
mod tests;
