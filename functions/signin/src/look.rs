//! The settings of one's blog: what it is called, how it looks, and the texts that one writes for it.

mod form;
mod template;

use askama::Template;
use domain::{
    blog::Blog,
    look::{self, Look},
    post::Post,
    timezone,
};
use form::{Problems, Typed};
use http::StatusCode;
use platform::{Response, Result, Site};
use store::look::Text;
use themes::Problem;
use web::{Layout, Visit};

pub use form::check_title;
pub use template::{edit as edit_template, index as templates, update as update_template};

/// A style sheet, two pieces of HTML, a template, and what a form puts around them.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// So many posts templates are tried with.
const TRIED_POSTS: i64 = 5;
/// Languages that are offered; any other can be written.
const LANGUAGES: [(&str, &str); 24] = [
    ("ar", "العربية"),
    ("bn", "বাংলা"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt-BR", "Português"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh-Hans", "中文"),
];

#[derive(Template)]
#[template(path = "look.html")]
struct Page {
    layout: Layout,
    blog_url: String,
    preview_url: String,
    form: Typed,
    error: Problems,
    problems: Vec<String>,
    themes: [(&'static str, &'static str, &'static str); 3],
    lists: [(&'static str, &'static str); 4],
    extras: [(&'static str, &'static str); 2],
    languages: [(&'static str, &'static str); 24],
    timezones: Vec<&'static str>,
    own_templates: usize,
    is_saved: bool,
}

/// `GET /settings/blog`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let blog = own(&v).await?;
    let texts = all_texts(&v, &blog).await?;
    let form = Typed::of(&blog, &texts);
    page(&v, &blog, &texts, form, Problems::default()).await
}

/// `POST /settings/blog`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let typed = Typed::read(&v.form_of_blog().await?);
    let blog = own(&v).await?;
    let problems = typed.problems();
    if problems.are_any() {
        let texts = all_texts(&v, &blog).await?;
        return page(&v, &blog, &texts, typed, problems).await;
    }
    let (after, look) = typed.apply(blog);
    store::look::update(v.cx, &after, &look, &typed.texts()).await?;
    announce(&v, &after).await;
    web::see_other("/settings/blog?saved=1")
}

/// `POST /settings/blog/preview`: keeps what was typed for an hour and leads to the blog as it would look.
/// What cannot be is left as it is stored; the form says so when it is saved.
pub async fn preview(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let blog = own(&v).await?;
    let mut texts = all_texts(&v, &blog).await?;
    let mut shown = "home";
    let (blog, look) = if form.has("title") {
        let typed = Typed::read(&form).without_mistakes(&blog, &texts);
        replace(&mut texts, typed.texts());
        typed.apply(blog)
    } else {
        let look = Look::read(&blog.look);
        (blog, look)
    };
    if let Some(name) = themes::names().find(|name| *name == form.get("template")) {
        if name.starts_with("post.") || name.starts_with("post_by.") {
            shown = "post";
        }
        replace(&mut texts, vec![(name.to_owned(), form::lines(form.text("text")))]);
    }
    let settings = [
        ("title", blog.title.clone()),
        ("tagline", blog.tagline.clone()),
        ("language", blog.language.clone()),
        ("look", look.to_json()),
        ("shows", shown.to_owned()),
    ];
    texts.extend(settings.map(|(name, text)| (name.to_owned(), text)));
    let origin = v.cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    let place = web::look::put_draft(v.cx, &blog.id, &origin, &texts).await?;
    web::see_other(&place)
}

async fn own(v: &Visit<'_>) -> Result<Blog> {
    store::blog::find(v.cx, &v.session()?.blog_name).await?.ok_or(platform::Error::NotFound)
}

/// The blog's own texts, the style sheet among them.
async fn all_texts(v: &Visit<'_>, blog: &Blog) -> Result<Vec<Text>> {
    let mut texts = store::look::texts(v.cx, &blog.id).await?;
    let css = store::look::text(v.cx, &blog.id, look::CSS).await?;
    texts.extend(css.map(|css| (look::CSS.to_owned(), css)));
    Ok(texts)
}

fn replace(texts: &mut Vec<Text>, changed: Vec<Text>) {
    texts.retain(|(name, _)| changed.iter().all(|(other, _)| other != name));
    texts.extend(changed.into_iter().filter(|(_, text)| !text.trim().is_empty()));
}

/// Visitors learn of it at once; what templates did before is forgotten.
async fn announce(v: &Visit<'_>, blog: &Blog) {
    web::look::forget_problem(v.cx, &blog.id).await;
    if let Err(error) = web::announce(v.cx, &blog.username).await {
        v.cx.log(&format!("visitors learn of a change later: {error}"));
    }
}

/// What is wrong with the blog's own templates: tried out here, and met by visitors since.
async fn problems(v: &Visit<'_>, blog: &Blog, texts: &[Text]) -> Result<Vec<String>> {
    if texts.iter().all(|(name, _)| themes::source("plain", name).is_none()) {
        return Ok(vec![]);
    }
    let posts: Vec<Post> = store::post::list_newest(v.cx, &blog.id, TRIED_POSTS).await?;
    let mut found: Vec<String> =
        themes::trial(&v.cx.config, blog, texts, posts).iter().map(Problem::sentence).collect();
    if let Some(met) = web::look::problem(v.cx, &blog.id).await {
        found.push(met);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

async fn page(
    v: &Visit<'_>,
    blog: &Blog,
    texts: &[Text],
    form: Typed,
    error: Problems,
) -> Result<Response> {
    let is_wrong = error.are_any();
    let origin = v.cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    let page = Page {
        layout: Layout::of(v, "Blog"),
        preview_url: web::look::preview_url(v.cx, &blog.id, &origin)?,
        form,
        error,
        problems: problems(v, blog, texts).await?,
        themes: look::THEMES,
        lists: look::LISTS,
        extras: look::EXTRAS,
        languages: LANGUAGES,
        timezones: timezone::names(),
        own_templates: texts
            .iter()
            .filter(|(name, _)| themes::source("plain", name).is_some())
            .count(),
        is_saved: !is_wrong && !v.query("saved").is_empty(),
        blog_url: origin.clone(),
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = web::page_with_status(status, &page)?;
    allow_preview(v, &mut response, &origin);
    Ok(response)
}

/// The page may show the blog in a frame, and its form may lead there by way of the app.
fn allow_preview(v: &Visit<'_>, response: &mut Response, origin: &str) {
    let both = format!("'self' {origin}");
    let changes = [("frame-src", both.as_str()), ("form-action", both.as_str())];
    web::change_policy(v.cx, Site::App, response, &changes);
}
