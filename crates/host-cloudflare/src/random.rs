//! Random bytes from the Web Crypto API.

use crate::js;
use platform::{Random, Result};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Web Crypto fills at most so many bytes at once.
const BYTES_MAX: usize = 65_536;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(buffer: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// `crypto.getRandomValues`.
pub struct WebCrypto;

impl Random for WebCrypto {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        for chunk in buffer.chunks_mut(BYTES_MAX) {
            get_random_values(chunk).map_err(js::internal)?;
        }
        Ok(())
    }
}
