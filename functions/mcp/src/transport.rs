//! What HTTP itself must be like: where the page comes from that calls, what is sent, what is taken.

use door::Call;
use lambda_http::{Body, Response};
use memorable::error::Error;

use crate::message::{Fault, INVALID_REQUEST};

/// Whether the request may be read at all.
pub fn check(call: &Call) -> Result<(), Fault> {
    let header = |name: &str| call.header(name).map_err(Fault::refused);
    let refused = |status, message: &str| Fault::http(status, INVALID_REQUEST, message);
    // Programs send no origin. A page that is not on this machine could reach a service that is, by a name that it
    // makes point there; and the token of a local service is no secret.
    if header("origin")?.is_some_and(|origin| !is_local(origin)) {
        return Err(refused(403, "pages of other hosts may not call this"));
    }
    let media = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if header("content-type")?.map(media).as_deref() != Some("application/json") {
        return Err(refused(415, "the header Content-Type must be application/json"));
    }
    let takes = |accept: &str| {
        accept.split(',').map(media).any(|media| matches!(media.as_str(), "application/json" | "application/*" | "*/*"))
    };
    if header("accept")?.is_some_and(|accept| !takes(accept)) {
        return Err(refused(406, "the header Accept must allow application/json"));
    }
    Ok(())
}

fn is_local(origin: &str) -> bool {
    let host = origin.parse::<http::Uri>().ok().filter(|uri| uri.scheme().is_some());
    host.is_some_and(|uri| matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]")))
}

/// The answer to what wants none.
pub fn accepted() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = http::StatusCode::ACCEPTED;
    response
}

/// The answer to who asks for a stream.
pub fn no_stream() -> Response<Body> {
    let error = Error::invalid("method", "there is no stream here: each message is answered by itself", "POST");
    let mut response = door::problem(&error);
    *response.status_mut() = http::StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert("allow", http::HeaderValue::from_static("POST"));
    response
}
