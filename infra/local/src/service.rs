//! Where calls of the command line go: into this process, or over HTTP into a service that runs.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use memorable::error::{Error, Kind, Result};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use crate::gateway;
use crate::house::{House, LOCAL};

/// What an answer may take: API Gateway gives up after 30 seconds, and a local service may be asked for longer work.
const LONGEST_ANSWER: Duration = Duration::from_secs(120);

/// Where calls go.
#[derive(Debug)]
pub enum Service<'a> {
    /// Into this process.
    House(&'a House),
    /// Into one that runs.
    Remote(&'a Remote),
}

/// A service that runs: here or deployed. Redirects are not followed, since they would take the token along.
#[derive(Debug)]
pub struct Remote {
    url: String,
    token: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Remote {
    /// The service at that address. Invalid where it is none.
    pub fn new(url: &str, token: &str) -> Result<Remote> {
        let url = url.trim_end_matches('/');
        let parsed = url.parse::<Uri>().ok();
        let is_address = parsed.is_some_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && uri.query().is_none()
        });
        if !is_address {
            let expected = "the address of a service, such as http://127.0.0.1:8080";
            return Err(Error::invalid("--url", "this is no address", expected));
        }
        let client = client(url.starts_with("https"))?;
        Ok(Remote { url: url.to_owned(), token: token.to_owned(), client })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn call(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let (mut parts, body) = request.into_parts();
        let url = format!("{}{}", self.url, parts.uri);
        parts.uri = url.parse().map_err(|_| Error::internal(format!("{url} is no address")))?;
        let unreached = |error: &dyn std::error::Error| Error {
            expected: Some("a service that runs: `memorable serve` starts one on this machine".to_owned()),
            ..Error::unavailable(format!("{} does not answer: {}", self.url, innermost(error)))
        };
        let call = async {
            let request = Request::from_parts(parts, Full::new(Bytes::from(body)));
            let response = self.client.request(request).await.map_err(|error| unreached(&error))?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.map_err(|error| unreached(&error))?;
            Ok(Answer { status, body: body.to_bytes().to_vec() })
        };
        tokio::time::timeout(LONGEST_ANSWER, call).await.unwrap_or_else(|_| {
            let waited = LONGEST_ANSWER.as_secs();
            Err(Error::unavailable(format!("{} did not answer within {waited} seconds", self.url)))
        })
    }
}

/// A client of services by http, and by https where that is needed.
pub(crate) fn client<B>(is_secure: bool) -> Result<Client<HttpsConnector<HttpConnector>, B>>
where
    B: Body + Send,
    B::Data: Send,
{
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls(is_secure)?);
    Ok(Client::builder(TokioExecutor::new()).build(connector.https_or_http().enable_http1().build()))
}

/// What is at the bottom of an error: the outer ones say that there is one, the innermost says which.
pub(crate) fn innermost(error: &dyn std::error::Error) -> &dyn std::error::Error {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

/// The TLS stack that the AWS SDK has, with this machine's certificates where they are needed: reading them takes longer
/// than a call.
fn tls(is_needed: bool) -> Result<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| Error::internal(error.to_string()))?;
    if !is_needed {
        return Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let unread = |error| Error::unavailable(format!("this machine's certificates cannot be read: {error}"));
    Ok(config.with_native_roots().map_err(unread)?.with_no_client_auth())
}

impl Service<'_> {
    /// Sends a request; `path` holds the query, too.
    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, String)], body: Vec<u8>) -> Result<Answer> {
        let token = match self {
            Service::House(_) => LOCAL,
            Service::Remote(remote) => &remote.token,
        };
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body);
        let request =
            request.map_err(|error| Error::invalid("request", error.to_string(), "what a header can hold"))?;
        match self {
            Service::House(house) => {
                let (parts, body) = gateway::call(house, request).await.into_parts();
                Ok(Answer { status: parts.status.as_u16(), body: body.to_vec() })
            }
            Service::Remote(remote) => remote.call(request).await,
        }
    }

    /// Sends a JSON body, or none, and gives the JSON of the answer. A refusal is an error, in the service's own words.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let json = [("content-type", "application/json".to_owned())];
        let headers = if body.is_some() { &json[..] } else { &[] };
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.call(method, path, headers, body).await?.accepted()?.json()
    }
}

impl Answer {
    /// The body as JSON, null where there is none.
    pub fn json(&self) -> Result<Value> {
        if self.body.is_empty() { Ok(Value::Null) } else { memorable::json::read(&self.body) }
    }

    /// The answer, where the service did what it was asked; else the error that its problem tells.
    pub fn accepted(self) -> Result<Answer> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        // What stands before the service, such as API Gateway, answers with a message, or with no JSON at all.
        let problem = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        let text = |field: &str| problem[field].as_str().map(str::to_owned);
        let detail = text("detail").or_else(|| text("title")).or_else(|| text("message"));
        let detail = detail.unwrap_or_else(|| format!("the service answers {}", self.status));
        let mut error = match self.status {
            401 | 403 => Error::invalid("--token", detail, "a token that the service knows"),
            404 => Error::not_found(detail),
            409 => Error::conflict(detail),
            429 => Error::throttled(detail),
            400..500 => Error { kind: Kind::Invalid, ..Error::conflict(detail) },
            502..=504 => Error::unavailable(detail),
            _ => Error::internal(detail),
        };
        error.field = error.field.or_else(|| text("field"));
        error.expected = error.expected.or_else(|| text("expected"));
        Err(error)
    }
}
