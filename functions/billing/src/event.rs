//! Stripe's events: proved, stored exactly once, and only then acknowledged.

use domain::{address, stripe};
use http::StatusCode;
use platform::{ClientAddress, Context, Error, Policy, Response, Result, StripeConfig};
use store::stripe_event::{IGNORED, RECEIVED};
use web::{Limit, Per, Visit};

/// Stripe's own events stay far below.
pub const BODY_BYTES_MAX: usize = 1 << 20;

const BAD_SIGNATURES: Limit = Limit {
    per: Per::Address,
    policy: Policy { name: "stripe-bad-signature", count: 30, window_seconds: 300 },
};

/// `POST /webhooks/stripe`
///
/// The bytes are read once and verified before anything in them is looked at. Stripe repeats what did
/// not get a 2xx, so every failure of ours must be something else, and a repetition must change nothing.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let cx = v.cx;
    let config = cx.config.stripe.as_ref().filter(|stripe| !stripe.webhook_secrets.is_empty());
    let config = config.ok_or_else(|| {
        Error::Unavailable("STRIPE_SECRET_KEY or STRIPE_WEBHOOK_SECRET is missing".to_owned())
    })?;
    let body = v.bytes().await?;

    let signature = v.header("stripe-signature");
    if let Err(words) = stripe::verify(&config.webhook_secrets, signature, &body, cx.seconds()) {
        return refuse(&v, words).await;
    }
    let event = stripe::event(&body).map_err(Error::invalid)?;
    let state = state(cx, &event, config);
    let is_new = store::stripe_event::insert(cx, &event, state).await.map_err(again)?;
    if is_new && state == RECEIVED {
        cx.wake();
    }
    let words = if is_new { "stored" } else { "stored before" };
    Ok(web::text(StatusCode::OK, "text/plain; charset=utf-8", format!("{words}\n")))
}

/// So many bad signatures from everywhere are an attack, or a secret of ours that is wrong.
const FLOOD: Limit = Limit {
    per: Per::Address,
    policy: Policy { name: "stripe-bad-signatures", count: 100, window_seconds: 300 },
};

async fn refuse(v: &Visit<'_>, words: &'static str) -> Result<Response> {
    v.cx.log(&format!("stripe event refused: {words}"));
    let client =
        v.client.map_or_else(|| "unknown".to_owned(), |ClientAddress(ip)| address::prefix(ip));
    if let Err(Error::TooMany { .. }) = v.take(&FLOOD, "everyone").await {
        v.cx.log("alarm: more than 100 stripe events with bad signatures within five minutes");
    }
    match v.take(&BAD_SIGNATURES, &client).await {
        Err(error @ Error::TooMany { .. }) => Err(error),
        // Whether or not the limits answer, the signature stays bad.
        _ => Err(Error::invalid(words)),
    }
}

/// An event of a sandbox must never touch what live customers have, nor the other way round. What is
/// ignored has its row too: by state and type the rows say how many there were.
fn state(cx: &Context, event: &stripe::Event, config: &StripeConfig) -> &'static str {
    let key = &config.secret_key;
    let is_live = key.starts_with("sk_live_") || key.starts_with("rk_live_");
    if event.livemode != is_live {
        let (theirs, ours) = if event.livemode { ("live", "test") } else { ("test", "live") };
        cx.log(&format!(
            "alarm: stripe event {} is of {theirs} mode, STRIPE_SECRET_KEY of {ours} mode",
            event.id
        ));
        return IGNORED;
    }
    if !stripe::matters(&event.kind) {
        cx.log(&format!("stripe event {} is ignored: {}", event.id, event.kind));
        return IGNORED;
    }
    RECEIVED
}

/// Whatever the database's trouble is, Stripe is to come again.
fn again(error: Error) -> Error {
    match error {
        Error::Unavailable(detail) => Error::Unavailable(detail),
        other => Error::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_trouble_of_ours_looks_like_success_or_like_the_callers_fault() {
        for error in
            [Error::Internal("x".to_owned()), Error::Unavailable("x".to_owned()), Error::TooLarge]
        {
            assert!(matches!(again(error), Error::Unavailable(_)));
        }
    }
}
