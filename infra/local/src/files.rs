//! Files behind signed URLs: from the disk to whoever takes them, and back, a piece at a time.

use std::path::Path;

use futures_util::stream::unfold;
use http::header::{CONTENT_LENGTH, HOST};
use http::{Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Bytes, Frame};
use memorable::error::{Error, Result};
use tokio::io::AsyncReadExt;

use crate::service::{Service, client, innermost};

/// Bytes of a piece.
const PIECE: usize = 256 * 1024;
/// Longest complaint of a store that is passed on.
const MOST_COMPLAINT: usize = 200;

type Fault = Box<dyn std::error::Error + Send + Sync>;
/// A body on its way.
pub(crate) type Body = UnsyncBoxBody<Bytes, Fault>;

/// Puts a file at a signed URL. `told` hears of the bytes that go.
pub async fn put(service: &Service<'_>, url: &str, path: &Path, told: impl Fn(u64) + Send + 'static) -> Result<()> {
    let unread =
        |error| Error::invalid(path.display().to_string(), format!("it cannot be read: {error}"), "a file to import");
    let file = tokio::fs::File::open(path).await.map_err(unread)?;
    let bytes = file.metadata().await.map_err(unread)?.len();
    let pieces = unfold(Some((file, told)), |rest| async move {
        let (mut file, told) = rest?;
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                told(read as u64);
                Some((Ok(Frame::data(Bytes::from(piece))), Some((file, told))))
            }
            Err(error) => Some((Err(Fault::from(error)), None)),
        }
    });
    let request = Request::builder().method(Method::PUT).uri(url).header(CONTENT_LENGTH, bytes);
    let request = request.body(BodyExt::boxed_unsync(StreamBody::new(pieces)));
    send(service, url, request.map_err(|error| Error::internal(error.to_string()))?).await.map(|_| ())
}

/// Gets the file at a signed URL: one of some megabytes.
pub async fn get(service: &Service<'_>, url: &str) -> Result<Bytes> {
    let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
    let request = Request::builder().method(Method::GET).uri(url).body(body);
    send(service, url, request.map_err(|error| Error::internal(error.to_string()))?).await
}

async fn send(service: &Service<'_>, url: &str, mut request: Request<Body>) -> Result<Bytes> {
    let host = request.uri().authority().map(|host| host.as_str().to_owned()).unwrap_or_default();
    let unreached =
        |error: &dyn std::error::Error| Error::unavailable(format!("{host} does not answer: {}", innermost(error)));
    let (status, body) = match service {
        Service::House(house) => {
            // The host was signed; in this process nobody else writes it.
            let named = host.parse().map_err(|_| Error::internal("a signed URL has no host"))?;
            request.headers_mut().insert(HOST, named);
            let response = house.aws.answer_signed(request.map(s3s::Body::http_body_unsync)).await;
            whole(response).await.map_err(|error| Error::unavailable(error.to_string()))?
        }
        Service::Remote(_) => {
            let response =
                client(url.starts_with("https"))?.request(request).await.map_err(|error| unreached(&error))?;
            whole(response).await.map_err(|error| unreached(&error))?
        }
    };
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let complaint: String = String::from_utf8_lossy(&body).chars().take(MOST_COMPLAINT).collect();
    Err(Error::unavailable(format!("{host} answers {status} to a file's URL: {}", complaint.trim())))
}

async fn whole<B>(response: Response<B>) -> std::result::Result<(u16, Bytes), B::Error>
where
    B: hyper::body::Body<Data = Bytes>,
{
    let status = response.status().as_u16();
    Ok((status, response.into_body().collect().await?.to_bytes()))
}
