//! One's blogs: which there are, which one is written on here, and a further one.

use askama::Template;
use domain::username;
use http::StatusCode;
use platform::{Error, Response, Result};
use store::{
    blog::{self, Made, New, Own},
    session,
};
use web::{Layout, Visit};

const TITLE_CHARS_MAX: usize = 100;

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
    let mut typed = Typed { name, title, ..Typed::default() };
    let is_title = !typed.title.is_empty()
        && typed.title.chars().count() <= TITLE_CHARS_MAX
        && !typed.title.chars().any(char::is_control);
    typed.error_title = (!is_title).then_some("Give it a title of up to 100 characters.");
    let name = username::parse(&typed.name).map_err(|words| words.replace("username", "name"));
    match name {
        Err(words) => typed.error_name = Some(words),
        Ok(name) if is_title => {
            let account_id = &v.session()?.account_id;
            let new = New { account_id, name: &name, title: &typed.title };
            typed.error_name = match blog::insert(v.cx, &new, v.cx.config.blogs_max).await? {
                Made::Yes => {
                    web::announce(v.cx, &name).await?;
                    return web::see_other("/settings/blogs?said=made");
                }
                Made::Taken => Some("That name is taken. Choose another.".to_owned()),
                Made::Full => Some("You have as many blogs as you can have here.".to_owned()),
            };
        }
        Ok(_) => {}
    }
    page(&v, typed).await
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
