//! Dead letters: messages that were delivered too often, and their way back to the queue that they came from.

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName};
use serde_json::Value;

use crate::aws::errors::from_sdk;
use crate::error::{Error, Result};
use crate::memory::Tenant;

/// The attribute that counts how often a message was sent back. What a message says is nobody's business here.
const RETURNS: &str = "returns";
/// Most messages that SQS gives at once.
const BATCH: i32 = 10;
/// Seconds that a message which was read is hidden: as long as a planning may take, so that it is read once.
const HIDDEN: i32 = 900;
/// Seconds that a read waits: without a wait SQS asks a part of its servers, and may find nothing where there is something.
const WAIT: i32 = 1;

/// A queue, and where its dead letters lie.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    queue: String,
    dead: String,
}

/// A dead letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// How often it was sent back before.
    pub returns: u32,
    body: String,
    handle: String,
}

impl Letter {
    /// Whose it is, where that can be read.
    pub fn tenant(&self) -> Option<Tenant> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        Tenant::parse(body.get("tenant")?.as_str()?).ok()
    }
}

impl DeadLetters {
    /// Of the queue at that URL.
    pub fn new(client: Client, queue: impl Into<String>, dead: impl Into<String>) -> DeadLetters {
        DeadLetters { client, queue: queue.into(), dead: dead.into() }
    }

    /// About how many there are.
    pub async fn count(&self) -> Result<u64> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let call = self.client.get_queue_attributes().queue_url(&self.dead).attribute_names(name.clone());
        let answer = Box::pin(call.send()).await.map_err(|error| from_sdk("count dead letters", &error))?;
        Ok(answer.attributes().and_then(|all| all.get(&name)?.parse().ok()).unwrap_or(0))
    }

    /// Some of them, which nobody else reads for as long as a night is planned; none where none are left.
    pub async fn read(&self) -> Result<Vec<Letter>> {
        let call = self.client.receive_message().queue_url(&self.dead).max_number_of_messages(BATCH);
        let call = call.visibility_timeout(HIDDEN).wait_time_seconds(WAIT).message_attribute_names(RETURNS);
        let answer = Box::pin(call.send()).await.map_err(|error| from_sdk("read dead letters", &error))?;
        let messages = answer.messages.unwrap_or_default();
        let letter = |message: aws_sdk_sqs::types::Message| {
            let returns = message.message_attributes().and_then(|all| all.get(RETURNS)?.string_value()?.parse().ok());
            Some(Letter { returns: returns.unwrap_or(0), body: message.body?, handle: message.receipt_handle? })
        };
        Ok(messages.into_iter().filter_map(letter).collect())
    }

    /// Sends a letter back. A stop between the two calls leaves it in both queues: receivers do not mind.
    pub async fn send_back(&self, letter: &Letter) -> Result<()> {
        let returns =
            MessageAttributeValue::builder().data_type("Number").string_value((letter.returns + 1).to_string());
        let returns =
            returns.build().map_err(|error| Error::internal(format!("a message cannot be built: {error}")))?;
        let attributes = HashMap::from([(RETURNS.to_owned(), returns)]);
        let call = self.client.send_message().queue_url(&self.queue).message_body(&letter.body);
        let call = call.set_message_attributes(Some(attributes)).send();
        Box::pin(call).await.map_err(|error| from_sdk("send a dead letter back", &error))?;
        let call = self.client.delete_message().queue_url(&self.dead).receipt_handle(&letter.handle).send();
        Box::pin(call).await.map_err(|error| from_sdk("delete a dead letter", &error))?;
        Ok(())
    }
}
