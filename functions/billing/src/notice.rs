//! The jobs `signup-notice`, `billing-notice` and `reconciliation-notice`: a line in the operator's chat, with
//! a user name and a plan in it and nothing else of anybody. Slack's shape of an incoming webhook is what
//! most chats take.

use http::{Method, StatusCode, header};
use platform::{Call, Context, Error, Result};
use serde_json::json;
use store::{billing_log, job::Job, reconciliation};
use url::Url;

/// The job that tells of a customer that differed; its subject is the reconciliation's id.
pub const OF_RECONCILIATION: &str = "reconciliation-notice";

/// The changes that a chat is told of, and how.
const WORDS: [(&str, &str); 4] = [
    ("cancel_set", "cancelled: it ends with what is paid for"),
    ("ended", "ended"),
    ("payment_failed", "a payment failed"),
    ("disputed", "a payment is disputed"),
];

/// Tells of somebody who signed up.
///
/// # Errors
/// When the chat or the database does not answer.
pub async fn signup(cx: &Context, job: &Job) -> Result<()> {
    let Some(account) = store::billing_log::who(cx, &job.subject).await? else { return Ok(()) };
    send(cx, &format!("New here: {}", escape(&account))).await
}

/// Tells of a change of a subscription.
///
/// # Errors
/// As [`signup`].
pub async fn change(cx: &Context, job: &Job) -> Result<()> {
    let Some(entry) = billing_log::find(cx, &job.subject).await? else { return Ok(()) };
    // What a reconciliation finds it tells of by itself: after a long silence that is hundreds of lines.
    if entry.by == "reconcile" {
        return Ok(());
    }
    let Some((_, words)) = WORDS.iter().find(|(kind, _)| *kind == entry.kind) else {
        return Ok(());
    };
    let plan = [entry.plan_before, entry.plan].into_iter().find(|plan| !plan.is_empty());
    let plan = plan.unwrap_or_else(|| "free".to_owned());
    send(cx, &format!("{} ({}): {words}", escape(&entry.username), escape(&plan))).await
}

/// Tells of a reconciliation that found differences.
///
/// # Errors
/// As [`signup`].
pub async fn reconciliation(cx: &Context, job: &Job) -> Result<()> {
    let Some(of) = reconciliation::find(cx, &job.subject).await? else { return Ok(()) };
    let page = cx.config.app_url(&format!("/operator/billing/reconciliations/{}", of.id));
    let (repaired, failed) = (of.repaired, of.failed);
    let words = format!(
        "Alarm: {repaired} customers differed from Stripe and were put right, {failed} could not be read: {page}"
    );
    send(cx, &words).await
}

/// <https://docs.slack.dev/messaging/formatting-message-text>: these three characters mean something there.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn send(cx: &Context, text: &str) -> Result<()> {
    let Some(url) = &cx.config.chat_webhook else { return Ok(()) };
    post(cx, url.clone(), json!({ "text": text }).to_string(), Ok).await
}

/// Posts JSON to a webhook of the operator's.
///
/// # Errors
/// [`Error::Gone`] when it will never be taken; any other error is worth another try.
pub async fn post(
    cx: &Context,
    url: Url,
    body: String,
    dress: impl FnOnce(Call) -> Result<Call>,
) -> Result<()> {
    let call = Call::new(Method::POST, url).header(header::CONTENT_TYPE, "application/json")?;
    let call = Call { body: body.into(), ..dress(call)? };
    let (_, answer) = cx.http.send(call).await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let words = format!("the webhook answered {}", status.as_u16());
    let may_pass = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    let is_final = status.is_client_error() && !may_pass;
    Err(if is_final { Error::Gone(words.into()) } else { Error::Outgoing(words.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_takes_no_name_for_a_command() {
        assert_eq!(escape("<!channel> & co"), "&lt;!channel&gt; &amp; co");
    }

    #[test]
    fn every_change_that_is_told_of_is_one() {
        for (kind, _) in WORDS {
            assert!(domain::billing::Kind::of_word(kind).is_some(), "{kind}");
        }
    }
}
