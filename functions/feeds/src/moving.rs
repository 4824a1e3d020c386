//! Permanent redirects: followed at once, believed when they stay the same for a day.

use crate::address;
use bytes::Bytes;
use http::Response;
use platform::{Context, MovedTo, Result};
use store::feed::{Feed, Moved};
use url::Url;

const SIGHTINGS_MIN: i64 = 3;
const SECONDS_MIN: i64 = 86_400;

/// Notes where a feed that was read permanently leads; after three sightings in a row, at least a day
/// between the first and the last, that is its address.
pub async fn note(cx: &Context, feed: &Feed, answer: &Response<Bytes>) -> Result<()> {
    let seen = answer.extensions().get::<MovedTo>().and_then(|MovedTo(url)| {
        // Where a person may not subscribe, no redirect leads for good.
        address::parse(url.as_str(), &cx.config).ok().filter(|url| url.as_str() != feed.url)
    });
    let moved = seen.as_ref().map(|url| sighting(feed.moved.as_ref(), url, cx.seconds()));
    match (&moved, seen) {
        (Some(moved), Some(url)) if is_believed(moved, cx.seconds()) => {
            store::feed::move_to(cx, feed, url.as_str(), &host(&url)).await
        }
        _ if moved == feed.moved => Ok(()),
        _ => store::feed::note_move(cx, &feed.id, moved.as_ref()).await,
    }
}

/// What feeds are told apart by when it comes to not asking too much.
pub fn host(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}{port}", url.host_str().unwrap_or_default())
}

fn sighting(before: Option<&Moved>, to: &Url, now: i64) -> Moved {
    match before.filter(|before| before.to == to.as_str()) {
        Some(before) => Moved { count: before.count.saturating_add(1), ..before.clone() },
        None => Moved { to: to.to_string(), since: now, count: 1 },
    }
}

fn is_believed(moved: &Moved, now: i64) -> bool {
    moved.count >= SIGHTINGS_MIN && now.saturating_sub(moved.since) >= SECONDS_MIN
}
