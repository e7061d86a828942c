//! The gateway on a socket.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::unfold;
use http::{Request, Response};
use http_body_util::{BodyExt, Either, Full, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use memorable::error::{Error, Result};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::gateway::{self, Answered};
use crate::house::House;
use crate::leftover::Leftover;
use crate::queues::{self, Source};
use crate::{resources, schedule};

/// How long requests under way may take once Ctrl-C was pressed.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// Batches of the classify queue worked on at a time.
const CLASSIFIERS: usize = 2;

/// Takes the port on the loopback address; port 0 takes any that is free.
pub async fn listen(port: u16) -> Result<TcpListener> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    TcpListener::bind(address).await.map_err(|error| {
        Error::unavailable(format!("port {port} cannot be used: {error}; choose another with --port N"))
    })
}

/// Serves until `stop` is done: requests, queues and the schedule. Then ends the requests that are under way.
pub async fn serve(house: Arc<House>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let mut background = background(&house);

    let server = auto::Builder::new(TokioExecutor::new());
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                continue;
            }
        };
        // Small answers must not wait for more to come.
        let _ = stream.set_nodelay(true);
        let house = Arc::clone(&house);
        let service = service_fn(move |request| answer(Arc::clone(&house), request));
        let connection = graceful.watch(server.serve_connection(TokioIo::new(stream), service).into_owned());
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    // What the queues were at stays in the queues.
    background.shutdown().await;
}

/// What goes on beside the calls: the queues, the outbox and the schedule.
pub fn background(house: &Arc<House>) -> JoinSet<()> {
    memorable::app::warm_up_rules();
    let mut background = JoinSet::new();
    let others = [Source::Night, Source::Transfer, Source::Deliver];
    for source in [Source::Classify; CLASSIFIERS].into_iter().chain(others) {
        let house = Arc::clone(house);
        background.spawn(async move { queues::run(&house, source).await });
    }
    let told = Arc::clone(house);
    background.spawn(async move { queues::run_outbox(&told).await });
    let scheduled = Arc::clone(house);
    background.spawn(async move { schedule::run(&scheduled).await });
    background
}

/// A body that comes piece by piece.
type Pieces = StreamBody<Pin<Box<dyn Stream<Item = std::result::Result<Frame<Bytes>, Infallible>> + Send>>>;

async fn answer(
    house: Arc<House>,
    request: Request<Incoming>,
) -> std::result::Result<Response<Either<Full<Bytes>, Pieces>>, Infallible> {
    if !is_of_bucket(&request) {
        return Ok(called(house, request).await);
    }
    Ok(signed(house, request).await.map(|bytes| Either::Left(Full::new(bytes))))
}

/// Streamed in; out comes a file of an export, which has a few megabytes.
fn signed(house: Arc<House>, request: Request<Incoming>) -> BoxFuture<'static, Response<Bytes>> {
    let left = Leftover::default();
    let request = request.map(|body| s3s::Body::http_body_unsync(left.lend(body)));
    Box::pin(async move {
        let (mut parts, body) = house.aws.answer_signed(request).await.into_parts();
        let bytes = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                tracing::error!(%error, "a file broke off");
                parts.status = http::StatusCode::INTERNAL_SERVER_ERROR;
                Bytes::new()
            }
        };
        left.read().await;
        Response::from_parts(parts, bytes)
    })
}

/// Whether it is for a file of an import or an export, whose URL is signed.
fn is_of_bucket(request: &Request<Incoming>) -> bool {
    let in_bucket = request.uri().path().strip_prefix('/').and_then(|path| path.strip_prefix(resources::BUCKET));
    in_bucket.is_some_and(|rest| rest.starts_with('/'))
}

async fn called(house: Arc<House>, request: Request<Incoming>) -> Response<Either<Full<Bytes>, Pieces>> {
    let (parts, body) = request.into_parts();
    // One byte more than is allowed, so that the gateway sees that it is too much.
    let body = match Limited::new(body, gateway::MOST_BODY_BYTES + 1).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(_) => vec![0; gateway::MOST_BODY_BYTES + 1],
    };
    match gateway::call_aloud(&house, Request::from_parts(parts, body)).await {
        Answered::Whole(response) => response.map(|body| Either::Left(Full::new(Bytes::from(body.to_vec())))),
        Answered::Stream(response) => response.map(|parts| Either::Right(pieces(parts))),
    }
}

fn pieces(parts: UnboundedReceiver<chat::Part>) -> Pieces {
    let next = |mut parts: UnboundedReceiver<chat::Part>| async move {
        match parts.recv().await {
            Some(chat::Part::Event(event)) => Some((Ok(Frame::data(Bytes::from(event))), parts)),
            // A stream that has begun has events only.
            _ => None,
        }
    };
    StreamBody::new(Box::pin(unfold(parts, next)))
}
