//! Counters of what is asked in a minute.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;

use crate::aws::errors::from_sdk;
use crate::aws::items::{number, text};
use crate::aws::keys;
use crate::aws::records::Records;
use crate::error::Result;
use crate::memory::Scope;

/// Seconds of a minute, and how long its counter is kept beyond it.
const MINUTE: i64 = 60;

/// Whose counter.
#[derive(Debug, Clone, Copy)]
pub enum Counter<'a> {
    /// One scope's.
    Of(&'a Scope),
    /// One of those that all scopes share.
    Shared(u32),
}

impl Records {
    /// Counts one more in that minute, unless there are `most` already: one conditional write. Gives how many there are
    /// with it; none where there is no room. A write that the SDK repeats may count twice, never not at all.
    pub async fn count(&self, counter: Counter<'_>, minute: i64, most: u32) -> Result<Option<u32>> {
        let partition = match counter {
            Counter::Of(scope) => scope.path(),
            Counter::Shared(shard) => keys::rate_shard(shard),
        };
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, text(partition))
            .key(keys::SK, text(keys::rate(minute)))
            .update_expression("SET #expires = :expires ADD #count :one")
            .condition_expression("attribute_not_exists(#count) OR #count < :most")
            .expression_attribute_names("#expires", keys::EXPIRES)
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":expires", number((minute + 2) * MINUTE))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(most))
            .return_values(ReturnValue::UpdatedNew);
        match call.send().await {
            Ok(answer) => {
                let count = answer.attributes().and_then(|item| item.get("count")?.as_n().ok()?.parse().ok());
                Ok(Some(count.unwrap_or(most)))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(from_sdk("count a call", &error)),
            },
        }
    }
}
