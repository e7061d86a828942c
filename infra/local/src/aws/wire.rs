//! What every service here needs of HTTP: a body as bytes, an answer in JSON.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::BodyExt;

/// The whole body of a request, taken out of it.
pub(super) async fn take_body(request: &mut HttpRequest) -> Result<Bytes, ConnectorError> {
    let collected = request.take_body().collect().await;
    let collected = collected.map_err(ConnectorError::io)?;
    Ok(collected.to_bytes())
}

/// The answer of a service that speaks AWS JSON 1.0.
pub(super) struct JsonAnswer {
    /// HTTP status code.
    pub status: u16,
    /// The JSON text.
    pub body: String,
    /// The value of `x-amzn-query-error`, for services that once spoke the query protocol.
    pub query_error: Option<String>,
}

impl JsonAnswer {
    /// An answer with status 200.
    pub fn ok(body: String) -> JsonAnswer {
        JsonAnswer { status: 200, body, query_error: None }
    }

    /// The same as an HTTP response.
    pub fn into_response(self) -> Result<HttpResponse, ConnectorError> {
        let mut response = HttpResponse::new(status(self.status)?, SdkBody::from(self.body));
        let headers = response.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        if let Some(query_error) = self.query_error {
            headers.insert("x-amzn-query-error", query_error);
        }
        Ok(response)
    }
}

/// A status code the SDK's response type accepts.
pub(super) fn status(code: u16) -> Result<StatusCode, ConnectorError> {
    StatusCode::try_from(code).map_err(|e| ConnectorError::other(e.into(), None))
}
