//! Posts and pages. Every change that a visitor could see moves the blog's epoch in the same batch.

use crate::{archive, category, fanout, hub, job, media, parsed, search};
use domain::post::{App, Channel, Format, Post, Status, Visibility};
use platform::{Context, Error, Result, Row, Sql, sql};
use serde::Serialize;

/// How long a deleted post can be brought back.
pub const TRASH_SECONDS: i64 = 7 * 24 * 3600;
/// Later than any moment, and exact on every host.
const LAST: i64 = i64::MAX >> 10;
/// The job that publishes a scheduled post.
pub const PUBLICATION: &str = "post-publication";
/// The job that deletes a post for good.
pub const PURGE: &str = "post-purge";

/// The columns of a post, as [`post`] reads them.
macro_rules! columns {
    () => {
        "p.id, p.blog_id, p.path, p.channel, p.status, p.visibility, p.title, p.text, p.format, p.html, p.photos, p.clips,
         p.categories, p.properties, p.app_name, p.app_url, p.is_in_navigation, p.published_at, p.updated_at,
         p.deleted_at, p.purged_at, p.revision"
    };
}
pub(crate) use columns;

pub(crate) fn post(row: &Row) -> Result<Post> {
    row.read(|row| Post {
        id: row.text("id"),
        blog_id: row.text("blog_id"),
        path: row.text("path"),
        channel: Channel::of_word(&row.text("channel")).unwrap_or_default(),
        status: Status::of_word(&row.text("status")).unwrap_or(Status::Draft),
        visibility: visibility(&row.text("visibility")),
        title: row.opt_text("title"),
        text: row.text("text"),
        format: Format::of_word(&row.text("format")).unwrap_or_default(),
        html: row.text("html"),
        photos: parsed(row, "photos"),
        clips: parsed(row, "clips"),
        categories: parsed(row, "categories"),
        properties: parsed(row, "properties"),
        app: row.opt_text("app_name").map(|name| App { name, url: row.opt_text("app_url") }),
        is_in_navigation: row.int("is_in_navigation") != 0,
        published_at: row.int("published_at"),
        updated_at: row.int("updated_at"),
        deleted_at: row.opt_int("deleted_at"),
        purged_at: row.opt_int("purged_at"),
        revision: row.int("revision"),
    })
}

/// What the pages of public posts show; the words as they were written are as much again.
macro_rules! shown {
    () => {
        "p.id, p.path, p.title, p.html, p.photos, p.clips, p.categories, p.properties, p.published_at, p.updated_at,
         p.revision"
    };
}

fn shown(row: &Row, blog_id: &str) -> Result<Post> {
    row.read(|row| Post {
        id: row.text("id"),
        blog_id: blog_id.to_owned(),
        path: row.text("path"),
        channel: Channel::Posts,
        status: Status::Published,
        visibility: Visibility::Public,
        title: row.opt_text("title"),
        text: String::new(),
        format: Format::default(),
        html: row.text("html"),
        photos: parsed(row, "photos"),
        clips: parsed(row, "clips"),
        categories: parsed(row, "categories"),
        properties: parsed(row, "properties"),
        app: None,
        is_in_navigation: false,
        published_at: row.int("published_at"),
        updated_at: row.int("updated_at"),
        deleted_at: None,
        purged_at: None,
        revision: row.int("revision"),
    })
}

pub(crate) fn posts(rows: &[Row]) -> Result<Vec<Post>> {
    rows.iter().map(post).collect()
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// A post for its author alone is stored as one that is directed to nobody.
fn visibility(word: &str) -> Visibility {
    Visibility::of_word(word).unwrap_or(Visibility::Private)
}

fn visibility_word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "direct",
        other => other.word(),
    }
}

/// Stores a new post, with the other statements of its batch.
///
/// # Errors
/// [`Error::Conflict`] when the blog already has a post of that path, or by one of the others.
pub async fn insert(cx: &Context, account_id: &str, post: &Post, others: Vec<Sql>) -> Result<()> {
    let insert = sql(
        "insert into posts (id, blog_id, account_id, path, channel, status, visibility, title, text, format, html, photos,
           clips, categories, properties, app_name, app_url, is_in_navigation, published_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20)",
        [
            (&post.id).into(),
            (&post.blog_id).into(),
            account_id.into(),
            (&post.path).into(),
            post.channel.word().into(),
            post.status.word().into(),
            visibility_word(post.visibility).into(),
            post.title.clone().into(),
            (&post.text).into(),
            post.format.word().into(),
            (&post.html).into(),
            to_json(&post.photos)?.into(),
            to_json(&post.clips)?.into(),
            to_json(&post.categories)?.into(),
            to_json(&post.properties)?.into(),
            post.app.as_ref().map(|app| app.name.clone()).into(),
            post.app.as_ref().and_then(|app| app.url.clone()).into(),
            i64::from(post.is_in_navigation).into(),
            post.published_at.into(),
            cx.seconds().into(),
        ],
    );
    let mut statements = vec![insert];
    statements.extend(consequences(cx, None, post)?);
    statements.extend(others);
    // Behind the rows of the files that came with it.
    statements.extend(media::claim(post)?);
    cx.db.batch(statements).await.map(|_| ())
}

/// Stores what has become of a post, with the other statements of the batch.
///
/// # Errors
/// [`Error::Conflict`] when it was changed since `old` was read, when its new path is another post's,
/// or by one of the others. Nothing was changed then.
pub async fn update(cx: &Context, old: &Post, post: &Post, others: Vec<Sql>) -> Result<()> {
    let update = sql(
        "update posts set path = ?3, channel = ?4, status = ?5, visibility = ?6, title = ?7, text = ?8, format = ?9,
           html = ?10, photos = ?11, clips = ?12, categories = ?13, properties = ?14, is_in_navigation = ?15,
           published_at = ?16, updated_at = ?17, deleted_at = ?18, revision = revision + 1
         where id = ?1 and blog_id = ?2",
        [
            (&post.id).into(),
            (&post.blog_id).into(),
            (&post.path).into(),
            post.channel.word().into(),
            post.status.word().into(),
            visibility_word(post.visibility).into(),
            post.title.clone().into(),
            (&post.text).into(),
            post.format.word().into(),
            (&post.html).into(),
            to_json(&post.photos)?.into(),
            to_json(&post.clips)?.into(),
            to_json(&post.categories)?.into(),
            to_json(&post.properties)?.into(),
            i64::from(post.is_in_navigation).into(),
            post.published_at.into(),
            cx.seconds().into(),
            post.deleted_at.into(),
        ],
    );
    let mut statements = vec![unchanged(old), update];
    statements.extend(consequences(cx, Some(old), post)?);
    statements.extend(others);
    // Behind the rows of the files that came with it.
    statements.extend(media::claim(post)?);
    cx.db.batch(statements).await.map(|_| ())
}

/// Fails, and its batch with it, when a post is no longer as it was read: then it inserts the blog a
/// second time. There is no other way to end a batch from within.
fn unchanged(post: &Post) -> Sql {
    sql(
        "insert into blogs (id, account_id, username, title, created_at)
         select id, account_id, username, title, created_at from blogs
         where id = ?1 and not exists
           (select 1 from posts where id = ?2 and blog_id = ?1 and revision = ?3 and purged_at is null)",
        [(&post.blog_id).into(), (&post.id).into(), post.revision.into()],
    )
}

/// What follows from a change: the blog's count and epoch, its navigation, the lists by category, and
/// the jobs for later.
fn consequences(cx: &Context, old: Option<&Post>, post: &Post) -> Result<Vec<Sql>> {
    let mut statements = Vec::new();
    if post.is_visible() || old.is_some_and(Post::is_visible) {
        let count =
            i64::from(post.is_listed()).saturating_sub(i64::from(old.is_some_and(Post::is_listed)));
        statements.push(sql(
            "update blogs set epoch = epoch + 1, changed_at = ?2, post_count = post_count + ?3 where id = ?1",
            [(&post.blog_id).into(), cx.seconds().into(), count.into()],
        ));
    }
    if post.is_listed() || old.is_some_and(Post::is_listed) {
        statements.push(hub::publication(cx, &post.blog_id)?);
    }
    statements.extend(archive::count(old, post));
    if post.channel == Channel::Pages || old.is_some_and(|old| old.channel == Channel::Pages) {
        statements.push(navigation(&post.blog_id));
    }
    let is_reworded = old.is_none_or(|old| {
        old.title != post.title
            || old.html != post.html
            || old.photos != post.photos
            || old.clips != post.clips
            || old.categories != post.categories
            || old.deleted_at != post.deleted_at
    });
    if is_reworded {
        statements.push(job::insert(cx, search::INDEX, &post.id)?);
    }
    let is_moved = old.is_none_or(|old| {
        old.categories != post.categories
            || old.published_at != post.published_at
            || (old.status == Status::Draft) != (post.status == Status::Draft)
            || old.deleted_at != post.deleted_at
    });
    if is_moved {
        statements.extend(category::of_post(post, old.is_none())?);
    }
    let place = |post: &Post| post.is_listed().then_some(post.published_at);
    if place(post).is_some() && place(post) != old.and_then(place) {
        statements.extend(fanout::announce_post(cx, &post.id)?);
    }
    let is_scheduled = |post: &Post| post.status == Status::Scheduled && post.deleted_at.is_none();
    if is_scheduled(post) {
        statements.push(job::insert_at(cx, PUBLICATION, &post.id, post.published_at)?);
    }
    if let Some(deleted_at) = post.deleted_at {
        statements.push(job::insert_at(
            cx,
            PURGE,
            &post.id,
            deleted_at.saturating_add(TRASH_SECONDS),
        )?);
    }
    Ok(statements)
}

/// The pages that the blog's head leads to, in their order, beside its row, so that no page costs rows for them.
pub(crate) fn navigation(blog_id: &str) -> Sql {
    sql(
        "update blogs set navigation = (
           select coalesce(json_group_array(json_object('path', path, 'title', title)), '[]') from (
             select path, title from posts
             where blog_id = ?1 and channel = 'pages' and status = 'published' and deleted_at is null
               and is_in_navigation = 1 and visibility = 'public'
             order by position, published_at, id limit 30))
         where id = ?1",
        [blog_id.into()],
    )
}

/// Publishes what was scheduled, once its time has come. True when it did.
pub async fn publish_due(cx: &Context, id: &str) -> Result<bool> {
    let Some(old) = find_any(cx, id).await? else { return Ok(false) };
    let is_due = old.status == Status::Scheduled
        && old.deleted_at.is_none()
        && old.published_at <= cx.seconds();
    if !is_due {
        return Ok(false);
    }
    let post = Post { status: Status::Published, ..old.clone() };
    update(cx, &old, &post, vec![]).await.map(|()| true)
}

/// Deletes a post for good whose time to be brought back is over: its path stays for the 410, its
/// words go, its own media go by a job each.
pub async fn purge(cx: &Context, id: &str) -> Result<()> {
    let Some(post) = find_any(cx, id).await? else { return Ok(()) };
    let is_over =
        post.deleted_at.is_some_and(|at| at.saturating_add(TRASH_SECONDS) <= cx.seconds());
    if !is_over || post.purged_at.is_some() {
        return Ok(());
    }
    let mut statements = vec![
        unchanged(&post),
        sql(
            "update posts set purged_at = ?2, revision = revision + 1, title = null, text = '', html = '', photos = '[]',
               clips = '[]', categories = '[]', properties = '{}', app_name = null, app_url = null
             where id = ?1",
            [id.into(), cx.seconds().into()],
        ),
        sql("delete from edits where post_id = ?1", [id.into()]),
    ];
    for key in media::list_of_post(cx, id).await? {
        statements.push(job::insert(cx, media::DELETION, &key)?);
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// A post by its id, whatever has become of it: for jobs.
pub async fn find_any(cx: &Context, id: &str) -> Result<Option<Post>> {
    let statement =
        sql(concat!("select ", columns!(), " from posts p where p.id = ?1"), [id.into()]);
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// The id of the public post at a path of the blog of a user name, or of a host name of its own.
pub async fn find_public_at(cx: &Context, blog: &str, path: &str) -> Result<Option<String>> {
    let statement = sql(
        "select id from posts where path = ?2 and visibility = 'public' and deleted_at is null and status = 'published'
           and channel = 'posts' and blog_id in (select id from blogs where username = ?1 or domain = ?1)",
        [blog.into(), path.into()],
    );
    cx.db.first(statement).await?.map(|row| row.text("id")).transpose()
}

/// The name of the blog that a post stands on.
pub async fn blog_name(cx: &Context, id: &str) -> Result<Option<String>> {
    let statement = sql(
        "select b.username from posts p join blogs b on b.id = p.blog_id where p.id = ?1",
        [id.into()],
    );
    cx.db.first(statement).await?.map(|row| row.text("username")).transpose()
}

/// A post of a blog by its id, deleted or not.
pub async fn find(cx: &Context, blog_id: &str, id: &str) -> Result<Option<Post>> {
    let statement = sql(
        concat!("select ", columns!(), " from posts p where p.id = ?2 and p.blog_id = ?1"),
        [blog_id.into(), id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// A post of a blog by its path, whatever has become of it: for its author.
pub async fn find_own(cx: &Context, blog_id: &str, path: &str) -> Result<Option<Post>> {
    let statement = sql(
        concat!("select ", columns!(), " from posts p where p.blog_id = ?1 and p.path = ?2"),
        [blog_id.into(), path.into()],
    );
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// A post or page of a blog by its path, as visitors may see it: published, or deleted since.
pub async fn find_by_path(cx: &Context, blog_id: &str, path: &str) -> Result<Option<Post>> {
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from posts p where p.blog_id = ?1 and p.path = ?2
              and p.visibility in ('public', 'unlisted') and p.status = 'published'"
        ),
        [blog_id.into(), path.into()],
    );
    cx.db.first(statement).await?.as_ref().map(post).transpose()
}

/// The newest public posts of a blog.
pub async fn list_newest(cx: &Context, blog_id: &str, limit: i64) -> Result<Vec<Post>> {
    list_page(cx, blog_id, LAST, 0, limit).await
}

/// A page of a blog's public posts before a moment, newest first. Costs a row for each post that is skipped.
pub async fn list_page(
    cx: &Context,
    blog_id: &str,
    before: i64,
    skipped: i64,
    limit: i64,
) -> Result<Vec<Post>> {
    let statement = sql(
        concat!(
            "select ",
            shown!(),
            " from posts p
              where p.blog_id = ?1 and p.visibility = 'public' and p.deleted_at is null and p.status = 'published'
                and p.channel = 'posts' and p.published_at < ?4
              order by p.published_at desc, p.id desc limit ?3 offset ?2"
        ),
        [blog_id.into(), skipped.into(), limit.into(), before.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| shown(row, blog_id)).collect()
}

/// The newest public posts of a blog between two moments with ids, neither included.
pub async fn list_between(
    cx: &Context,
    blog_id: &str,
    before: Option<(i64, String)>,
    since: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<Post>> {
    let (before_at, before_id) = before.unwrap_or((LAST, String::new()));
    let (since_at, since_id) = since.unwrap_or((-1, String::new()));
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from posts p
              where p.blog_id = ?1 and p.visibility = 'public' and p.deleted_at is null and p.status = 'published'
                and p.channel = 'posts' and (p.published_at, p.id) < (?2, ?3) and (p.published_at, p.id) > (?4, ?5)
              order by p.published_at desc, p.id desc limit ?6"
        ),
        [
            blog_id.into(),
            before_at.into(),
            before_id.into(),
            since_at.into(),
            since_id.into(),
            limit.into(),
        ],
    );
    posts(&cx.db.all(statement).await?)
}

/// The path of a public post of anybody's, and the name and the own host name of its blog.
pub async fn find_public(
    cx: &Context,
    id: &str,
) -> Result<Option<(String, String, Option<String>)>> {
    let statement = sql(
        "select p.path, b.username, b.domain from posts p join blogs b on b.id = p.blog_id
         where p.id = ?1 and p.visibility in ('public', 'unlisted') and p.deleted_at is null and p.status = 'published'",
        [id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    Ok(Some((row.text("path")?, row.text("username")?, row.opt_text("domain")?)))
}

/// The public posts of a blog in the category of this slug, newest first, before the one at
/// (`published_at`, `id`) if one is given.
pub async fn list_by_category(
    cx: &Context,
    blog_id: &str,
    slug: &str,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Post>> {
    let (at, id) = before.unwrap_or((i64::MAX >> 10, ""));
    let statement = sql(
        concat!(
            "select ",
            columns!(),
            " from post_categories c join posts p on p.id = c.post_id
              where c.blog_id = ?1 and c.slug = ?2 and p.visibility = 'public' and p.deleted_at is null
                and p.status = 'published' and p.channel = 'posts' and (c.published_at, c.post_id) < (?3, ?4)
              order by c.published_at desc, c.post_id desc limit ?5"
        ),
        [blog_id.into(), slug.into(), at.into(), id.into(), limit.into()],
    );
    posts(&cx.db.all(statement).await?)
}

/// Who wrote a post.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user name.
    pub username: String,
    /// The name of the blog that is meant.
    pub blog_name: String,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// The display name.
    pub name: String,
}

pub(crate) fn author(row: &Row) -> Result<Author> {
    row.read(|row| Author {
        username: row.text("username"),
        blog_name: row.text("blog_name"),
        domain: row.opt_text("domain"),
        name: row.text("name"),
    })
}
