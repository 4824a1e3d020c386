//! Signatures for S3-compatible stores: AWS Signature Version 4, headers only, one chunk.

use hmac::{Hmac, Mac};
use platform::{Error, Result};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Who signs, and for which place.
pub struct Signer<'a> {
    /// For example `us-east-1`.
    pub region: &'a str,
    /// The id of the key.
    pub access_key: &'a str,
    /// The key.
    pub secret_key: &'a str,
}

/// What is signed.
pub struct Subject<'a> {
    /// The method.
    pub method: &'a str,
    /// The value of `Host`.
    pub host: &'a str,
    /// The path, encoded as [`encode`] does.
    pub path: &'a str,
    /// Names and values of the query, not encoded, in the order of their names.
    pub query: &'a [(&'a str, &'a str)],
    /// [`hash`] of the body.
    pub body_hash: &'a str,
    /// `20130524T000000Z`; sent as `x-amz-date`.
    pub time: &'a str,
}

impl Signer<'_> {
    /// The value of `Authorization`; `host`, `x-amz-content-sha256` and `x-amz-date` are signed.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key cannot be one.
    pub fn authorization(&self, subject: &Subject<'_>) -> Result<String> {
        const SIGNED: &str = "host;x-amz-content-sha256;x-amz-date";
        let Subject { method, host, path, query, body_hash, time } = subject;
        let query = encode_query(query);
        let request = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{body_hash}\n\
             x-amz-date:{time}\n\n{SIGNED}\n{body_hash}"
        );
        let day = time.get(..8).ok_or_else(|| Error::internal("the time of a signature"))?;
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hash(request.as_bytes()));
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [day, self.region, "s3", "aws4_request"] {
            key = keyed(&key, part)?;
        }
        let signature = hex(&keyed(&key, &text)?);
        let access_key = self.access_key;
        Ok(format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={SIGNED}, \
             Signature={signature}"
        ))
    }
}

/// The SHA-256 of a body, in hexadecimal.
pub fn hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// A query string as it is signed and sent.
pub fn encode_query(query: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encode(name, ""), encode(value, ""));
    query.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// RFC 3986 percent-encoding of everything but unreserved characters and those in `keep`.
pub fn encode(text: &str, keep: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let char = char::from(byte);
        if char.is_ascii_alphanumeric() || "-._~".contains(char) || keep.contains(char) {
            out.push(char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn keyed(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Amazon's documentation, "Signature calculations: header-based".
    fn signature(query: &[(&str, &str)]) -> String {
        let signer = Signer {
            region: "us-east-1",
            access_key: "AKIAIOSFODNN7EXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        };
        let subject = Subject {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query,
            body_hash: &hash(b""),
            time: "20130524T000000Z",
        };
        let value = signer.authorization(&subject).unwrap_or_default();
        value.split_once("Signature=").map(|(_, hex)| hex.to_owned()).unwrap_or_default()
    }

    #[test]
    fn signatures_are_those_of_the_specification() {
        assert_eq!(
            signature(&[("lifecycle", "")]),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert_eq!(
            signature(&[("max-keys", "2"), ("prefix", "J")]),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn paths_keep_their_slashes_and_lose_everything_unsafe() {
        assert_eq!(encode("t/ä b+c.jpg", "/"), "t/%C3%A4%20b%2Bc.jpg");
    }
}
