//! The outbox: a job is handed out once, and what fails comes back later.

use crate::{Kept, at, hold, same, unique};
use platform::Context;
use std::collections::BTreeSet;
use store::job::{self, Job};

async fn lease(cx: &Context, kind: &str) -> Kept<Vec<Job>> {
    job::lease(cx, kind).await.map_err(at("lease"))
}

pub async fn are_leased_once(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let mut statements = Vec::new();
    for nth in 0..13 {
        statements.push(job::insert(cx, &kind, &nth.to_string()).map_err(at("insert"))?);
    }
    cx.db.batch(statements).await.map_err(at("writing 13 jobs"))?;
    let mut seen = BTreeSet::new();
    for want in [10, 3, 0] {
        let leased = lease(cx, &kind).await?;
        same(&leased.len(), &want, "jobs leased")?;
        for job in leased {
            hold(job.attempts == 1, "a lease counts as an attempt")?;
            hold(seen.insert(job.id.clone()), "no job is handed out twice")?;
        }
    }
    for id in seen {
        job::delete(cx, &id).await.map_err(at("delete"))?;
    }
    Ok(())
}

pub async fn that_fail_are_put_off(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let insert = job::insert(cx, &kind, "subject").map_err(at("insert"))?;
    let later = job::insert_at(cx, &kind, "later", cx.seconds().saturating_add(3600));
    let later = later.map_err(at("insert_at"))?;
    cx.db.batch(vec![insert, later]).await.map_err(at("writing two jobs"))?;
    let leased = lease(cx, &kind).await?;
    same(&leased.len(), &1, "due jobs")?;
    let due = leased.first().ok_or("no job")?;
    same(&due.subject.as_str(), &"subject", "what the job is about")?;
    job::fail(cx, due, "made to fail", false).await.map_err(at("fail"))?;
    same(&lease(cx, &kind).await?.len(), &0, "jobs due right after a failure")?;
    let delete = platform::sql("delete from jobs where kind = ?1 returning id", [kind.into()]);
    let left = cx.db.all(delete).await.map_err(at("cleaning up"))?;
    same(&left.len(), &2, "jobs that are kept")
}

/// Whoever runs these never comes to their end.
pub async fn that_end_their_runner_end(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let insert = || job::insert(cx, &kind, "subject").map_err(at("insert"));
    cx.db.batch(vec![insert()?, insert()?]).await.map_err(at("writing two jobs"))?;
    let expire = || async {
        let statement = platform::sql(
            "update jobs set lease_until = 1 where kind = ?1 and lease_until > 0",
            [kind.as_str().into()],
        );
        cx.db.batch(vec![statement]).await.map(|_| ()).map_err(at("ending the leases"))
    };
    for want in [2, 2] {
        same(&lease(cx, &kind).await?.len(), &want, "jobs leased while nobody is to blame")?;
        expire().await?;
    }
    cx.db.batch(vec![insert()?]).await.map_err(at("writing a third job"))?;
    let leased = lease(cx, &kind).await?;
    let attempts: Vec<i64> = leased.iter().map(|job| job.attempts).collect();
    same(&attempts, &vec![1, 3], "a new one, and one that may have ended its runner, last")?;
    if let Some(new) = leased.first() {
        job::delete(cx, &new.id).await.map_err(at("delete"))?;
    }
    for _ in 0..11 {
        expire().await?;
        same(&lease(cx, &kind).await?.len(), &1, "such jobs, one at a time")?;
    }
    expire().await?;
    same(&lease(cx, &kind).await?.len(), &0, "jobs leased once all are given up")?;
    let delete = platform::sql(
        "delete from jobs where kind = ?1 and dead_at is not null returning id",
        [kind.into()],
    );
    let left = cx.db.all(delete).await.map_err(at("cleaning up"))?;
    same(&left.len(), &2, "jobs that are kept for a person to look at")
}
