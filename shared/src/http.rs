//! The seam below every SDK client: counts each request for the receipt, then hands it on. And, in a room of its own, calls
//! to addresses that others chose.

mod address;
pub mod outside;

use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::receipt::meter;

/// The client for the network: one connection pool and one TLS configuration for all SDK clients.
pub fn network() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}

/// `inner` with every request counted by the meter of the invocation that causes it.
pub fn metered(inner: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(MeteredClient { inner })
}

#[derive(Debug, Clone)]
struct MeteredClient {
    inner: SharedHttpClient,
}

impl HttpClient for MeteredClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(MeteredConnector { inner })
    }
}

#[derive(Debug, Clone)]
struct MeteredConnector {
    inner: SharedHttpConnector,
}

impl HttpConnector for MeteredConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let meter = meter();
        let (service, operation) = name(&request);
        let sent = request.body().content_length().unwrap_or(0);
        let number = meter.began(service, operation, sent);
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            let received = answer.as_ref().ok().and_then(|response| {
                let header = response.headers().get("content-length").and_then(|length| length.parse().ok());
                header.or_else(|| response.body().content_length())
            });
            meter.ended(number, received.unwrap_or(0));
            answer
        })
    }
}

/// Service and operation, from what the protocols put in every request.
fn name(request: &HttpRequest) -> (&'static str, String) {
    if let Some((service, operation)) = request.headers().get("x-amz-target").and_then(|target| target.split_once('.'))
    {
        let service = match service {
            "AWSEvents" => "events",
            other if other.starts_with("DynamoDB") => "dynamodb",
            _ => "sqs",
        };
        return (service, operation.to_owned());
    }
    let uri = request.uri();
    if uri.contains("bedrock") {
        return ("bedrock", uri.rsplit('/').next().unwrap_or_default().to_owned());
    }
    let lists = uri.contains("list-type=2");
    let operation = match request.method() {
        "GET" if lists => "ListObjectsV2",
        "GET" => "GetObject",
        "PUT" => "PutObject",
        "DELETE" => "DeleteObject",
        "HEAD" => "HeadObject",
        other => other,
    };
    ("s3", operation.to_owned())
}
