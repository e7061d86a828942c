//! From the outbox to the queue: for each thing that happened a message to each webhook that wants to hear it. And to the
//! bus, where there is one.

use std::collections::HashMap;

use crate::app::App;
use crate::aws::bus::Told;
use crate::aws::queue::DeliverMessage;
use crate::error::Result;
use crate::memory::Tenant;
use crate::memory::webhook::Webhook;

/// Empties a part of the outbox; gives how many posts were in it. A post goes only after its messages were taken: whoever
/// stops in between sends some of them again.
pub async fn spread(app: &App, shard: &str) -> Result<usize> {
    let posted = app.records.posts(shard).await?;
    let mut webhooks: HashMap<&str, Vec<Webhook>> = HashMap::new();
    let mut messages = Vec::new();
    for posted in &posted {
        let (post, tenant) = (&posted.post, Tenant::parse(&posted.post.tenant)?);
        if let Some(webhook) = &post.webhook {
            messages.extend(post.events.iter().map(|event| DeliverMessage::of(&tenant, webhook, event)));
            continue;
        }
        if !webhooks.contains_key(post.tenant.as_str()) {
            webhooks.insert(&post.tenant, app.records.webhooks(&tenant).await?);
        }
        let listening = webhooks.get(post.tenant.as_str()).into_iter().flatten();
        for webhook in listening {
            let heard = post.events.iter().filter(|event| webhook.hears(event));
            messages.extend(heard.map(|event| DeliverMessage::of(&tenant, &webhook.id, event)));
        }
    }
    if let Some(bus) = &app.bus {
        let happened = posted.iter().map(|posted| &posted.post).filter(|post| post.webhook.is_none());
        let told: Vec<Told<'_>> =
            happened.flat_map(|post| post.events.iter().map(|event| (post.tenant.as_str(), event))).collect();
        // What it does not take goes by the queue, so that a bus that is broken keeps nothing in the outbox.
        for (tenant, event) in bus.put(&told).await {
            messages.push(DeliverMessage::to_bus(&Tenant::parse(tenant)?, event));
        }
    }
    if !messages.is_empty() {
        app.deliver_queue()?.send(&messages).await?;
    }
    let sorts: Vec<String> = posted.iter().map(|posted| posted.sort.clone()).collect();
    app.records.remove_posts(shard, &sorts).await?;
    Ok(posted.len())
}
