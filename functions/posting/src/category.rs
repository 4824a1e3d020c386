//! The categories of one's blog: what they are called, and what comes into them by itself.

use askama::Template;
use domain::{
    filter::{self, Filter, KINDS},
    post::{self, CATEGORIES_MAX, CATEGORY_CHARS_MAX, Channel, Post, Status},
    slug,
};
use http::StatusCode;
use platform::{Context, Error, Response, Result};
use store::{category::COUNT_MAX, category_change, job::Job};
use web::{Form, Layout, Visit};

const TAKEN: &str = "There is a category of that name already.";
const UNNAMED: &str = "A category needs a name of at most 100 characters.";

#[derive(Template)]
#[template(path = "categories.html")]
struct Index {
    layout: Layout,
    categories: Vec<Row>,
    name: String,
    error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "category.html")]
struct Edit {
    layout: Layout,
    category: Row,
    name: String,
    filter: Filter,
    error: Option<&'static str>,
}

struct Row {
    name: String,
    url: String,
    blog_url: String,
    count: String,
    is_used: bool,
    has_filter: bool,
    filter: String,
}

/// `GET /settings/categories`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    list(&v, String::new(), None).await
}

async fn list(v: &Visit<'_>, name: String, error: Option<&'static str>) -> Result<Response> {
    let rows = rows(v, None).await?;
    let layout = Layout::of(v, "Categories");
    let page = Index { layout, categories: rows, name, error };
    web::page_with_status(status(error), &page)
}

fn status(error: Option<&'static str>) -> StatusCode {
    if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

async fn rows(v: &Visit<'_>, slug: Option<&str>) -> Result<Vec<Row>> {
    let session = v.session()?;
    let origin = session.blog_origin(&v.cx.config);
    let categories = store::category::list_own(v.cx, &session.blog_id, slug).await?;
    let row = |own: store::category::Own| {
        let path = slug::category_path(&own.slug);
        Row {
            url: format!("/settings{path}"),
            blog_url: format!("{origin}{path}"),
            count: count(own.count),
            is_used: own.count > 0,
            name: own.name,
            has_filter: !own.filter.is_empty(),
            filter: own.filter,
        }
    };
    Ok(categories.into_iter().map(row).collect())
}

fn count(count: i64) -> String {
    match count {
        0 => "no posts".to_owned(),
        1 => "1 post".to_owned(),
        COUNT_MAX => "1,000 posts or more".to_owned(),
        count => format!("{count} posts"),
    }
}

/// A name as it may be stored.
fn name_of(form: &Form) -> Result<String, &'static str> {
    let names = post::categories([form.get("name").to_owned()]);
    let name = names.into_iter().next().ok_or(UNNAMED)?;
    if name.chars().count() > CATEGORY_CHARS_MAX { Err(UNNAMED) } else { Ok(name) }
}

/// `POST /settings/categories`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let made = match name_of(&form) {
        Err(problem) => Err(problem),
        Ok(name) => {
            let is_new = store::category::insert(v.cx, &v.session()?.blog_id, &name).await?;
            if is_new { Ok(()) } else { Err(TAKEN) }
        }
    };
    match made {
        Ok(()) => web::see_other("/settings/categories"),
        Err(problem) => list(&v, form.get("name").to_owned(), Some(problem)).await,
    }
}

/// `GET /settings/categories/{slug}`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let category = find(&v).await?;
    let (name, filter) = (category.name.clone(), Filter::of_json(&category.filter));
    show(&v, category, name, filter, None)
}

async fn find(v: &Visit<'_>) -> Result<Row> {
    rows(v, Some(v.param("slug"))).await?.into_iter().next().ok_or(Error::NotFound)
}

fn show(
    v: &Visit<'_>,
    category: Row,
    name: String,
    filter: Filter,
    error: Option<&'static str>,
) -> Result<Response> {
    let layout = Layout::of(v, "Categories");
    web::page_with_status(status(error), &Edit { layout, category, name, filter, error })
}

/// `POST /settings/categories/{slug}`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let category = find(&v).await?;
    let filter = filter_of(&form);
    let done = match (name_of(&form), &filter) {
        (Err(problem), _) => Err(problem),
        (_, Err(problem)) => Err(*problem),
        (Ok(name), Ok(filter)) => save(&v, &category, &name, filter).await?,
    };
    match done {
        Ok(()) => web::see_other("/settings/categories"),
        Err(problem) => {
            let name = form.get("name").to_owned();
            show(&v, category, name, filter.unwrap_or_default(), Some(problem))
        }
    }
}

async fn save(
    v: &Visit<'_>,
    category: &Row,
    name: &str,
    filter: &Filter,
) -> Result<Result<(), &'static str>> {
    let (cx, session, slug) = (v.cx, v.session()?, v.param("slug"));
    let filter = filter.to_json();
    if filter != category.filter
        && !category_change::set_filter(cx, &session.blog_id, slug, &filter).await?
    {
        return Ok(Err("Fifty categories have filters already. Empty one of those first."));
    }
    if name != category.name {
        if !category_change::rename(cx, &session.blog_id, slug, name).await? {
            return Ok(Err(TAKEN));
        }
        web::announce(cx, &session.blog_name).await?;
        cx.wake();
    }
    Ok(Ok(()))
}

fn filter_of(form: &Form) -> Result<Filter, &'static str> {
    let number = |name| match form.get(name) {
        "" => Ok(None),
        typed => typed.parse().map(Some).map_err(|_| "Write the length as a number, such as 280."),
    };
    let words = form.get("words").to_owned();
    if words.chars().count() > filter::WORDS_CHARS_MAX {
        return Err("These are more than 500 characters of words. Take some out.");
    }
    let is = |name| !form.get(name).is_empty();
    let kinds = form.all("kind").filter(|kind| KINDS.iter().any(|known| known.0 == *kind));
    Ok(Filter {
        words,
        has_emoji: is("emoji"),
        longer: number("longer")?,
        shorter: number("shorter")?,
        has_photo: is("photo"),
        kinds: kinds.map(str::to_owned).collect(),
    })
}

/// `POST /settings/categories/{slug}/deletion`; one that is not there is fine.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    v.form_of_blog().await?;
    let session = v.session()?;
    category_change::remove(v.cx, &session.blog_id, v.param("slug")).await?;
    web::announce(v.cx, &session.blog_name).await?;
    v.cx.wake();
    web::see_other("/settings/categories")
}

/// The job `category-change`.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    category_change::step(cx, &job.subject).await?;
    if let Some(name) = store::blog::name(cx, &job.subject).await? {
        web::announce(cx, &name).await?;
    }
    cx.wake();
    Ok(())
}

/// Puts a post into the categories whose filters take it, when it first goes out.
pub async fn sort(cx: &Context, old: &Post, post: &mut Post) -> Result<()> {
    let is_first = old.path.is_empty() || old.status == Status::Draft;
    if !is_first || post.status == Status::Draft || post.channel == Channel::Pages {
        return Ok(());
    }
    let filters = store::category::list_filters(cx, &post.blog_id).await?;
    if filters.is_empty() {
        return Ok(());
    }
    let words = filter::words(post);
    let room = CATEGORIES_MAX.saturating_sub(post.categories.len());
    let takes = |filter: &str| Filter::of_json(filter).takes(post, &words);
    let names = filters.into_iter().filter(|(_, filter)| takes(filter)).map(|(name, _)| name);
    let names: Vec<String> = names.take(room).collect();
    post.categories.extend(names);
    post.categories = post::categories(std::mem::take(&mut post.categories));
    Ok(())
}
