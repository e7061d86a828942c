//! Making, changing and trying out webhooks.

use door::page;
use door::{Answer, Call};
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::webhooks;
use serde_json::json;

pub async fn create(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, draft) = (call.tenant()?, webhooks::Draft::parse(call.body())?);
    let mut entropy = [0; webhooks::ENTROPY];
    getrandom::fill(&mut entropy).map_err(|error| Error::unavailable(format!("there are no random bytes: {error}")))?;
    let webhook = webhooks::create(app, &tenant, draft, entropy, now).await?;
    let mut answer = page::webhook(&webhook);
    // Here, and nowhere after.
    answer["secret"] = json!(webhook.secret);
    Ok((201, answer))
}

pub async fn change(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, id) = (call.tenant()?, call.path("id")?);
    let change = webhooks::Change::parse(call.body())?;
    Ok((200, page::webhook(&webhooks::change(app, &tenant, &id, &change, now).await?)))
}

pub async fn remove(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, id) = (call.tenant()?, call.path("id")?);
    webhooks::remove(app, &tenant, &id).await?;
    Ok((200, json!({ "id": id, "removed": true })))
}

pub async fn test(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, id) = (call.tenant()?, call.path("id")?);
    let event = webhooks::test(app, &tenant, &id, now).await?;
    Ok((202, json!({ "event": event.id, "type": event.kind })))
}

pub async fn redeliver(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, id, event) = (call.tenant()?, call.path("id")?, call.path("event")?);
    Ok((202, page::delivery(&webhooks::redeliver(app, &tenant, &id, &event, now).await?)))
}
