//! The job `feeds-due`: fetches the feeds whose time has come.
//!
//! These jobs make a chain, so that feeds are fetched without anybody asking: each writes the next one
//! down before it does anything else, and only where none waits. So neither a failed run nor one that
//! was cut off breaks the chain, and chains that began twice become one. Whoever subscribes writes a
//! job too, which begins the chain where there was none. A run that had its hands full has the next one
//! follow at once.

use crate::fetch::{self, Ids};
use futures_util::{StreamExt, stream};
use platform::{Context, Result};
use std::collections::BTreeMap;

/// A little less than the minute between two sweeps, so that each sweep finds the job due.
const LOOK_AGAIN_SECONDS: i64 = 45;
const FEEDS_MAX: usize = 20;
/// So many of one host, one after the other: even if each takes all its time the run ends while its job
/// is still its own.
const OF_HOST_MAX: usize = 4;
/// Longer than all of one run can take.
const LEASE_SECONDS: i64 = 15 * 60;
/// Longer than a run can take until it is done with its last host: the time of a run is that of its beginning.
const HOST_SECONDS: i64 = 300;
/// Bodies are held in memory while they are read, and that is small at the edge.
const AT_ONCE: usize = 3;
/// Between two calls to a host.
const PAUSE_MS: u32 = 1_000;
/// So often a run looks whether a host that another one asks is free again.
const LOOKS_MAX: usize = 6;
/// What found its host busy comes again within so many seconds.
const PUT_OFF_SECONDS: i64 = 60;

/// Fetches up to twenty due feeds, those of one host one after the other; what goes wrong with one of
/// them stops no other.
///
/// # Errors
/// Only when the database does not answer; the leases end by themselves then.
pub async fn run(cx: &Context) -> Result<()> {
    store::feed::look_again(cx, LOOK_AGAIN_SECONDS).await?;
    let limit = i64::try_from(FEEDS_MAX).unwrap_or(1);
    let due = store::feed::lease_due(cx, limit, LEASE_SECONDS).await?;
    let is_full = due.len() >= FEEDS_MAX;
    let ids = Ids::new(cx)?;
    let mut hosts = BTreeMap::<String, Vec<String>>::new();
    for (id, host) in due {
        hosts.entry(host).or_default().push(id);
    }
    stream::iter(hosts)
        .for_each_concurrent(AT_ONCE, |(host, feeds)| {
            let ids = &ids;
            async move {
                if let Err(error) = of_host(cx, &host, feeds, ids).await {
                    cx.log(&format!("feeds: {error}"));
                }
            }
        })
        .await;
    if is_full {
        store::feed::go_on(cx).await?;
        cx.wake();
    }
    Ok(())
}

async fn of_host(cx: &Context, host: &str, mut feeds: Vec<String>, ids: &Ids) -> Result<()> {
    let rest = feeds.split_off(feeds.len().min(OF_HOST_MAX));
    put_off(cx, rest, cx.seconds()).await?;
    if let Some(free_at) = busy_until(cx, host).await? {
        return put_off(cx, feeds, free_at).await;
    }
    let mut cool_until = None;
    let mut feeds = feeds.into_iter();
    for id in feeds.by_ref() {
        match fetch::feed(cx, &id, ids).await {
            Ok(until) => cool_until = until,
            Err(error) => cx.log(&format!("feed {id}: {error}")),
        }
        // Also after the last one: whoever takes the host next may ask at once.
        cx.http.wait(PAUSE_MS).await;
        if cool_until.is_some() {
            break;
        }
    }
    put_off(cx, feeds.collect(), cool_until.unwrap_or_else(|| cx.seconds())).await?;
    store::feed_host::release(cx, host, cool_until).await
}

/// Takes a host, or says until when it is somebody else's or wants to be left alone. Another run is done
/// with it in a moment most of the time.
async fn busy_until(cx: &Context, host: &str) -> Result<Option<i64>> {
    let mut until = cx.seconds();
    for look in 0..LOOKS_MAX {
        if look > 0 {
            cx.http.wait(PAUSE_MS).await;
        }
        match store::feed_host::claim(cx, host, HOST_SECONDS).await? {
            Ok(()) => return Ok(None),
            Err(at) if at > cx.seconds().saturating_add(HOST_SECONDS) => return Ok(Some(at)),
            Err(_) => until = cx.seconds(),
        }
    }
    Ok(Some(until))
}

async fn put_off(cx: &Context, feeds: Vec<String>, from: i64) -> Result<()> {
    for (place, id) in feeds.iter().enumerate() {
        let turn = place.checked_div(OF_HOST_MAX).and_then(|turn| i64::try_from(turn).ok());
        let turn = turn.unwrap_or(0).saturating_add(1);
        let at = from.saturating_add(turn.saturating_mul(PUT_OFF_SECONDS));
        store::feed::put_off(cx, id, at).await?;
    }
    Ok(())
}
