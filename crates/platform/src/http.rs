//! Outgoing HTTP: the port, and the gate in front of it that every call passes.

use crate::{Config, Error, Local, Meter, Result, gate};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::{future::poll_fn, pin::pin, rc::Rc, task::Poll};
use url::Url;

/// What is small may be packed as tightly as it likes.
const UNPACKED_FREE: usize = 256 << 10;
/// Text is packed ten times, seldom thirty times; a hundred times is a trap.
const UNPACKED_RATIO: usize = 100;

/// An outgoing call and its limits.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// Where to; the gate checks it, again at each redirect.
    pub url: Url,
    /// Exactly these headers are sent, and none of a visitor's.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Bytes,
    /// The most bytes of an answer, after decompression.
    pub body_bytes_max: usize,
    /// Milliseconds for all of it, redirects and body included.
    pub timeout_ms: u32,
    /// How many redirects are followed; only calls without a body should follow any.
    pub redirects_max: u8,
}

impl Call {
    /// A call with the limits that suit a provider's API: 1 MiB, 10 s, no redirects.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            body_bytes_max: 1 << 20,
            timeout_ms: 10_000,
            redirects_max: 0,
        }
    }

    /// Adds a header.
    ///
    /// # Errors
    /// [`Error::Internal`] when the value cannot be one.
    pub fn header(mut self, name: header::HeaderName, value: &str) -> Result<Self> {
        let value = HeaderValue::from_str(value).map_err(Error::internal)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Milliseconds until the head of an answer must be there: who drips it slowly gets half the time.
    pub fn head_ms(&self) -> u32 {
        self.timeout_ms.min(10_000)
    }

    /// The most bytes that may come of so many packed ones.
    pub fn unpacked_max(&self, packed: usize) -> usize {
        self.body_bytes_max.min(packed.saturating_mul(UNPACKED_RATIO).max(UNPACKED_FREE))
    }
}

/// Stands in the extensions of an answer that permanent redirects (301, 308) led to: where the first of
/// them in a row lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedTo(pub Url);

/// The port: one request, one response; redirects are not followed here.
pub trait Http {
    /// Sends the call and reads the answer, unpacked, within the call's sizes; the head has to come
    /// within [`Call::head_ms`].
    ///
    /// # Errors
    /// [`Error::Outgoing`] with words when there is no answer, [`Error::TooLarge`] for too much of it.
    fn send<'a>(&'a self, call: &'a Call) -> Local<'a, Result<http::Response<Bytes>>>;

    /// Ends after so many milliseconds.
    fn wait(&self, milliseconds: u32) -> Local<'_, ()>;
}

/// The outgoing calls of a request: checked, counted, followed by hand.
pub struct Gate {
    pub(crate) port: Rc<dyn Http>,
    pub(crate) config: Rc<Config>,
    pub(crate) meter: Rc<Meter>,
}

impl Gate {
    /// Sends a call and follows its redirects. Answers with the address that answered last, and says by
    /// [`MovedTo`] where it has moved for good.
    ///
    /// # Errors
    /// [`Error::Outgoing`] when the gate refuses an address or nothing answers in time;
    /// [`Error::TooLarge`].
    pub async fn send(&self, call: Call) -> Result<(Url, http::Response<Bytes>)> {
        let mut alarm = self.port.wait(call.timeout_ms);
        let mut answered = pin!(self.follow(call));
        poll_fn(|task| match answered.as_mut().poll(task) {
            Poll::Ready(answered) => Poll::Ready(answered),
            Poll::Pending => alarm
                .as_mut()
                .poll(task)
                .map(|()| Err(Error::Outgoing("It took too long to answer.".into()))),
        })
        .await
    }

    /// Lets so many milliseconds pass: between two calls to the same host.
    pub async fn wait(&self, milliseconds: u32) {
        self.port.wait(milliseconds).await;
    }

    async fn follow(&self, mut call: Call) -> Result<(Url, http::Response<Bytes>)> {
        let mut hops = 0;
        let (mut moved_to, mut is_permanent) = (None, true);
        loop {
            gate::check_url(&call.url, &self.config)?;
            self.meter.outgoing();
            let mut answer = self.port.send(&call).await?;
            let next = redirect(&call.url, &answer).filter(|_| call.redirects_max > 0);
            let Some(next) = next else {
                if let Some(place) = moved_to {
                    answer.extensions_mut().insert(MovedTo(place));
                }
                return Ok((call.url, answer));
            };
            if hops >= call.redirects_max {
                return Err(Error::Outgoing("It redirects too many times.".into()));
            }
            hops = hops.saturating_add(1);
            is_permanent &= matches!(
                answer.status(),
                StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
            );
            if is_permanent {
                moved_to = Some(next.clone());
            }
            if next.origin() != call.url.origin() {
                call.headers.remove(header::AUTHORIZATION);
            }
            call.url = next;
        }
    }
}

/// RFC 9110, section 15.4: where a redirect leads, if the answer is one.
fn redirect(from: &Url, answer: &http::Response<Bytes>) -> Option<Url> {
    let follows = matches!(
        answer.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    follows.then(|| from.join(location).ok()).flatten()
}
