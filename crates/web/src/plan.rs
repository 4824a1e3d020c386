//! What a plan lets people do. Where nothing is paid for, everything, and nothing is read to say so.

use domain::media::size;
use platform::{Context, Error, FREE, Plan, Result};
use store::{billing, entitlement};

/// The plan of an account.
///
/// # Errors
/// When the database does not answer.
pub async fn plan_of(cx: &Context, account_id: &str) -> Result<Plan> {
    if !cx.config.billing {
        return Ok(cx.config.plan(FREE));
    }
    let has = billing::entitlement(cx, account_id).await?;
    Ok(cx.config.plan(has.plan_at(cx.seconds()).unwrap_or(FREE)))
}

/// Whether something new may be written on a blog: the oldest of an account are, as many as its plan has
/// room for. The others are read-only; nobody takes anything off them.
///
/// # Errors
/// [`Error::Payment`] with words that say why, and where to go.
pub async fn may_write(cx: &Context, blog_id: &str) -> Result<()> {
    may_store(cx, blog_id, 0).await
}

/// Whether so many bytes of new files may be stored on a blog.
///
/// # Errors
/// As [`may_write`], also where the account's files take all the room that its plan has.
pub async fn may_store(cx: &Context, blog_id: &str, bytes: i64) -> Result<()> {
    if !cx.config.billing {
        return Ok(());
    }
    let Some(room) = entitlement::find_room(cx, blog_id).await? else { return Ok(()) };
    let plan = cx.config.plan(room.entitlement.plan_at(cx.seconds()).unwrap_or(FREE));
    let title = &plan.title;
    let place = cx.config.app_url("/settings/billing");
    if room.older >= plan.blogs {
        let count = match plan.blogs {
            0 => "no blog".to_owned(),
            1 => "one blog".to_owned(),
            count => format!("{count} blogs"),
        };
        return Err(Error::Payment(
            format!(
                "Your plan, {title}, has room for {count}, so this one is read-only. Everybody can read it, and nothing on it \
                 is deleted. To write here, choose a plan with more room: {place}"
            )
            .into(),
        ));
    }
    let limit = plan.storage_bytes.unwrap_or(i64::MAX);
    if bytes > 0 && room.media_bytes.saturating_add(bytes) > limit {
        return Err(Error::Payment(
            format!(
                "Your plan, {title}, has room for {} of files, yours take {}, and these would be {} more. Remove some from your \
                 library, or choose a plan with more room: {place}",
                size(limit),
                size(room.media_bytes),
                size(bytes)
            )
            .into(),
        ));
    }
    Ok(())
}
