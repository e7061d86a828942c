//! Samples of what webhooks are made of: what is written to the outbox, the queue and the log today is read tomorrow.

use memorable::aws::outbox::Post;
use memorable::aws::queue::DeliverMessage;
use memorable::memory::event::Happening;
use memorable::memory::webhook::{Delivery, Standing, Webhook};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{id, text, time};

/// The sample as that shape, which writes the same again: no field was lost or renamed.
fn read<T: Serialize + DeserializeOwned>(name: &str) -> T {
    let sample: Value = serde_json::from_str(&text(1, name)).expect("JSON");
    let shape: T = serde_json::from_value(sample.clone()).expect("the shape");
    assert_eq!(serde_json::to_value(&shape).expect("JSON"), sample, "{name}");
    shape
}

#[test]
fn samples_of_webhooks_still_decode() {
    let post: Post = read("post.json");
    assert_eq!(
        post.events.iter().map(|event| event.kind).collect::<Vec<_>>(),
        [Happening::Superseded, Happening::DigestReady]
    );
    let message: DeliverMessage = read("deliver-message.json");
    assert_eq!((message.event.memory, message.event.revision), (Some(id("0123456789abcdef")), Some(3)));
    assert_eq!(message.webhook.as_deref(), Some("0123456789abcdef"));
    let message: DeliverMessage = read("deliver-to-bus.json");
    assert_eq!((message.webhook, message.event.kind), (None, Happening::Forgotten));
    let webhook: Webhook = read("webhook.json");
    assert!(!webhook.enabled && webhook.failing_since == Some(time("2026-11-16T09:40:00Z")));
    let delivery: Delivery = read("delivery.json");
    assert_eq!((delivery.standing, delivery.attempts.len()), (Standing::Waiting, 2));
}
