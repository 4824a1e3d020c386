//! Stripe's API: what is asked for, with which version, and what its refusals mean.

use http::{HeaderName, Method, StatusCode, header};
use platform::{Call, Context, Error, Result, StripeConfig};
use serde_json::Value;
use url::Url;

/// The shapes of answers are those of this version, whatever the account's own is.
const VERSION: &str = "2026-07-29.dahlia";
/// A hundred subscriptions with what belongs to them.
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// Stripe's own keys: letters, digits, `_`.
const ID_CHARS_MAX: usize = 255;

/// How Stripe is reached.
///
/// # Errors
/// [`Error::Unavailable`] where there is no key.
pub fn config(cx: &Context) -> Result<&StripeConfig> {
    let config = cx.config.stripe.as_ref();
    config.ok_or_else(|| Error::Unavailable("STRIPE_SECRET_KEY is missing".to_owned()))
}

/// Reads an object or a list. `path` begins with `/v1/`.
///
/// # Errors
/// [`Error::NotFound`] when Stripe has no such object; [`Error::Outgoing`] with words for what may go away
/// by itself, [`Error::Internal`] for what an operator has to mend.
pub async fn get(cx: &Context, path: &str, query: &[(&str, &str)]) -> Result<Value> {
    let mut url = address(cx, path)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    send(cx, Call::new(Method::GET, url)).await
}

/// Has something made or changed. The same key twice is the same deed once, for a day.
///
/// # Errors
/// As [`get`]; [`Error::Invalid`] when Stripe refuses what was asked, with its reason for the log.
pub async fn post(
    cx: &Context,
    path: &str,
    form: &[(&str, &str)],
    idempotency_key: &str,
) -> Result<Value> {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    let call = Call::new(Method::POST, address(cx, path)?)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")?
        .header(HeaderName::from_static("idempotency-key"), idempotency_key)?;
    send(cx, Call { body: body.finish().into(), ..call }).await
}

/// The path of one object. None for what is no id of Stripe's: it would be another path.
pub fn path_of(kind: &str, id: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_id = (1..=ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(is_plain);
    is_id.then(|| format!("/v1/{kind}/{id}"))
}

/// The text at a place of an object; empty where there is none.
pub fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

fn address(cx: &Context, path: &str) -> Result<Url> {
    config(cx)?.api_base.join(path).map_err(Error::internal)
}

async fn send(cx: &Context, call: Call) -> Result<Value> {
    let key = &config(cx)?.secret_key;
    let call = call
        .header(header::AUTHORIZATION, &format!("Bearer {key}"))?
        .header(header::ACCEPT, "application/json")?
        .header(HeaderName::from_static("stripe-version"), VERSION)?;
    let call = Call { body_bytes_max: ANSWER_BYTES_MAX, ..call };
    let (_, answer) = match cx.http.send(call.clone()).await {
        // A line that was closed while it lay idle; a key makes it the same deed.
        Err(Error::Outgoing(_)) => cx.http.send(call).await?,
        answer => answer?,
    };
    let value: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if answer.status().is_success() && value.is_object() {
        return Ok(value);
    }
    Err(refusal(answer.status(), &value))
}

/// <https://docs.stripe.com/api/errors>. The code is Stripe's word and may be shown; its message may hold
/// what somebody typed.
fn refusal(status: StatusCode, answer: &Value) -> Error {
    let code = [text(answer, "/error/code"), text(answer, "/error/type")];
    let code = code.into_iter().find(|code| !code.is_empty()).unwrap_or("no code");
    let words = format!("Stripe answered {}, {code}", status.as_u16());
    match status {
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Internal(words),
        StatusCode::BAD_REQUEST if code == "resource_missing" => Error::NotFound,
        StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED => Error::invalid(words),
        _ => Error::Outgoing(words.into()),
    }
}
