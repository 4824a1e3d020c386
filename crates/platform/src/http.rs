//! Outgoing HTTP: the port, and the gate in front of it that every call passes.

use crate::{Config, Error, Local, Meter, Result, gate};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::rc::Rc;
use url::Url;

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
    /// Milliseconds for the whole call, body included.
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
}

/// The port: one request, one response; redirects are not followed here.
pub trait Http {
    /// Sends the call and reads the answer within the call's limits.
    ///
    /// # Errors
    /// [`Error::Outgoing`] with words when there is no answer, [`Error::TooLarge`] for too much of it.
    fn send<'a>(&'a self, call: &'a Call) -> Local<'a, Result<http::Response<Bytes>>>;
}

/// The outgoing calls of a request: checked, counted, followed by hand.
pub struct Gate {
    pub(crate) port: Rc<dyn Http>,
    pub(crate) config: Rc<Config>,
    pub(crate) meter: Rc<Meter>,
}

impl Gate {
    /// Sends a call and follows its redirects. Answers with the address that answered last.
    ///
    /// # Errors
    /// [`Error::Outgoing`] when the gate refuses an address or nothing answers; [`Error::TooLarge`].
    pub async fn send(&self, mut call: Call) -> Result<(Url, http::Response<Bytes>)> {
        let mut hops = 0;
        loop {
            gate::check_url(&call.url, &self.config)?;
            self.meter.outgoing();
            let answer = self.port.send(&call).await?;
            let Some(next) = redirect(&call.url, &answer) else { return Ok((call.url, answer)) };
            if call.redirects_max == 0 {
                return Ok((call.url, answer));
            }
            if hops >= call.redirects_max {
                return Err(Error::Outgoing("It redirects too many times.".into()));
            }
            hops = hops.saturating_add(1);
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
