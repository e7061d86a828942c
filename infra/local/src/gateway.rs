//! API Gateway's part: matches the route, authorizes, and hands the function the event that AWS would.

use std::sync::{Arc, LazyLock};

use aws_smithy_types::base64;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use lambda_http::Body;
use lambda_http::request::LambdaRequest;
use matchit::Router;
use memorable::access;
use memorable::app::App;
use memorable::error::{Error, Result};
use memorable::memory::Time;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::house::House;

/// What API Gateway takes at the most.
pub const MOST_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Which function answers a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// HTTP writes.
    Ingest,
    /// HTTP reads.
    Recall,
    /// Conversations.
    Chat,
    /// mem0's clients.
    Mem0,
    /// The Model Context Protocol.
    Mcp,
    /// Imports and exports.
    Transfer,
}

/// What of a request says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorizer {
    /// Nothing: the route is open.
    None,
    /// A token of the issuer's, which the gateway checks by itself.
    Jwt,
    /// An access key, which the function `authorize` is asked about.
    Keys,
}

/// Routes that want neither token nor key.
const OPEN: [&str; 3] = ["GET /health", "GET /openapi.json", "GET /docs"];

/// What authorizes calls of a route.
pub fn authorizer(route: &str, function: Function) -> Authorizer {
    match function {
        _ if OPEN.contains(&route) => Authorizer::None,
        Function::Mem0 => Authorizer::Keys,
        // Two ways in, since a route has one authorizer.
        Function::Mcp if !route.ends_with("/v1/mcp") => Authorizer::Keys,
        _ => Authorizer::Jwt,
    }
}

/// All routes, as the gateway writes them, with the function that answers each.
pub fn routes() -> Vec<(&'static str, Function)> {
    let ingest = ::ingest::ROUTES.into_iter().map(|route| (route, Function::Ingest));
    let recall = ::recall::ROUTES.into_iter().map(|route| (route, Function::Recall));
    let chat = ::chat::ROUTES.into_iter().map(|route| (route, Function::Chat));
    let mem0 = ::mem0::ROUTES.into_iter().map(|route| (route, Function::Mem0));
    let mcp = ::mcp::ROUTES.into_iter().map(|route| (route, Function::Mcp));
    let transfer = ::transfer::ROUTES.into_iter().map(|route| (route, Function::Transfer));
    ingest.chain(recall).chain(chat).chain(mem0).chain(mcp).chain(transfer).collect()
}

/// The routes of one path: method (none for any), route key, function.
type Methods = Vec<(Option<Method>, &'static str, Function)>;

static ROUTER: LazyLock<Router<Methods>> = LazyLock::new(|| {
    let mut by_path: Vec<(&str, Methods)> = Vec::new();
    for (route, function) in routes() {
        let Some((method, path)) = route.split_once(' ') else { continue };
        let method = match method {
            "ANY" => None,
            named => match named.parse() {
                Ok(method) => Some(method),
                Err(_) => continue,
            },
        };
        match by_path.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => methods.push((method, route, function)),
            None => by_path.push((path, vec![(method, route, function)])),
        }
    }
    let mut router = Router::new();
    for (path, methods) in by_path {
        // Two equal paths are one by now; a path that cannot be matched would fail every test of its route. API Gateway
        // marks the greedy parameter behind its name, the router before it.
        let greedy = path.split_once("+}").and_then(|(path, _)| path.rsplit_once('{'));
        let path = greedy.map_or_else(|| path.to_owned(), |(path, name)| format!("{path}{{*{name}}}"));
        let _ = router.insert(path, methods);
    }
    router
});

/// Answers one request as the deployed service would.
pub async fn call(house: &House, request: Request<Vec<u8>>) -> Response<Body> {
    answer(house, &house.app, request, None).await
}

/// Answers one request as `container` would, one of several over the house's AWS, at the given time.
pub async fn call_at(house: &House, container: &App, request: Request<Vec<u8>>, now: Time) -> Response<Body> {
    answer(house, container, request, Some(now)).await
}

/// An answer that is whole, or comes piece by piece: what API Gateway keeps until its end a local caller need not wait for.
pub enum Answered {
    /// The whole of it.
    Whole(Response<Body>),
    /// Its head, with the parts of its body as they come.
    Stream(Response<UnboundedReceiver<::chat::Part>>),
}

/// Answers one request, piece by piece where it asks for that. Whoever stops listening stops nothing: what is under way is
/// ended and stored.
pub async fn call_aloud(house: &Arc<House>, request: Request<Vec<u8>>) -> Answered {
    let (function, request) = match called(house, &house.app, request).await {
        Ok(called) => called,
        Err(refusal) => return Answered::Whole(*refusal),
    };
    if function != Function::Chat || !::chat::wants_stream(request.body().as_ref()) {
        return Answered::Whole(invoke(&house.app, function, request, None).await);
    }
    let (send, mut parts) = unbounded_channel();
    let house = Arc::clone(house);
    tokio::spawn(async move {
        let tell = move |part| {
            // Nobody listens any more.
            let _ = send.send(part);
        };
        Box::pin(::chat::stream(&house.app, request, &tell)).await;
    });
    match parts.recv().await {
        Some(::chat::Part::Begin(limit)) => Answered::Stream(::chat::begin(limit.as_ref(), parts)),
        Some(::chat::Part::Whole(response)) => Answered::Whole(response),
        _ => Answered::Whole(door::problem(&Error::internal("a stream ended before it began"))),
    }
}

/// `now`: none to have the function read the clock.
async fn answer(house: &House, app: &App, request: Request<Vec<u8>>, now: Option<Time>) -> Response<Body> {
    match called(house, app, request).await {
        Ok((function, request)) => invoke(app, function, request, now).await,
        Err(refusal) => *refusal,
    }
}

/// The function that answers, and its event; or the gateway's own refusal.
async fn called(
    house: &House,
    app: &App,
    request: Request<Vec<u8>>,
) -> std::result::Result<(Function, lambda_http::Request), Box<Response<Body>>> {
    let (parts, body) = request.into_parts();
    let Ok(matched) = ROUTER.at(parts.uri.path()) else {
        let refusal = Error::not_found(format!("there is no {}", parts.uri.path()));
        return Err(Box::new(door::problem(&refusal)));
    };
    let fits = |method: &Option<Method>| method.as_ref().is_none_or(|method| *method == parts.method);
    let Some((_, route, function)) = matched.value.iter().find(|(method, _, _)| fits(method)) else {
        return Err(Box::new(method_not_allowed(matched.value)));
    };
    let authorized = match authorized(house, app, &parts.headers, authorizer(route, *function)).await {
        Ok(Some(authorized)) => authorized,
        Ok(None) => return Err(Box::new(unauthorized())),
        Err(error) => return Err(Box::new(door::problem(&error))),
    };
    if body.len() > MOST_BODY_BYTES {
        return Err(Box::new(door::problem(&Error::too_large(MOST_BODY_BYTES))));
    }
    let parameters: Map<String, Value> = matched
        .params
        .iter()
        .map(|(name, value)| (name.to_owned(), json!(percent_decode_str(value).decode_utf8_lossy())))
        .collect();
    let event = event(route, &parts, &parameters, &authorized, &body);
    match serde_json::from_value::<LambdaRequest>(event) {
        Ok(request) => Ok((*function, request.into())),
        Err(error) => {
            let refusal = Error::internal(format!("the gateway made no event: {error}"));
            Err(Box::new(door::problem(&refusal)))
        }
    }
}

async fn invoke(app: &App, function: Function, request: lambda_http::Request, now: Option<Time>) -> Response<Body> {
    // Boxed: the futures of whole functions are large, and the compiler must lay out what awaits them.
    let answer: BoxFuture<'_, Response<Body>> = match (function, now) {
        (Function::Ingest, None) => Box::pin(::ingest::handle(app, request)),
        (Function::Ingest, Some(now)) => Box::pin(::ingest::handle_at(app, request, now)),
        (Function::Recall, None) => Box::pin(::recall::handle(app, request)),
        (Function::Recall, Some(now)) => Box::pin(::recall::handle_at(app, request, now)),
        (Function::Chat, None) => Box::pin(::chat::handle(app, request)),
        (Function::Chat, Some(now)) => Box::pin(::chat::handle_at(app, request, now)),
        (Function::Mem0, None) => Box::pin(::mem0::handle(app, request)),
        (Function::Mem0, Some(now)) => Box::pin(::mem0::handle_at(app, request, now)),
        (Function::Mcp, None) => Box::pin(::mcp::handle(app, request)),
        (Function::Mcp, Some(now)) => Box::pin(::mcp::handle_at(app, request, now)),
        (Function::Transfer, None) => Box::pin(::transfer::handle(app, request)),
        (Function::Transfer, Some(now)) => Box::pin(::transfer::handle_at(app, request, now)),
    };
    answer.await
}

/// What the authorizer adds to the event; none where the call is not let through. The house's tokens are both, tokens
/// and keys.
async fn authorized(house: &House, app: &App, headers: &HeaderMap, by: Authorizer) -> Result<Option<Value>> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let presented = access::presented(header("authorization"), header("x-api-key"));
    let tenant = presented.and_then(|token| house.tokens.get(token));
    let claim = app.config.tenant_claim.as_str();
    Ok(match (by, tenant) {
        (Authorizer::None, _) => Some(Value::Null),
        (Authorizer::Jwt, tenant) => tenant.map(|tenant| json!({ "jwt": { "claims": { claim: tenant } } })),
        (Authorizer::Keys, Some(tenant)) => Some(json!({ "lambda": { "tenant": tenant } })),
        (Authorizer::Keys, None) => {
            let headers = ["authorization", "x-api-key"].into_iter();
            let headers = headers.filter_map(|name| Some((name.to_owned(), header(name)?.to_owned()))).collect();
            let answer = authorize::handle(app, &authorize::Question { headers }).await?;
            answer.is_authorized.then(|| json!({ "lambda": answer.context }))
        }
    })
}

/// An event of payload format 2.0.
fn event(
    route: &str,
    parts: &http::request::Parts,
    path_parameters: &Map<String, Value>,
    authorized: &Value,
    body: &[u8],
) -> Value {
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let values: Vec<_> =
            parts.headers.get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        headers.insert(name.to_string(), json!(values.join(",")));
    }
    let path = parts.uri.path();
    let (body, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (base64::encode(body), true),
    };
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers,
        "queryStringParameters": query(&parts.uri),
        "pathParameters": path_parameters,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "authorizer": authorized,
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": { "method": parts.method.as_str(), "path": path, "protocol": "HTTP/1.1" },
            "routeKey": route,
            "stage": "$default",
        },
        "body": if body.is_empty() { Value::Null } else { json!(body) },
        "isBase64Encoded": is_base64,
    })
}

/// Repeated parameters are joined by commas, as API Gateway does.
fn query(uri: &Uri) -> Map<String, Value> {
    let mut joined: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let text = match joined.get(name.as_ref()).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value.into_owned(),
        };
        joined.insert(name.into_owned(), json!(text));
    }
    joined
}

fn unauthorized() -> Response<Body> {
    let mut response = refusal(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "This token is not known",
        "authorization",
        "`Authorization: Bearer local`, a token given with --token NAME=TENANT, or, where keys are taken, one of `keys create`",
    );
    response.headers_mut().insert("www-authenticate", http::HeaderValue::from_static("Bearer"));
    response
}

fn method_not_allowed(methods: &Methods) -> Response<Body> {
    let names: Vec<&str> = methods.iter().filter_map(|(method, _, _)| Some(method.as_ref()?.as_str())).collect();
    let allowed = names.join(", ");
    let title = "This path does not take that method";
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", title, "method", &allowed);
    if let Ok(allowed) = http::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert("allow", allowed);
    }
    response
}

/// A problem that the gateway itself answers with, before any function is called.
fn refusal(status: StatusCode, name: &str, title: &str, field: &str, expected: &str) -> Response<Body> {
    let problem = json!({
        "type": format!("urn:memorable:problem:{name}"),
        "title": title,
        "status": status.as_u16(),
        "detail": title,
        "field": field,
        "expected": expected,
    });
    let mut response = Response::new(Body::Text(problem.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/problem+json"));
    response
}
