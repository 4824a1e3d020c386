//! What every host promises of old encodings.

use crate::Kept;
use platform::Context;

/// Bytes, the label of their encoding in any spelling, and the text that they are.
const SAMPLES: [(&[u8], &str, &str); 6] = [
    (b"caf\xe9 \x80", "ISO-8859-1", "café €"),
    (b"na\xefve", " windows-1252", "naïve"),
    (b"\x83e\x83X\x83g", "shift_jis", "テスト"),
    (b"\xc4\xe3\xba\xc3", "GB2312", "你好"),
    (b"\xcf\xf0\xe8", "windows-1251", "При"),
    (b"h\0i\0", "utf-16le", "hi"),
];

/// Text comes out as the WHATWG Encoding Standard says; a label that nobody knows is none.
pub async fn become_text(cx: &Context) -> Kept {
    for (bytes, label, text) in SAMPLES {
        match (cx.decode)(bytes, label) {
            Some(decoded) if decoded == text => {}
            other => return Err(format!("{label}: {other:?} instead of {text}")),
        }
    }
    match (cx.decode)(b"x", "no-such-encoding") {
        None => Ok(()),
        Some(_) => Err("a label that nobody knows gave text".to_owned()),
    }
}
