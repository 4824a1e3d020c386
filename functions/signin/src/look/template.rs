//! The templates of one's blog, each in the place of the theme's own.

use super::{all_texts, allow_preview, announce, form, own, problems};
use askama::Template;
use domain::look::Look;
use http::StatusCode;
use platform::{Error, Response, Result};
use web::{Layout, Visit};

const TOO_LONG: &str = "That is longer than 64 kilobytes. Shorten it.";

#[derive(Template)]
#[template(path = "look_templates.html")]
struct Index {
    layout: Layout,
    names: Vec<(&'static str, bool)>,
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "look_template.html")]
struct Edit {
    layout: Layout,
    name: &'static str,
    preview_url: String,
    text: String,
    original: &'static str,
    is_own: bool,
    error: Option<&'static str>,
    problems: Vec<String>,
    is_saved: bool,
}

/// `GET /settings/blog/templates`
pub async fn index(v: Visit<'_>) -> Result<Response> {
    let blog = own(&v).await?;
    let texts = all_texts(&v, &blog).await?;
    let is_own = |name: &str| texts.iter().any(|(known, _)| known == name);
    web::page(&Index {
        layout: Layout::of(&v, "Templates"),
        names: themes::names().map(|name| (name, is_own(name))).collect(),
        problems: problems(&v, &blog, &texts).await?,
    })
}

/// `GET /settings/blog/templates/{name}`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let name = name(&v)?;
    page(&v, name, None, None).await
}

/// `POST /settings/blog/templates/{name}`: an empty text brings the theme's own back.
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let name = name(&v)?;
    let form = v.form_of_blog().await?;
    let blog = own(&v).await?;
    let text = if form.has("removal") { String::new() } else { form::lines(form.text("text")) };
    if text.len() > form::TEXT_BYTES_MAX {
        return page(&v, name, Some(text), Some(TOO_LONG)).await;
    }
    store::look::put_text(v.cx, &blog.id, &(name.to_owned(), text)).await?;
    announce(&v, &blog).await;
    web::see_other(&format!("/settings/blog/templates/{name}?saved=1"))
}

fn name(v: &Visit<'_>) -> Result<&'static str> {
    let given = v.param("name");
    themes::names().find(|name| *name == given).ok_or(Error::NotFound)
}

async fn page(
    v: &Visit<'_>,
    name: &'static str,
    typed: Option<String>,
    error: Option<&'static str>,
) -> Result<Response> {
    let blog = own(v).await?;
    let texts = all_texts(v, &blog).await?;
    let stored = texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone());
    let original = themes::source(&Look::read(&blog.look).theme, name).unwrap_or_default();
    let origin = v.cx.config.blog_origin(&blog.username, blog.domain.as_deref());
    let page = Edit {
        layout: Layout::of(v, name),
        name,
        preview_url: web::look::preview_url(v.cx, &blog.id, &origin)?,
        is_own: stored.is_some(),
        text: typed.or(stored).unwrap_or_else(|| original.to_owned()),
        original,
        problems: problems(v, &blog, &texts).await?,
        is_saved: error.is_none() && !v.query("saved").is_empty(),
        error,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = web::page_with_status(status, &page)?;
    allow_preview(v, &mut response, &origin);
    Ok(response)
}
