//! S3: the protocol by `s3s`, the objects in SQLite. This file turns the SDK's requests into those of `s3s` and back.

mod backend;
mod body;
mod checks;
mod chunked;
mod error;
mod objects;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::sqlite::Db;
use super::wire::take_body;
use super::{ACCESS_KEY, Storage};
use backend::Backend;

/// The S3 of this process.
pub(super) struct S3 {
    service: S3Service,
    /// For requests from outside of this process.
    signed: S3Service,
}

impl S3 {
    pub fn open(storage: &Storage, secret: &str) -> rusqlite::Result<S3> {
        let db = Db::open(storage, "objects.db", objects::SCHEMA)?;
        let service = S3ServiceBuilder::new(Backend::new(db.clone())).build();
        let mut signed = S3ServiceBuilder::new(Backend::new(db));
        signed.set_auth(SimpleAuth::from_single(ACCESS_KEY, secret));
        Ok(S3 { service, signed: signed.build() })
    }

    /// Answers a request whose URL carries a signature of ours; one without, or past its end, is refused. Bodies are
    /// streamed.
    pub async fn answer_signed(&self, request: http::Request<s3s::Body>) -> http::Response<s3s::Body> {
        match self.signed.call(request).with_subscriber(NoSubscriber::default()).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(?error, "local s3 failed");
                let mut response = http::Response::new(s3s::Body::empty());
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        }
    }

    pub async fn answer(
        &self,
        bucket_in_host: Option<String>,
        mut request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let body = take_body(&mut request).await?;
        let mut request = request.try_into_http1x().map_err(refused)?.map(drop);
        if let Some(bucket) = bucket_in_host {
            *request.uri_mut() = in_path_style(request.uri(), &bucket)?;
        }
        let body = whole_body(request.headers_mut(), body)?;
        anonymous(request.headers_mut());

        let method = request.method().clone();
        let request = request.map(|()| s3s::Body::from(body));
        let call = self.service.call(request);
        // `s3s` logs every object that is not there as an error.
        let response = call.with_subscriber(NoSubscriber::default()).await;
        let response = response.map_err(|e| ConnectorError::other(e.into(), None))?;
        into_sdk_response(&method, response).await
    }
}

/// `/bucket/key` for a request whose host holds the bucket.
fn in_path_style(uri: &Uri, bucket: &str) -> Result<Uri, ConnectorError> {
    let mut path = format!("/{bucket}{}", uri.path());
    if let Some(query) = uri.query() {
        path.push('?');
        path.push_str(query);
    }
    path.parse().map_err(refused)
}

/// The object's bytes: the SDK sends a stream of unknown checksum in chunks with the checksum after them.
fn whole_body(headers: &mut HeaderMap, body: Bytes) -> Result<Bytes, ConnectorError> {
    let encoding = headers.get(http::header::CONTENT_ENCODING);
    let Some(encoding) = encoding.and_then(|value| value.to_str().ok()) else {
        return Ok(body);
    };
    let others: Vec<&str> = encoding.split(',').map(str::trim).filter(|name| *name != "aws-chunked").collect();
    let others = others.join(",");
    if others == encoding {
        return Ok(body);
    }
    let decoded =
        chunked::decode(&body).map_err(|why| ConnectorError::other(format!("aws-chunked body: {why}").into(), None))?;
    headers.remove(http::header::CONTENT_ENCODING);
    if !others.is_empty() {
        let others = others.parse().map_err(refused)?;
        headers.insert(http::header::CONTENT_ENCODING, others);
    }
    headers.insert(http::header::CONTENT_LENGTH, decoded.body.len().into());
    for (name, value) in decoded.trailers {
        let name = http::HeaderName::try_from(name).map_err(refused)?;
        headers.insert(name, value.parse().map_err(refused)?);
    }
    Ok(decoded.body)
}

/// Takes the signature off: whoever is in this process may do everything, and the keys are made up.
fn anonymous(headers: &mut HeaderMap) {
    headers.remove(http::header::AUTHORIZATION);
    headers.remove("x-amz-content-sha256");
    headers.remove("x-amz-date");
}

async fn into_sdk_response(method: &Method, response: s3s::HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let (parts, body) = response.into_parts();
    // A server sends no body with these, whatever the service wrote.
    let bodiless = *method == Method::HEAD || parts.status == StatusCode::NOT_MODIFIED;
    let bytes = if bodiless {
        Bytes::new()
    } else {
        let collected = body.collect().await.map_err(ConnectorError::io)?;
        collected.to_bytes()
    };
    if parts.status == StatusCode::INTERNAL_SERVER_ERROR {
        let answer = String::from_utf8_lossy(&bytes);
        tracing::error!(%answer, "local s3 failed");
    }
    http::Response::from_parts(parts, SdkBody::from(bytes)).try_into().map_err(refused)
}

fn refused(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConnectorError {
    ConnectorError::other(error.into(), None)
}

#[cfg(test)]
mod tests;
