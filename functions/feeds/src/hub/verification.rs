//! The job `hub-verification`: asks a callback whether it wants what was asked for in its name (WebSub,
//! sections 5.2 and 5.3; rssCloud's challenge).

use super::call;
use domain::secret;
use http::Method;
use platform::{Context, Error, Result};
use store::{
    hub::{self, Seen, Subscription, Wish},
    job::Job,
};
use url::Url;
use web::feed::Feed;

/// More than a challenge; what is longer is none.
const ANSWER_BYTES_MAX: usize = 1 << 10;
/// How often a callback is asked that does not answer at all.
const TRIES_MAX: i64 = 3;

/// Asks, and lets the subscription begin or end. Without a yes everything stays as it was.
///
/// # Errors
/// [`Error::Outgoing`] where nothing answers and it is worth asking again; else only what is our own fault.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    hub::delete_old(cx).await?;
    let Some(wish) = hub::find_wish(cx, &job.subject).await? else { return Ok(()) };
    let seen = match see(cx, &wish.subscription).await? {
        Some(seen) => seen,
        None if wish.is_end => Seen::default(),
        None => {
            deny(cx, &wish.subscription).await;
            return hub::refuse(cx, &job.subject).await;
        }
    };
    match wants(cx, &wish).await {
        Ok(true) => {
            if hub::confirm(cx, &wish, &seen).await? {
                cx.wake();
            }
            Ok(())
        }
        Ok(false) | Err(Error::TooLarge) => hub::refuse(cx, &job.subject).await,
        Err(Error::Outgoing(_)) if job.attempts >= TRIES_MAX => hub::refuse(cx, &job.subject).await,
        Err(error) => Err(error),
    }
}

/// What the feed holds now; None where there is none, such as that of a category without posts.
async fn see(cx: &Context, of: &Subscription) -> Result<Option<Seen>> {
    let Some(blog) = store::blog::find_by_id(cx, &of.blog_id).await? else { return Ok(None) };
    let Some(feed) = Feed::of_path(&of.path) else { return Ok(None) };
    let text = web::feed::render(cx, &blog, &feed).await?;
    Ok(text.map(|text| Seen { body_hash: secret::sha256_hex(text.as_bytes()), epoch: blog.epoch }))
}

async fn wants(cx: &Context, wish: &Wish) -> Result<bool> {
    let of = &wish.subscription;
    let challenge = secret::token(&cx.random()?);
    let lease = wish.lease_seconds.to_string();
    let url = if of.is_cloud {
        with(&of.callback, &[("url", &of.topic), ("challenge", &challenge)])?
    } else if wish.is_end {
        let asked =
            [("hub.mode", "unsubscribe"), ("hub.topic", &of.topic), ("hub.challenge", &challenge)];
        with(&of.callback, &asked)?
    } else {
        let asked = [
            ("hub.mode", "subscribe"),
            ("hub.topic", &of.topic),
            ("hub.challenge", &challenge),
            ("hub.lease_seconds", &lease),
        ];
        with(&of.callback, &asked)?
    };
    let mut call = call(cx, Method::GET, url)?;
    call.body_bytes_max = ANSWER_BYTES_MAX;
    let (_, answer) = cx.http.send(call).await?;
    Ok(answer.status().is_success() && secret::same(answer.body(), challenge.as_bytes()))
}

/// Says that there is nothing to subscribe to (WebSub, section 5.2). Whoever does not hear it has to do
/// without.
async fn deny(cx: &Context, of: &Subscription) {
    let reason = "There is no such feed.";
    let said = [("hub.mode", "denied"), ("hub.topic", &of.topic), ("hub.reason", reason)];
    let call = with(&of.callback, &said).and_then(|url| call(cx, Method::GET, url));
    if let (false, Ok(call)) = (of.is_cloud, call)
        && let Err(error) = cx.http.send(call).await
    {
        cx.log(&format!("a subscriber was not told that it is denied: {error}"));
    }
}

/// The callback with more behind what it has in its query.
fn with(callback: &str, pairs: &[(&str, &str)]) -> Result<Url> {
    let mut url = Url::parse(callback).map_err(Error::internal)?;
    url.query_pairs_mut().extend_pairs(pairs);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_callback_has_in_its_query_stays() {
        for (callback, expected) in [
            ("https://a.example/x", "https://a.example/x?hub.topic=http%3A%2F%2Fb%2F%3Fc"),
            (
                "https://a.example/x?k=%2f+1&k=2",
                "https://a.example/x?k=%2f+1&k=2&hub.topic=http%3A%2F%2Fb%2F%3Fc",
            ),
            (
                "https://a.example/?hub.topic=1",
                "https://a.example/?hub.topic=1&hub.topic=http%3A%2F%2Fb%2F%3Fc",
            ),
        ] {
            let url = with(callback, &[("hub.topic", "http://b/?c")]).map(String::from);
            assert_eq!(url.as_deref(), Ok(expected));
        }
    }
}
