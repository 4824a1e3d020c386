//! Bodies on their way between Spin and the functions, streams staying streams.

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as _, Frame, SizeHint};
use platform::{Body, Error, Result};
use spin_sdk::wasip3::{
    http::types::ErrorCode,
    http_compat::{IncomingBody, IncomingMessage},
};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

/// A body of ours, as the SDK wants to read it.
pub struct Outgoing(pub Body);

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        match &mut self.0 {
            Body::Empty => Poll::Ready(None),
            Body::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Body::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Body::Stream(chunks) => {
                let chunk = ready!(chunks.as_mut().poll_next(cx));
                Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        let len = self.0.len().and_then(|len| u64::try_from(len).ok());
        len.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A body from outside as a stream; `problem` says what a broken one means.
pub fn incoming<T: IncomingMessage + Unpin + 'static>(
    body: IncomingBody<T>,
    problem: fn(ErrorCode) -> Error,
) -> Body {
    Body::Stream(Box::pin(Incoming { body: Box::pin(body), problem }))
}

struct Incoming<T: IncomingMessage> {
    body: Pin<Box<IncomingBody<T>>>,
    problem: fn(ErrorCode) -> Error,
}

impl<T: IncomingMessage> Stream for Incoming<T> {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            match ready!(self.body.as_mut().poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(code)) => return Poll::Ready(Some(Err((self.problem)(code)))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}
