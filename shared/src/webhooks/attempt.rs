//! One try to tell a webhook, or the bus, of an event.

use jiff::SignedDuration;
use tokio::time::Instant;

use crate::app::App;
use crate::aws::queue::DeliverMessage;
use crate::error::Result;
use crate::memory::event::{Event, Happening};
use crate::memory::webhook::{Attempt, Delivery, Standing, Webhook};
use crate::memory::{Tenant, Time};
use crate::webhooks::{signature, until};

/// How long a bus is left alone that did not take an event. A message that came twenty times, which takes it ten hours, is a
/// dead letter.
const BUS_WAITS: SignedDuration = SignedDuration::from_mins(30);

/// What becomes of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is done with.
    Done,
    /// It is to come again after that long.
    Again(SignedDuration),
}

/// Tells a webhook of an event, unless that is done, and notes how it went. A message that comes twice, or too early, tells
/// nothing twice but where two come at the very same time.
pub async fn attempt(app: &App, tenant: &Tenant, message: &DeliverMessage, now: Time) -> Result<Ended> {
    let event = &message.event;
    let Some(webhook) = &message.webhook else { return Ok(to_bus(app, tenant, event).await) };
    let Some(webhook) = app.records.webhook(tenant, webhook).await? else { return Ok(Ended::Done) };
    let is_ping = event.kind == Happening::Ping;
    if !webhook.enabled && !is_ping {
        return Ok(Ended::Done);
    }
    let delivery = app.records.delivery(tenant, &webhook.id, &event.id).await?;
    let delivery = delivery.unwrap_or_else(|| Delivery::of(&webhook, event));
    if delivery.standing != Standing::Waiting {
        return Ok(Ended::Done);
    }
    if let Some(wait) = delivery.next_at.and_then(|next| until(next, now)) {
        return Ok(Ended::Again(wait));
    }
    let attempt = call(app, &webhook, &delivery, now).await?;
    tracing::info!(webhook = webhook.id, status = attempt.status, error = attempt.error, ms = attempt.ms, "told");
    let next = delivery.after(attempt.clone());
    app.records.put_delivery(tenant, &next, now).await?;
    let changed = webhook.after(&attempt);
    if !is_ping && changed != webhook {
        // Refused where its owner or another try was quicker: the next one sees to it.
        let changed = Webhook { revision: webhook.revision + 1, ..changed };
        app.records.put_webhook(tenant, &changed).await?;
    }
    Ok(match next.next_at.and_then(|next| until(next, now)) {
        Some(wait) => Ended::Again(wait),
        None => Ended::Done,
    })
}

/// Done as well where there is no bus any more.
async fn to_bus(app: &App, tenant: &Tenant, event: &Event) -> Ended {
    let Some(bus) = &app.bus else { return Ended::Done };
    let left = bus.put(&[(tenant.as_str(), event)]).await;
    if left.is_empty() { Ended::Done } else { Ended::Again(BUS_WAITS) }
}

async fn call(app: &App, webhook: &Webhook, delivery: &Delivery, now: Time) -> Result<Attempt> {
    let body = delivery.event.payload().to_string();
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", concat!("memorable-webhooks/", env!("CARGO_PKG_VERSION")).to_owned()),
    ];
    headers.extend(signature::headers(&webhook.secret, &delivery.event.id, now, &body)?);
    let started = Instant::now();
    let answered = app.outside.post(&webhook.url, &headers, body).await;
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(match answered {
        Ok(status) => Attempt { at: now, status: Some(status), error: complaint(status), ms },
        Err(refusal) => Attempt { at: now, status: None, error: Some(refusal.to_string()), ms },
    })
}

fn complaint(status: u16) -> Option<String> {
    match status {
        200..=299 => None,
        300..=399 => Some("a redirect is not followed".to_owned()),
        410 => Some("the endpoint is gone".to_owned()),
        _ => Some("the endpoint did not take it".to_owned()),
    }
}
