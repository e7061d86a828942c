//! Faults: an HTTP client that makes chosen calls fail, and writes down every call.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use super::target::{Target, operation_name};
use super::wire::{JsonAnswer, status};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call never arrives: an I/O error, nothing applied.
    Before,
    /// The call is applied, and its answer is lost: an I/O error.
    After,
    /// The service says it is asked too often, in its own words; nothing applied.
    Throttle,
    /// The service answers 500; nothing applied.
    Status500,
}

/// An HTTP client around another, with a plan of which calls fail. Clones share the plan.
///
/// What counts as a call is one request, so a retry by the SDK is a call of its own.
#[derive(Clone)]
pub struct Faults {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    plan: BTreeMap<u64, Fault>,
    log: Vec<String>,
}

impl Faults {
    /// Wraps `inner`; nothing fails until [`Faults::fail_nth`] says so.
    #[must_use]
    pub fn new(inner: SharedHttpClient) -> Faults {
        Faults { inner, state: Arc::default() }
    }

    /// The HTTP client to give to the SDK's configuration.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// Makes the `n`th call since [`Faults::new`] or [`Faults::reset`] fail, counted from 1. It fails once.
    pub fn fail_nth(&self, n: u64, fault: Fault) {
        self.lock().plan.insert(n, fault);
    }

    /// How many calls were made, failed ones included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().log.len() as u64
    }

    /// `Service.Operation` of each call in order, such as `DynamoDB.PutItem` or `S3.GetObject`.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }

    /// Forgets the calls and the plan.
    pub fn reset(&self) {
        *self.lock() = State::default();
    }

    /// Counts a call, and tells how it is to fail.
    fn enter(&self, name: String) -> Option<Fault> {
        let mut state = self.lock();
        state.log.push(name);
        let n = state.log.len() as u64;
        state.plan.remove(&n)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.calls();
        f.debug_struct("Faults").field("calls", &calls).finish()
    }
}

impl HttpClient for Faults {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            faults: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        HttpClient::validate_base_client_config(&self.inner, components, config)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        HttpClient::validate_final_config(&self.inner, components, config)
    }
}

#[derive(Debug)]
struct FaultyConnector {
    faults: Faults,
    inner: SharedHttpConnector,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let name = operation_name(&request);
        match self.faults.enter(name.clone()) {
            None => self.inner.call(request),
            Some(Fault::Before) => HttpConnectorFuture::ready(Err(lost(&format!("{name} never arrived")))),
            Some(Fault::After) => {
                let answer = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _lost = answer.await?;
                    Err(lost(&format!("the answer to {name} was lost")))
                })
            }
            Some(Fault::Throttle) => HttpConnectorFuture::ready(throttled(&request)),
            Some(Fault::Status500) => HttpConnectorFuture::ready(internal(&request)),
        }
    }
}

fn lost(why: &str) -> ConnectorError {
    ConnectorError::io(format!("injected fault: {why}").into())
}

fn throttled(request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    match Target::of(request)? {
        Target::S3 { .. } => xml(503, "SlowDown", "Please reduce your request rate."),
        Target::Sqs { .. } => json(400, "com.amazonaws.sqs#RequestThrottled", Some("RequestThrottled;Sender")),
        Target::DynamoDb { .. } => json(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException", None),
        Target::Elsewhere { .. } => json(429, "ThrottlingException", None),
    }
}

fn internal(request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
    match Target::of(request)? {
        Target::S3 { .. } => xml(500, "InternalError", "We encountered an internal error."),
        Target::Sqs { .. } => json(500, "com.amazonaws.sqs#InternalFailure", Some("InternalFailure;Receiver")),
        Target::DynamoDb { .. } => json(500, "com.amazonaws.dynamodb.v20120810#InternalServerError", None),
        Target::Elsewhere { .. } => json(500, "InternalServerException", None),
    }
}

fn json(code: u16, kind: &str, query_error: Option<&str>) -> Result<HttpResponse, ConnectorError> {
    let body = serde_json::json!({ "__type": kind, "message": "injected fault" });
    let answer = JsonAnswer { status: code, body: body.to_string(), query_error: query_error.map(str::to_owned) };
    answer.into_response()
}

fn xml(code: u16, kind: &str, message: &str) -> Result<HttpResponse, ConnectorError> {
    let body = format!("<Error><Code>{kind}</Code><Message>{message}</Message></Error>");
    let mut response = HttpResponse::new(status(code)?, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/xml");
    Ok(response)
}

#[cfg(test)]
mod tests;
