//! Blogs.

use crate::parsed;
use domain::blog::Blog;
use platform::{Context, Error, Result, Row, Sql, sql};

pub(crate) fn blog(row: &Row) -> Result<Blog> {
    row.read(|row| Blog {
        id: row.text("id"),
        account_id: row.text("account_id"),
        owner: row.text("owner"),
        username: row.text("username"),
        domain: row.opt_text("domain"),
        title: row.text("title"),
        tagline: row.text("tagline"),
        author: row.text("author"),
        site: row.opt_text("site"),
        language: row.text("language"),
        epoch: row.int("epoch"),
        post_count: row.int("post_count"),
        changed_at: row.int("changed_at"),
        navigation: parsed(row, "navigation"),
        hides_app: row.int("hides_app") != 0,
        categories: parsed(row, "categories"),
        look: row.text("look"),
        own: row.text("own"),
        draft: None,
    })
}

/// The columns of a blog.
macro_rules! select {
    () => {
        "select b.id, b.account_id, a.username as owner, b.username, b.domain, b.title, b.tagline, a.name as author, a.site, b.language,
           b.epoch, b.post_count, b.navigation, b.hides_app, b.categories, b.look, b.own, max(b.changed_at, b.created_at) as changed_at
         from blogs b join accounts a on a.id = b.account_id where "
    };
}

/// The blog of this name, or the one that lives on a host name of its own: that has a dot in it.
pub async fn find(cx: &Context, name: &str) -> Result<Option<Blog>> {
    let text = if name.contains('.') {
        concat!(select!(), "b.domain = ?1")
    } else {
        concat!(select!(), "b.username = ?1")
    };
    cx.db.first(sql(text, [name.into()])).await?.as_ref().map(blog).transpose()
}

/// The blog of an id.
pub async fn find_by_id(cx: &Context, blog_id: &str) -> Result<Option<Blog>> {
    let statement = sql(concat!(select!(), "b.id = ?1"), [blog_id.into()]);
    cx.db.first(statement).await?.as_ref().map(blog).transpose()
}

/// The name of a blog.
pub async fn name(cx: &Context, blog_id: &str) -> Result<Option<String>> {
    let statement = sql("select username from blogs where id = ?1", [blog_id.into()]);
    cx.db.first(statement).await?.map(|row| row.text("username")).transpose()
}

/// Whether a name is somebody's, or a blog's. The first blog of each account has its user name, so the
/// names of blogs are all there are.
pub async fn is_taken(cx: &Context, name: &str) -> Result<bool> {
    let statement = sql("select 1 as one from blogs where username = ?1", [name.into()]);
    Ok(cx.db.first(statement).await?.is_some())
}

/// One of the blogs of an account, as far as writing on it needs.
#[derive(Debug, Clone)]
pub struct Own {
    /// Its id.
    pub id: String,
    /// The first part of its host name.
    pub name: String,
    /// The host name of its own that it lives on, where it lives on one.
    pub domain: Option<String>,
    /// Its title.
    pub title: String,
    /// How many public posts it has.
    pub post_count: i64,
}

fn own(row: &Row) -> Result<Own> {
    row.read(|row| Own {
        id: row.text("id"),
        name: row.text("username"),
        domain: row.opt_text("domain"),
        title: row.text("title"),
        post_count: row.int("post_count"),
    })
}

/// Which of an account's blogs is meant.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The one of this name, or on this host name of its own: that has a dot in it.
    Named(&'a str),
    /// The one of this id.
    Id(&'a str),
    /// The one that the post of this id stands on.
    Post(&'a str),
}

/// The columns of one's own blog.
macro_rules! select_own {
    () => {
        "select b.id, b.username, b.domain, b.title, b.post_count from blogs b where b.account_id = ?1 "
    };
}

/// A blog of an account. None where there is none such, or it is somebody else's.
pub async fn find_own(cx: &Context, account_id: &str, which: Which<'_>) -> Result<Option<Own>> {
    let (text, value) = match which {
        Which::Named(name) if name.contains('.') => {
            (concat!(select_own!(), "and b.domain = ?2"), name)
        }
        Which::Named(name) => (concat!(select_own!(), "and b.username = ?2"), name),
        Which::Id(id) => (concat!(select_own!(), "and b.id = ?2"), id),
        Which::Post(id) => {
            (concat!(select_own!(), "and b.id = (select blog_id from posts where id = ?2)"), id)
        }
    };
    let statement = sql(text, [account_id.into(), value.into()]);
    cx.db.first(statement).await?.as_ref().map(own).transpose()
}

/// The blogs of an account, the first one first.
pub async fn list_own(cx: &Context, account_id: &str) -> Result<Vec<Own>> {
    let statement =
        sql(concat!(select_own!(), "order by b.created_at, b.id limit 1000"), [account_id.into()]);
    cx.db.all(statement).await?.iter().map(own).collect()
}

/// A blog that somebody wants to have.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Whose it is to be.
    pub account_id: &'a str,
    /// The first part of its host name, checked.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is there.
    Yes,
    /// The name is somebody's, or a blog's, or somebody waits for it.
    Taken,
    /// The account has as many as it may have.
    Full,
}

/// Makes a further blog, unless the account has `max` by then. Language and discretion are those of the
/// first one.
pub async fn insert(cx: &Context, new: &New<'_>, max: i64) -> Result<Made> {
    let id = cx.id()?;
    let blog = sql(
        "insert into blogs (id, account_id, username, title, language, hides_app, created_at)
         select ?1, a.id, ?3, ?4, f.language, f.hides_app, ?5
         from accounts a join blogs f on f.username = a.username
         where a.id = ?2 and a.blog_count < ?6
           and not exists (select 1 from signup_requests r where r.username = ?3)
         returning id",
        [
            (&id).into(),
            new.account_id.into(),
            new.name.into(),
            new.title.into(),
            cx.seconds().into(),
            max.into(),
        ],
    );
    let outcomes = match cx.db.batch(vec![blog, count(new.account_id)]).await {
        Ok(outcomes) => outcomes,
        Err(Error::Conflict) => return Ok(Made::Taken),
        Err(error) => return Err(error),
    };
    let [made, counted] = outcomes.as_slice() else { return Ok(Made::Taken) };
    if !made.rows.is_empty() {
        return Ok(Made::Yes);
    }
    let count = counted.rows.first().map_or(Ok(0), |row| row.int("blog_count"))?;
    Ok(if count < max { Made::Taken } else { Made::Full })
}

fn count(account_id: &str) -> Sql {
    sql(
        "update accounts set blog_count = (select count(*) from blogs where account_id = ?1)
         where id = ?1 returning blog_count",
        [account_id.into()],
    )
}
