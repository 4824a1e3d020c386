//! The posts of a blog by month, those with photos, those that answer somebody: as visitors go through
//! them. Nothing here reads more rows for a long blog than for a short one.

pub(crate) use crate::post::posts;
use crate::{own::brief, post::columns};
use domain::{datetime, post::Post};
use platform::{Context, Error, Result, Sql, sql};
use serde_json::Value;

/// A moment and an id: the posts before it.
pub type Place<'a> = (i64, &'a str);

/// The place behind all posts, exact on every host.
pub const END: Place<'static> = (i64::MAX >> 10, "");

/// The statements that count a post in its month, or no longer.
pub(crate) fn count(old: Option<&Post>, post: &Post) -> Vec<Sql> {
    let month = |post: &Post| post.is_listed().then(|| datetime::month(post.published_at));
    let (before, after) = (old.and_then(month), month(post));
    if before == after {
        return Vec::new();
    }
    let add = |month: Option<String>, by: i64| {
        let month = month?;
        let place = format!("$.\"{month}\"");
        Some(sql(
            // Some hosts hand every number over as a float, and JSON would keep it as one.
            "insert into archives (blog_id, months) values (?1, json_object(?2, max(cast(?4 as integer), 0)))
             on conflict (blog_id) do update
               set months = json_set(months, ?3, max(coalesce(months ->> ?3, 0) + cast(?4 as integer), 0))",
            [(&post.blog_id).into(), month.into(), place.into(), by.into()],
        ))
    };
    add(before, -1).into_iter().chain(add(after, 1)).collect()
}

/// The months of a blog that have public posts, `2026-11`, the newest first, and how many each has.
pub async fn months(cx: &Context, blog_id: &str) -> Result<Vec<(String, i64)>> {
    let statement = sql("select months from archives where blog_id = ?1", [blog_id.into()]);
    let Some(row) = cx.db.first(statement).await? else { return Ok(vec![]) };
    let months: Value = serde_json::from_str(&row.text("months")?).map_err(Error::internal)?;
    let months = months.as_object().into_iter().flatten().rev();
    let counted = months.map(|(month, count)| (month.clone(), count.as_i64().unwrap_or(0)));
    Ok(counted.filter(|(_, count)| *count > 0).collect())
}

/// Whether a post of the blog stands at this time with this id.
pub async fn is_place(cx: &Context, blog_id: &str, at: i64, id: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from posts where id = ?1 and blog_id = ?2 and published_at = ?3",
        [id.into(), blog_id.into(), at.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// The public posts of a blog from a moment on and before a place, newest first. Their texts are cut.
pub async fn list(
    cx: &Context,
    blog_id: &str,
    since: i64,
    before: Place<'_>,
    limit: i64,
) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from posts p
              where p.blog_id = ?1 and p.visibility = 'public' and p.deleted_at is null and p.status = 'published'
                and p.channel = 'posts' and p.published_at >= ?2 and (p.published_at, p.id) < (?3, ?4)
              order by p.published_at desc, p.id desc limit ?5"
        ),
        [blog_id.into(), since.into(), before.0.into(), before.1.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The public posts of a blog that have photos, before a place, newest first.
pub async fn list_with_photos(
    cx: &Context,
    blog_id: &str,
    before: Place<'_>,
    limit: i64,
) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from posts p indexed by posts_photos
              where p.blog_id = ?1 and p.photos <> '[]' and p.visibility = 'public' and p.deleted_at is null
                and p.status = 'published' and p.channel = 'posts' and (p.published_at, p.id) < (?2, ?3)
              order by p.published_at desc, p.id desc limit ?4"
        ),
        [blog_id.into(), before.0.into(), before.1.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The public posts of a blog that answer somebody, before a place, newest first.
pub async fn list_replies(
    cx: &Context,
    blog_id: &str,
    before: Place<'_>,
    limit: i64,
) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from posts p indexed by posts_replies
              where p.blog_id = ?1 and p.properties ->> '$.\"in-reply-to\"' is not null and p.visibility = 'public'
                and p.deleted_at is null and p.status = 'published' and p.channel = 'posts'
                and (p.published_at, p.id) < (?2, ?3)
              order by p.published_at desc, p.id desc limit ?4"
        ),
        [blog_id.into(), before.0.into(), before.1.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The paths of a blog's public posts between two moments, newest first, and when each was changed.
/// Costs a row for each post that is skipped.
pub async fn list_paths(
    cx: &Context,
    blog_id: &str,
    between: (i64, i64),
    skipped: i64,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    let statement = sql(
        "select p.path, p.updated_at from posts p
         where p.blog_id = ?1 and p.visibility = 'public' and p.deleted_at is null and p.status = 'published'
           and p.channel = 'posts' and p.published_at >= ?2 and p.published_at < ?3
         order by p.published_at desc, p.id desc limit ?5 offset ?4",
        [blog_id.into(), between.0.into(), between.1.into(), skipped.into(), limit.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| row.read(|row| (row.text("path"), row.int("updated_at")))).collect()
}

/// The paths of a blog's public pages, and when each was changed.
pub async fn list_page_paths(cx: &Context, blog_id: &str) -> Result<Vec<(String, i64)>> {
    let statement = sql(
        "select p.path, p.updated_at from posts p
         where p.blog_id = ?1 and p.channel = 'pages' and p.status = 'published' and p.deleted_at is null
           and p.visibility = 'public'
         order by p.published_at desc, p.id desc limit ?2",
        [blog_id.into(), crate::page::PAGES_MAX.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| row.read(|row| (row.text("path"), row.int("updated_at")))).collect()
}

/// Where the post stands that comes after so many of a blog's `count` posts: a moment before which it is,
/// and how many posts before that moment come first. So a page far back costs a month of rows and not
/// all that are newer.
pub async fn skip(cx: &Context, blog_id: &str, count: i64, skipped: i64) -> Result<(i64, i64)> {
    let months = months(cx, blog_id).await?;
    let counted = months.iter().fold(0_i64, |sum, (_, count)| sum.saturating_add(*count));
    if counted != count {
        return Ok((END.0, skipped));
    }
    let mut left = skipped;
    for (month, count) in months {
        if left < count {
            let end = datetime::month_span(&month).map_or(END.0, |(_, end)| end);
            return Ok((end, left));
        }
        left = left.saturating_sub(count);
    }
    Ok((END.0, skipped))
}
