//! The door for mem0's clients: their requests as calls of our verbs, our answers in their shapes.
//!
//! Nothing is kept for mem0 alone. A name that a client is given holds all that it stands for, so that a memory, an event
//! and an export are found again by their name. README.md lists the calls, and what differs from mem0's own service.

mod action;
mod add;
mod change;
mod entities;
mod exports;
mod feedback;
mod filters;
mod names;
mod page;
mod read;
mod search;
mod select;
mod users;

use door::{Answer, Call};
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use serde_json::{Value, json};

use action::Action;

/// The one route of this function, as the gateway writes it: mem0's own paths follow its prefix.
pub const ROUTES: [&str; 1] = ["ANY /mem0/{proxy+}"];

/// Answers one request, now.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, request, now.into()).await
}

/// Answers one request at the given time.
pub async fn handle_at(app: &App, request: Request, now: Time) -> Response<Body> {
    let call = Call::new(request, &app.config.tenant_claim);
    // A greedy route is matched again here; what is logged names the call, and nothing that the path names.
    match call.path("proxy").map(|path| Action::of(call.method(), &path)) {
        Ok(action) => {
            door::answer(action.as_ref().map_or("mem0, no such call", Action::name), route(app, &call, action, now))
                .await
        }
        Err(error) => door::problem(&error),
    }
}

async fn route(app: &App, call: &Call, action: Option<Action>, now: Time) -> Result<Answer> {
    let tenant = call.tenant()?;
    let body = || {
        let body = memorable::json::within(memorable::ingest::MOST_BODY_BYTES, call.body())?;
        let expected = || Error::invalid("body", "this is not an object", "a JSON object");
        if body.is_object() { Ok(body) } else { Err(expected()) }
    };
    let answer = match action {
        Some(Action::Ping) => {
            // The clients want an organisation and a project; a tenant is one, and is not divided.
            json!({ "status": "ok", "org_id": tenant.as_str(), "project_id": "default", "user_email": null })
        }
        Some(Action::Add { shape }) => add::add(app, call, body()?, shape, now).await?,
        Some(Action::Search { shape }) => search::search(app, &tenant, body()?, shape, now).await?,
        Some(Action::All { shape }) => read::all(app, call, Some(body()?), shape, now).await?,
        Some(Action::List) => read::all(app, call, None, action::Shape::List, now).await?,
        Some(Action::Get(id)) => read::get(app, &tenant, &id, now).await?,
        Some(Action::History(id)) => read::history(app, &tenant, &id, now).await?,
        Some(Action::Update(id)) => change::update(app, &tenant, &id, &body()?, now).await?,
        Some(Action::Delete(id)) => change::delete(app, &tenant, &id, now).await?,
        Some(Action::DeleteAll) => change::delete_all(app, call, now).await?,
        Some(Action::BatchUpdate) => change::batch_update(app, &tenant, &body()?, now).await?,
        Some(Action::BatchDelete) => change::batch_delete(app, &tenant, &body()?, now).await?,
        Some(Action::Users) => users::users(app, call).await?,
        Some(Action::DeleteEntity { kind, name }) => users::delete(app, &tenant, &kind, &name, now).await?,
        Some(Action::Event(id)) => add::event(app, &tenant, &id, now).await?,
        Some(Action::Feedback) => feedback::give(app, &tenant, &body()?, now).await?,
        Some(Action::CreateExport) => return Ok((201, exports::create(&tenant, &body()?)?)),
        Some(Action::GetExport) => exports::get(app, &tenant, &body()?, now).await?,
        None => {
            return Err(Error::not_found("mem0 has no such call here: functions/mem0/README.md lists those there are"));
        }
    };
    Ok((200, answer))
}

/// A text in an object; none where it is not there or null. Invalid where it is something else.
fn text<'a>(body: &'a Value, field: &str) -> Result<Option<&'a str>> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid(field, "this is not a text", "a text, or nothing")),
    }
}
