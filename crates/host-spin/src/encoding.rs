//! Old encodings, by their WHATWG labels, in components with the feature `encodings`.

/// See [`platform::Decode`].
#[cfg(feature = "encodings")]
pub fn decode(bytes: &[u8], label: &str) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(label.trim().as_bytes())?;
    Some(encoding.decode(bytes).0.into_owned())
}

/// A component that never reads what others wrote knows no label.
#[cfg(not(feature = "encodings"))]
pub fn decode(_bytes: &[u8], _label: &str) -> Option<String> {
    None
}
