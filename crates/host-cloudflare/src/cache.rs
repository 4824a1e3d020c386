//! The page cache on the Cache API: of one data centre, free of charge, no promise.

use crate::js;
use bytes::Bytes;
use platform::{Error, Kv, Local, Result};
use url::form_urlencoded::byte_serialize;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{
    Cache, ResponseBuilder,
    js_sys::{Promise, Uint8Array, futures::JsFuture},
    web_sys,
};

/// Without the crate's `Cache::get`, which looks at every part of a response before it is asked for one.
#[wasm_bindgen]
extern "C" {
    type Caches;
    #[wasm_bindgen(thread_local_v2, js_name = caches)]
    static CACHES: Caches;
    #[wasm_bindgen(method, getter, js_name = default)]
    fn nearest(this: &Caches) -> Nearest;

    type Nearest;
    #[wasm_bindgen(method, catch, js_name = "match")]
    fn find(this: &Nearest, address: &str) -> std::result::Result<Promise, JsValue>;
}

/// The default cache of the data centre that serves the request.
pub struct PageCache;

impl Kv for PageCache {
    fn get<'a>(&'a self, key: &'a str) -> Local<'a, Result<Option<Bytes>>> {
        Box::pin(async move {
            let found = CACHES.with(|caches| caches.nearest().find(&address(key)));
            let found = JsFuture::from(found.map_err(thrown)?).await.map_err(thrown)?;
            let Ok(stored) = found.dyn_into::<web_sys::Response>() else { return Ok(None) };
            // In one piece: reading it as a stream takes three times as long.
            let stored = stored.array_buffer().map_err(thrown)?;
            let stored = JsFuture::from(stored).await.map_err(thrown)?;
            Ok(Some(Uint8Array::new(&stored).to_vec().into()))
        })
    }

    fn put<'a>(&'a self, key: &'a str, value: Bytes, life_seconds: u32) -> Local<'a, Result<()>> {
        Box::pin(async move {
            let stored = ResponseBuilder::new()
                .with_header("cache-control", &format!("max-age={life_seconds}"))
                .map_err(unavailable)?
                .fixed(value.into());
            Cache::default().put(address(key), stored).await.map_err(unavailable)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> Local<'a, Result<()>> {
        Box::pin(async move {
            Cache::default().delete(address(key), false).await.map_err(unavailable)?;
            Ok(())
        })
    }
}

/// The cache wants an address; the name is one that can never exist (RFC 6761, section 6.4).
fn address(key: &str) -> String {
    let mut address = "https://cache.invalid/".to_owned();
    address.extend(byte_serialize(key.as_bytes()));
    address
}

fn thrown(value: JsValue) -> Error {
    Error::Unavailable(format!("cache: {}", js::words(&value)))
}

fn unavailable(error: worker::Error) -> Error {
    Error::Unavailable(format!("cache: {error}"))
}
