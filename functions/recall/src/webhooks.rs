//! Webhooks and their logs, as they are.

use door::page;
use door::{Answer, Call};
use memorable::app::App;
use memorable::error::Result;
use memorable::webhooks;
use serde_json::{Value, json};

use super::{DEFAULT_LIMIT, MOST_LIMIT, limit};

pub async fn list(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    let webhooks = webhooks::list(app, &call.tenant()?).await?;
    let webhooks: Vec<Value> = webhooks.iter().map(page::webhook).collect();
    Ok((200, json!({ "webhooks": webhooks })))
}

pub async fn get(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    Ok((200, page::webhook(&webhooks::get(app, &call.tenant()?, &call.path("id")?).await?)))
}

pub async fn deliveries(app: &App, call: &Call) -> Result<Answer> {
    call.only(&["limit", "cursor"])?;
    let (tenant, id) = (call.tenant()?, call.path("id")?);
    let limit = limit(call, DEFAULT_LIMIT, MOST_LIMIT)?;
    let (deliveries, next) = webhooks::deliveries(app, &tenant, &id, limit, call.query("cursor").as_deref()).await?;
    let deliveries: Vec<Value> = deliveries.iter().map(page::delivery).collect();
    Ok((200, json!({ "deliveries": deliveries, "next_cursor": next })))
}
