//! HTTP reads: recall, one memory, lists, history, links, the graph, insights, sessions, digests, nights, settings,
//! models, webhooks, health; and what the HTTP surface is.

mod meaning;
mod webhooks;

use door::page::{self, found, memory};
use door::{Answer, Call};
use jiff::civil::Date;
use lambda_http::{Body, Request, Response};
use memorable::app::App;
use memorable::classify::preview::Preview;
use memorable::error::{Error, Result};
use memorable::learned;
use memorable::memory::Time;
use memorable::models::prices;
use memorable::night::choose::{self, Told};
use memorable::night::settings;
use memorable::recall::Which;
use memorable::{feedback, recall};
use serde_json::json;

/// The routes this function answers, as the gateway writes them.
pub const ROUTES: [&str; 22] = [
    "POST /v1/classify",
    "GET /v1/feedback/requests",
    "POST /v1/recall",
    "GET /v1/memories",
    "GET /v1/memories/{id}",
    "GET /v1/memories/{id}/history",
    "GET /v1/memories/{id}/links",
    "GET /v1/graph",
    "GET /v1/insights",
    "GET /v1/sessions/{id}",
    "GET /v1/sessions/{id}/summary",
    "GET /v1/digests/{date}",
    "GET /v1/nights/{date}",
    "GET /v1/models",
    "GET /v1/tuning",
    "GET /v1/webhooks",
    "GET /v1/webhooks/{id}",
    "GET /v1/webhooks/{id}/deliveries",
    "GET /v1/settings",
    "GET /health",
    "GET /openapi.json",
    "GET /docs",
];

/// Memories of one page of a list.
const DEFAULT_LIMIT: usize = 50;
/// Most memories of one page: one read of the table.
const MOST_LIMIT: usize = 100;

/// Memories that a person is asked about at a time.
const DEFAULT_REQUESTS: usize = 10;
const MOST_REQUESTS: usize = 50;

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
        // Documents as they are: no call of AWS, so no receipt.
        "GET /openapi.json" => return document("application/json", openapi::document().to_string()),
        "GET /docs" => return document("text/html; charset=utf-8", openapi::page()),
        _ => {}
    }
    let answer = door::answer(&call.route, route(app, &call, now)).await;
    if wants_markdown(&call).unwrap_or_default() { door::markdown(answer) } else { answer }
}

/// Whether the page that a person reads is wanted instead of the fields. Only digests have one.
fn wants_markdown(call: &Call) -> Result<bool> {
    if call.route != "GET /v1/digests/{date}" {
        return Ok(false);
    }
    match call.query("format").as_deref() {
        Some("markdown") => Ok(true),
        Some("json") => Ok(false),
        Some(_) => Err(Error::invalid("format", "there is no such format", "json or markdown")),
        None => Ok(call.header("accept")?.is_some_and(|accept| accept.contains("text/markdown"))),
    }
}

fn document(content_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(text));
    response.headers_mut().insert("content-type", lambda_http::http::HeaderValue::from_static(content_type));
    response
}

async fn route(app: &App, call: &Call, now: Time) -> Result<Answer> {
    match call.route.as_str() {
        "POST /v1/recall" => recall(app, call, now).await,
        "GET /v1/memories" => list(app, call, now).await,
        "GET /v1/memories/{id}" => get(app, call, now).await,
        "GET /v1/memories/{id}/history" => history(app, call, now).await,
        "GET /v1/memories/{id}/links" => meaning::links(app, call, now).await,
        "GET /v1/graph" => meaning::graph(app, call, now).await,
        "GET /v1/insights" => meaning::insights(app, call, now).await,
        "GET /v1/sessions/{id}" => session(app, call, now).await,
        "GET /v1/sessions/{id}/summary" => meaning::summary(app, call, now).await,
        "GET /v1/digests/{date}" => digest(app, call, now).await,
        "GET /v1/nights/{date}" => night(app, call).await,
        "GET /v1/models" => models(app, call, now).await,
        "POST /v1/classify" => preview(app, call, now).await,
        "GET /v1/feedback/requests" => requests(app, call, now).await,
        "GET /v1/tuning" => tuning(app, call).await,
        "GET /v1/webhooks" => webhooks::list(app, call).await,
        "GET /v1/webhooks/{id}" => webhooks::get(app, call).await,
        "GET /v1/webhooks/{id}/deliveries" => webhooks::deliveries(app, call).await,
        "GET /v1/settings" => settings(app, call).await,
        "GET /health" => Ok((200, json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))),
        other => Err(door::no_such_route(other)),
    }
}

async fn recall(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let request = recall::Request::parse(&call.tenant()?, call.body())?;
    let recalled = recall::recall(app, &request, now).await?;
    let memories: Vec<_> = recalled.found.iter().map(|one| found(one, recalled.explanation.as_ref())).collect();
    let mut answer = json!({
        "memories": memories,
        "facts": recalled.known.iter().map(page::known).collect::<Vec<_>>(),
        "context": recalled.context,
        "tokens": recalled.tokens,
        "confidence": recalled.confidence,
        "abstain": recalled.abstain(),
        "receipt": { "id": request.receipt_id(&recalled.found) },
    });
    if let Some(explanation) = &recalled.explanation {
        answer["explain"] = json!(explanation);
    }
    Ok((200, answer))
}

async fn get(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let scope = call.scope()?;
    Ok((200, memory(&scope, &recall::get(app, &scope, call.id()?, now).await?)))
}

async fn list(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "limit", "cursor"])?;
    let scope = call.scope()?;
    let limit = limit(call, DEFAULT_LIMIT, MOST_LIMIT)?;
    let listing = recall::list(app, &scope, Which::All, limit, call.query("cursor").as_deref(), now).await?;
    let memories: Vec<_> = listing.memories.iter().map(|m| memory(&scope, m)).collect();
    Ok((200, json!({ "memories": memories, "next_cursor": listing.next_cursor })))
}

/// How many of something are asked for.
fn limit(call: &Call, default: usize, most: usize) -> Result<usize> {
    let Some(text) = call.query("limit") else { return Ok(default) };
    let limit = text.parse().ok().filter(|n| (1..=most).contains(n));
    limit.ok_or_else(|| Error::invalid("limit", "this is not a usable number", format!("1 to {most}")))
}

async fn history(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let (scope, id) = (call.scope()?, call.id()?);
    let revisions = recall::history(app, &scope, id, now).await?;
    Ok((200, json!({ "id": id, "scope": scope.subject(), "revisions": revisions })))
}

async fn session(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope"])?;
    let (scope, id) = (call.scope()?, call.path("id")?);
    let turns = recall::session(app, &scope, &id, now).await?;
    let turns: Vec<_> = turns.iter().map(|turn| memory(&scope, turn)).collect();
    Ok((200, json!({ "session": id, "scope": scope.subject(), "memories": turns })))
}

async fn digest(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "format"])?;
    wants_markdown(call)?;
    let scope = call.scope()?;
    let date = date(call)?;
    Ok((200, page::digest(&scope, &recall::digest(app, &scope, date, now).await?)))
}

async fn night(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    let report = memorable::night::report(app, &call.tenant()?, date(call)?).await?;
    Ok((200, json!(report)))
}

fn date(call: &Call) -> Result<Date> {
    let expected = "a date such as 2026-11-20";
    call.path("date")?.parse().map_err(|_| Error::invalid("date", "this is not a date", expected))
}

async fn tuning(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    let Told { tuning, proposals, choices, decisions } = choose::told(app, &call.tenant()?).await?;
    let night = tuning.night;
    let ranking = json!({ "weights": tuning.weights(), "night": night, "held_until": tuning.held_until });
    Ok((200, json!({ "ranking": ranking, "proposals": proposals, "chosen": choices.chosen, "decisions": decisions })))
}

async fn settings(app: &App, call: &Call) -> Result<Answer> {
    call.only(&[])?;
    Ok((200, page::settings(&settings::told(app, &call.tenant()?).await?)))
}

/// Stores nothing, so it stands here, where a role is that may not write.
async fn preview(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let tenant = call.tenant()?;
    let preview = Preview::parse(&tenant, call.body())?;
    let head = learned::head(app, &tenant, now).await;
    let previewed = preview.classify(&head, now);
    let classifications: Vec<_> = previewed.iter().map(page::previewed).collect();
    Ok((200, json!({ "classifications": classifications })))
}

async fn requests(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&["scope", "limit"])?;
    let scope = call.scope()?;
    let limit = match call.query("limit") {
        Some(text) => {
            let number = text.parse().ok().filter(|n| (1..=MOST_REQUESTS).contains(n));
            let expected = format!("1 to {MOST_REQUESTS}");
            number.ok_or_else(|| Error::invalid("limit", "this is not a usable number", expected))?
        }
        None => DEFAULT_REQUESTS,
    };
    let requests = feedback::requests(app, &scope, limit, now).await?;
    let requests: Vec<_> = requests.iter().map(|request| page::request(&scope, request)).collect();
    Ok((200, json!({ "requests": requests })))
}

async fn models(app: &App, call: &Call, now: Time) -> Result<Answer> {
    call.only(&[])?;
    let tenant = call.tenant()?;
    app.look().await;
    Ok((200, json!({ "models": app.models_of(&tenant, now).await, "prices": prices::dated() })))
}
