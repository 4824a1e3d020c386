//! The job that sends a sign-in mail. What the mail says depends on who has the address; so that is
//! looked up here, long after the visitor was answered.

use crate::provider::deliver;
use domain::{challenge as rules, datetime, device, mail};
use platform::{Context, Result};
use store::{challenge::Challenge, job::Job};

/// Sends the mail of a challenge that can still be used; one that cannot needs no mail any more.
/// What has ended is removed afterwards, when nobody waits.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send(cx: &Context, job: &Job) -> Result<()> {
    if let Some(challenge) = store::challenge::find_live(cx, &job.subject).await? {
        deliver(cx, job, &compose(cx, &challenge).await?).await?;
    }
    if let Err(error) = delete_old(cx).await {
        // The mail has gone, and must not go again for this; the next one removes what is left.
        cx.log(&format!("what has ended is still there: {error}"));
    }
    Ok(())
}

async fn delete_old(cx: &Context) -> Result<()> {
    store::challenge::delete_old(cx).await?;
    store::session::delete_old(cx).await?;
    store::signin::forget_old(cx).await?;
    store::factor::delete_old(cx).await?;
    store::quota::delete_old(cx).await?;
    store::app_challenge::delete_old(cx).await?;
    store::consent::delete_old(cx).await?;
    store::token::delete_old(cx).await
}

/// Tells a person that a browser signed in which their account had not seen before.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send_new_browser(cx: &Context, job: &Job) -> Result<()> {
    let Some(notice) = store::signin::find_notice(cx, &job.subject).await? else { return Ok(()) };
    let device = device::name(&notice.user_agent);
    let when = datetime::human(notice.at, "en");
    let url = cx.config.app_url("/settings/sessions");
    deliver(cx, job, &mail::new_browser(&notice.email, &device, &when, &url)).await
}

/// Tells a person that their second factor was changed.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send_factors_changed(cx: &Context, job: &Job) -> Result<()> {
    let Some(email) = store::factor::find_email(cx, &job.subject).await? else { return Ok(()) };
    let when = datetime::human(cx.seconds(), "en");
    let url = cx.config.app_url("/settings/security");
    deliver(cx, job, &mail::factors_changed(&email, &when, &url)).await
}

async fn compose(cx: &Context, challenge: &Challenge) -> Result<mail::Mail> {
    let secrets = rules::secrets(web::app_key(cx)?, &challenge.id);
    let link = cx.config.app_url(&format!("/signin/link#{}", secrets.token));
    let words = mail::SignIn { link: &link, code: &secrets.code, app: "Pipit" };
    let to = &challenge.email;
    let known = store::account::find_by_email(cx, to).await?.is_some();
    Ok(match (challenge.kind.as_str(), known) {
        ("signup", false) => mail::sign_up(to, &words),
        ("signup", true) => mail::already(to, &words),
        (_, true) => mail::sign_in(to, &words),
        (_, false) => mail::unknown(to, &cx.config.app_url("/signup")),
    })
}
