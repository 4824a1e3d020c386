//! Small bridges to JavaScript values: bindings, error texts and headers.

use http::{HeaderMap, HeaderName, HeaderValue};
use platform::{Error, Result};
use std::borrow::Cow;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{Env, js_sys, web_sys};

#[wasm_bindgen]
extern "C" {
    type TextDecoder;
    #[wasm_bindgen(constructor, catch)]
    fn new(label: &str) -> Result<TextDecoder, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> Result<String, JsValue>;
}

/// See [`platform::Decode`]: the runtime has the tables already.
pub fn decode(bytes: &[u8], label: &str) -> Option<String> {
    TextDecoder::new(label).ok()?.decode(bytes).ok()
}

/// A binding of the Worker by its name in `wrangler.toml`.
pub fn binding<T: JsCast>(env: &Env, name: &str) -> Result<T> {
    get(env, name)
        .filter(|value| !value.is_undefined())
        .map(JsCast::unchecked_into)
        .ok_or_else(|| Error::internal(format!("the binding {name} is missing")))
}

/// A property of an object; None when it cannot be read.
pub fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).ok()
}

/// The message of a thrown value.
pub fn words(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => error.message().into(),
        None => thrown.as_string().unwrap_or_else(|| "a value without a message".to_owned()),
    }
}

/// [`Error::Internal`] from a thrown value.
pub fn internal(thrown: JsValue) -> Error {
    Error::Internal(words(&thrown))
}

/// All headers. They cross the border as one text, because each crossing costs more than a header;
/// no name or value can hold a line break.
pub fn headers(raw: &web_sys::Headers) -> HeaderMap {
    let text = String::from(js_sys::Array::from(raw).flat(1).join("\n"));
    let mut lines = text.split('\n');
    let mut headers = HeaderMap::new();
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Headers as the list of pairs that a `RequestInit` or `ResponseInit` takes; a repeated name stays
/// repeated. Crosses the border as one text too.
pub fn header_pairs(headers: &HeaderMap) -> Result<JsValue> {
    let pairs: Vec<(&str, Cow<'_, str>)> =
        headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let text = serde_json::to_string(&pairs).map_err(Error::internal)?;
    js_sys::JSON::parse(&text).map_err(internal)
}

/// The runtime writes text as UTF-8, so what is UTF-8 arrives as it was.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}
