//! What the HTTP functions share: an API Gateway event in, problem+json or JSON with a receipt out.

pub mod page;

use std::future::Future;

use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use memorable::error::{Error, Kind, Limit, Result};
use memorable::memory::{MemoryId, Scope, Tenant};
use memorable::receipt::{Receipt, metered};
use serde_json::{Value, json};

/// A request as the gateway passed it on: authorized, and matched to a route.
#[derive(Debug)]
pub struct Call {
    request: Request,
    /// As the gateway's route table writes it: `GET /v1/memories/{id}`.
    pub route: String,
    tenant: Option<String>,
    key_scope: Option<String>,
}

/// What a route answers: a status, and a JSON object to which the receipt is added. What stands under `receipt`
/// already is kept in it.
pub type Answer = (u16, Value);

impl Call {
    /// Reads the gateway's part of the request. `claim`: which claim of the token names the tenant.
    pub fn new(request: Request, claim: &str) -> Call {
        let (route, authorizer) = match request.request_context() {
            RequestContext::ApiGatewayV2(context) => (context.route_key.unwrap_or_default(), context.authorizer),
            // No other kind of event is compiled in.
            _ => (String::new(), None),
        };
        let (claims, fields) = authorizer.map(|authorizer| (authorizer.jwt, authorizer.fields)).unwrap_or_default();
        // A route has one authorizer: the gateway's own for tokens, or ours for keys, whose answer stands in `lambda`.
        let field = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        let tenant = claims.and_then(|mut jwt| jwt.claims.remove(claim)).or_else(|| field("tenant"));
        Call { request, route, tenant, key_scope: field("scope") }
    }

    /// Whose call it is, from the authorizer.
    pub fn tenant(&self) -> Result<Tenant> {
        let missing =
            || Error::invalid("authorization", "the token names no tenant", "a token with the tenant's claim");
        Tenant::parse(self.tenant.as_deref().ok_or_else(missing)?)
    }

    /// The scope that goes with the key that the call was made with, for calls that name none.
    pub fn scope_of_key(&self) -> Result<Option<Scope>> {
        let tenant = self.tenant()?;
        self.key_scope.as_deref().map(|subject| Scope::parse(&tenant, subject)).transpose()
    }

    /// The method, for a route that takes any.
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// A part of the path.
    pub fn path(&self, name: &str) -> Result<String> {
        let parameters = self.request.path_parameters();
        let part = parameters.first(name).map(str::to_owned);
        part.ok_or_else(|| Error::internal(format!("the gateway passed no {name}")))
    }

    /// The memory that the path names.
    pub fn id(&self) -> Result<MemoryId> {
        self.path("id")?.parse()
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<String> {
        self.request.query_string_parameters().first(name).map(str::to_owned)
    }

    /// Refuses parameters of the query other than these: a misspelt one would be ignored in silence.
    pub fn only(&self, known: &[&str]) -> Result<()> {
        let parameters = self.request.query_string_parameters();
        match parameters.iter().find(|(name, _)| !known.contains(name)) {
            Some((name, _)) => {
                let expected =
                    if known.is_empty() { "none".to_owned() } else { format!("one of {}", known.join(", ")) };
                Err(Error::invalid(name, "there is no such parameter", expected))
            }
            None => Ok(()),
        }
    }

    /// The scope in the query, which every call without a body needs.
    pub fn scope(&self) -> Result<Scope> {
        let subject = self.query("scope");
        let subject = subject.ok_or_else(|| Error::invalid("scope", "no scope is given", "`?scope=user:alice`"))?;
        Scope::parse(&self.tenant()?, &subject)
    }

    /// A header, where it is readable text.
    pub fn header(&self, name: &str) -> Result<Option<&str>> {
        let Some(value) = self.request.headers().get(name) else { return Ok(None) };
        let text = value.to_str().map_err(|_| Error::invalid(name, "this header cannot be read", "printable ASCII"))?;
        Ok(Some(text))
    }

    /// The body's bytes.
    pub fn body(&self) -> &[u8] {
        self.request.body().as_ref()
    }
}

/// Runs the work of one call with a meter, and makes of its result what the gateway sends.
pub async fn answer(route: &str, work: impl Future<Output = Result<Answer>>) -> Response<Body> {
    match settle(route, work).await {
        Ok((status, value)) => reply(status, "application/json", &value),
        Err(error) => problem(&error),
    }
}

/// Runs the work of one call with a meter, adds the receipt to what it answers, and logs it.
pub async fn settle(route: &str, work: impl Future<Output = Result<Answer>>) -> Result<Answer> {
    let (result, receipt) = metered(work).await;
    let status = result.as_ref().map_or_else(|error| error.kind.status(), |(status, _)| *status);
    log(route, status, result.as_ref().err(), &receipt);
    let (status, mut value) = result?;
    if let Value::Object(fields) = &mut value {
        let mut whole = json!(receipt);
        if let (Value::Object(whole), Some(Value::Object(own))) = (&mut whole, fields.remove("receipt")) {
            whole.extend(own);
        }
        fields.insert("receipt".to_owned(), whole);
    }
    Ok((status, value))
}

/// The error as RFC 9457 has it.
pub fn problem(error: &Error) -> Response<Body> {
    let mut response = reply(error.kind.status(), "application/problem+json", &told(error));
    if let Some(limit) = &error.limit {
        limited(&mut response, limit);
    }
    if error.is_transient() {
        // Where a minute's calls are used up, the next minute; otherwise a moment.
        let seconds = error.limit.map_or(1, |limit| limit.seconds);
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

/// The body of that.
pub fn told(error: &Error) -> Value {
    let status = error.kind.status();
    let mut problem = json!({
        "type": format!("urn:memorable:problem:{}", error.kind.name()),
        "title": title(error.kind),
        "status": status,
        // What is wrong inside is for our logs, not for the caller.
        "detail": if error.kind == Kind::Internal { "the service failed; the logs say why" } else { &error.detail },
    });
    for (name, text) in [("field", &error.field), ("expected", &error.expected)] {
        if let Some(text) = text {
            problem[name] = json!(text);
        }
    }
    problem
}

/// The page of an answer that has one under `markdown`, by itself. Any other answer as it is.
pub fn markdown(answer: Response<Body>) -> Response<Body> {
    let page = serde_json::from_slice::<Value>(answer.body()).ok();
    let page = page.filter(|_| answer.status().is_success()).and_then(|mut page| match page["markdown"].take() {
        Value::String(page) => Some(page),
        _ => None,
    });
    let Some(page) = page else { return answer };
    let mut response = Response::new(Body::Text(page));
    let content_type = http::HeaderValue::from_static("text/markdown; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
    response
}

/// Says in the answer's headers how many calls a minute may have, how many are left of it, and in how many seconds the
/// next begins.
pub fn limited<B>(response: &mut Response<B>, limit: &Limit) {
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", limit.most.into());
    headers.insert("ratelimit-remaining", limit.left.into());
    headers.insert("ratelimit-reset", limit.seconds.into());
}

/// The answer to a route that there is not.
pub fn no_such_route(route: &str) -> Error {
    Error::not_found(format!("there is no {route}"))
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "The request is wrong",
        Kind::TooLarge => "The body is too large",
        Kind::NotFound => "There is no such thing",
        Kind::Conflict => "It contradicts what is stored",
        Kind::Throttled => "Too much at once",
        Kind::Unavailable => "A service behind this one did not answer",
        Kind::Internal => "The service failed",
    }
}

/// An answer of that status and type.
pub fn reply(status: u16, content_type: &str, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::Text(value.to_string()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = http::HeaderValue::from_str(content_type) {
        response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
    }
    response
}

/// The one line that an invocation logs: the route, its outcome and what it cost; no text of a memory.
pub fn log(route: &str, status: u16, error: Option<&Error>, receipt: &Receipt) {
    let requests: u32 = receipt.requests.values().sum();
    let (stages, micros) = (receipt.stages, receipt.micros);
    match error {
        Some(error) if status >= 500 => tracing::error!(route, status, %error, requests, stages, micros, "failed"),
        Some(error) => tracing::info!(route, status, %error, requests, stages, micros, "refused"),
        None => tracing::info!(route, status, requests, stages, micros, "answered"),
    }
}
