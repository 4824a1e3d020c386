//! Feeds that call when they have something new: the reader's side of WebSub and of rssCloud, and pings.
//!
//! A call is a hint to fetch and nothing more: what it says is never believed, so whoever makes one up
//! makes us fetch a little earlier. Only a hub that signs may make us fetch within the quarter of an hour.

use crate::schedule::GAP_MIN;
use domain::secret;
use http::{HeaderMap, Method, StatusCode, header};
use platform::{Call, Context, Error, Policy, Response, Result, check_url};
use store::{
    job::Job,
    push::{self, Offer, Push},
};
use url::{Url, form_urlencoded};
use web::{Limit, Per, Visit};

/// Larger is no call that matters.
pub const BODY_BYTES_MAX: usize = 2 << 20;
/// A hub calls for many feeds.
pub const LIMITS: &[Limit] = &[Limit {
    per: Per::Address,
    policy: Policy { name: "push", count: 3000, window_seconds: 300 },
}];
/// A ping is about one feed.
pub const PINGS: &[Limit] =
    &[Limit { per: Per::Address, policy: Policy { name: "ping", count: 60, window_seconds: 300 } }];

const DAY: i64 = 86_400;
const LEASE_SECONDS: i64 = 10 * DAY;
const LEASE_SECONDS_MIN: i64 = 300;
const LEASE_SECONDS_MAX: i64 = 30 * DAY;
/// rssCloud agrees for a day, and says no more than that.
const CLOUD_SECONDS: i64 = DAY;
/// Between two fetches that a hub asks for with its signature.
const SIGNED_GAP: i64 = 60;
const SECRET_CHARS: usize = 32;
const TEXT: &str = "text/plain; charset=utf-8";

/// Notes what a document offers, and asks for it where it is time to.
pub async fn offered(cx: &Context, feed_id: &str, offer: Option<&Offer>) -> Result<()> {
    let offer = offer.filter(|offer| {
        let url = Url::parse(&offer.url);
        offer.topic.len() <= 2048 && url.is_ok_and(|url| check_url(&url, &cx.config).is_ok())
    });
    push::note(cx, feed_id, offer, &secret::hex(&cx.random::<16>()?)).await?;
    push::renew(cx, feed_id).await
}

/// What the head of an answer says of who calls for it, which counts for more than its body (WebSub,
/// section 4; RFC 8288).
pub fn announced(headers: &HeaderMap, from: &Url) -> Option<Offer> {
    let values = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    let links: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
    let of = |rel: &str| {
        links.iter().find_map(|link| {
            let (url, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
            let mut values =
                parameters.split(';').filter_map(|one| one.trim().strip_prefix("rel="));
            let mut words = values.next()?.trim_matches('"').split(' ');
            words.any(|word| word == rel).then(|| from.join(url).ok().map(String::from))?
        })
    };
    let topic = of("self").unwrap_or_else(|| from.to_string());
    of("hub").map(|url| Offer { url, topic, is_cloud: false })
}

/// The job `push-ask`: asks a hub or a cloud to call us. One that does not want to is asked again another
/// day; the feed is fetched without it.
///
/// # Errors
/// Only when the database does not answer.
pub async fn ask(cx: &Context, job: &Job) -> Result<()> {
    let Some(push) = push::find(cx, &job.subject).await? else { return Ok(()) };
    let form = if push.offer.is_cloud { cloud_form(cx, &push) } else { hub_form(cx, &push)? };
    let url = Url::parse(&push.offer.url).map_err(Error::internal)?;
    let agent =
        format!("Pipit/{} (+{})", env!("CARGO_PKG_VERSION"), cx.config.app_url("/developers"));
    let mut call = Call::new(Method::POST, url)
        .header(header::USER_AGENT, &agent)?
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")?;
    call.body = form.into();
    match cx.http.send(call).await {
        Ok((_, answer)) if push.offer.is_cloud && answer.status().is_success() => {
            push::agree(cx, &push, CLOUD_SECONDS).await
        }
        Ok(_) => Ok(()),
        Err(error) => {
            cx.log(&format!("hub of feed {}: {error}", push.feed_id));
            Ok(())
        }
    }
}

/// WebSub, section 5.1.
fn hub_form(cx: &Context, push: &Push) -> Result<String> {
    let callback = cx.config.app_url(&format!("/websub/{}", push.id));
    let key = secret_of(cx, push)?;
    Ok(form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.topic", &push.offer.topic)
        .append_pair("hub.callback", &callback)
        .append_pair("hub.lease_seconds", &LEASE_SECONDS.to_string())
        .append_pair("hub.secret", &String::from_utf8_lossy(&key))
        .finish())
}

/// rssCloud (rsscloud.co): `pleaseNotify` by HTTP.
fn cloud_form(cx: &Context, push: &Push) -> String {
    let app = &cx.config.app_origin;
    let port = app.port_or_known_default().unwrap_or(443).to_string();
    let protocol = if app.scheme() == "https" { "https-post" } else { "http-post" };
    form_urlencoded::Serializer::new(String::new())
        .append_pair("notifyProcedure", "")
        .append_pair("domain", app.host_str().unwrap_or_default())
        .append_pair("port", &port)
        .append_pair("path", &format!("/websub/{}", push.id))
        .append_pair("protocol", protocol)
        .append_pair("url1", &push.offer.topic)
        .finish()
}

/// What a hub signs with: made of the feed's random id, so that it need not be kept.
fn secret_of(cx: &Context, push: &Push) -> Result<[u8; SECRET_CHARS]> {
    let key = secret::derive(web::app_key(cx)?, "websub");
    let text = secret::hmac_hex(&key, push.id.as_bytes());
    text.as_bytes().first_chunk().copied().ok_or_else(|| Error::internal("no secret"))
}

/// `GET /websub/{id}`: a hub or a cloud makes sure that we asked (WebSub, section 5.3). This GET changes
/// something, because only here the hub says for how long it agrees.
pub async fn verify(v: Visit<'_>) -> Result<Response> {
    let push = push::find_called(v.cx, v.param("id")).await?.ok_or(Error::NotFound)?;
    let challenge = match (push.offer.is_cloud, v.query("hub.mode").as_str()) {
        (true, _) if v.query("url") == push.offer.topic => v.query("challenge"),
        (false, "subscribe") if v.query("hub.topic") == push.offer.topic => {
            let lease = v.query("hub.lease_seconds").parse().unwrap_or(LEASE_SECONDS);
            let lease = lease.clamp(LEASE_SECONDS_MIN, LEASE_SECONDS_MAX);
            push::agree(v.cx, &push, lease).await?;
            v.query("hub.challenge")
        }
        (false, "denied") => String::new(),
        _ => return Err(Error::NotFound),
    };
    Ok(web::no_store(web::text(StatusCode::OK, TEXT, challenge)))
}

/// `POST /websub/{id}`: there is something new. Whatever it says, the answer is the same (WebSub, section 7.1.2).
pub async fn notified(mut v: Visit<'_>) -> Result<Response> {
    let push = push::find_called(v.cx, v.param("id")).await?;
    let push = push.ok_or_else(|| Error::Gone("Nobody reads that feed here.".into()))?;
    let signature = v.header("x-hub-signature").to_owned();
    let body = v.bytes().await?;
    let gap = match signature.strip_prefix("sha256=") {
        Some(given) => {
            let expected = secret::hmac_hex(&secret_of(v.cx, &push)?, &body);
            if !secret::same(given.to_ascii_lowercase().as_bytes(), expected.as_bytes()) {
                return Ok(accepted());
            }
            SIGNED_GAP
        }
        None => GAP_MIN,
    };
    push::hint(v.cx, &push.feed_id, gap).await?;
    v.cx.wake();
    Ok(accepted())
}

/// `POST /ping` with `url`: the feed there has something new, says whoever.
pub async fn ping(mut v: Visit<'_>) -> Result<Response> {
    let form = v.fields().await?;
    let url = crate::address::parse(form.get("url"), &v.cx.config).map_err(Error::invalid)?;
    if let Some(feed_id) = push::find_feed(v.cx, url.as_str()).await? {
        push::hint(v.cx, &feed_id, GAP_MIN).await?;
        v.cx.wake();
    }
    Ok(accepted())
}

fn accepted() -> Response {
    web::no_store(web::text(StatusCode::ACCEPTED, TEXT, "Thank you.\n".into()))
}
