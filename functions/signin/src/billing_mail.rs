//! The mails about what somebody pays for. They go out here, because this function alone may reach the mail
//! provider; what there is to tell, `billing` and the clock write down.

use crate::provider::deliver;
use domain::{
    datetime,
    mail_billing::{self, Facts},
    money, timezone,
};
use platform::{Context, FREE, Result};
use store::{
    billing_mail::{self, News},
    blog,
    job::Job,
};

/// The kinds after which less is there than before.
const ENDS: [&str; 5] = ["ended", "paused", "refunded", "dispute_lost", "read_only"];

/// Tells of a change, once for each entry of the log.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send(cx: &Context, job: &Job) -> Result<()> {
    billing_mail::begin_looking(cx).await?;
    tell(cx, job, billing_mail::find(cx, &job.subject).await?).await
}

/// Warns of what the clock takes away, where that is still so.
///
/// # Errors
/// As [`send`].
pub async fn warn(cx: &Context, job: &Job) -> Result<()> {
    tell(cx, job, billing_mail::find_warning(cx, &job.subject).await?).await
}

/// The morning's look.
///
/// # Errors
/// When the database does not answer.
pub async fn look(cx: &Context) -> Result<()> {
    billing_mail::look(cx).await?;
    cx.wake();
    Ok(())
}

async fn tell(cx: &Context, job: &Job, news: Option<News>) -> Result<()> {
    let Some(news) = news.filter(|_| cx.config.billing) else { return Ok(()) };
    let is_end = ENDS.contains(&news.kind.as_str());
    let mut facts = facts(cx, &news, is_end);
    if is_end {
        let has = store::billing::entitlement(cx, &news.account_id).await?;
        if has.plan_at(cx.seconds()).is_some() || facts.plan.is_empty() {
            // Another subscription goes on, or nothing was there to end.
            return Ok(());
        }
        facts.read_only = read_only(cx, &news.account_id).await?;
    }
    match mail_billing::compose(&news.email, &facts) {
        Some(mail) => deliver(cx, job, &mail).await,
        None => Ok(()),
    }
}

fn facts(cx: &Context, news: &News, is_end: bool) -> Facts {
    let title = |name: &str| match name {
        "" => String::new(),
        name => cx.config.plan(name).title,
    };
    let at = match news.kind.as_str() {
        "began" | "renewed" | "cancel_unset" => news.period_ends_at,
        "trial_began" => news.trial_ends_at,
        "cancel_set" | "trial_ends" | "access_ends" | "cancel_ends" => news.ends_at,
        "payment_failed" => news.until,
        _ => None,
    };
    Facts {
        kind: news.kind.clone(),
        plan: match is_end && news.kind != "read_only" {
            true => title(&news.plan_before),
            false => title(&news.plan),
        },
        price: news.amount.map_or(String::new(), |amount| {
            format!("{} a {}", money::words(amount, &news.currency), news.interval)
        }),
        day: at.map_or(String::new(), |at| day(news, at)),
        read_only: vec![],
        url: cx.config.app_url("/settings/billing"),
    }
}

/// On the clock of whoever reads.
fn day(news: &News, at: i64) -> String {
    let at = news.timezone.as_ref().map_or(at, |zone| timezone::local(zone, at));
    let moment = datetime::human(at, "en");
    moment.split(',').next().unwrap_or_default().to_owned()
}

/// The blogs that the free plan has no room for, by their addresses.
async fn read_only(cx: &Context, account_id: &str) -> Result<Vec<String>> {
    let room = usize::try_from(cx.config.plan(FREE).blogs).unwrap_or(0);
    let blogs = blog::list_own(cx, account_id).await?;
    let host = |own: blog::Own| {
        let origin = cx.config.blog_origin(&own.name, own.domain.as_deref());
        origin.split_once("://").map_or(String::new(), |(_, host)| host.to_owned())
    };
    Ok(blogs.into_iter().skip(room).map(host).collect())
}
