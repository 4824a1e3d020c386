//! Old encodings, by their WHATWG labels.

use encoding_rs::Encoding;

/// See [`platform::Decode`].
pub fn decode(bytes: &[u8], label: &str) -> Option<String> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    Some(encoding.decode(bytes).0.into_owned())
}
