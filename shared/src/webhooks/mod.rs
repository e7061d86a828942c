//! Webhooks: who is told of what happens, and telling them. See the README.

pub mod attempt;
mod body;
pub mod signature;
mod spread;

use jiff::SignedDuration;

pub use attempt::{Ended, attempt};
pub use body::{Change, Draft};
pub use spread::spread;

use crate::app::App;
use crate::aws::outbox::Post;
use crate::aws::writes::Outcome;
use crate::error::{Error, Result};
use crate::memory::event::{Event, MOST_ID_BYTES};
use crate::memory::webhook::{Delivery, VERSION, Webhook};
use crate::memory::{MemoryId, Tenant, Time, id};

/// Random bytes of a new webhook: those of its id, and those of its secret.
pub const ENTROPY: usize = id::BYTES + signature::SECRET_BYTES;
/// Most webhooks of a tenant: each event is a message to each.
pub const MOST: usize = 20;
/// How often a change is tried again when the webhook changed under it.
const ATTEMPTS: u32 = 5;

/// Makes a webhook. Its secret is in what is given, and in no answer after that.
pub async fn create(app: &App, tenant: &Tenant, draft: Draft, entropy: [u8; ENTROPY], now: Time) -> Result<Webhook> {
    app.outside.check(&draft.url)?;
    if app.records.webhooks(tenant).await?.len() >= MOST {
        return Err(Error::conflict(format!("there are {MOST} webhooks already, which is the most: remove one first")));
    }
    let (name, secret) = entropy.split_at(id::BYTES);
    let name = name.try_into().map_err(|_| Error::internal("an id has other bytes"))?;
    let webhook = Webhook {
        v: VERSION,
        // Printed as memories' ids are, and no more than that.
        id: MemoryId::from_bytes(name).to_string(),
        revision: 1,
        url: draft.url,
        secret: draft.secret.unwrap_or_else(|| signature::secret(secret)),
        events: draft.events,
        scopes: draft.scopes,
        description: draft.description,
        enabled: draft.enabled,
        created_at: now,
        updated_at: now,
        failing_since: None,
        disabled_because: None,
    };
    match app.records.put_webhook(tenant, &webhook).await? {
        Outcome::Done => Ok(webhook),
        Outcome::Refused(_) => Err(Error::conflict("a webhook of that id is there already: try again")),
    }
}

/// A tenant's webhooks.
pub async fn list(app: &App, tenant: &Tenant) -> Result<Vec<Webhook>> {
    app.records.webhooks(tenant).await
}

/// One of them. Not found where there is none.
pub async fn get(app: &App, tenant: &Tenant, id: &str) -> Result<Webhook> {
    check_id("id", id)?;
    app.records.webhook(tenant, id).await?.ok_or_else(|| Error::not_found(format!("there is no webhook {id}")))
}

/// Changes one. Who enables it begins anew with it.
pub async fn change(app: &App, tenant: &Tenant, id: &str, change: &Change, now: Time) -> Result<Webhook> {
    if let Some(url) = &change.url {
        app.outside.check(url)?;
    }
    for _ in 0..ATTEMPTS {
        let old = get(app, tenant, id).await?;
        let changed = change.of(&old);
        if changed == old {
            return Ok(old);
        }
        let next = Webhook { revision: old.revision + 1, updated_at: now, ..changed };
        if app.records.put_webhook(tenant, &next).await? == Outcome::Done {
            return Ok(next);
        }
    }
    Err(Error::conflict(format!("webhook {id} keeps changing under this change")))
}

/// Removes one. What is on its way to it is dropped; the log lapses by itself.
pub async fn remove(app: &App, tenant: &Tenant, id: &str) -> Result<()> {
    check_id("id", id)?;
    match app.records.remove_webhook(tenant, id).await? {
        true => Ok(()),
        false => Err(Error::not_found(format!("there is no webhook {id}"))),
    }
}

/// Sends it a ping; gives the event that its log will tell of.
pub async fn test(app: &App, tenant: &Tenant, id: &str, now: Time) -> Result<Event> {
    let webhook = get(app, tenant, id).await?;
    let event = Event::ping(&webhook.id, now);
    app.records.post(&Post::to(tenant, &webhook.id, event.clone()), now).await?;
    Ok(event)
}

/// A page of its log, latest first, and where the next begins.
pub async fn deliveries(
    app: &App,
    tenant: &Tenant,
    id: &str,
    limit: usize,
    cursor: Option<&str>,
) -> Result<(Vec<Delivery>, Option<String>)> {
    if let Some(cursor) = cursor {
        check_id("cursor", cursor)?;
    }
    get(app, tenant, id).await?;
    app.records.deliveries(tenant, id, limit, cursor).await
}

/// Has it told of an event once more, with all tries, whatever became of it before.
pub async fn redeliver(app: &App, tenant: &Tenant, id: &str, event: &str, now: Time) -> Result<Delivery> {
    check_id("event", event)?;
    let webhook = get(app, tenant, id).await?;
    if !webhook.enabled {
        return Err(Error::conflict(format!("webhook {id} is disabled: enable it first")));
    }
    let delivery = app.records.delivery(tenant, id, event).await?;
    let delivery = delivery.ok_or_else(|| Error::not_found(format!("the log of webhook {id} has no event {event}")))?;
    let again = delivery.again();
    app.records.redeliver(tenant, &again, now).await?;
    Ok(again)
}

/// How long until then; none where that is now or was before.
fn until(then: Time, now: Time) -> Option<SignedDuration> {
    let wait = SignedDuration::from_micros(then.micros().saturating_sub(now.micros()));
    wait.is_positive().then_some(wait)
}

/// What comes in a path becomes part of a key: letters, digits and underscores only.
fn check_id(field: &str, id: &str) -> Result<()> {
    let fits = (1..=MOST_ID_BYTES).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits {
        return Ok(());
    }
    Err(Error::invalid(field, "this is not an id", "letters and digits, as an answer gave them"))
}
