//! The outbox: what happened, in the transaction that made it happen, until everybody who listens was told.
//!
//! Only where somebody listens, which a container knows for a minute. What it does not know it takes for true, and looks
//! while the transaction is under way: so a write waits for nothing, and nothing is lost. What nobody listens to is removed
//! by whoever empties the outbox.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{join, try_join_all};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, text};
use crate::aws::keys;
use crate::aws::records::{Records, sort_key};
use crate::aws::writes::{Outcome, Part};
use crate::error::{Error, Result};
use crate::memory::event::Event;
use crate::memory::id::Fields;
use crate::memory::{Scope, Tenant, Time};

/// Version of the stored shape.
pub const VERSION: u8 = 1;
/// Partitions of the outbox: each takes a thousand writes a second.
pub const SHARDS: u8 = 8;
/// How long a container goes by what it knows of a tenant's webhooks.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// Tenants that a container remembers; beyond that it starts over.
const REMEMBERED: usize = 10_000;

/// What one transaction did, for those who listen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// [`VERSION`].
    pub v: u8,
    /// Whose.
    pub tenant: String,
    /// The one webhook that is told; none for all that want to hear it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// What happened.
    pub events: Vec<Event>,
}

impl Post {
    /// To one webhook only: a ping, or what it is told again.
    pub fn to(tenant: &Tenant, webhook: &str, event: Event) -> Post {
        let (tenant, webhook) = (tenant.as_str().to_owned(), Some(webhook.to_owned()));
        Post { v: VERSION, tenant, webhook, events: vec![event] }
    }
}

/// A post with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its sort key.
    pub sort: String,
    /// What it says.
    pub post: Post,
}

/// Which tenants have webhooks, as this container knows. Clones know together.
#[derive(Debug, Clone, Default)]
pub struct Listeners {
    known: Arc<Mutex<HashMap<String, (Instant, bool)>>>,
    /// Whether all that happens goes to a bus as well.
    is_bus: bool,
}

impl Listeners {
    /// `is_bus`: everything is told to somebody, whatever tenants want.
    pub fn new(is_bus: bool) -> Listeners {
        Listeners { is_bus, ..Listeners::default() }
    }

    fn of(&self, tenant: &Tenant) -> Option<bool> {
        if self.is_bus {
            return Some(true);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(tenant.as_str()).filter(|(at, _)| at.elapsed() < KNOWN_FOR).map(|(_, listens)| *listens)
    }

    /// Notes whether somebody listens.
    pub(super) fn note(&self, tenant: &Tenant, listens: bool) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(tenant.as_str().to_owned(), (Instant::now(), listens));
    }
}

impl Records {
    /// A transaction that makes something happen, and with it the note of that where somebody listens.
    pub(super) async fn happen(
        &self,
        what: &str,
        scope: &Scope,
        mut parts: Vec<Part>,
        events: Vec<Event>,
        at: Time,
    ) -> Result<Outcome> {
        let tenant = scope.tenant();
        let listens = self.listeners.of(tenant);
        if events.is_empty() || listens == Some(false) {
            return self.transact(what, parts).await;
        }
        let post = Post { v: VERSION, tenant: tenant.as_str().to_owned(), webhook: None, events };
        parts.push(part(&post, at)?);
        let own = parts.len() - 1;
        let outcome = if listens.is_none() {
            join(self.transact(what, parts), self.look(tenant)).await.0
        } else {
            self.transact(what, parts).await
        };
        // It has no condition, so it is never among the refused; and whoever reads places counts their own parts only.
        debug_assert!(!matches!(&outcome, Ok(Outcome::Refused(places)) if places.contains(&own)));
        outcome
    }

    async fn look(&self, tenant: &Tenant) {
        match self.webhooks(tenant).await {
            Ok(webhooks) => self.listeners.note(tenant, webhooks.iter().any(|webhook| webhook.enabled)),
            // It stays unknown, and so is taken for true.
            Err(error) => tracing::debug!(%error, "webhooks could not be looked up"),
        }
    }

    /// Puts a post by itself: nothing happened but that somebody is to be told.
    pub async fn post(&self, post: &Post, at: Time) -> Result<()> {
        self.transact("post", vec![part(post, at)?]).await.map(|_| ())
    }

    /// What waits in a part of the outbox, oldest first. What cannot be read, such as a newer version's, stays where it is.
    pub async fn posts(&self, shard: &str) -> Result<Vec<Posted>> {
        let items = self.all_of(shard, keys::POST, true).await?;
        let read = items.iter().filter_map(|item| match to_posted(item) {
            Ok(posted) => Some(posted),
            Err(error) => {
                tracing::error!(%error, shard, "a post stays in the outbox");
                None
            }
        });
        Ok(read.collect())
    }

    /// Takes posts out of it.
    pub async fn remove_posts(&self, shard: &str, sorts: &[String]) -> Result<()> {
        let remove = |sort: &String| {
            let call = self.client.delete_item().table_name(&self.table).set_key(Some(key(shard, sort)));
            async move { call.send().await.map_err(|error| from_sdk("empty the outbox", &error)) }
        };
        try_join_all(sorts.iter().map(remove)).await.map(|_| ())
    }
}

/// The write that puts a post into the outbox. The same post at the same time is one.
pub(super) fn part(post: &Post, at: Time) -> Result<Part> {
    let body = serde_json::to_string(post);
    let body = body.map_err(|error| Error::internal(format!("a post cannot be encoded: {error}")))?;
    let hash = Fields::new("memorable post v1").add(&body).finish();
    let shard = keys::outbox(hash.as_bytes()[0] % SHARDS);
    let mut item = key(&shard, &keys::post(at, &hash.to_hex()[..32]));
    item.insert("post".to_owned(), text(body));
    Ok(Part::Put(item, None))
}

fn key(shard: &str, sort: &str) -> Item {
    Item::from([(keys::PK.to_owned(), text(shard)), (keys::SK.to_owned(), text(sort))])
}

fn to_posted(item: &Item) -> Result<Posted> {
    let corrupt = |why: String| Error::corrupt("a post in the outbox", why);
    let sort = sort_key(item).ok_or_else(|| corrupt("it has no name".to_owned()))?.to_owned();
    let body =
        item.get("post").and_then(|post| post.as_s().ok()).ok_or_else(|| corrupt("it has no body".to_owned()))?;
    let post: Post = serde_json::from_str(body).map_err(|error| corrupt(error.to_string()))?;
    if post.v != VERSION {
        return Err(corrupt(format!("version {} is not known here", post.v)));
    }
    Ok(Posted { sort, post })
}
