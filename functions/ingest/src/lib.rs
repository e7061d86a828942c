//! HTTP writes: store, change, forget; a tenant's settings; files of memory, of which one command of six only reads; and webhooks.

mod webhooks;

use door::{Answer, Call, page};
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use memorable::night::tune::{self, RollBack};
use memorable::night::{choose, settings};
use memorable::{feedback, files, forget, ingest};
use serde_json::json;

/// The routes this function answers, as the gateway writes them.
pub const ROUTES: [&str; 12] = [
    "POST /v1/memories",
    "PATCH /v1/memories/{id}",
    "DELETE /v1/memories/{id}",
    "POST /v1/memories/{id}/feedback",
    "POST /v1/tuning/rollback",
    "PATCH /v1/settings",
    "POST /v1/files",
    "POST /v1/webhooks",
    "PATCH /v1/webhooks/{id}",
    "DELETE /v1/webhooks/{id}",
    "POST /v1/webhooks/{id}/test",
    "POST /v1/webhooks/{id}/deliveries/{event}/redeliver",
];

/// Answers one request, now.
pub async fn handle(app: &App, request: Request) -> Response<Body> {
    #[expect(clippy::disallowed_methods, reason = "the door reads the clock, once per invocation")]
    let now = jiff::Timestamp::now();
    handle_at(app, request, now.into()).await
}

/// Answers one request at the given time.
pub async fn handle_at(app: &App, request: Request, now: Time) -> Response<Body> {
    let call = Call::new(request, &app.config.tenant_claim);
    door::answer(&call.route, route(app, &call, now)).await
}

async fn route(app: &App, call: &Call, now: Time) -> Result<Answer> {
    match call.route.as_str() {
        "POST /v1/memories" => store(app, call, now).await,
        "PATCH /v1/memories/{id}" => revise(app, call, now).await,
        "DELETE /v1/memories/{id}" => forget(app, call, now).await,
        "POST /v1/memories/{id}/feedback" => feedback(app, call, now).await,
        "POST /v1/tuning/rollback" => roll_back(app, call, now).await,
        "PATCH /v1/settings" => set(app, call, now).await,
        "POST /v1/files" => files(app, call, now).await,
        "POST /v1/webhooks" => webhooks::create(app, call, now).await,
        "PATCH /v1/webhooks/{id}" => webhooks::change(app, call, now).await,
        "DELETE /v1/webhooks/{id}" => webhooks::remove(app, call).await,
        "POST /v1/webhooks/{id}/test" => webhooks::test(app, call, now).await,
        "POST /v1/webhooks/{id}/deliveries/{event}/redeliver" => webhooks::redeliver(app, call, now).await,
        other => Err(door::no_such_route(other)),
    }
}

async fn store(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let drafts = ingest::parse(&call.tenant()?, call.body(), now)?;
    let stored = ingest::store(app, drafts, call.header("idempotency-key")?, now).await?;
    Ok((202, json!({ "memories": stored })))
}

async fn revise(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let (scope, id) = (call.scope()?, call.id()?);
    let change = ingest::Change::parse(call.body(), now)?;
    let stored = ingest::revise(app, &scope, id, &change, now).await?;
    Ok((202, json!({ "memories": [stored] })))
}

async fn roll_back(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, RollBack { night, what }) = (call.tenant()?, RollBack::parse(call.body())?);
    let proposal = match what.as_str() {
        tune::RANKING => json!(tune::roll_back(app, &tenant, night, now).await?),
        what => json!(choose::roll_back(app, &tenant, what, night, now).await?),
    };
    Ok((200, json!({ "proposal": proposal })))
}

async fn set(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let (tenant, change) = (call.tenant()?, settings::Change::parse(call.body())?);
    Ok((200, page::settings(&settings::change(app, &tenant, &change, now).await?)))
}

async fn feedback(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let (scope, id) = (call.scope()?, call.id()?);
    let said = feedback::Said::parse(&call.tenant()?, id, call.body())?;
    // Boxed: it embeds, reads and writes, and would make the future of every route as large as itself.
    let given = Box::pin(feedback::give(app, &scope, id, &said, now)).await?;
    let answer = serde_json::to_value(&given);
    Ok((200, answer.map_err(|error| Error::internal(format!("an answer cannot be encoded: {error}")))?))
}

async fn forget(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let forgotten = forget::forget(app, &call.scope()?, call.id()?, now).await?;
    let answer = serde_json::to_value(&forgotten);
    Ok((200, answer.map_err(|error| Error::internal(format!("an answer cannot be encoded: {error}")))?))
}

async fn files(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let request = files::Request::parse(&call.tenant()?, call.body())?;
    let answer = files::run(app, &request, now).await?;
    Ok((200, json!({ "content": answer.text, "is_error": answer.is_error })))
}
