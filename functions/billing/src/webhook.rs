//! The job `billing-webhook`: tells the operator's own program that what an account has changed, signed as
//! <https://www.standardwebhooks.com> says. What it is told is what is so at that moment, never what was so
//! when the job was written down; so a call that comes late or twice says nothing untrue.

use crate::notice;
use domain::{datetime::rfc3339, standard_webhook};
use http::HeaderName;
use platform::{Context, Error, Result, WebhookConfig};
use serde_json::{Value, json};
use store::{
    billing_log::{self, WEBHOOK},
    job::{self, Job},
};

/// The job's own tries are over after an hour; then it is tried so many hours later, and later again: 31 hours
/// altogether.
const HOURS: [i64; 4] = [2, 4, 8, 16];
const TRIES: i64 = 7;
/// What an account has is the same after these.
const WITHOUT_EFFECT: [&str; 3] = ["renewed", "disputed", "dispute_won"];

/// Sends it. The subject is the log entry's id, with a number behind it once the job was put off.
///
/// # Errors
/// When the program or the database does not answer; the job is tried again.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    let Some(webhook) = &cx.config.entitlement_webhook else { return Ok(()) };
    let (id, round) = match job.subject.split_once('/') {
        Some((id, round)) => (id, round.parse().unwrap_or(HOURS.len())),
        None => (job.subject.as_str(), 0),
    };
    let Some(body) = body(cx, id).await? else { return Ok(()) };
    match send(cx, webhook, id, &body).await {
        Ok(()) => Ok(()),
        // Its own tries go first; whoever was put off has one.
        Err(error) if round == 0 && job.attempts < TRIES => Err(keep(error)),
        Err(error) => match HOURS.get(round) {
            Some(hours) => put_off(cx, id, round, *hours).await,
            None => Err(Error::Gone(error.to_string().into())),
        },
    }
}

/// A program that refuses today may be mended tomorrow.
fn keep(error: Error) -> Error {
    if let Error::Gone(words) = error { Error::Outgoing(words) } else { error }
}

async fn put_off(cx: &Context, id: &str, round: usize, hours: i64) -> Result<()> {
    let next_at = cx.seconds().saturating_add(hours.saturating_mul(3600));
    job::put_off(cx, WEBHOOK, &format!("{id}/{}", round.saturating_add(1)), next_at).await
}

/// `type`, `timestamp` and `data`, as the specification has them. None when there is nothing to tell.
async fn body(cx: &Context, id: &str) -> Result<Option<Value>> {
    let entry = billing_log::find(cx, id).await?;
    let is_told = |entry: &billing_log::Entry| !WITHOUT_EFFECT.contains(&entry.kind.as_str());
    let Some(entry) = entry.filter(is_told) else { return Ok(None) };
    let now = cx.seconds();
    let has = store::billing::entitlement(cx, &entry.account_id).await?;
    let subscriptions = store::billing::subscriptions(cx, &entry.customer_id).await?;
    let by = has.subscription_id.as_deref().unwrap_or(&entry.subscription_id);
    let one = subscriptions.iter().find(|one| one.id == by);
    let ends_at = one.and_then(|one| {
        let by_period = one.period_ends_at.filter(|_| one.cancel_at_period_end);
        one.ended_at.or(one.cancel_at).or(by_period)
    });
    let plan = has.plan_at(now).unwrap_or(platform::FREE);
    let before = Some(entry.plan_before.as_str()).filter(|plan| !plan.is_empty());
    Ok(Some(json!({
        "type": "entitlement.changed",
        "timestamp": rfc3339(now),
        "data": {
            "username": entry.username,
            "account_id": entry.account_id,
            "plan": plan,
            "plan_before": before.unwrap_or(platform::FREE),
            "state": has.access.word(),
            "until": has.until.map(rfc3339),
            "cancel_at_period_end": one.is_some_and(|one| one.cancel_at_period_end),
            "ends_at": ends_at.map(rfc3339),
        },
    })))
}

async fn send(cx: &Context, webhook: &WebhookConfig, id: &str, body: &Value) -> Result<()> {
    let (id, body, now) = (format!("evt_{id}"), body.to_string(), cx.seconds());
    let signature = standard_webhook::signature(&webhook.key, &id, now, &body);
    let headers = [
        (HeaderName::from_static("webhook-id"), id),
        (HeaderName::from_static("webhook-timestamp"), now.to_string()),
        (HeaderName::from_static("webhook-signature"), signature),
    ];
    notice::post(cx, webhook.url.clone(), body, |call| {
        headers.iter().try_fold(call, |call, (name, value)| call.header(name.clone(), value))
    })
    .await
}
