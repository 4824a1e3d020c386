//! The job `feeds-due`: fetches the feeds whose time has come.
//!
//! These jobs make a chain, so that feeds are fetched without anybody asking: each writes the next one
//! down before it does anything else, and only where none waits. So neither a failed run nor one that
//! was cut off breaks the chain, and chains that began twice become one. Whoever subscribes writes a
//! job too, which begins the chain where there was none.

use crate::fetch::{self, Ids};
use futures_util::{StreamExt, stream};
use platform::{Context, Result};

/// A little less than the minute between two sweeps, so that each sweep finds the job due.
const LOOK_AGAIN_SECONDS: i64 = 45;
const FEEDS_MAX: i64 = 10;
/// Longer than ten feeds with all their redirects can take.
const LEASE_SECONDS: i64 = 15 * 60;
/// Bodies are held in memory while they are read, and that is small at the edge.
const AT_ONCE: usize = 3;

/// Fetches up to ten due feeds; what goes wrong with one of them stops no other.
///
/// # Errors
/// Only when the database does not answer; the leases end by themselves then.
pub async fn run(cx: &Context) -> Result<()> {
    store::feed::look_again(cx, LOOK_AGAIN_SECONDS).await?;
    let due = store::feed::lease_due(cx, FEEDS_MAX, LEASE_SECONDS).await?;
    let ids = Ids::new(cx)?;
    stream::iter(due)
        .for_each_concurrent(AT_ONCE, |id| {
            let ids = &ids;
            async move {
                if let Err(error) = fetch::feed(cx, &id, ids).await {
                    cx.log(&format!("feed {id}: {error}"));
                }
            }
        })
        .await;
    Ok(())
}
