//! The Model Context Protocol over Streamable HTTP: each POST is one message and its answer; nothing is kept between two.

mod caller;
mod message;
mod methods;
mod prompts;
mod resources;
mod text;
mod tools;
mod transport;
mod versions;

use door::Call;
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::error::Error;
use memorable::ingest::MOST_BODY_BYTES;
use memorable::memory::Time;
use memorable::receipt::{Receipt, metered};
use serde_json::{Value, json};

use caller::Caller;
use message::{Fault, Message};
use versions::Era;

pub use tools::names as tool_names;

/// The routes this function answers, as the gateway writes them: one path for access keys and one for tokens, since a
/// route has one authorizer. A GET is where a client would ask for a stream of its own, which there is none of: it is
/// told so, as the protocol wants it.
pub const ROUTES: [&str; 4] = ["POST /mcp", "GET /mcp", "POST /v1/mcp", "GET /v1/mcp"];

/// Answers one request, now.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, request, now.into()).await
}

/// Answers one request at the given time.
pub async fn handle_at(app: &App, request: Request, now: Time) -> Response<Body> {
    let call = Call::new(request, &app.config.tenant_claim);
    match call.route.as_str() {
        "POST /mcp" | "POST /v1/mcp" => post(app, &call, now).await,
        "GET /mcp" | "GET /v1/mcp" => transport::no_stream(),
        other => door::problem(&door::no_such_route(other)),
    }
}

/// One message on its way: what the answer needs to know of it, as far as it was read.
struct Exchange {
    id: Value,
    era: Era,
    /// The method and, for a tool, its name: only such as we know, for the log.
    what: String,
}

async fn post(app: &App, call: &Call, now: Time) -> Response<Body> {
    let mut exchange = Exchange { id: Value::Null, era: Era::Handshake, what: call.route.clone() };
    let (outcome, receipt) = metered(answer(app, call, now, &mut exchange)).await;
    let error = outcome.as_ref().err().and_then(Fault::cause);
    let outcome =
        outcome.and_then(|value| value.map(|value| with_receipt(value, &receipt)).map_or(Ok(None), |v| Ok(Some(v))));
    let (status, body) = match outcome {
        Ok(None) => (202, Value::Null),
        Ok(Some(result)) => (200, json!({ "jsonrpc": "2.0", "id": exchange.id, "result": result })),
        Err(fault) => fault.answer(&exchange.id, exchange.era, &receipt),
    };
    door::log(&exchange.what, status, error.as_ref(), &receipt);
    if body.is_null() { transport::accepted() } else { door::reply(status, "application/json", &body) }
}

/// The result of the message; none where it wants no answer.
async fn answer(
    app: &App,
    call: &Call,
    now: Time,
    exchange: &mut Exchange,
) -> std::result::Result<Option<Value>, Fault> {
    transport::check(call)?;
    let caller = Caller::of(call).map_err(Fault::refused)?;
    if call.body().len() > MOST_BODY_BYTES {
        return Err(Fault::refused(Error::too_large(MOST_BODY_BYTES)));
    }
    let version = call.header("mcp-protocol-version").map_err(Fault::refused)?;
    let request = match Message::parse(call.body())? {
        Message::Request(request) => request,
        Message::Notification | Message::Response => {
            versions::check_header(version)?;
            return Ok(None);
        }
    };
    exchange.id = request.id.clone();
    exchange.era = versions::era(&request, version);
    versions::check(&request, exchange.era, call)?;
    exchange.what = format!("{} {}", call.route, methods::known(&request, exchange.era).unwrap_or("unknown"));
    methods::answer(app, &caller, request, exchange.era, now).await.map(Some)
}

/// The result with what it cost, where programs look and models do not.
fn with_receipt(mut result: Value, receipt: &Receipt) -> Value {
    if let Value::Object(fields) = &mut result {
        let meta = fields.entry("_meta").or_insert_with(|| json!({}));
        meta["memorable/receipt"] = json!(receipt);
    }
    result
}
