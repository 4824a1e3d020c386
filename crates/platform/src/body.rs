//! A body: nothing, bytes, or a stream of them.

use crate::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::pin::Pin;

/// Chunks of a body that is not held in memory whole.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes>>>>;

/// The body of a request, a response or a stored object.
#[derive(Default)]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// A body in memory.
    Bytes(Bytes),
    /// A body that arrives in chunks.
    Stream(Chunks),
}

impl Body {
    /// Reads the whole body, at most `max` bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`] as soon as there are more, whatever a header promised; the stream's own error.
    pub async fn read(self, max: usize) -> Result<Bytes> {
        self.read_expected(max, 0).await
    }

    /// The same, with room from the beginning for as many bytes as the sender says it is.
    ///
    /// # Errors
    /// As [`Body::read`].
    pub async fn read_expected(self, max: usize, length: usize) -> Result<Bytes> {
        match self {
            Self::Empty => Ok(Bytes::new()),
            Self::Bytes(bytes) if bytes.len() > max => Err(Error::TooLarge),
            Self::Bytes(bytes) => Ok(bytes),
            mut stream @ Self::Stream(_) => {
                let mut all = BytesMut::with_capacity(length.min(max));
                while let Some(chunk) = stream.next().await {
                    let chunk = chunk?;
                    if all.len().saturating_add(chunk.len()) > max {
                        return Err(Error::TooLarge);
                    }
                    all.extend_from_slice(&chunk);
                }
                Ok(all.freeze())
            }
        }
    }

    /// The next bytes, as they come; none at the end, and again after it.
    ///
    /// # Errors
    /// The stream's own.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        match self {
            Self::Empty => None,
            Self::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Some(Ok(bytes))
            }
            Self::Stream(chunks) => {
                let chunk = std::future::poll_fn(|cx| chunks.as_mut().poll_next(cx)).await;
                if chunk.is_none() {
                    *self = Self::Empty;
                }
                chunk
            }
        }
    }

    /// The length, where it is known before reading.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Empty => Some(0),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::Stream(_) => None,
        }
    }

    /// True where it is known that there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.len() {
            Some(len) => write!(f, "Body({len} bytes)"),
            None => f.write_str("Body(stream)"),
        }
    }
}
