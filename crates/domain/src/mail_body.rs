//! Mails in the words of the providers' APIs, with open and click tracking off wherever a mail can say so.

use crate::mail::Mail;
use serde_json::{Value, json};

/// The body of Resend's `POST /emails`. Tracking is a setting of the domain there, and off by default.
pub fn resend(from: &str, mail: &Mail) -> Value {
    json!({
        "from": from,
        "to": [mail.to],
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    })
}

/// The body of SendGrid's `POST /v3/mail/send`.
pub fn sendgrid(from: &str, mail: &Mail) -> Value {
    let (name, email) = sender(from);
    json!({
        "personalizations": [{ "to": [{ "email": mail.to }] }],
        "from": { "email": email, "name": name },
        "subject": mail.subject,
        "content": [
            { "type": "text/plain", "value": mail.text },
            { "type": "text/html", "value": mail.html },
        ],
        "tracking_settings": {
            "click_tracking": { "enable": false, "enable_text": false },
            "open_tracking": { "enable": false },
            "subscription_tracking": { "enable": false },
        },
    })
}

/// The body of Cloudflare's `POST /accounts/{account}/email/sending/send`, which tracks nothing.
pub fn cloudflare(from: &str, mail: &Mail) -> Value {
    let (name, address) = sender(from);
    json!({
        "to": mail.to,
        "from": { "address": address, "name": name },
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
    })
}

/// Name and address of `Pipit <hello@app.example>`; without brackets the address is the name too.
fn sender(from: &str) -> (&str, &str) {
    match from.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.trim_end_matches('>').trim()),
        None => (from.trim(), from.trim()),
    }
}

/// What a provider's refusal is called, where it is a number or a plain word: its sentences may repeat the
/// address, and are never kept.
pub fn refusal(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let names = ["/ErrorCode", "/errors/0/code", "/name"];
    names.iter().filter_map(|at| answer.pointer(at)).find_map(|value| match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(word) => is_plain(word).then(|| word.clone()),
        _ => None,
    })
}

fn is_plain(word: &str) -> bool {
    (1..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        for (from, name, address) in [
            ("Pipit <hello@app.example>", "Pipit", "hello@app.example"),
            ("\"Pipit, Inc.\" <hello@app.example>", "Pipit, Inc.", "hello@app.example"),
            ("hello@app.example", "hello@app.example", "hello@app.example"),
        ] {
            assert_eq!(sender(from), (name, address), "{from}");
        }
    }

    #[test]
    fn a_refusal_is_named_and_never_quoted() {
        for (answer, name) in [
            (r#"{"ErrorCode":406,"Message":"inactive: ann@example.com"}"#, Some("406")),
            (
                r#"{"success":false,"errors":[{"code":10001,"message":"ann@example.com"}]}"#,
                Some("10001"),
            ),
            (
                r#"{"statusCode":422,"name":"validation_error","message":"x"}"#,
                Some("validation_error"),
            ),
            (r#"{"name":"ann@example.com"}"#, None),
            (r#"{"errors":[{"message":"bad ann@example.com","field":"to"}]}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(refusal(answer.as_bytes()).as_deref(), name, "{answer}");
        }
    }
}
