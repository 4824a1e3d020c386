//! Old encodings and packed bodies, in components with the feature `encodings`: the platform knows neither.

use bytes::Bytes;
use http::HeaderMap;
use platform::{Call, Result};

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

/// Says that an answer may come packed.
#[cfg(feature = "encodings")]
pub fn ask(headers: &mut HeaderMap) {
    let gzip = http::HeaderValue::from_static("gzip");
    headers.entry(http::header::ACCEPT_ENCODING).or_insert(gzip);
}

/// A component that cannot unpack asks for nothing packed.
#[cfg(not(feature = "encodings"))]
pub fn ask(_headers: &mut HeaderMap) {}

/// The body as it was before it was packed (RFC 9110, section 8.4.1), within the call's size.
///
/// # Errors
/// [`platform::Error::TooLarge`] for more than [`Call::unpacked_max`]; [`platform::Error::Outgoing`] for what cannot
/// be unpacked.
#[cfg(feature = "encodings")]
pub fn unpack(headers: &HeaderMap, body: Bytes, call: &Call) -> Result<Bytes> {
    use miniz_oxide::inflate::{
        TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
    };
    use platform::Error;

    let broken =
        || Error::Outgoing("Its answer is packed in a way that cannot be unpacked.".into());
    let packing = headers.get(http::header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let max = call.unpacked_max(body.len());
    let packing = packing.unwrap_or("identity").trim().to_ascii_lowercase();
    let unpacked = match packing.as_str() {
        _ if body.is_empty() => return Ok(body),
        "identity" | "" => return Ok(body),
        "gzip" | "x-gzip" => {
            decompress_to_vec_with_limit(gzip_content(&body).ok_or_else(broken)?, max)
        }
        "deflate" => decompress_to_vec_zlib_with_limit(&body, max),
        _ => return Err(broken()),
    };
    match unpacked {
        Ok(unpacked) => Ok(unpacked.into()),
        Err(problem) if problem.status == TINFLStatus::HasMoreOutput => Err(Error::TooLarge),
        Err(_) => Err(broken()),
    }
}

/// What it did not ask for comes as it is.
#[cfg(not(feature = "encodings"))]
pub fn unpack(_headers: &HeaderMap, body: Bytes, _call: &Call) -> Result<Bytes> {
    Ok(body)
}

/// What follows the head of a member (RFC 1952, section 2.3).
#[cfg(feature = "encodings")]
fn gzip_content(body: &[u8]) -> Option<&[u8]> {
    let flags = *body.get(3).filter(|_| body.starts_with(&[0x1f, 0x8b, 8]))?;
    let mut rest = body.get(10..)?;
    if flags & 4 != 0 {
        let length = u16::from_le_bytes(*rest.first_chunk()?);
        rest = rest.get(2..)?.get(usize::from(length)..)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end..)?.get(1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}
