//! Quotas of mail addresses: exact sliding windows over the moments of the last mails.

use platform::{Context, Policy, Result, sql};

const DAY_MS: i64 = 86_400_000;

/// Notes one mail for `key`, an HMAC, if in each of the three windows fewer than its count were noted.
/// One statement decides, so of any number of simultaneous callers only so many get a yes. A no is not
/// noted, and asking again does not make the wait longer. At most as many rows stay as the widest window
/// counts; none is older than a day.
///
/// # Errors
/// [`platform::Error::Unavailable`] when the database does not answer; then there is no mail.
pub async fn take(cx: &Context, key: &str, windows: [Policy; 3]) -> Result<bool> {
    let now_ms = cx.now.timestamp_millis();
    let [(a, a_from), (b, b_from), (c, c_from)] = windows.map(|policy| {
        let window_ms = i64::from(policy.window_seconds).saturating_mul(1000);
        (i64::from(policy.count), now_ms.saturating_sub(window_ms))
    });
    let note = sql(
        "insert into mailed (key, at_ms) select ?1, ?2
         where (select count(*) from mailed where key = ?1 and at_ms > ?3) < ?4
           and (select count(*) from mailed where key = ?1 and at_ms > ?5) < ?6
           and (select count(*) from mailed where key = ?1 and at_ms > ?7) < ?8
         returning at_ms",
        [
            key.into(),
            now_ms.into(),
            a_from.into(),
            a.into(),
            b_from.into(),
            b.into(),
            c_from.into(),
            c.into(),
        ],
    );
    Ok(cx.db.first(note).await?.is_some())
}

/// Removes notes that no window looks at any more, a few at a time.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let statement = sql(
        "delete from mailed where rowid in
           (select rowid from mailed where at_ms < ?1 order by at_ms limit 200)",
        [cx.now.timestamp_millis().saturating_sub(DAY_MS).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
