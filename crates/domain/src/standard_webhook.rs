//! Signatures of what is sent to the operator's own programs, as <https://www.standardwebhooks.com> has them.

use crate::secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The header `webhook-signature`: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. `id` and
/// `timestamp` (unix seconds) go along as `webhook-id` and `webhook-timestamp`.
pub fn signature(key: &[u8], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    format!("v1,{}", STANDARD.encode(secret::hmac_of_any(key, signed.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of the specification are tested with.
    #[test]
    fn the_published_example_comes_out() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
