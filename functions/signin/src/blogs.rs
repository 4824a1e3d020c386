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
    /// How many more there may be, and how many there can be by the plan.
    left: i64,
    room: i64,
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
    is_read_only: bool,
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
            Made::Full => {
                let by = if v.cx.config.billing { "with your plan" } else { "here" };
                Some(format!("You have as many blogs as you can have {by}."))
            }
        },
    };
    page(&v, Typed { name, title, error_name, error_title }).await
}

async fn make(v: &Visit<'_>, name: &str, title: &str) -> Result<Made> {
    let new = New { account_id: &v.session()?.account_id, name, title };
    let made = blog::insert(v.cx, &new, room(v).await?).await?;
    if made == Made::Yes
        && let Err(error) = web::announce(v.cx, name).await
    {
        v.cx.log(&format!("visitors learn of a new blog later: {error}"));
    }
    Ok(made)
}

/// How many blogs this person may have.
async fn room(v: &Visit<'_>) -> Result<i64> {
    let plan = web::plan_of(v.cx, &v.session()?.account_id).await?;
    Ok(plan.blogs.min(v.cx.config.blogs_max))
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
    let room = room(v).await?;
    let is_wrong = form.error_name.is_some() || form.error_title.is_some();
    let page = Page {
        layout: Layout::of(v, "Blogs"),
        blogs: blogs.into_iter().zip(0..).map(|(own, at)| row(v, own, (at, room))).collect(),
        blog_domain: v.cx.config.blog_domain.clone(),
        left: room.saturating_sub(count),
        room,
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

fn row(v: &Visit<'_>, own: Own, (at, room): (i64, i64)) -> Row {
    let url = v.cx.config.blog_origin(&own.name, own.domain.as_deref());
    Row {
        host: url.split_once("://").map_or(url.as_str(), |(_, host)| host).to_owned(),
        url,
        count: match own.post_count {
            1 => "1 post".to_owned(),
            count => format!("{count} posts"),
        },
        is_here: v.session.as_ref().is_some_and(|session| session.blog_id == own.id),
        is_read_only: at >= room,
        name: own.name,
        title: own.title,
    }
}
