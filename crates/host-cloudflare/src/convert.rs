//! Requests and responses, from the runtime's shapes to ours and back.

use crate::js;
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::{HeaderValue, Method, StatusCode, header};
use platform::{Body, Chunks, ClientAddress, Error, Request, Response, Result, WithoutTls};
use worker::{
    FixedLengthStream, ResponseBody,
    js_sys::Uint8Array,
    web_sys::{self, ReadableStream, ResponseInit},
    worker_sys,
};

/// A request as functions see it, with this body.
///
/// # Errors
/// [`Error::Invalid`] when the method or the address is not one that HTTP knows.
pub fn request(raw: &web_sys::Request, body: Body) -> Result<Request> {
    let url = raw.url();
    let (authority, path) = split(&url);
    let mut req = Request::new(body);
    *req.method_mut() = Method::from_bytes(raw.method().as_bytes()).map_err(|_| not_http())?;
    *req.uri_mut() = path.parse().map_err(|_| not_http())?;
    *req.headers_mut() = js::headers(&raw.headers());
    if !req.headers().contains_key(header::HOST) {
        let host = HeaderValue::from_str(authority).map_err(|_| not_http())?;
        req.headers_mut().insert(header::HOST, host);
    }
    if url.starts_with("http:") {
        req.extensions_mut().insert(WithoutTls);
    }
    // Set by Cloudflare, whatever the client sent; every other such header is the client's word.
    let address = req.headers().get("cf-connecting-ip").and_then(|ip| ip.to_str().ok());
    if let Some(address) = address.and_then(|ip| ip.parse().ok()) {
        req.extensions_mut().insert(ClientAddress(address));
    }
    Ok(req)
}

/// A response as the runtime takes it. The answer to HEAD has the headers alone.
///
/// # Errors
/// [`Error::Internal`] when the runtime refuses the status or a header.
pub fn response(answer: Response, is_head: bool) -> Result<web_sys::Response> {
    let (mut parts, body) = answer.into_parts();
    let has_body = !matches!(parts.status.as_u16(), 204 | 205 | 304);
    if let (true, true, Some(length)) = (is_head, has_body, body.len()) {
        let length = HeaderValue::from(length);
        parts.headers.entry(header::CONTENT_LENGTH).or_insert(length);
    }
    let init = ResponseInit::new();
    init.set_status(parts.status.as_u16());
    init.set_headers(&js::header_pairs(&parts.headers)?);
    let made = match body {
        Body::Bytes(bytes) if has_body && !is_head => {
            let bytes = Uint8Array::from(&*bytes);
            web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&bytes), &init)
        }
        Body::Stream(chunks) if has_body && !is_head => {
            let length = parts.headers.get(header::CONTENT_LENGTH);
            let length = length.and_then(|n| n.to_str().ok()).and_then(|n| n.parse().ok());
            let stream = readable(chunks, length)?;
            web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), &init)
        }
        _ => web_sys::Response::new_with_opt_str_and_init(None, &init),
    };
    made.map_err(js::internal)
}

/// A page of one sentence, for when nothing else can answer.
pub fn plain(status: StatusCode, words: &'static str) -> Response {
    let mut answer = Response::new(Body::Bytes(Bytes::from_static(words.as_bytes())));
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, plain);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The authority, and the path with the query, of an address that the runtime has parsed.
fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
        Some(parts) => parts,
        None => (rest, "/"),
    }
}

/// A stream of known length keeps its `Content-Length`; another one is sent in chunks.
fn readable(chunks: Chunks, length: Option<u64>) -> Result<ReadableStream> {
    let chunks = chunks.map_ok(Vec::from).map_err(|e| worker::Error::RustError(e.to_string()));
    if let Some(length) = length {
        let fixed = worker_sys::FixedLengthStream::from(FixedLengthStream::wrap(chunks, length));
        return Ok(fixed.readable());
    }
    match worker::Response::from_stream(chunks).map(|made| made.into_parts().1) {
        Ok(ResponseBody::Stream(stream)) => Ok(stream),
        _ => Err(Error::internal("a stream did not become a body")),
    }
}

fn not_http() -> Error {
    Error::invalid("That is not a request that HTTP knows.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_where_its_path_begins() {
        assert_eq!(split("http://a.localhost:8787/x?y=/z"), ("a.localhost:8787", "/x?y=/z"));
        assert_eq!(split("https://example.org"), ("example.org", "/"));
    }
}
