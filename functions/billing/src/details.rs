//! The job that keeps address and user name of a customer at Stripe what they are here, for receipts and for
//! whoever looks somebody up.

use crate::api;
use platform::{Context, Error, Result};
use store::{billing_mail, job::Job};

/// Tells Stripe. <https://docs.stripe.com/api/customers/update>
///
/// # Errors
/// When Stripe or the database does not answer; the job is tried again.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    let Some([id, email, username]) = billing_mail::details(cx, &job.subject).await? else {
        return Ok(());
    };
    let path = api::path_of("customers", &id).ok_or(Error::NotFound)?;
    let form = [("email", email.as_str()), ("metadata[username]", &username)];
    // The same twice is the same; a key that was used for other words would be refused.
    let key = format!("details-{}-{}", job.id, job.attempts);
    api::post(cx, &path, &form, &key).await.map(|_| ())
}
