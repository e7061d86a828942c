//! What is left of a request's body when its answer is there: read all the same, up to a bound. A caller who is still
//! sending when the connection closes sees that, and not the answer that says why.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

/// Most that is read for nothing; of more, the connection closes.
const MOST: u64 = 64 * 1024 * 1024;
/// And for how long.
const WITHIN: Duration = Duration::from_secs(10);

/// A body that, once nobody wants it any more, can be had back.
#[derive(Debug)]
pub(crate) struct Lent {
    body: Option<Incoming>,
    back: Leftover,
}

/// Where it comes back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leftover(Arc<Mutex<Option<Incoming>>>);

impl Leftover {
    /// Lends a body.
    pub(crate) fn lend(&self, body: Incoming) -> Lent {
        Lent { body: Some(body), back: self.clone() }
    }

    /// Reads what is left of it, if it came back.
    pub(crate) async fn read(&self) {
        let Some(mut body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let all = async {
            let mut read = 0;
            while let Some(Ok(frame)) = body.frame().await {
                read += frame.data_ref().map_or(0, Bytes::len) as u64;
                if read > MOST {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(WITHIN, all).await;
    }
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        *self.back.0.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}
