//! The body of a request: read as far as somebody wants it, and to its end before the answer goes out.

use bytes::Bytes;
use futures_util::{Stream, StreamExt, future::select};
use platform::{Body, Error, Result};
use std::{
    cell::RefCell,
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};
use worker::{ByteStream, Delay, web_sys};

/// More than any route takes, so that whoever sends too much hears so.
const REST_BYTES_MAX: usize = 64 << 20;
const REST_PATIENCE: Duration = Duration::from_secs(10);

/// The body of one request.
#[derive(Clone)]
pub struct Upload(Rc<RefCell<ByteStream>>);

impl Upload {
    /// The body of this request, if it has one.
    pub fn of(raw: &web_sys::Request) -> Option<Self> {
        raw.body().map(|stream| Self(Rc::new(RefCell::new(ByteStream::from(stream)))))
    }

    /// The body as functions read it.
    pub fn body(&self) -> Body {
        Body::Stream(Box::pin(self.clone()))
    }

    /// Reads on to the end, within bounds. A client that is still sending when it is answered may
    /// take the closed line for a failure and never see the answer.
    pub async fn finish(mut self) {
        let rest = pin!(async {
            let mut left = REST_BYTES_MAX;
            while let Some(Ok(chunk)) = self.next().await {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    return;
                }
            }
        });
        select(rest, Delay::from(REST_PATIENCE)).await;
    }
}

impl Stream for Upload {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let broke_off = |_| Error::invalid("The body of the request broke off.");
        let chunk = self.0.borrow_mut().poll_next_unpin(cx);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Bytes::from).map_err(broke_off)))
    }
}
