//! Posts. Every change that a visitor could see moves the blog's epoch in the same batch.

use crate::job;
use domain::post::{Photo, Post};
use platform::{Context, Error, Outcome, Result, Row, Sql, sql};

fn post(row: &Row) -> Result<Post> {
    let photos: Vec<Photo> = serde_json::from_str(&row.text("photos")?).map_err(Error::internal)?;
    Ok(Post {
        id: row.text("id")?,
        blog_id: row.text("blog_id")?,
        path: row.text("path")?,
        title: row.opt_text("title")?,
        text: row.text("text")?,
        html: row.text("html")?,
        photos,
        published_at: row.int("published_at")?,
        updated_at: row.int("updated_at")?,
        deleted_at: row.opt_int("deleted_at")?,
    })
}

fn posts(rows: &[Row]) -> Result<Vec<Post>> {
    rows.iter().map(post).collect()
}

fn photos_json(photos: &[Photo]) -> Result<String> {
    serde_json::to_string(photos).map_err(Error::internal)
}

/// Publishes a post, with the rows of its media.
///
/// # Errors
/// [`Error::Conflict`] when the blog already has a post of that path.
pub async fn insert(cx: &Context, account_id: &str, post: &Post, media: Vec<Sql>) -> Result<()> {
    let insert = sql(
        "insert into posts (id, blog_id, account_id, path, title, text, html, photos, published_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        [
            (&post.id).into(),
            (&post.blog_id).into(),
            account_id.into(),
            (&post.path).into(),
            post.title.clone().into(),
            (&post.text).into(),
            (&post.html).into(),
            photos_json(&post.photos)?.into(),
            post.published_at.into(),
            cx.seconds().into(),
        ],
    );
    let count = sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2, post_count = post_count + 1 where id = ?1",
        [(&post.blog_id).into(), cx.seconds().into()],
    );
    let mut statements = vec![insert, count];
    statements.extend(media);
    cx.db.batch(statements).await.map(|_| ())
}

/// Changes a post that was not deleted, with the rows of its new media; the photos that were taken
/// off it go by a job each. False when there is no such post.
pub async fn update(cx: &Context, post: &Post, media: Vec<Sql>, removed: &[Photo]) -> Result<bool> {
    let update = sql(
        "update posts set title = ?3, text = ?4, html = ?5, photos = ?6, updated_at = ?7
         where id = ?1 and blog_id = ?2 and deleted_at is null returning id",
        [
            (&post.id).into(),
            (&post.blog_id).into(),
            post.title.clone().into(),
            (&post.text).into(),
            (&post.html).into(),
            photos_json(&post.photos)?.into(),
            cx.seconds().into(),
        ],
    );
    let epoch = sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2 where id = ?1",
        [(&post.blog_id).into(), cx.seconds().into()],
    );
    let mut statements = vec![update, epoch];
    statements.extend(media);
    for photo in removed {
        statements.push(job::insert(cx, "media-deletion", &photo.key)?);
    }
    did(&cx.db.batch(statements).await?)
}

/// Deletes a post: its path stays for the 410, its words go, its photos go by a job each.
/// False when it was not there or is already deleted.
pub async fn delete(cx: &Context, post: &Post) -> Result<bool> {
    let count = sql(
        "update blogs set epoch = epoch + 1, changed_at = ?3, post_count = post_count - 1
         where id = ?1 and exists
           (select 1 from posts where id = ?2 and blog_id = ?1 and deleted_at is null)
         returning id",
        [(&post.blog_id).into(), (&post.id).into(), cx.seconds().into()],
    );
    let delete = sql(
        "update posts set deleted_at = ?3, title = null, text = '', html = '', photos = '[]'
         where id = ?1 and blog_id = ?2 and deleted_at is null",
        [(&post.id).into(), (&post.blog_id).into(), cx.seconds().into()],
    );
    let mut statements = vec![count, delete];
    for photo in &post.photos {
        statements.push(job::insert(cx, "media-deletion", &photo.key)?);
    }
    did(&cx.db.batch(statements).await?)
}

/// Whether the first statement of a batch returned a row.
fn did(outcomes: &[Outcome]) -> Result<bool> {
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// A post of a blog by its id, deleted or not.
pub async fn find(cx: &Context, blog_id: &str, id: &str) -> Result<Option<Post>> {
    let statement = sql(
        "select id, blog_id, path, title, text, html, photos, published_at, updated_at, deleted_at
         from posts where id = ?2 and blog_id = ?1",
        [blog_id.into(), id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// A post of a blog by its path, deleted or not.
pub async fn find_by_path(cx: &Context, blog_id: &str, path: &str) -> Result<Option<Post>> {
    let statement = sql(
        "select id, blog_id, path, title, text, html, photos, published_at, updated_at, deleted_at
         from posts where blog_id = ?1 and path = ?2 and visibility in ('public', 'unlisted')",
        [blog_id.into(), path.into()],
    );
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// The newest public posts of a blog.
pub async fn list_newest(cx: &Context, blog_id: &str, limit: i64) -> Result<Vec<Post>> {
    let statement = sql(
        "select id, blog_id, path, title, text, html, photos, published_at, updated_at, deleted_at
         from posts where blog_id = ?1 and visibility = 'public' and deleted_at is null
         order by published_at desc, id desc limit ?2",
        [blog_id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The newest public posts of a blog that come after the one at (`published_at`, `id`).
pub async fn list_before(
    cx: &Context,
    blog_id: &str,
    (published_at, id): (i64, &str),
    limit: i64,
) -> Result<Vec<Post>> {
    let statement = sql(
        "select id, blog_id, path, title, text, html, photos, published_at, updated_at, deleted_at
         from posts where blog_id = ?1 and visibility = 'public' and deleted_at is null
           and (published_at, id) < (?2, ?3)
         order by published_at desc, id desc limit ?4",
        [blog_id.into(), published_at.into(), id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// A page of a blog's public posts, newest first. Costs a row for each post that is skipped.
pub async fn list_page(cx: &Context, blog_id: &str, skipped: i64, limit: i64) -> Result<Vec<Post>> {
    let statement = sql(
        "select id, blog_id, path, title, text, html, photos, published_at, updated_at, deleted_at
         from posts where blog_id = ?1 and visibility = 'public' and deleted_at is null
         order by published_at desc, id desc limit ?3 offset ?2",
        [blog_id.into(), skipped.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// The newest public posts of an account and of those it follows, with their authors.
pub async fn list_followed(
    cx: &Context,
    account_id: &str,
    limit: i64,
) -> Result<Vec<(Post, Author)>> {
    let statement = sql(
        "select p.id, p.blog_id, p.path, p.title, p.text, p.html, p.photos, p.published_at, p.updated_at, p.deleted_at,
           a.username, a.name
         from posts p join accounts a on a.id = p.account_id
         where p.visibility = 'public' and p.deleted_at is null
           and p.account_id in (select ?1 union all select followed_id from follows where follower_id = ?1)
         order by p.published_at desc, p.id desc limit ?2",
        [account_id.into(), limit.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| Ok((post(row)?, author(row)?))).collect()
}

/// Who wrote a post.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user name.
    pub username: String,
    /// The display name.
    pub name: String,
}

fn author(row: &Row) -> Result<Author> {
    Ok(Author { username: row.text("username")?, name: row.text("name")? })
}
