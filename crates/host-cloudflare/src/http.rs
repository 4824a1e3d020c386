//! Outgoing HTTP by `fetch`.

use crate::js;
use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use http::{Response, StatusCode};
use platform::{Call, Error, Http, Local, Result};
use std::{pin::pin, time::Duration};
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
            let abort = AbortController::new().map_err(js::internal)?;
            let init = init(call, &abort)?;
            let patience = Duration::from_millis(u64::from(call.timeout_ms));
            let answer = pin!(exchange(call, &init));
            match select(answer, Delay::from(patience)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => {
                    abort.abort();
                    Err(Error::Outgoing("There was no answer in time.".into()))
                }
            }
        })
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
    let promise = global.fetch_with_str_and_init(call.url.as_str(), init);
    let raw: worker::web_sys::Response =
        JsFuture::from(promise).await.map_err(no_answer)?.unchecked_into();
    let status = StatusCode::from_u16(raw.status()).map_err(Error::internal)?;
    let headers = js::headers(&raw.headers());
    let body = match raw.body() {
        Some(stream) => read(ByteStream::from(stream), call.body_bytes_max).await?,
        None => Bytes::new(),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
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
