//! The job runner: carries out what the outbox holds.

use crate::Function;
use platform::{Context, Error, Result};
use store::job;

/// Runs the jobs that are due and belong to these functions, each at least once; returns how many
/// were tried. A job that fails is put off, and never stands in the way of another; one that fails with
/// [`Error::Gone`] is dead at once.
///
/// # Errors
/// Only when the outbox itself cannot be read or written; leases end by themselves then.
pub async fn run_jobs(cx: &Context, functions: &[&'static Function]) -> Result<usize> {
    let mut tried: usize = 0;
    let kinds = kinds_due(cx, functions).await?;
    let jobs = functions.iter().flat_map(|function| function.jobs);
    for kind in jobs.filter(|job| kinds.iter().any(|due| due == job.kind)) {
        for due in job::lease(cx, kind.kind).await? {
            tried = tried.saturating_add(1);
            match (kind.run)(cx, &due).await {
                Ok(()) => job::delete(cx, &due.id).await?,
                Err(error) => {
                    cx.log(&format!("job {} {} failed: {error}", due.kind, due.id));
                    // What is gone is not worth seven tries more.
                    let is_final = matches!(error, Error::Gone(_));
                    job::fail(cx, &due, &error.to_string(), is_final).await?;
                }
            }
        }
    }
    Ok(tried)
}

/// Whether a job of these functions is due and nobody has it.
///
/// # Errors
/// When the outbox cannot be read.
pub async fn has_due_jobs(cx: &Context, functions: &[&'static Function]) -> Result<bool> {
    Ok(!kinds_due(cx, functions).await?.is_empty())
}

async fn kinds_due(cx: &Context, functions: &[&'static Function]) -> Result<Vec<String>> {
    let kinds: Vec<&str> =
        functions.iter().flat_map(|function| function.jobs).map(|job| job.kind).collect();
    if kinds.is_empty() { Ok(Vec::new()) } else { job::kinds_due(cx, &kinds).await }
}
