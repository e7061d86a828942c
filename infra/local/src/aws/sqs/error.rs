//! The errors of SQS, in the shape the SDK makes typed errors of.

use std::fmt;

use serde_json::json;

use crate::aws::wire::JsonAnswer;

/// An error as SQS reports it.
#[derive(Debug)]
pub(super) struct SqsError {
    status: u16,
    /// The shape's name in the JSON protocol, with its namespace.
    shape: &'static str,
    /// The code of the query protocol of old, which the SDK still goes by.
    pub code: &'static str,
    pub message: String,
}

impl SqsError {
    fn sender(shape: &'static str, code: &'static str, message: impl Into<String>) -> SqsError {
        SqsError { status: 400, shape, code, message: message.into() }
    }

    pub fn no_such_queue() -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.",
        )
    }

    pub fn queue_exists(name: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#QueueNameExists",
            "QueueAlreadyExists",
            format!("A queue named {name} exists with other attributes."),
        )
    }

    pub fn bad_handle(handle: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#ReceiptHandleIsInvalid",
            "ReceiptHandleIsInvalid",
            format!("The input receipt handle {handle:?} is invalid."),
        )
    }

    pub fn not_in_flight() -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#MessageNotInflight",
            "AWS.SimpleQueueService.MessageNotInflight",
            "The message is not in flight.",
        )
    }

    pub fn invalid_contents() -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#InvalidMessageContents",
            "InvalidMessageContents",
            "The message contains characters outside the allowed set.",
        )
    }

    pub fn invalid_attribute_name(name: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#InvalidAttributeName",
            "InvalidAttributeName",
            format!("Unknown Attribute {name}."),
        )
    }

    pub fn invalid_attribute_value(name: &str, why: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#InvalidAttributeValue",
            "InvalidAttributeValue",
            format!("Invalid value for the parameter {name}. Reason: {why}"),
        )
    }

    pub fn invalid_parameter(message: impl Into<String>) -> SqsError {
        SqsError::sender("com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", message)
    }

    pub fn too_many_entries() -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10.",
        )
    }

    pub fn empty_batch() -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#EmptyBatchRequest",
            "AWS.SimpleQueueService.EmptyBatchRequest",
            "There should be at least one entry in the request.",
        )
    }

    pub fn ids_not_distinct(id: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
            "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            format!("Id {id} repeated."),
        )
    }

    pub fn bad_entry_id(id: &str) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#InvalidBatchEntryId",
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            format!("{id:?}: a batch entry id is 1 to 80 letters, digits, hyphens and underscores."),
        )
    }

    pub fn batch_too_long(bytes: usize) -> SqsError {
        SqsError::sender(
            "com.amazonaws.sqs#BatchRequestTooLong",
            "AWS.SimpleQueueService.BatchRequestTooLong",
            format!("The batch is too long: {bytes} bytes."),
        )
    }

    pub fn unreadable(error: &serde_json::Error) -> SqsError {
        SqsError::sender("com.amazon.coral.service#SerializationException", "MalformedInput", error.to_string())
    }

    pub fn unknown_operation(operation: &str) -> SqsError {
        SqsError::sender(
            "com.amazon.coral.service#UnknownOperationException",
            "InvalidAction",
            format!("the local SQS has no operation {operation}"),
        )
    }

    pub fn internal(error: &dyn fmt::Display) -> SqsError {
        SqsError {
            status: 500,
            shape: "com.amazonaws.sqs#InternalFailure",
            code: "InternalFailure",
            message: error.to_string(),
        }
    }

    /// Whether it is the caller's doing.
    pub fn is_senders(&self) -> bool {
        self.status < 500
    }

    pub fn into_answer(self) -> JsonAnswer {
        let fault = if self.is_senders() { "Sender" } else { "Receiver" };
        let body = json!({ "__type": self.shape, "message": self.message });
        JsonAnswer { status: self.status, body: body.to_string(), query_error: Some(format!("{};{fault}", self.code)) }
    }
}

impl From<rusqlite::Error> for SqsError {
    fn from(error: rusqlite::Error) -> SqsError {
        SqsError::internal(&error)
    }
}
