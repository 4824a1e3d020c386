//! The jobs `hub-publication` and `hub-delivery`: bring what is new in the feeds of a blog to those who
//! subscribed (WebSub, sections 7 and 8; rssCloud's notice).
//!
//! Deliveries of a blog make a chain: each job leases some subscribers, and the job for the others is
//! written in the same batch. A subscriber is sent the feed as it is at that moment, so whatever was
//! published in between comes once.

use super::{SECRET, call};
use bytes::Bytes;
use domain::{blog::Blog, feed::HUB_PATH, seal, secret};
use futures_util::{StreamExt, stream};
use http::{HeaderName, Method, StatusCode, header};
use platform::{Call, Context, Error, Result};
use store::{
    hub::{self, Due, Outcome},
    job::Job,
};
use url::{Url, form_urlencoded};
use web::feed::Feed;

/// So many are called in one job, and so many of them at the same time.
const DUE_MAX: i64 = 20;
const AT_ONCE: usize = 4;
/// Of a feed that is larger each call has a copy of its own, and memory is small at the edge.
const LARGE_BYTES: usize = 4 << 20;
/// Longer than a job with its lease can take.
const LEASE_SECONDS: i64 = 5 * 60;
/// So often one is called in vain, after 1, 2, 4 … minutes; then once after each change.
const TRIES_MAX: i64 = 7;
const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature");

/// Something was published: everybody who subscribed to a feed of the blog is due.
pub async fn publish(cx: &Context, job: &Job) -> Result<()> {
    hub::make_due(cx, &job.subject).await?;
    cx.wake();
    Ok(())
}

/// Calls some of a blog's subscribers that are due; what goes wrong with one stops no other.
///
/// # Errors
/// Only the database's; the leases end by themselves then.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    let leased_until = cx.seconds().saturating_add(LEASE_SECONDS);
    let due = hub::lease_due(cx, &job.subject, DUE_MAX, leased_until).await?;
    let Some(blog) = store::blog::find_by_id(cx, &job.subject).await? else { return Ok(()) };
    for of_feed in due.chunk_by(|a, b| a.subscription.path == b.subscription.path) {
        deliver(cx, &blog, of_feed).await?;
    }
    if !due.is_empty() {
        hub::look_again(cx, &job.subject).await?;
    }
    if due.len() >= usize::try_from(DUE_MAX).unwrap_or(usize::MAX) {
        cx.wake();
    }
    Ok(())
}

/// A feed as it is sent.
struct Sent {
    body: Bytes,
    hash: String,
    content_type: &'static str,
    links: String,
}

async fn deliver(cx: &Context, blog: &Blog, of_feed: &[Due]) -> Result<()> {
    let sent = match of_feed.first().and_then(|due| Feed::of_path(&due.subscription.path)) {
        Some(feed) => sent(cx, blog, &feed).await?,
        None => None,
    };
    let is_large = sent.as_ref().is_some_and(|sent| sent.body.len() > LARGE_BYTES);
    let calls: Vec<_> = stream::iter(of_feed)
        .map(|due| {
            let sent = sent.as_ref();
            async move { (due, one(cx, due, sent).await) }
        })
        .buffer_unordered(if is_large { 1 } else { AT_ONCE })
        .collect()
        .await;
    hub::settle(cx, &calls).await
}

async fn sent(cx: &Context, blog: &Blog, feed: &Feed) -> Result<Option<Sent>> {
    let Some(text) = web::feed::render(cx, blog, feed).await? else { return Ok(None) };
    let origin = cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    Ok(Some(Sent {
        hash: secret::sha256_hex(text.as_bytes()),
        body: text.into(),
        content_type: feed.content_type(),
        links: format!(
            "<{}>; rel=\"hub\", <{origin}{}>; rel=\"self\"",
            cx.config.app_url(HUB_PATH),
            feed.path()
        ),
    }))
}

/// Brings one subscriber what it does not have. A feed that is not there any more, such as that of a
/// category without posts, is nothing new.
async fn one(cx: &Context, due: &Due, sent: Option<&Sent>) -> Outcome {
    let Some(sent) = sent.filter(|sent| sent.hash != due.body_hash) else {
        return Outcome::Delivered(due.body_hash.clone());
    };
    let status = match delivery(cx, due, sent) {
        Ok(Some(call)) => cx.http.send(call).await.map(|(_, answer)| answer.status()),
        // Its secret was sealed with another key: an unsigned delivery would be none.
        Ok(None) => return Outcome::Ended,
        Err(error) => Err(error),
    };
    match status {
        Ok(status) if status.is_success() => Outcome::Delivered(sent.hash.clone()),
        Ok(StatusCode::GONE) => Outcome::Ended,
        Ok(_) | Err(Error::Outgoing(_) | Error::TooLarge) => retry(cx, due),
        Err(error) => {
            cx.log(&format!("subscription {}: {error}", due.subscription.id));
            retry(cx, due)
        }
    }
}

fn retry(cx: &Context, due: &Due) -> Outcome {
    Outcome::Failed(next_try(due.attempts, cx.seconds()))
}

fn delivery(cx: &Context, due: &Due, sent: &Sent) -> Result<Option<Call>> {
    let of = &due.subscription;
    let url = Url::parse(&of.callback).map_err(Error::internal)?;
    let mut call = call(cx, Method::POST, url)?;
    if of.is_cloud {
        let notice =
            form_urlencoded::Serializer::new(String::new()).append_pair("url", &of.topic).finish();
        call.body = notice.into();
        return call.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").map(Some);
    }
    if let Some(sealed) = &of.secret {
        let Some(key) = seal::open(web::app_key(cx)?, SECRET, &of.callback, sealed) else {
            return Ok(None);
        };
        let signature = secret::hex(&secret::hmac_of_any(&key, &sent.body));
        call = call.header(SIGNATURE, &format!("sha256={signature}"))?;
    }
    call.body = sent.body.clone();
    call.header(header::CONTENT_TYPE, sent.content_type)?
        .header(header::LINK, &sent.links)
        .map(Some)
}

/// When to call again one that was called so often in vain before.
fn next_try(before: i64, now: i64) -> Option<i64> {
    let doublings = u32::try_from(before).ok().filter(|_| before.saturating_add(1) < TRIES_MAX)?;
    Some(now.saturating_add(60_i64.saturating_mul(2_i64.saturating_pow(doublings))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_fails_is_called_less_and_less_often() {
        let waits: Vec<_> =
            (0..8).map(|before| next_try(before, 1000).map(|at| at - 1000)).collect();
        let minutes = [1, 2, 4, 8, 16, 32].map(|minutes| Some(minutes * 60));
        assert_eq!(waits, [minutes.as_slice(), &[None, None]].concat());
    }
}
