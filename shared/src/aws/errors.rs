//! What an SDK's error means to a caller of ours.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::Error;

/// Codes with which the services ask to be called less.
const THROTTLES: [&str; 8] = [
    "ThrottlingException",
    "Throttling",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "TooManyRequestsException",
    "RequestThrottled",
];

/// Ours for theirs; `what` names the call for logs, as `put a segment`.
pub fn from_sdk<E, R>(what: &str, error: &SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no code");
            if THROTTLES.contains(&code) {
                return Error::throttled(format!("could not {what}: {code}"));
            }
            let message = service.err().message().unwrap_or_default();
            match code {
                "InternalServerError"
                | "InternalError"
                | "ServiceUnavailable"
                | "RequestTimeout"
                | "InternalFailure" => Error::unavailable(format!("could not {what}: {code}")),
                _ => Error::internal(format!("could not {what}: {code}: {message}")),
            }
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
            Error::unavailable(format!("could not {what}: no answer"))
        }
        SdkError::ResponseError(_) => Error::unavailable(format!("could not {what}: the answer cannot be read")),
        _ => Error::internal(format!("could not {what}: {error:?}")),
    }
}
