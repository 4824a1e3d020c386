//! The pages of a blog, and their order in its head.

use crate::own::{brief, posts};
use domain::post::Post;
use platform::{Context, Error, Result, Sql, sql};

/// More pages are not listed.
pub const PAGES_MAX: i64 = 500;

/// The pages of a blog, drafts among them: those in its head first, in their order. Their texts are cut.
pub async fn list(cx: &Context, blog_id: &str) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            brief!(),
            " from posts p where p.blog_id = ?1 and p.channel = 'pages' and p.deleted_at is null
              order by p.is_in_navigation desc, p.position, p.published_at, p.id limit ?2"
        ),
        [blog_id.into(), PAGES_MAX.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// Puts a page into the blog's head, behind the others, or takes it out.
pub async fn set_navigation(cx: &Context, blog_id: &str, id: &str, is_in: bool) -> Result<()> {
    let set = sql(
        "update posts set is_in_navigation = ?3, position = 1000
         where id = ?2 and blog_id = ?1 and channel = 'pages' and is_in_navigation <> ?3",
        [blog_id.into(), id.into(), i64::from(is_in).into()],
    );
    cx.db.batch([vec![set], follow(cx, blog_id)].concat()).await.map(|_| ())
}

/// Puts the pages of the blog's head into this order; what is not named comes behind.
pub async fn set_order(cx: &Context, blog_id: &str, ids: &[&str]) -> Result<()> {
    let ids = serde_json::to_string(ids).map_err(Error::internal)?;
    let set = sql(
        "update posts set position = j.key from json_each(?2) j
         where posts.id = j.value and posts.blog_id = ?1 and posts.channel = 'pages'",
        [blog_id.into(), ids.into()],
    );
    cx.db.batch([vec![set], follow(cx, blog_id)].concat()).await.map(|_| ())
}

fn follow(cx: &Context, blog_id: &str) -> Vec<Sql> {
    let moved = sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2 where id = ?1",
        [blog_id.into(), cx.seconds().into()],
    );
    vec![crate::post::navigation(blog_id), moved]
}
