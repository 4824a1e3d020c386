//! Categories of a blog, and which posts are in them.

use domain::{post::Post, slug};
use platform::{Context, Error, Result, Row, Sql, sql};

/// A category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// In addresses.
    pub slug: String,
    /// As it was first written.
    pub name: String,
}

fn category(row: &Row) -> Result<Category> {
    Ok(Category { slug: row.text("slug")?, name: row.text("name")? })
}

/// The statements that put a post into its categories, and out of those that it is no longer in.
pub(crate) fn of_post(post: &Post, is_new: bool) -> Result<Vec<Sql>> {
    let mut statements = Vec::new();
    if !is_new {
        statements.push(sql("delete from post_categories where post_id = ?1", [(&post.id).into()]));
    }
    if post.categories.is_empty() || post.deleted_at.is_some() {
        return Ok(statements);
    }
    let named =
        |name: &String| serde_json::json!({ "slug": slug::of_category(name), "name": name });
    let list: Vec<serde_json::Value> = post.categories.iter().map(named).collect();
    let list = serde_json::to_string(&list).map_err(Error::internal)?;
    statements.push(sql(
        "insert or ignore into categories (blog_id, slug, name)
         select ?1, value ->> 'slug', value ->> 'name' from json_each(?2)",
        [(&post.blog_id).into(), (&list).into()],
    ));
    statements.push(sql(
        "insert or ignore into post_categories (blog_id, slug, published_at, post_id)
         select ?1, value ->> 'slug', ?3, ?4 from json_each(?2)",
        [(&post.blog_id).into(), list.into(), post.published_at.into(), (&post.id).into()],
    ));
    Ok(statements)
}

/// The categories of a blog by name.
pub async fn list(cx: &Context, blog_id: &str) -> Result<Vec<Category>> {
    let statement = sql(
        "select slug, name from categories where blog_id = ?1 order by slug limit 1000",
        [blog_id.into()],
    );
    cx.db.all(statement).await?.iter().map(category).collect()
}

/// The categories that have a public post, by name.
pub async fn list_public(cx: &Context, blog_id: &str) -> Result<Vec<Category>> {
    let statement = sql(
        "select slug, name from categories c where c.blog_id = ?1 and exists (
           select 1 from post_categories t join posts p on p.id = t.post_id
           where t.blog_id = c.blog_id and t.slug = c.slug and p.visibility = 'public' and p.deleted_at is null
             and p.status = 'published' and p.channel = 'posts')
         order by c.slug limit 1000",
        [blog_id.into()],
    );
    cx.db.all(statement).await?.iter().map(category).collect()
}

/// Adds a category; one that is there stays as it is.
pub async fn insert(cx: &Context, blog_id: &str, name: &str) -> Result<()> {
    let statement = sql(
        "insert or ignore into categories (blog_id, slug, name) values (?1, ?2, ?3)",
        [blog_id.into(), slug::of_category(name).into(), name.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
