//! Pages that this isolate has sent within the last second, kept as the runtime takes them.
//!
//! A rush on one page costs neither a read of a cache nor a look at the request beyond its address:
//! only answers that are marked [`platform::Shared`] are kept, and those depend on nothing else.

use crate::{js, recent::Recent};
use http::{HeaderMap, StatusCode, header};
use platform::{Body, DEV, Meter, Response, Result, Shared};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{
    js_sys::{Date, JsString, Uint8Array},
    web_sys::{self, ResponseInit},
};

/// A request whose texts stay on the runtime's side: copying one costs more than all else here.
#[wasm_bindgen]
extern "C" {
    type Asked;
    #[wasm_bindgen(method, getter)]
    fn method(this: &Asked) -> JsString;
    #[wasm_bindgen(method, getter)]
    fn headers(this: &Asked) -> Fields;

    type Fields;
    #[wasm_bindgen(method)]
    fn get(this: &Fields, name: &JsString) -> JsValue;
}

const PAGE_BYTES_MAX: usize = 256 << 10;
const ALL_BYTES_MAX: usize = 4 << 20;

thread_local! {
    static GET: JsString = "GET".into();
    static IF_NONE_MATCH: JsString = "if-none-match".into();
    static IF_MODIFIED_SINCE: JsString = "if-modified-since".into();
    static HOT: RefCell<Recent<Page>> = RefCell::new(Recent::new(ALL_BYTES_MAX));
}

struct Page {
    etag: JsValue,
    body: Uint8Array,
    whole: ResponseInit,
    unchanged: ResponseInit,
}

/// The answer to this request, if it is a GET of a page that was sent a moment ago.
pub fn find(raw: &web_sys::Request) -> Option<web_sys::Response> {
    HOT.with_borrow(|hot| {
        let page = hot.get(&raw.url(), Date::now())?;
        let asked = raw.unchecked_ref::<Asked>();
        if GET.with(|get| asked.method() != *get) {
            return None;
        }
        let headers = asked.headers();
        let known = IF_NONE_MATCH.with(|name| headers.get(name));
        if known == page.etag {
            return page.unchanged();
        }
        // The other ways to ask for a change are for those who can read lists and dates.
        let is_plain =
            known.is_null() && IF_MODIFIED_SINCE.with(|name| headers.get(name)).is_null();
        if is_plain { page.whole() } else { None }
    })
}

/// Keeps an answer for a second, where everybody who asks for this address gets the same one.
pub fn keep(raw: &web_sys::Request, answer: &Response) {
    let is_shared = answer.extensions().get::<Shared>().is_some();
    if !is_shared || answer.status() != StatusCode::OK || raw.method() != "GET" {
        return;
    }
    let address = raw.url();
    let Body::Bytes(body) = answer.body() else { return };
    // Whoever makes up queries must not drive out what others read.
    if address.contains('?') || body.len() > PAGE_BYTES_MAX {
        return;
    }
    let Ok(page) = Page::of(answer.headers(), body) else { return };
    HOT.with_borrow_mut(|hot| hot.put(address, page, body.len(), Date::now()));
}

/// Forgets all pages: a blog was changed in this isolate, and its author looks at once.
pub fn forget() {
    HOT.with_borrow_mut(Recent::clear);
}

impl Page {
    fn of(headers: &HeaderMap, body: &[u8]) -> Result<Self> {
        let mut headers = headers.clone();
        if DEV && let Ok(nothing) = Meter::default().server_timing().parse() {
            headers.insert("server-timing", nothing);
        }
        let etag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        Ok(Self {
            etag: etag.into(),
            body: Uint8Array::from(body),
            whole: init(StatusCode::OK, &headers)?,
            unchanged: init(StatusCode::NOT_MODIFIED, &headers)?,
        })
    }

    fn whole(&self) -> Option<web_sys::Response> {
        web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&self.body), &self.whole).ok()
    }

    fn unchanged(&self) -> Option<web_sys::Response> {
        web_sys::Response::new_with_opt_str_and_init(None, &self.unchanged).ok()
    }
}

fn init(status: StatusCode, headers: &HeaderMap) -> Result<ResponseInit> {
    let init = ResponseInit::new();
    init.set_status(status.as_u16());
    let pairs = js::header_pairs(headers)?;
    // Read once: a response that is made of headers takes them as they are.
    let headers = web_sys::Headers::new_with_str_sequence_sequence(&pairs);
    init.set_headers(&headers.map_err(js::internal)?.into());
    Ok(init)
}
