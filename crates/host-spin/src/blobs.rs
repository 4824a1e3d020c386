//! The object port on an S3-compatible store, addressed by path and signed with Signature Version 4.

use crate::{
    body::incoming,
    clock,
    http::{problem, send, within},
    settings::{Settings, StoreSettings},
    sigv4::{Signer, Subject, encode, encode_query, hash},
};
use http::{Method, Request, Response, StatusCode, header};
use platform::{Blob, Blobs, Body, Error, Local, Result};
use spin_sdk::wasip3::http_compat::IncomingResponseBody;
use std::{ops::Range, rc::Rc};

const TIMEOUT_MS: u32 = 30_000;
/// S3 takes no body of unknown length in one request, so an upload is held in memory up to this.
const PUT_BYTES_MAX: usize = 64 << 20;
const LIST_BYTES_MAX: usize = 2 << 20;

/// The store that the variables `S3_…` name.
pub struct S3 {
    settings: Rc<Settings>,
}

impl S3 {
    /// The store of these settings; each use fails with clear words where a part of them is missing.
    pub fn new(settings: Rc<Settings>) -> Self {
        Self { settings }
    }

    fn store(&self) -> Result<&StoreSettings> {
        self.settings.store.as_ref().ok_or_else(|| {
            Error::Unavailable(
                "no object store: S3_ENDPOINT, S3_BUCKET, S3_REGION, S3_ACCESS_KEY and \
                 S3_SECRET_KEY must all be set for this component"
                    .to_owned(),
            )
        })
    }

    async fn exchange(&self, request: Ask<'_>) -> Result<Response<IncomingResponseBody>> {
        let request = signed(self.store()?, request)?;
        within(TIMEOUT_MS, send(request, TIMEOUT_MS)).await.map_err(unavailable)
    }
}

impl Blobs for S3 {
    fn get<'a>(
        &'a self,
        key: &'a str,
        range: Option<Range<u64>>,
    ) -> Local<'a, Result<Option<Blob>>> {
        Box::pin(async move {
            // An empty range has no notation in HTTP; the last byte of a range is inclusive.
            let last = range.as_ref().map(|range| range.end.saturating_sub(1).max(range.start));
            let range =
                range.zip(last).map(|(range, last)| format!("bytes={}-{last}", range.start));
            let response = self.exchange(Ask { range, ..Ask::new(Method::GET, key) }).await?;
            match response.status() {
                StatusCode::NOT_FOUND => Ok(None),
                StatusCode::RANGE_NOT_SATISFIABLE => {
                    Err(Error::invalid("The range begins after the end of the file."))
                }
                StatusCode::OK | StatusCode::PARTIAL_CONTENT => blob(response).map(Some),
                status => Err(refused("get", status)),
            }
        })
    }

    fn put<'a>(&'a self, key: &'a str, content_type: &'a str, body: Body) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let body = body.read(PUT_BYTES_MAX).await?.into();
            let ask = Ask { body, content_type, ..Ask::new(Method::PUT, key) };
            let status = self.exchange(ask).await?.status();
            if status.is_success() { Ok(()) } else { Err(refused("put", status)) }
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, after: &'a str) -> Local<'a, Result<Vec<String>>> {
        Box::pin(async move {
            // In the order of their names, as the signature wants them.
            let query = &[
                ("encoding-type", "url"),
                ("list-type", "2"),
                ("prefix", prefix),
                ("start-after", after),
            ];
            let (parts, body) =
                self.exchange(Ask { query, ..Ask::new(Method::GET, "") }).await?.into_parts();
            if parts.status != StatusCode::OK {
                return Err(refused("list", parts.status));
            }
            let body = within(TIMEOUT_MS, incoming(body, problem).read(LIST_BYTES_MAX));
            let body = body.await.map_err(unavailable)?;
            keys(&String::from_utf8_lossy(&body))
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let status = self.exchange(Ask::new(Method::DELETE, key)).await?.status();
            let is_gone = status.is_success() || status == StatusCode::NOT_FOUND;
            if is_gone { Ok(()) } else { Err(refused("delete", status)) }
        })
    }
}

struct Ask<'a> {
    method: Method,
    key: &'a str,
    query: &'a [(&'a str, &'a str)],
    range: Option<String>,
    content_type: &'a str,
    body: Vec<u8>,
}

impl<'a> Ask<'a> {
    fn new(method: Method, key: &'a str) -> Self {
        Self { method, key, query: &[], range: None, content_type: "", body: Vec::new() }
    }
}

fn signed(store: &StoreSettings, ask: Ask<'_>) -> Result<Request<Body>> {
    let path = encode(&format!("/{}/{}", store.bucket, ask.key), "/");
    let body_hash = hash(&ask.body);
    let time = clock::basic();
    let (_, host) = store
        .endpoint
        .split_once("://")
        .ok_or_else(|| Error::internal("S3_ENDPOINT is not an address"))?;
    let signer = Signer {
        region: &store.region,
        access_key: &store.access_key,
        secret_key: &store.secret_key,
    };
    let authorization = signer.authorization(&Subject {
        method: ask.method.as_str(),
        host,
        path: &path,
        query: ask.query,
        body_hash: &body_hash,
        time: &time,
    })?;
    let query = if ask.query.is_empty() { String::new() } else { "?".to_owned() };
    let query = query + &encode_query(ask.query);
    let mut request = Request::builder()
        .method(ask.method)
        .uri(format!("{}{path}{query}", store.endpoint))
        .header("x-amz-content-sha256", body_hash)
        .header("x-amz-date", time)
        .header(header::AUTHORIZATION, authorization);
    if let Some(range) = ask.range {
        request = request.header(header::RANGE, range);
    }
    if !ask.content_type.is_empty() {
        request = request.header(header::CONTENT_TYPE, ask.content_type);
    }
    request.body(Body::from(ask.body)).map_err(Error::internal)
}

fn blob(response: Response<IncomingResponseBody>) -> Result<Blob> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    // RFC 9110, section 14.4: `bytes 0-99/1234`.
    let whole = text(header::CONTENT_RANGE).and_then(|range| range.rsplit_once('/')).map(|r| r.1);
    let size = whole.or_else(|| text(header::CONTENT_LENGTH)).and_then(|size| size.parse().ok());
    let size = size.ok_or_else(|| Error::Unavailable("the object store: no length".to_owned()))?;
    let content_type = text(header::CONTENT_TYPE).unwrap_or("application/octet-stream").to_owned();
    Ok(Blob { size, content_type, body: incoming(response.into_body(), problem) })
}

/// The keys of a ListObjectsV2 answer. They were asked for in percent-encoding, so that no markup
/// can be part of one; a store that cannot do that escapes them as XML does, and says nothing.
fn keys(xml: &str) -> Result<Vec<String>> {
    let is_encoded = xml.contains("<EncodingType>url</EncodingType>");
    let keys = xml.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
    keys.map(|(key, _)| if is_encoded { decode(key) } else { Ok(unescape(key)) }).collect()
}

/// XML 1.0, section 4.6: the predefined entities, the ampersand last so that nothing is read twice.
fn unescape(key: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'")];
    let plain = entities.iter().fold(key.to_owned(), |key, (from, to)| key.replace(from, to));
    plain.replace("&amp;", "&")
}

fn decode(key: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let pair: Vec<u8> = rest.by_ref().take(2).collect();
                let pair = str::from_utf8(&pair).map_err(Error::internal)?;
                bytes.push(u8::from_str_radix(pair, 16).map_err(Error::internal)?);
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(Error::internal)
}

fn refused(what: &str, status: StatusCode) -> Error {
    Error::Unavailable(format!("the object store: {what} answered {status}"))
}

fn unavailable(error: Error) -> Error {
    match error {
        Error::Outgoing(words) => Error::Unavailable(format!("the object store: {words}")),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_a_listing_are_decoded_as_the_store_encoded_them() {
        let encoded = "<ListBucketResult><EncodingType>url</EncodingType><Prefix>t/</Prefix>\
                       <Contents><Key>t/a%26b.jpg</Key></Contents>\
                       <Contents><Key>t/%C3%A4+1</Key></Contents></ListBucketResult>";
        assert_eq!(keys(encoded), Ok(vec!["t/a&b.jpg".to_owned(), "t/ä 1".to_owned()]));
        let escaped = "<Contents><Key>t/a&amp;lt;+%41</Key></Contents>";
        assert_eq!(keys(escaped), Ok(vec!["t/a&lt;+%41".to_owned()]));
    }
}
