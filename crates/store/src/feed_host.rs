//! Hosts of feeds: one run at a time asks a host, and none while it wants to be left alone.

use platform::{Context, Result, sql};

/// Takes a host for this run, for `lease_seconds` at most. The time from which on to try again where
/// that may not be.
pub async fn claim(cx: &Context, host: &str, lease_seconds: i64) -> Result<Result<(), i64>> {
    let now = cx.seconds();
    let claim = sql(
        "insert into feed_hosts (host, busy_until, free_at) values (?1, ?2, 0)
         on conflict (host) do update set busy_until = excluded.busy_until
           where feed_hosts.busy_until <= ?3 and feed_hosts.free_at <= ?3
         returning host",
        [host.into(), now.saturating_add(lease_seconds).into(), now.into()],
    );
    if cx.db.first(claim).await?.is_some() {
        return Ok(Ok(()));
    }
    let held = sql(
        "select max(busy_until, free_at) as until from feed_hosts where host = ?1",
        [host.into()],
    );
    let until = cx.db.first(held).await?.map(|row| row.int("until")).transpose()?;
    Ok(Err(until.unwrap_or(now)))
}

/// Gives a host back; it is left alone until `free_at`, if that is named.
pub async fn release(cx: &Context, host: &str, free_at: Option<i64>) -> Result<()> {
    let statement = match free_at {
        None => sql(
            "delete from feed_hosts where host = ?1 and free_at <= ?2",
            [host.into(), cx.seconds().into()],
        ),
        Some(at) => sql(
            "update feed_hosts set busy_until = 0, free_at = ?2 where host = ?1",
            [host.into(), at.into()],
        ),
    };
    cx.db.batch(vec![statement]).await.map(|_| ())
}
