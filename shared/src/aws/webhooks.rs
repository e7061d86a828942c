//! Webhooks and the log of their deliveries: one partition a tenant, in which there is no text of a memory.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;

use crate::aws::errors::from_sdk;
use crate::aws::items::{Item, fields, from_fields, number, text};
use crate::aws::keys;
use crate::aws::outbox::{self, Post};
use crate::aws::records::{Records, sort_key};
use crate::aws::writes::{Condition, Outcome, Part};
use crate::error::{Error, Result};
use crate::memory::webhook::{self, Delivery, Webhook};
use crate::memory::{Tenant, Time};

/// How long the log remembers a delivery.
const LOG_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Records {
    /// A tenant's webhooks, in the order of their ids. Strongly consistent.
    pub async fn webhooks(&self, tenant: &Tenant) -> Result<Vec<Webhook>> {
        let items = self.all_of(&keys::webhooks(tenant), keys::WEBHOOK, true).await?;
        items.into_iter().map(to_webhook).collect()
    }

    /// One of them.
    pub async fn webhook(&self, tenant: &Tenant, id: &str) -> Result<Option<Webhook>> {
        self.of_webhooks(tenant, keys::webhook(id)).await?.map(to_webhook).transpose()
    }

    /// Writes a webhook in place of the one at the revision before its own, or where there is none. Refused where somebody
    /// else was quicker.
    pub async fn put_webhook(&self, tenant: &Tenant, webhook: &Webhook) -> Result<Outcome> {
        let condition = match webhook.revision.checked_sub(1) {
            None | Some(0) => Condition::Absent,
            Some(before) => Condition::Revision(before),
        };
        let mut item = fields(webhook)?;
        item.extend(key(tenant, keys::webhook(&webhook.id)));
        let outcome = self.transact("write a webhook", vec![Part::Put(item, Some(condition))]).await?;
        if webhook.enabled {
            // This container need not look to know.
            self.listeners.note(tenant, true);
        }
        Ok(outcome)
    }

    /// Removes a webhook. Whether there was one.
    pub async fn remove_webhook(&self, tenant: &Tenant, id: &str) -> Result<bool> {
        let call = self.client.delete_item().table_name(&self.table).set_key(Some(key(tenant, keys::webhook(id))));
        let call = call.return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld);
        let answer = call.send().await.map_err(|error| from_sdk("remove a webhook", &error))?;
        Ok(answer.attributes.is_some())
    }

    /// How the telling of an event went; none where it was not tried yet, or longer ago than the log remembers.
    pub async fn delivery(&self, tenant: &Tenant, webhook: &str, event: &str) -> Result<Option<Delivery>> {
        self.of_webhooks(tenant, keys::delivery(webhook, event)).await?.as_ref().map(to_delivery).transpose()
    }

    /// Notes how it went.
    pub async fn put_delivery(&self, tenant: &Tenant, delivery: &Delivery, now: Time) -> Result<()> {
        self.put(from_delivery(tenant, delivery, now)?).await
    }

    /// Has an event told again, from the start: log and outbox in one transaction.
    pub async fn redeliver(&self, tenant: &Tenant, delivery: &Delivery, now: Time) -> Result<()> {
        let post = Post::to(tenant, &delivery.webhook, delivery.event.clone());
        let parts = vec![Part::Put(from_delivery(tenant, delivery, now)?, None), outbox::part(&post, now)?];
        self.transact("deliver again", parts).await.map(|_| ())
    }

    /// The latest deliveries to a webhook, latest first, before that one. Eventually consistent.
    pub async fn deliveries(
        &self,
        tenant: &Tenant,
        webhook: &str,
        limit: usize,
        before: Option<&str>,
    ) -> Result<(Vec<Delivery>, Option<String>)> {
        let prefix = keys::deliveries(webhook);
        let start = before.map(|event| key(tenant, keys::delivery(webhook, event)));
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":pk", text(keys::webhooks(tenant)))
            .expression_attribute_values(":prefix", text(prefix.as_str()))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        let page = Box::pin(query.send()).await.map_err(|error| from_sdk("list deliveries", &error))?;
        let next = page.last_evaluated_key.as_ref().and_then(sort_key).and_then(|sort| sort.strip_prefix(&prefix));
        let next = next.map(str::to_owned);
        let deliveries: Result<Vec<Delivery>> = page.items.unwrap_or_default().iter().map(to_delivery).collect();
        Ok((deliveries?, next))
    }

    async fn of_webhooks(&self, tenant: &Tenant, sort: String) -> Result<Option<Item>> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key(tenant, sort)));
        let answer = Box::pin(call.consistent_read(true).send()).await;
        Ok(answer.map_err(|error| from_sdk("read a webhook", &error))?.item)
    }
}

fn key(tenant: &Tenant, sort: String) -> Item {
    Item::from([(keys::PK.to_owned(), text(keys::webhooks(tenant))), (keys::SK.to_owned(), text(sort))])
}

fn to_webhook(item: Item) -> Result<Webhook> {
    let webhook: Webhook = from_fields("a webhook", item)?;
    known("a webhook", webhook.v)?;
    Ok(webhook)
}

fn from_delivery(tenant: &Tenant, delivery: &Delivery, now: Time) -> Result<Item> {
    let mut item = key(tenant, keys::delivery(&delivery.webhook, &delivery.event.id));
    let body = serde_json::to_string(delivery);
    let body = body.map_err(|error| Error::internal(format!("a delivery cannot be encoded: {error}")))?;
    item.insert("delivery".to_owned(), text(body));
    item.insert(keys::EXPIRES.to_owned(), number(now.plus(LOG_KEPT).seconds()));
    Ok(item)
}

fn to_delivery(item: &Item) -> Result<Delivery> {
    let body = item.get("delivery").and_then(|body: &AttributeValue| body.as_s().ok());
    let body = body.ok_or_else(|| Error::corrupt("a delivery", "it has no body"))?;
    let delivery: Delivery = serde_json::from_str(body).map_err(|error| Error::corrupt("a delivery", error))?;
    known("a delivery", delivery.v)?;
    Ok(delivery)
}

fn known(what: &str, version: u8) -> Result<()> {
    if version == webhook::VERSION {
        return Ok(());
    }
    Err(Error::corrupt(what, format!("version {version} is not known here")))
}
