//! One's blogs: which there are, which one is written on here, and a further one.

use crate::look::check_title;
use askama::Template;
use domain::username;
use http::StatusCode;
use platform::{Error, Response, Result};
use store::{
    blog::{self, Made, New, Own},
    session,
};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "blogs.html")]
struct Page {
    layout: Layout,
    blogs: Vec<Row>,
    blog_domain: String,
    /// How many more there may be.
    left: i64,
    said: Option<&'static str>,
    form: Typed,
}

struct Row {
    name: String,
    title: String,
    url: String,
    host: String,
    count: String,
    is_here: bool,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    name: String,
    title: String,
    error_name: Option<String>,
    error_title: Option<&'static str>,
}

/// `GET /settings/blogs`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    page(&v, Typed::default()).await
}

/// `POST /settings/blogs` with `name` and `title`: a further blog.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let (name, title) = (form.get("name").to_owned(), form.get("title").to_owned());
    let error_title = check_title(&title);
    let error_name = match username::parse(&name) {
        Err(words) => Some(words.replace("username", "name")),
        Ok(_) if error_title.is_some() => None,
        Ok(name) => match make(&v, &name, &title).await? {
            Made::Yes => return web::see_other("/settings/blogs?said=made"),
            Made::Taken => Some("That name is taken. Choose another.".to_owned()),
            Made::Full => Some("You have as many blogs as you can have here.".to_owned()),
        },
    };
    page(&v, Typed { name, title, error_name, error_title }).await
}

async fn make(v: &Visit<'_>, name: &str, title: &str) -> Result<Made> {
    let new = New { account_id: &v.session()?.account_id, name, title };
    let made = blog::insert(v.cx, &new, v.cx.config.blogs_max).await?;
    if made == Made::Yes
        && let Err(error) = web::announce(v.cx, name).await
    {
        v.cx.log(&format!("visitors learn of a new blog later: {error}"));
    }
    Ok(made)
}

/// `POST /settings/blogs/{name}/choice`: writes there from now on, in this browser.
pub async fn choose(v: Visit<'_>) -> Result<Response> {
    match session::choose_blog(v.cx, &v.session()?.id, v.param("name")).await? {
        true => web::see_other("/settings/blogs?said=chosen"),
        false => Err(Error::NotFound),
    }
}

async fn page(v: &Visit<'_>, form: Typed) -> Result<Response> {
    let session = v.session()?;
    let blogs = blog::list_own(v.cx, &session.account_id).await?;
    let count = i64::try_from(blogs.len()).unwrap_or(i64::MAX);
    let is_wrong = form.error_name.is_some() || form.error_title.is_some();
    let page = Page {
        layout: Layout::of(v, "Blogs"),
        blogs: blogs.into_iter().map(|own| row(v, own, &session.blog_id)).collect(),
        blog_domain: v.cx.config.blog_domain.clone(),
        left: v.cx.config.blogs_max.saturating_sub(count),
        said: match v.query("said").as_str() {
            "made" => Some("Your new blog is there."),
            "chosen" => Some("You write there now. Other browsers and apps go on as before."),
            _ => None,
        },
        form,
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web::page_with_status(status, &page)
}

fn row(v: &Visit<'_>, own: Own, here: &str) -> Row {
    let url = v.cx.config.blog_origin(&own.name, own.domain.as_deref());
    Row {
        host: url.split_once("://").map_or(url.as_str(), |(_, host)| host).to_owned(),
        url,
        count: match own.post_count {
            1 => "1 post".to_owned(),
            count => format!("{count} posts"),
        },
        is_here: own.id == here,
        name: own.name,
        title: own.title,
    }
}
