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
    for kind in functions.iter().flat_map(|function| function.jobs) {
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
