//! Imports and exports: calls that begin them and tell of them, and the queue of turns at them.

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use door::{Answer, Call};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::aws::queue::TransferMessage;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::night::Budget;
use memorable::receipt::metered;
use memorable::transfer::{self, Asked, ExportRequest, ImportRequest};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The routes this function answers, as the gateway writes them.
pub const ROUTES: [&str; 6] = [
    "POST /v1/imports",
    "GET /v1/imports/{id}",
    "POST /v1/imports/{id}/start",
    "POST /v1/exports",
    "GET /v1/exports/{id}",
    "POST /v1/exports/{id}/start",
];

/// What starts this function.
#[derive(Debug)]
pub enum Event {
    /// The queue: turns at jobs.
    Queue(SqsEvent),
    /// A call.
    Http(Box<LambdaRequest>),
}

impl<'de> Deserialize<'de> for Event {
    /// By hand: a call is read from JSON only, and not from what serde keeps while it tries one variant after another.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Event, D::Error> {
        let event = Value::deserialize(deserializer)?;
        if event.get("Records").is_some() {
            return serde_json::from_value(event).map(Event::Queue).map_err(D::Error::custom);
        }
        serde_json::from_value(event).map(|request| Event::Http(Box::new(request))).map_err(D::Error::custom)
    }
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// To the queue: which messages are to be delivered again.
    Worked(SqsBatchResponse),
    /// To a call.
    Http(Box<ApiGatewayV2httpResponse>),
}

/// Answers one event, now. `left`: how long the function may run.
pub async fn handle_event(app: &App, event: Event, left: Duration) -> Reply {
    match event {
        Event::Queue(event) => Reply::Worked(handle_queue(app, event, left).await),
        Event::Http(request) => Reply::Http(Box::new(as_event(handle(app, (*request).into()).await))),
    }
}

/// Answers one request, now.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    handle_at(app, request, now()).await
}

/// Answers one request at the given time.
pub async fn handle_at(app: &App, request: Request, now: Time) -> Response<Body> {
    let call = Call::new(request, &app.config.tenant_claim);
    door::answer(&call.route, Box::pin(route(app, &call, now))).await
}

async fn route(app: &App, call: &Call, now: Time) -> Result<Answer> {
    let tenant = call.tenant()?;
    match call.route.as_str() {
        "POST /v1/imports" => {
            call.only(&[])?;
            let request = ImportRequest::parse(&tenant, call.body())?;
            let asked = Asked { body: call.body(), key: call.header("idempotency-key")? };
            let import = transfer::begin_import(app, &tenant, &request, asked, now).await?;
            Ok((202, transfer::tell_import(app, &import, now).await?))
        }
        "GET /v1/imports/{id}" => {
            call.only(&[])?;
            Ok((200, transfer::imported(app, &tenant, &call.path("id")?, now).await?))
        }
        "POST /v1/imports/{id}/start" => {
            call.only(&[])?;
            let import = transfer::restart(app, &tenant, &call.path("id")?, now).await?;
            Ok((202, transfer::tell_import(app, &import, now).await?))
        }
        "POST /v1/exports" => {
            call.only(&[])?;
            let request = ExportRequest::parse(&tenant, call.body())?;
            let export = transfer::begin_export(app, &tenant, &request, call.body(), now).await?;
            Ok((202, transfer::tell_export(app, &export, None, now).await?))
        }
        "GET /v1/exports/{id}" => {
            call.only(&["cursor"])?;
            let cursor = call.query("cursor");
            Ok((200, transfer::exported(app, &tenant, &call.path("id")?, cursor.as_deref(), now).await?))
        }
        "POST /v1/exports/{id}/start" => {
            call.only(&[])?;
            let export = transfer::restart_export(app, &tenant, &call.path("id")?, now).await?;
            Ok((202, transfer::tell_export(app, &export, None, now).await?))
        }
        other => Err(door::no_such_route(other)),
    }
}

/// Works on a batch of the queue, now.
pub async fn handle_queue(app: &App, event: SqsEvent, left: Duration) -> SqsBatchResponse {
    handle_queue_at(app, event, now(), left).await
}

/// Works on a batch of the queue at the given time, within that long.
pub async fn handle_queue_at(app: &App, event: SqsEvent, now: Time, left: Duration) -> SqsBatchResponse {
    let budget = Budget::of(left);
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        let (result, receipt) = metered(one(app, message.body.as_deref(), now, budget)).await;
        let requests: u32 = receipt.requests.values().sum();
        tracing::info!(ok = result.is_ok(), requests, micros = receipt.micros, "worked on a transfer");
        if let Err(error) = result {
            tracing::warn!(id = message.message_id, %error, "a message failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

async fn one(app: &App, body: Option<&str>, now: Time, budget: Budget) -> Result<()> {
    let message = TransferMessage::parse(body.ok_or_else(|| Error::corrupt("a message", "it has no body"))?)?;
    Box::pin(transfer::take(app, &message, now, budget)).await
}

/// Until Lambda ends an invocation with that deadline, in milliseconds since 1970.
pub fn until(deadline: u64) -> Duration {
    let now = now().micros() / 1_000;
    Duration::from_millis(deadline.saturating_sub(u64::try_from(now).unwrap_or(0)))
}

fn now() -> Time {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    now.into()
}

/// The answer as the gateway takes it from a function that answers events of more than one sort.
fn as_event(response: Response<Body>) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = i64::from(parts.status.as_u16());
    event.headers = parts.headers;
    event.body = Some(body);
    event
}
