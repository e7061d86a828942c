//! Which service and operation a request is for.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;

/// The service a request is for, and what of the operation the address tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    DynamoDb {
        operation: String,
    },
    Sqs {
        operation: String,
    },
    /// `bucket_in_host` is set for the virtual-host style (`bucket.s3.region.amazonaws.com`).
    S3 {
        bucket_in_host: Option<String>,
    },
    Elsewhere {
        host: String,
    },
}

impl Target {
    /// Reads the target from the `x-amz-target` header, or else from the host.
    pub fn of(request: &HttpRequest) -> Result<Target, ConnectorError> {
        if let Some(target) = request.headers().get("x-amz-target") {
            if let Some(operation) = target.strip_prefix("DynamoDB_20120810.") {
                return Ok(Target::DynamoDb { operation: operation.to_owned() });
            }
            if let Some(operation) = target.strip_prefix("AmazonSQS.") {
                return Ok(Target::Sqs { operation: operation.to_owned() });
            }
        }
        let host = uri(request)?.host().unwrap_or("(no host)").to_owned();
        if host.starts_with("s3.") || host.starts_with("s3-") {
            return Ok(Target::S3 { bucket_in_host: None });
        }
        // A bucket's name may hold dots itself, so the last `.s3` ends it.
        if let Some(end) = host.rfind(".s3.").or_else(|| host.rfind(".s3-")) {
            return Ok(Target::S3 { bucket_in_host: Some(host[..end].to_owned()) });
        }
        Ok(Target::Elsewhere { host })
    }
}

/// `Service.Operation`, as the documentation of AWS writes it: `DynamoDB.PutItem`, `S3.GetObject`.
pub(super) fn operation_name(request: &HttpRequest) -> String {
    match Target::of(request) {
        Ok(Target::DynamoDb { operation }) => format!("DynamoDB.{operation}"),
        Ok(Target::Sqs { operation }) => format!("SQS.{operation}"),
        Ok(Target::S3 { bucket_in_host }) => {
            format!("S3.{}", s3_operation(request, bucket_in_host.is_some()))
        }
        Ok(Target::Elsewhere { host }) => elsewhere(request, &host),
        Err(_) => format!("{} {}", request.method(), request.uri()),
    }
}

fn s3_operation(request: &HttpRequest, bucket_in_host: bool) -> &'static str {
    let Ok(uri) = uri(request) else {
        return "Unknown";
    };
    let path = uri.path().trim_start_matches('/');
    let has_key =
        if bucket_in_host { !path.is_empty() } else { path.split_once('/').is_some_and(|(_, key)| !key.is_empty()) };
    let query = uri.query().unwrap_or_default();
    let asks_for = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    match (request.method(), has_key) {
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("PUT", true) => "PutObject",
        ("DELETE", true) => "DeleteObject",
        ("GET", false) if asks_for("list-type") => "ListObjectsV2",
        ("HEAD", false) => "HeadBucket",
        ("PUT", false) => "CreateBucket",
        ("DELETE", false) => "DeleteBucket",
        ("POST", false) if asks_for("delete") => "DeleteObjects",
        _ => "Unknown",
    }
}

fn elsewhere(request: &HttpRequest, host: &str) -> String {
    let path = uri(request).map(|uri| uri.path().to_owned());
    let path = path.unwrap_or_default();
    if host.starts_with("bedrock-runtime.") {
        match path.rsplit('/').next() {
            Some("invoke") => return "Bedrock.InvokeModel".to_owned(),
            Some("converse") => return "Bedrock.Converse".to_owned(),
            _ => {}
        }
    }
    format!("{host}{path}")
}

/// The address of a request, parsed.
pub(super) fn uri(request: &HttpRequest) -> Result<Uri, ConnectorError> {
    request
        .uri()
        .parse::<Uri>()
        .map_err(|e| ConnectorError::other(format!("address {}: {e}", request.uri()).into(), None))
}

#[cfg(test)]
mod tests;
