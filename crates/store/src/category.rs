//! Categories of a blog, and which posts are in them.

use domain::{
    post::{Post, Status},
    slug,
};
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
    row.read(|row| Category { slug: row.text("slug"), name: row.text("name") })
}

/// The statements that put a post into its categories, and out of those that it is no longer in. A
/// draft is in none yet: it is saved while somebody still types their names.
pub(crate) fn of_post(post: &Post, is_new: bool) -> Result<Vec<Sql>> {
    let mut statements = Vec::new();
    if !is_new {
        statements.push(sql("delete from post_categories where post_id = ?1", [(&post.id).into()]));
    }
    let is_in_none = post.categories.is_empty() || post.status == Status::Draft;
    if is_in_none || post.deleted_at.is_some() {
        return Ok(statements);
    }
    let named =
        |name: &String| serde_json::json!({ "slug": slug::of_category(name), "name": name });
    let list: Vec<serde_json::Value> = post.categories.iter().map(named).collect();
    let list = serde_json::to_string(&list).map_err(Error::internal)?;
    // One that was renamed is found by its new name too; one that is being removed is there again.
    statements.push(sql(
        "insert into categories (blog_id, slug, name)
         select ?1, value ->> 'slug', value ->> 'name' from json_each(?2)
         where not exists (select 1 from categories c
           where c.blog_id = ?1 and c.is_renamed = 1 and c.name = value ->> 'name' collate nocase)
         on conflict (blog_id, slug) do update set removed_at = null where removed_at is not null",
        [(&post.blog_id).into(), (&list).into()],
    ));
    statements.push(sql(
        "insert or ignore into post_categories (blog_id, slug, published_at, post_id)
         select ?1, coalesce((select c.slug from categories c
             where c.blog_id = ?1 and c.is_renamed = 1 and c.name = value ->> 'name' collate nocase),
           value ->> 'slug'), ?3, ?4 from json_each(?2)",
        [(&post.blog_id).into(), list.into(), post.published_at.into(), (&post.id).into()],
    ));
    Ok(statements)
}

/// The categories of a blog by name.
pub async fn list(cx: &Context, blog_id: &str) -> Result<Vec<Category>> {
    let statement = sql(
        "select slug, name from categories where blog_id = ?1 and removed_at is null order by slug limit 1000",
        [blog_id.into()],
    );
    cx.db.all(statement).await?.iter().map(category).collect()
}

/// The categories that have a public post, by name.
pub async fn list_public(cx: &Context, blog_id: &str) -> Result<Vec<Category>> {
    let statement = sql(
        "select slug, name from categories c where c.blog_id = ?1 and c.removed_at is null and exists (
           select 1 from post_categories t join posts p on p.id = t.post_id
           where t.blog_id = c.blog_id and t.slug = c.slug and p.visibility = 'public' and p.deleted_at is null
             and p.status = 'published' and p.channel = 'posts')
         order by c.slug limit 1000",
        [blog_id.into()],
    );
    cx.db.all(statement).await?.iter().map(category).collect()
}

/// A category as its owner sees it.
#[derive(Debug, Clone)]
pub struct Own {
    /// In addresses.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Which new posts come into it by themselves, as JSON; empty for none.
    pub filter: String,
    /// How many posts are in it, drafts among them; at most [`COUNT_MAX`].
    pub count: i64,
}

/// Posts of a category are counted to here.
pub const COUNT_MAX: i64 = 1000;

/// The categories of a blog with how many posts are in each, by name, or the one with this slug.
pub async fn list_own(cx: &Context, blog_id: &str, slug: Option<&str>) -> Result<Vec<Own>> {
    let statement = sql(
        "select c.slug, c.name, c.filter, (select count(*) from
           (select 1 from post_categories t where t.blog_id = c.blog_id and t.slug = c.slug limit ?3)) as count
         from categories c
         where c.blog_id = ?1 and c.removed_at is null and (?2 is null or c.slug = ?2)
         order by c.name collate nocase limit 1000",
        [blog_id.into(), slug.map(str::to_owned).into(), COUNT_MAX.into()],
    );
    let own = |row: &Row| {
        row.read(|row| Own {
            slug: row.text("slug"),
            name: row.text("name"),
            filter: row.text("filter"),
            count: row.int("count"),
        })
    };
    cx.db.all(statement).await?.iter().map(own).collect()
}

/// The names of the categories that new posts may come into by themselves, with their filters.
pub async fn list_filters(cx: &Context, blog_id: &str) -> Result<Vec<(String, String)>> {
    let statement = sql(
        "select name, filter from categories
         where blog_id = ?1 and filter <> '' and removed_at is null limit 50",
        [blog_id.into()],
    );
    let rows = cx.db.all(statement).await?;
    rows.iter().map(|row| Ok((row.text("name")?, row.text("filter")?))).collect()
}

/// Adds a category. False when there is one of that name or address.
pub async fn insert(cx: &Context, blog_id: &str, name: &str) -> Result<bool> {
    let statement = sql(
        "insert or ignore into categories (blog_id, slug, name)
         select ?1, ?2, ?3 where not exists (select 1 from categories c
           where c.blog_id = ?1 and c.is_renamed = 1 and c.name = ?3 collate nocase)
         returning slug",
        [blog_id.into(), slug::of_category(name).into(), name.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}
