//! One's own posts as their author looks through them, with texts that are cut: a page of fifty long
//! ones would be megabytes.

pub(crate) use crate::post::posts;
use domain::post::{Post, Status};
use platform::{Context, Result, sql};

/// The columns of a post, with the beginnings of its texts.
macro_rules! brief {
    () => {
        "p.id, p.blog_id, p.path, p.channel, p.status, p.visibility, p.title, substr(p.text, 1, 2100) as text, p.format,
         substr(p.html, 1, 2100) as html, p.photos, p.clips, p.categories, p.properties, p.app_name, p.app_url,
         p.is_in_navigation, p.published_at, p.updated_at, p.deleted_at, p.purged_at, p.revision"
    };
}
pub(crate) use brief;

/// The newest of one's posts of one status, before the one at (`published_at`, `id`) if one is given.
pub async fn list(
    cx: &Context,
    blog_id: &str,
    status: Status,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Post>> {
    let (at, id) = before.unwrap_or((i64::MAX >> 10, ""));
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from posts p
              where p.blog_id = ?1 and p.channel = 'posts' and p.status = ?2 and p.deleted_at is null
                and (p.published_at, p.id) < (?3, ?4)
              order by p.published_at desc, p.id desc limit ?5"
        ),
        [blog_id.into(), status.word().into(), at.into(), id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The posts and pages that were deleted last and can be brought back, before the one at (`deleted_at`,
/// `id`) if one is given.
pub async fn list_deleted(
    cx: &Context,
    blog_id: &str,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Post>> {
    let (at, id) = before.unwrap_or((i64::MAX >> 10, ""));
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from posts p
              where p.blog_id = ?1 and p.deleted_at is not null and p.purged_at is null and (p.deleted_at, p.id) < (?2, ?3)
              order by p.deleted_at desc, p.id desc limit ?4"
        ),
        [blog_id.into(), at.into(), id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}
