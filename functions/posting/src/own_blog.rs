//! Which of one's blogs a request is about: the chosen one, or the one that it names by a post, an address or
//! an id. Whoever has one blog is asked for nothing more than before.

use crate::publish::Writer;
use platform::{Context, Error, Result};
use store::blog::{Own, Which, find_own};
use web::{Grant, Visit};

/// Lets the rest of a visit be about the blog on which the post `{id}` stands, if that is the person's.
pub async fn of_post(v: &mut Visit<'_>) -> Result<()> {
    let session = v.session()?;
    if session.blog_count > 1
        && let Some(own) = find_own(v.cx, &session.account_id, Which::Post(v.param("id"))).await?
    {
        v.turn_to(own);
    }
    Ok(())
}

/// The writer on the blog whose address an app gives as its destination; without one, on the token's own.
///
/// # Errors
/// [`Error::Invalid`] when the person has no blog there.
pub async fn at(cx: &Context, grant: &Grant, destination: &str) -> Result<Writer> {
    let writer = Writer::of_grant(grant);
    if destination.is_empty() || matches!(writer.behind(cx, destination), Some("" | "/")) {
        return Ok(writer);
    }
    let other = other(cx, grant, destination).await?.map(|own| writer.on(own));
    let is_whole = |writer: &Writer| matches!(writer.behind(cx, destination), Some("" | "/"));
    other.filter(is_whole).ok_or_else(|| {
        Error::invalid(
            "mp-destination is not the address of a blog of yours. q=config says which there are.",
        )
    })
}

/// The writer on the blog on which an address lies; on the token's own where it is on none of the person's.
pub async fn of_address(cx: &Context, grant: &Grant, address: &str) -> Result<Writer> {
    let writer = Writer::of_grant(grant);
    if writer.behind(cx, address).is_some() {
        return Ok(writer);
    }
    Ok(match other(cx, grant, address).await? {
        Some(own) => writer.on(own),
        None => writer,
    })
}

async fn other(cx: &Context, grant: &Grant, address: &str) -> Result<Option<Own>> {
    if grant.blog_count < 2 {
        return Ok(None);
    }
    match cx.config.blog_at(address) {
        Some(name) => find_own(cx, &grant.account_id, Which::Named(&name)).await,
        None => Ok(None),
    }
}

/// The writer on the blog that is meant, where it is the person's; else on the token's own.
pub async fn of(cx: &Context, grant: &Grant, which: Which<'_>) -> Result<Writer> {
    let writer = Writer::of_grant(grant);
    if grant.blog_count < 2 {
        return Ok(writer);
    }
    Ok(match find_own(cx, &grant.account_id, which).await? {
        Some(own) => writer.on(own),
        None => writer,
    })
}
