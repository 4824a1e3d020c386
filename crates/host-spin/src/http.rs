//! Outgoing HTTP on `wasi:http`, each call within its time and size.

use crate::{
    body::{Outgoing, incoming},
    encoding,
};
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response, header};
use platform::{Body, Call, Error, Local, Result};
use spin_sdk::wasip3::{
    clocks::monotonic_clock,
    http::{
        client,
        types::{ErrorCode, RequestOptions},
    },
    http_compat::{
        IncomingResponseBody, RequestOptionsExtension, http_from_wasi_response,
        http_into_wasi_request,
    },
};
use std::pin::pin;

const NANOS_PER_MS: u64 = 1_000_000;
const CONNECT_MS: u32 = 5_000;
/// As [`Call::head_ms`].
const HEAD_MS: u32 = 10_000;

/// Outgoing calls; which hosts may be reached, the manifest says.
pub struct SpinHttp;

impl platform::Http for SpinHttp {
    fn send<'a>(&'a self, call: &'a Call) -> Local<'a, Result<Response<Bytes>>> {
        Box::pin(exchange(call))
    }

    fn wait(&self, milliseconds: u32) -> Local<'_, ()> {
        Box::pin(monotonic_clock::wait_for(u64::from(milliseconds).saturating_mul(NANOS_PER_MS)))
    }
}

async fn exchange(call: &Call) -> Result<Response<Bytes>> {
    let mut url = call.url.clone();
    url.set_fragment(None);
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(url.as_str())
        .body(Body::Bytes(call.body.clone()))
        .map_err(Error::internal)?;
    *request.headers_mut() = call.headers.clone();
    encoding::ask(request.headers_mut());
    let (parts, body) = send(request, call.timeout_ms).await?.into_parts();
    let promised = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if promised.and_then(|text| text.parse().ok()).unwrap_or(0) > call.body_bytes_max {
        return Err(Error::TooLarge);
    }
    let body = incoming(body, problem).read(call.body_bytes_max).await?;
    let body = encoding::unpack(&parts.headers, body, call)?;
    Ok(Response::from_parts(parts, body))
}

/// Sends a request and answers with the head of the response; redirects are not followed.
///
/// # Errors
/// [`Error::Outgoing`] with words for a person when nothing answers.
pub async fn send(
    mut request: Request<Body>,
    timeout_ms: u32,
) -> Result<Response<IncomingResponseBody>> {
    // Without a length the body would be sent chunked, which S3 and some mail providers refuse.
    if let Some(len) = request.body().len() {
        request.headers_mut().insert(header::CONTENT_LENGTH, len.into());
    }
    request.extensions_mut().insert(RequestOptionsExtension(options(timeout_ms)));
    let request = http_into_wasi_request(request.map(Outgoing)).map_err(problem)?;
    let response = client::send(request).await.map_err(problem)?;
    http_from_wasi_response(response).map_err(problem)
}

/// Gives the work so many milliseconds.
///
/// # Errors
/// [`Error::Outgoing`] when they are over.
pub async fn within<T>(timeout_ms: u32, work: impl Future<Output = Result<T>>) -> Result<T> {
    let alarm = monotonic_clock::wait_for(u64::from(timeout_ms).saturating_mul(NANOS_PER_MS));
    match select(pin!(work), pin!(alarm)).await {
        Either::Left((done, _)) => done,
        Either::Right(_) => Err(Error::Outgoing("It took too long to answer.".into())),
    }
}

/// Spin's own time-outs are ten minutes, so each call sets all three.
fn options(timeout_ms: u32) -> RequestOptions {
    let options = RequestOptions::new();
    let nanos = |ms: u32| Some(u64::from(ms).saturating_mul(NANOS_PER_MS));
    // A runtime may refuse an option; `within` holds the whole call to its time anyway.
    let _ = options.set_connect_timeout(nanos(timeout_ms.min(CONNECT_MS)));
    let _ = options.set_first_byte_timeout(nanos(timeout_ms.min(HEAD_MS)));
    let _ = options.set_between_bytes_timeout(nanos(timeout_ms));
    options
}

/// What a failed exchange means, in words for the person who asked for it.
pub fn problem(code: ErrorCode) -> Error {
    let words = match code {
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) => "That name does not exist.",
        ErrorCode::DestinationIpProhibited | ErrorCode::HttpRequestDenied => {
            "That address may not be reached from here."
        }
        ErrorCode::ConnectionRefused | ErrorCode::DestinationUnavailable => {
            "Nobody answers at that address."
        }
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::HttpResponseTimeout => "It took too long to answer.",
        ErrorCode::TlsProtocolError
        | ErrorCode::TlsCertificateError
        | ErrorCode::TlsAlertReceived(_) => "Its certificate is not valid.",
        _ => "The connection failed.",
    };
    Error::Outgoing(words.into())
}
