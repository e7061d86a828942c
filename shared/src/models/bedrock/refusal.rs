//! Why Bedrock did not answer, as our error: what the caller can do, and what the operator should change.

use aws_sdk_bedrockruntime::config::http::HttpResponse;
use aws_sdk_bedrockruntime::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_bedrockruntime::operation::RequestId;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;

use crate::error::Error;
use crate::models::sent;

/// The SDK's error as ours. A model that is missing or not allowed is unavailable, so that a chain goes on to the next.
///
/// The service's own message is read but never repeated, because it may hold text of the request.
pub fn explain<E>(id: &str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let name = format!("bedrock:{id}");
    match error {
        SdkError::ServiceError(refused) => {
            let (code, message) =
                (refused.err().code().unwrap_or_default(), refused.err().message().unwrap_or_default());
            let request = error.request_id().unwrap_or("unknown");
            let status = refused.raw().status().as_u16();
            by_code(id, code, message)
                .unwrap_or_else(|| by_status(&name, status, &format!("{code} (status {status}, request {request})")))
        }
        SdkError::TimeoutError(_) => sent(Error::unavailable(format!("{name} did not answer in time"))),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            Error::unavailable(format!("{name} was not reached in time"))
        }
        SdkError::DispatchFailure(_) => Error::unavailable(format!("{name} was not reached: {}", cause(error))),
        SdkError::ResponseError(answer) => match answer.raw().status().as_u16() {
            200..=299 if broke_off(error) => sent(Error::unavailable(format!("{name} broke off its answer"))),
            200..=299 => sent(Error::internal(format!("{name} answered JSON that is not as documented"))),
            status => by_status(&name, status, &format!("status {status}")),
        },
        _ => Error::internal(format!("a request for {name} could not be built: {}", cause(error))),
    }
}

/// What went wrong after the answer had begun: what the service says of it, or none where the connection ended or what came
/// cannot be read.
pub fn midway(id: &str, refused: Option<&ConverseStreamOutputError>) -> Error {
    let name = format!("bedrock:{id}");
    match refused {
        Some(refused) if refused.is_throttling_exception() => {
            Error::throttled(format!("{name} stopped in the middle of its answer: it is asked too often"))
        }
        Some(_) => Error::unavailable(format!("{name} failed in the middle of its answer")),
        None => Error::unavailable(format!("{name} broke off its answer")),
    }
}

/// By the error's name, and for a validation error by what its message speaks of.
fn by_code(id: &str, code: &str, message: &str) -> Option<Error> {
    let name = format!("bedrock:{id}");
    let missing = format!(
        "Bedrock has no model `{id}` for this account in this region: \
         enable it in the Bedrock console (model access), or name another model or region"
    );
    match code {
        "ThrottlingException" | "TooManyRequestsException" | "ServiceQuotaExceededException" => {
            Some(Error::throttled(format!("{name} is asked too often for the account's quota ({code})")))
        }
        "ModelTimeoutException"
        | "ModelNotReadyException"
        | "ModelErrorException"
        | "ServiceUnavailableException"
        | "InternalServerException" => Some(Error::unavailable(format!("{name} failed to answer ({code})"))),
        "ResourceNotFoundException" => Some(Error::unavailable(missing)),
        "AccessDeniedException" => Some(Error::unavailable(format!(
            "the caller may not use `{id}`: allow it bedrock:InvokeModel on the model, and enable the model in the \
             Bedrock console (model access)"
        ))),
        "UnrecognizedClientException" | "ExpiredTokenException" | "InvalidSignatureException" => {
            Some(Error::unavailable(format!("{name} does not accept the AWS credentials ({code})")))
        }
        "ValidationException" if message.contains("on-demand throughput") => Some(Error::unavailable(format!(
            "`{id}` is reached through an inference profile only: name it with its region prefix, such as us.{id}"
        ))),
        "ValidationException" if message.contains("model identifier") || message.contains("model ID") => {
            Some(Error::unavailable(missing))
        }
        _ => None,
    }
}

/// By the HTTP status, where the error's name says nothing to us.
fn by_status(name: &str, status: u16, told: &str) -> Error {
    match status {
        429 => Error::throttled(format!("{name} is asked too often: {told}")),
        401 | 403 | 404 | 408 | 500.. => Error::unavailable(format!("{name} failed to answer: {told}")),
        _ => Error::internal(format!("{name} refused the request: {told}")),
    }
}

/// The last of an error's causes: the one that says what happened. Only for errors that came before any answer.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Whether the connection was lost within the answer.
fn broke_off(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<std::io::Error>() {
            return true;
        }
        next = error.source();
    }
    false
}
