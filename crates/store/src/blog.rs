//! Blogs.

use crate::parsed;
use domain::blog::Blog;
use platform::{Context, Result, Row, sql};

pub(crate) fn blog(row: &Row) -> Result<Blog> {
    row.read(|row| Blog {
        id: row.text("id"),
        account_id: row.text("account_id"),
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
        "select b.id, b.account_id, b.username, b.domain, b.title, b.tagline, a.name as author, a.site, b.language, b.epoch,
           b.post_count, b.navigation, b.hides_app, b.categories, b.look, b.own, max(b.changed_at, b.created_at) as changed_at
         from blogs b join accounts a on a.id = b.account_id where "
    };
}

/// The blog of a user name, or the one that lives on a host name of its own: that has a dot in it.
pub async fn find(cx: &Context, name: &str) -> Result<Option<Blog>> {
    let text = if name.contains('.') {
        concat!(select!(), "b.domain = ?1")
    } else {
        concat!(select!(), "b.username = ?1")
    };
    cx.db.first(sql(text, [name.into()])).await?.as_ref().map(blog).transpose()
}

/// The user name of a blog.
pub async fn username(cx: &Context, blog_id: &str) -> Result<Option<String>> {
    let statement = sql("select username from blogs where id = ?1", [blog_id.into()]);
    cx.db.first(statement).await?.map(|row| row.text("username")).transpose()
}
