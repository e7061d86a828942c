//! An answer as server-sent events: the reply as a model says it, then all that a whole answer holds.

use std::sync::{Mutex, PoisonError};

use door::Call;
use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::chat::Heard;
use memorable::error::Limit;
use memorable::memory::Time;
use serde_json::{Value, json};

/// A part of an answer, in their order.
#[derive(Debug)]
pub enum Part {
    /// A whole answer instead of a stream: an error that came before there was anything to tell.
    Whole(Response<Body>),
    /// A stream begins, with what is known of the limit by now.
    Begin(Option<Limit>),
    /// An event of it.
    Event(String),
}

/// What was told of an answer so far.
#[derive(Debug, Default)]
struct Told {
    limit: Option<Limit>,
    has_begun: bool,
    /// The reply as far as it was told and is not void.
    reply: String,
}

/// Answers one request as a stream, now.
pub async fn stream(app: &App, request: Request, tell: &(dyn Fn(Part) + Send + Sync)) {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    stream_at(app, request, now.into(), tell).await;
}

/// The head of a stream's response, before that body.
pub fn begin<B>(limit: Option<&Limit>, body: B) -> Response<B> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(limit) = limit {
        door::limited(&mut response, limit);
    }
    response
}

/// The same stream as one body.
pub async fn at_once(app: &App, request: Request, now: Time) -> Response<Body> {
    let parts = Mutex::new(Vec::new());
    stream_at(app, request, now, &|part| parts.lock().unwrap_or_else(PoisonError::into_inner).push(part)).await;
    let (mut limit, mut events) = (None, String::new());
    for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        match part {
            Part::Whole(response) => return response,
            Part::Begin(known) => limit = known,
            Part::Event(event) => events.push_str(&event),
        }
    }
    begin(limit.as_ref(), Body::Text(events))
}

/// Nothing is told before there is a first piece of the reply, so that whatever fails until then has its status.
async fn stream_at(app: &App, request: Request, now: Time, tell: &(dyn Fn(Part) + Send + Sync)) {
    let call = Call::new(request, &app.config.tenant_claim);
    let told = Mutex::new(Told::default());
    let with = |change: &mut dyn FnMut(&mut Told)| change(&mut told.lock().unwrap_or_else(PoisonError::into_inner));
    let event = |name: &str, data: &Value| {
        with(&mut |told| {
            if !told.has_begun {
                told.has_begun = true;
                tell(Part::Begin(told.limit));
            }
        });
        tell(Part::Event(format!("event: {name}\ndata: {data}\n\n")));
    };
    let hear = |heard: Heard| match heard {
        Heard::Limit(limit) => with(&mut |told| told.limit = limit),
        Heard::Text(text) => {
            with(&mut |told| told.reply.push_str(&text));
            event("token", &json!({ "text": text }));
        }
        Heard::Restart { model, detail } => {
            with(&mut |told| told.reply.clear());
            event("restart", &json!({ "model": model, "detail": detail }));
        }
    };
    let mut limit = None;
    let settled = door::settle(&call.route, super::route(app, &call, Some(&hear), now, &mut limit)).await;
    match settled {
        Ok((_, answer)) => {
            let mut said = String::new();
            with(&mut |told| said = told.reply.trim_end().to_owned());
            let reply = answer["reply"].as_str().unwrap_or_default();
            if said != reply {
                if !said.is_empty() {
                    // Another call with the same key was quicker: its reply stands.
                    let model = &answer["model"];
                    event("restart", &json!({ "model": model, "detail": "another reply to this message stands" }));
                }
                event("token", &json!({ "text": reply }));
            }
            event("done", &answer);
        }
        Err(error) => {
            let mut has_begun = false;
            with(&mut |told| has_begun = told.has_begun);
            match has_begun {
                true => event("error", &door::told(&error)),
                false => tell(Part::Whole(door::problem(&error))),
            }
        }
    }
}
