//! Limits as rows: one per key, for hosts whose database is near.

use platform::{Db, Local, Policy, Result, Sql, Verdict, gcra, sql};
use std::rc::Rc;

/// A call sweeps when its millisecond divides by this: about one call in sixteen.
const SWEEP_EVERY_MS: i64 = 16;

/// The limits port on the table `limits`, for Spin and for this machine. It answers as
/// [`platform::gcra`] does, and one statement decides, so concurrent callers never both get the last.
pub struct SqlLimits {
    db: Rc<dyn Db>,
}

impl SqlLimits {
    /// Limits in this database.
    pub fn new(db: Rc<dyn Db>) -> Self {
        Self { db }
    }

    async fn decide(&self, key: &str, policy: Policy, now_ms: i64) -> Result<Verdict> {
        let step_ms = gcra(None, now_ms, policy).1.saturating_sub(now_ms);
        let window_ms = window_ms(policy);
        let mut batch = vec![take(key, now_ms, step_ms, window_ms)];
        if now_ms.checked_rem(SWEEP_EVERY_MS) == Some(0) {
            batch.push(sweep(now_ms));
        }
        let taken = self.db.batch(batch).await?;
        if let Some(row) = taken.first().and_then(|outcome| outcome.rows.first()) {
            let before_ms = row.int("tat_ms")?.saturating_sub(step_ms);
            return Ok(gcra(Some(before_ms), now_ms, policy).0);
        }
        let refused = self.db.batch(vec![forgive(key, now_ms, window_ms), find(key)]).await?;
        let tat_ms = match refused.last().and_then(|outcome| outcome.rows.first()) {
            Some(row) => Some(row.int("tat_ms")?),
            None => None,
        };
        // Time has not passed between the two batches, so only a sweep of the row can make it "allowed".
        let verdict = gcra(tat_ms, now_ms, policy).0;
        let retry_after_seconds = verdict.retry_after_seconds.max(1);
        Ok(Verdict { allowed: false, remaining: 0, retry_after_seconds })
    }
}

impl platform::Limits for SqlLimits {
    fn take<'a>(&'a self, key: &'a str, policy: Policy, now_ms: i64) -> Local<'a, Result<Verdict>> {
        Box::pin(self.decide(key, policy, now_ms))
    }
}

/// The width of the policy in milliseconds: what `gcra` lets a bucket run ahead of now.
fn window_ms(policy: Policy) -> i64 {
    i64::from(policy.window_seconds.max(1)).saturating_mul(1000)
}

/// Moves the arrival time one step on where that stays within the window; no row means no.
fn take(key: &str, now_ms: i64, step_ms: i64, window_ms: i64) -> Sql {
    let latest_ms = now_ms.saturating_add(window_ms);
    sql(
        "insert into limits (key, tat_ms) values (?1, ?2 + ?3)
         on conflict (key) do update
         set tat_ms = min(max(limits.tat_ms, ?2), ?4) + ?3
         where min(max(limits.tat_ms, ?2), ?4) + ?3 <= ?4
         returning tat_ms",
        [key.into(), now_ms.into(), step_ms.into(), latest_ms.into()],
    )
}

/// Brings a time that lies beyond the window back into it: it came from a clock that went back.
fn forgive(key: &str, now_ms: i64, window_ms: i64) -> Sql {
    sql(
        "update limits set tat_ms = ?2 where key = ?1 and tat_ms > ?2",
        [key.into(), now_ms.saturating_add(window_ms).into()],
    )
}

fn find(key: &str) -> Sql {
    sql("select tat_ms from limits where key = ?1", [key.into()])
}

/// Removes some rows whose time has passed: a bucket that is full again needs no row.
fn sweep(now_ms: i64) -> Sql {
    sql(
        "delete from limits where key in (select key from limits where tat_ms <= ?1 limit 50)",
        [now_ms.into()],
    )
}
