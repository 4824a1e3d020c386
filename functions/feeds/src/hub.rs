//! The WebSub hub of the feeds of blogs that are hosted here (W3C Recommendation «WebSub»): takes requests.
//!
//! It lives here because this component alone may reach anyone. Nothing is called while somebody waits for
//! an answer: what was asked for becomes a row and a job.

pub mod cloud;
pub mod delivery;
pub mod verification;

use domain::{blog::Blog, seal};
use http::StatusCode;
use platform::{Call, Context, Error, Policy, Response, Result, check_url};
use store::hub::{Subscription, Wish};
use url::Url;
use web::{Form, Limit, Per, Visit, feed::Feed};

/// A service that reads for many subscribes much at once.
pub const LIMITS: &[Limit] =
    &[Limit { per: Per::Address, policy: Policy { name: "hub", count: 300, window_seconds: 300 } }];
/// So often a host is asked whether it wants something, however many ask for it.
const OF_HOST: Policy = Policy { name: "hub-host", count: 300, window_seconds: 300 };
pub const BODY_BYTES_MAX: usize = 16 << 10;

const LEASE_SECONDS: i64 = 10 * 86_400;
const LEASE_SECONDS_MIN: i64 = 300;
const LEASE_SECONDS_MAX: i64 = 30 * 86_400;
/// WebSub, section 5.1: less than 200.
const SECRET_BYTES_MAX: usize = 199;
const SECRET: &str = "hub-secret";
const TEXT: &str = "text/plain; charset=utf-8";

/// `POST /hub` (WebSub, section 5.1). Errors are plain text, as section 5.1.2 wants them.
pub async fn act(mut v: Visit<'_>) -> Result<Response> {
    let (status, words) = match take(&mut v).await {
        Ok(()) => {
            (StatusCode::ACCEPTED, "The callback will be asked whether it wants this.".into())
        }
        Err(Error::Invalid(words)) => (StatusCode::BAD_REQUEST, words),
        Err(Error::Outgoing(words)) => {
            (StatusCode::BAD_REQUEST, format!("hub.callback cannot be called. {words}").into())
        }
        Err(Error::Forbidden(words)) => (StatusCode::FORBIDDEN, words),
        Err(Error::MediaType(words)) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, words),
        Err(error) => return Err(error),
    };
    Ok(web::no_store(web::text(status, TEXT, format!("{words}\n"))))
}

async fn take(v: &mut Visit<'_>) -> Result<()> {
    let form = v.form().await?;
    let is_end = match form.get("hub.mode") {
        "subscribe" => false,
        "unsubscribe" => true,
        _ => return Err(Error::invalid("hub.mode must be subscribe or unsubscribe.")),
    };
    let lease_seconds = if is_end { 0 } else { lease(form.get("hub.lease_seconds"))? };
    let callback = Url::parse(form.get("hub.callback"))
        .map_err(|_| Error::invalid("hub.callback must be an http or https address."))?;
    let topic = form.get("hub.topic");
    let Some((blog, feed)) = hosted(v.cx, topic).await? else {
        return Err(Error::invalid(
            "hub.topic must be the address of a feed of a blog that is hosted here, as its rel=self says it.",
        ));
    };
    let mut wish = wish(v.cx, &blog, &feed, topic, callback)?;
    wish.subscription.secret = secret(v.cx, &form, &wish.subscription.callback)?;
    let wish = Wish { is_end, lease_seconds, ..wish };
    ask(v.cx, &[wish]).await
}

/// What somebody asks for: that this callback is called for this feed.
fn wish(cx: &Context, blog: &Blog, feed: &Feed, topic: &str, mut callback: Url) -> Result<Wish> {
    callback.set_fragment(None);
    check_url(&callback, &cx.config)?;
    let host = callback.host_str().unwrap_or_default().to_owned();
    let subscription = Subscription {
        id: cx.id()?,
        blog_id: blog.id.clone(),
        path: feed.path(),
        is_cloud: false,
        callback: callback.into(),
        topic: topic.to_owned(),
        secret: None,
    };
    Ok(Wish { subscription, is_end: false, host, lease_seconds: 0 })
}

/// Remembers what was asked for, where there is room, and asks the callback soon.
async fn ask(cx: &Context, wishes: &[Wish]) -> Result<()> {
    for wish in wishes {
        let verdict = cx.take(&web::limit_key(cx, OF_HOST.name, &wish.host)?, OF_HOST).await?;
        if !verdict.allowed {
            let retry_after_seconds = verdict.retry_after_seconds.max(1);
            return Err(Error::TooMany { retry_after_seconds, policy: OF_HOST });
        }
        if !wish.is_end && !store::hub::has_room(cx, wish).await? {
            return Err(Error::Forbidden(
                "This blog has as many subscribers as it can have.".into(),
            ));
        }
    }
    store::hub::ask(cx, wishes).await?;
    cx.wake();
    Ok(())
}

/// The feed at this address: of a blog that is hosted here, at any of its addresses.
async fn hosted(cx: &Context, address: &str) -> Result<Option<(Blog, Feed)>> {
    let Ok(url) = Url::parse(address) else { return Ok(None) };
    let is_plain = url.query().is_none() && url.username().is_empty() && url.password().is_none();
    if url.scheme() != cx.config.app_origin.scheme() || !is_plain {
        return Ok(None);
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let (Some(name), Some(feed)) = (cx.config.blog_name(&host), Feed::of_path(url.path())) else {
        return Ok(None);
    };
    match web::blog(cx, &name).await {
        Ok(blog) => Ok(blog.map(|blog| (blog, feed))),
        Err(Error::Parked) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was asked for, between what is useful and what is forever.
fn lease(asked: &str) -> Result<i64> {
    if asked.is_empty() {
        return Ok(LEASE_SECONDS);
    }
    let is_number = asked.bytes().all(|byte| byte.is_ascii_digit());
    // One that does not fit is longer than anything.
    let seconds = asked.parse().unwrap_or(i64::MAX);
    if !is_number || seconds == 0 {
        return Err(Error::invalid("hub.lease_seconds must be a positive decimal number."));
    }
    Ok(seconds.clamp(LEASE_SECONDS_MIN, LEASE_SECONDS_MAX))
}

/// Sealed for its callback.
fn secret(cx: &Context, form: &Form, callback: &str) -> Result<Option<String>> {
    let secret = form.text("hub.secret").as_bytes();
    if secret.is_empty() {
        return Ok(None);
    }
    if secret.len() > SECRET_BYTES_MAX {
        return Err(Error::invalid("hub.secret must be less than 200 bytes long."));
    }
    let sealed = seal::seal(web::app_key(cx)?, SECRET, callback, &cx.random()?, secret);
    sealed.map(Some).ok_or_else(|| Error::internal("a secret of a subscriber cannot be sealed"))
}

/// A call of a subscriber: says who calls, follows nothing, and reads next to nothing of the answer.
fn call(cx: &Context, method: http::Method, url: Url) -> Result<Call> {
    let agent =
        format!("Pipit/{} (+{})", env!("CARGO_PKG_VERSION"), cx.config.app_url("/developers"));
    Call::new(method, url).header(http::header::USER_AGENT, &agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_what_was_asked_for_within_limits() {
        for (asked, expected) in [
            ("", Some(864_000)),
            ("1", Some(300)),
            ("300", Some(300)),
            ("86400", Some(86_400)),
            ("2592001", Some(2_592_000)),
            ("99999999999999999999", Some(2_592_000)),
            ("0", None),
            ("-1", None),
            ("+5", None),
            ("1e9", None),
            ("ten", None),
        ] {
            assert_eq!(lease(asked).ok(), expected, "{asked}");
        }
    }
}
