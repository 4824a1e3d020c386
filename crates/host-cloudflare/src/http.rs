//! Outgoing HTTP by `fetch`.

use crate::js;
use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use http::{HeaderMap, Response, StatusCode, header};
use platform::{Call, Error, Http, Local, Result};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use worker::{
    ByteStream, Delay,
    js_sys::{self, Uint8Array, futures::JsFuture},
    web_sys::{AbortController, RequestInit, RequestRedirect, WorkerGlobalScope},
};

/// The runtime's `fetch`. It resolves names itself and, by the flag `global_fetch_strictly_public`,
/// goes the way that any other client's call would.
pub struct Fetch;

impl Http for Fetch {
    fn send<'a>(&'a self, call: &'a Call) -> Local<'a, Result<Response<Bytes>>> {
        Box::pin(async move {
            let abort = AbortOnDrop(AbortController::new().map_err(js::internal)?);
            exchange(call, &init(call, &abort.0)?).await
        })
    }

    fn wait(&self, milliseconds: u32) -> Local<'_, ()> {
        Box::pin(Delay::from(Duration::from_millis(u64::from(milliseconds))))
    }
}

/// Ends a call that nobody waits for any more; one that has ended does not mind.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn init(call: &Call, abort: &AbortController) -> Result<RequestInit> {
    let init = RequestInit::new();
    init.set_method(call.method.as_str());
    init.set_headers(&js::header_pairs(&call.headers)?);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&abort.signal()));
    if !call.body.is_empty() {
        init.set_body_opt_u8_array(Some(&Uint8Array::from(&*call.body)));
    }
    Ok(init)
}

async fn exchange(call: &Call, init: &RequestInit) -> Result<Response<Bytes>> {
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    let promise = JsFuture::from(global.fetch_with_str_and_init(call.url.as_str(), init));
    let patience = Delay::from(Duration::from_millis(u64::from(call.head_ms())));
    let raw: worker::web_sys::Response = match select(promise, patience).await {
        Either::Left((raw, _)) => raw.map_err(no_answer)?.unchecked_into(),
        Either::Right(_) => return Err(Error::Outgoing("There was no answer in time.".into())),
    };
    let status = StatusCode::from_u16(raw.status()).map_err(Error::internal)?;
    let headers = js::headers(&raw.headers());
    let body = match raw.body() {
        Some(stream) => read(ByteStream::from(stream), bytes_max(call, &headers)).await?,
        None => Bytes::new(),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// The runtime unpacks by itself; how much there was before, a header says or nobody.
fn bytes_max(call: &Call, headers: &HeaderMap) -> usize {
    let number = |name| headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    match (headers.contains_key(header::CONTENT_ENCODING), number(header::CONTENT_LENGTH)) {
        (true, Some(packed)) => call.unpacked_max(packed),
        _ => call.body_bytes_max,
    }
}

async fn read(mut stream: ByteStream, max: usize) -> Result<Bytes> {
    let mut all = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Error::Outgoing("The answer broke off.".into()))?;
        if all.len().saturating_add(chunk.len()) > max {
            return Err(Error::TooLarge);
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

fn no_answer(_: JsValue) -> Error {
    Error::Outgoing("There is no answer at that address.".into())
}
