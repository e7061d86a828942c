//! Conversations over HTTP: a message in, an answer from memory out.

mod aloud;

use door::{Answer, Call};
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::chat::{self, Hear};
use memorable::error::{Limit, Result};
use memorable::memory::Time;
use serde_json::json;

/// The routes this function answers, as the gateway writes them.
pub const ROUTES: [&str; 1] = ["POST /v1/chat"];

pub use aloud::{Part, begin, stream};
pub use memorable::chat::wants_stream;

/// Answers one request, now.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, request, now.into()).await
}

/// Answers one request at the given time. Where it asks for a stream, all of that at once: API Gateway passes on whole
/// answers only.
pub async fn handle_at(app: &App, request: Request, now: Time) -> Response<Body> {
    if chat::wants_stream(request.body().as_ref()) {
        return aloud::at_once(app, request, now).await;
    }
    let call = Call::new(request, &app.config.tenant_claim);
    let mut limit = None;
    let mut response = door::answer(&call.route, route(app, &call, None, now, &mut limit)).await;
    if let Some(limit) = &limit {
        door::limited(&mut response, limit);
    }
    response
}

async fn route(app: &App, call: &Call, hear: Option<Hear<'_>>, now: Time, limit: &mut Option<Limit>) -> Result<Answer> {
    match call.route.as_str() {
        "POST /v1/chat" => chat(app, call, hear, now, limit).await,
        other => Err(door::no_such_route(other)),
    }
}

async fn chat(app: &App, call: &Call, hear: Option<Hear<'_>>, now: Time, limit: &mut Option<Limit>) -> Result<Answer> {
    call.only(&[])?;
    let request = chat::Request::parse(&call.tenant()?, call.body(), now)?;
    let chatted = chat::chat_aloud(app, &request, call.header("idempotency-key")?, hear, now).await?;
    *limit = chatted.limit;
    let mut answer = json!({
        "reply": chatted.reply,
        "session": request.session,
        "scope": request.scope.subject(),
        "message_id": chatted.message_id,
        "reply_id": chatted.reply_id,
        "memories": chatted.memories,
        "summaries": chatted.summaries,
        "tokens": chatted.tokens,
        "model": chatted.model,
    });
    if chatted.no_model.is_some() {
        answer["no_model"] = chatted.no_model();
    }
    if chatted.repeated {
        answer["repeated"] = json!(true);
    }
    Ok((200, answer))
}
