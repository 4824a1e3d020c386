//! Renaming and removing categories. Readers see the change at once, because the blog's row says it;
//! a job brings the posts after, a step at a time.

use crate::{job, parsed, search};
use domain::slug;
use platform::{Context, Result, Row, Sql, sql};
use serde_json::{Value, json};

/// The job that brings the posts after; its subject is the blog.
pub const CHANGE: &str = "category-change";
/// Posts in one step.
const STEP: i64 = 200;
/// Most filters of a blog: each is read for every new post.
pub const FILTERS_MAX: i64 = 50;

/// Gives a category another filter. False when the blog has too many, or no such category.
pub async fn set_filter(cx: &Context, blog_id: &str, slug: &str, filter: &str) -> Result<bool> {
    let statement = sql(
        "update categories set filter = ?3
         where blog_id = ?1 and slug = ?2 and (?3 = '' or filter <> ''
           or (select count(*) from categories where blog_id = ?1 and filter <> '') < ?4)
         returning slug",
        [blog_id.into(), slug.into(), filter.into(), FILTERS_MAX.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Calls a category something else; its address stays. False when another one is called that.
pub async fn rename(cx: &Context, blog_id: &str, slug: &str, name: &str) -> Result<bool> {
    let rename = sql(
        "update categories set former = json_insert(former, '$[#]', name), name = ?3, is_renamed = 1, step = ''
         where blog_id = ?1 and slug = ?2 and removed_at is null and not exists (
           select 1 from categories o
           where o.blog_id = ?1 and o.slug <> ?2 and (o.slug = ?4 or o.name = ?3 collate nocase))
         returning slug",
        [blog_id.into(), slug.into(), name.into(), slug::of_category(name).into()],
    );
    let job = job::insert(cx, CHANGE, blog_id)?;
    let outcomes = cx.db.batch(vec![rename, job, changed(blog_id), moved(cx, blog_id)]).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Takes a category off the blog and all its posts.
pub async fn remove(cx: &Context, blog_id: &str, slug: &str) -> Result<()> {
    let remove = sql(
        "update categories set removed_at = ?3, filter = '', step = '' where blog_id = ?1 and slug = ?2",
        [blog_id.into(), slug.into(), cx.seconds().into()],
    );
    let job = job::insert(cx, CHANGE, blog_id)?;
    cx.db.batch(vec![remove, job, changed(blog_id), moved(cx, blog_id)]).await.map(|_| ())
}

/// What the blog's row says of its categories.
fn changed(blog_id: &str) -> Sql {
    sql(
        "update blogs set categories = (
           select coalesce(json_group_array(json_object('slug', slug, 'name', name, 'former', json(former),
             'is_removed', removed_at is not null)), '[]')
           from categories where blog_id = ?1 and (is_renamed = 1 or removed_at is not null))
         where id = ?1",
        [blog_id.into()],
    )
}

fn moved(cx: &Context, blog_id: &str) -> Sql {
    sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2 where id = ?1",
        [blog_id.into(), cx.seconds().into()],
    )
}

/// A category whose posts are not all changed yet.
struct Pending {
    slug: String,
    name: String,
    former: Vec<String>,
    is_removed: bool,
    step: (i64, String),
}

fn pending(row: &Row) -> Result<Pending> {
    let step = row.text("step")?;
    let step = step.split_once('-').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    row.read(|row| Pending {
        slug: row.text("slug"),
        name: row.text("name"),
        former: parsed(row, "former"),
        is_removed: row.opt_int("removed_at").is_some(),
        step: step.unwrap_or((-1, String::new())),
    })
}

impl Pending {
    /// The names of a post once this category has changed.
    fn apply(&self, names: &[String]) -> Vec<String> {
        let is_it = |name: &String| {
            let mut known = self.former.iter().chain([&self.name]);
            slug::of_category(name) == self.slug
                || known.any(|other| other.eq_ignore_ascii_case(name))
        };
        let kept = names.iter().filter(|name| !(self.is_removed && is_it(name)));
        let kept = kept.map(|name| if is_it(name) { &self.name } else { name });
        domain::post::categories(kept.cloned())
    }
}

/// Brings the next posts of a blog after, and writes a job down for those behind them. True when all
/// of a category are done.
pub async fn step(cx: &Context, blog_id: &str) -> Result<bool> {
    let statement = sql(
        "select slug, name, former, removed_at, step from categories
         where blog_id = ?1 and (former <> '[]' or removed_at is not null) limit 1",
        [blog_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else {
        // One that was being removed is there again.
        cx.db.batch(vec![changed(blog_id), moved(cx, blog_id)]).await?;
        return Ok(true);
    };
    let category = pending(&row)?;
    let posts = posts(cx, blog_id, &category).await?;
    let last = posts.last().filter(|_| i64::try_from(posts.len()).is_ok_and(|n| n == STEP));
    let mut statements = rewrite(cx, blog_id, &category, &posts)?;
    match last {
        Some(post) => statements.push(sql(
            "update categories set step = ?3 where blog_id = ?1 and slug = ?2",
            [blog_id.into(), category.slug.into(), format!("{}-{}", post.published_at, post.id).into()],
        )),
        None if category.is_removed => statements.push(sql(
            "delete from categories where blog_id = ?1 and slug = ?2 and removed_at is not null",
            [blog_id.into(), category.slug.into()],
        )),
        None => statements.push(sql(
            "update categories set former = '[]', step = '' where blog_id = ?1 and slug = ?2 and name = ?3",
            [blog_id.into(), category.slug.into(), category.name.into()],
        )),
    }
    let is_done = last.is_none();
    statements.extend([job::insert(cx, CHANGE, blog_id)?, changed(blog_id), moved(cx, blog_id)]);
    cx.db.batch(statements).await?;
    Ok(is_done)
}

/// A post of a category, as far as its categories go.
struct Member {
    id: String,
    published_at: i64,
    revision: i64,
    categories: Vec<String>,
}

async fn posts(cx: &Context, blog_id: &str, category: &Pending) -> Result<Vec<Member>> {
    let statement = sql(
        "select p.id, c.published_at, p.revision, p.categories
         from post_categories c join posts p on p.id = c.post_id
         where c.blog_id = ?1 and c.slug = ?2 and (c.published_at, c.post_id) > (?3, ?4)
         order by c.published_at, c.post_id limit ?5",
        [
            blog_id.into(),
            (&category.slug).into(),
            category.step.0.into(),
            (&category.step.1).into(),
            STEP.into(),
        ],
    );
    let member = |row: &Row| {
        row.read(|row| Member {
            id: row.text("id"),
            published_at: row.int("published_at"),
            revision: row.int("revision"),
            categories: parsed(row, "categories"),
        })
    };
    cx.db.all(statement).await?.iter().map(member).collect()
}

/// The statements that change these posts; one that was changed since stays as it is.
fn rewrite(cx: &Context, blog_id: &str, category: &Pending, posts: &[Member]) -> Result<Vec<Sql>> {
    let Some(last) = posts.last() else { return Ok(vec![]) };
    let change = |post: &Member| -> Option<Value> {
        let categories = category.apply(&post.categories);
        let is_same = categories == post.categories;
        let list = Value::from(categories).to_string();
        (!is_same).then(|| json!({ "id": post.id, "revision": post.revision, "categories": list }))
    };
    let changes = Value::from_iter(posts.iter().filter_map(change)).to_string();
    let mut statements = vec![
        sql(
            "update posts set categories = j.value ->> 'categories', revision = posts.revision + 1
             from json_each(?1) j
             where posts.id = j.value ->> 'id' and posts.revision = j.value ->> 'revision'",
            [(&changes).into()],
        ),
        sql(
            "insert into jobs (id, kind, ref, created_at, next_at)
             select ?2 || '-' || key, ?3, value ->> 'id', ?4, ?4 from json_each(?1)",
            [changes.into(), cx.id()?.into(), search::INDEX.into(), cx.seconds().into()],
        ),
    ];
    if category.is_removed {
        statements.push(sql(
            "delete from post_categories
             where blog_id = ?1 and slug = ?2 and (published_at, post_id) <= (?3, ?4)",
            [blog_id.into(), (&category.slug).into(), last.published_at.into(), (&last.id).into()],
        ));
    }
    Ok(statements)
}
