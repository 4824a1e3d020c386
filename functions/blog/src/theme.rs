//! The pages in the blog's dress: what the others share, those that say that there is nothing, and the
//! blog's own style sheet.

use crate::cache::{self, Key, Page as Which, Rendered};
use domain::{
    blog::Blog,
    look::{self, CSS, Look, REPLIES},
};
use http::{HeaderValue, StatusCode, header};
use platform::{Config, Context, Error, Response, Result, Site};
use themes::{Model, Page};
use web::Visit;

/// For `Content-Type`.
pub const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The address of a blog, without a slash at its end.
pub fn origin(config: &Config, blog: &Blog) -> String {
    config.blog_origin(&blog.username, blog.domain.as_deref())
}

/// A page of the blog: the name of a template without its ending, what the frame has to know, and what the
/// template is given beside that.
pub async fn page(
    cx: &Context,
    blog: &Blog,
    name: &str,
    page: Page,
    mut model: Model,
) -> Result<String> {
    model.push(("page", page.into()));
    let texts = texts(cx, blog).await?;
    let made = themes::page(&cx.config, blog, &texts, &format!("{name}.html"), model)?;
    if let Some(problem) = made.problem.filter(|_| blog.draft.is_none()) {
        web::look::report_problem(cx, &blog.id, &problem.sentence()).await;
    }
    Ok(made.html)
}

/// The blog's own HTML and templates. Most have none, and their row says so.
async fn texts(cx: &Context, blog: &Blog) -> Result<Vec<(String, String)>> {
    match &blog.draft {
        Some(draft) => Ok(draft.clone()),
        None if has_own_html(blog) => store::look::texts(cx, &blog.id).await,
        None => Ok(vec![]),
    }
}

fn has_own_html(blog: &Blog) -> bool {
    look::own(&blog.own).iter().any(|(name, _)| name != CSS)
}

/// Below our own domain a blog has neighbours: a script there may do all but keep something, since a cookie
/// for the whole domain would reach every other blog.
const BESIDE_OTHERS: &str = "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox \
                             allow-downloads allow-modals";

/// What its owner wrote may style itself, and those of its scripts run that stand in head and foot: on this
/// host and with this host alone. Beside them the app's own script of replies runs, where it was chosen.
pub fn allow_own(cx: &Context, blog: &Blog, response: &mut Response) {
    let replies = blog.look.contains(REPLIES) && Look::read(&blog.look).has(REPLIES);
    let app = if replies { cx.config.app_url("/conversation.js") } else { String::new() };
    if !has_own_html(blog) {
        if replies {
            web::change_policy(cx, Site::Blog, response, &[("script-src", &app)]);
        }
        return;
    }
    let notes: Vec<String> = look::own(&blog.own)
        .into_iter()
        .filter(|(name, note)| name != CSS && !note.is_empty())
        .map(|(_, note)| note)
        .collect();
    let scripts = format!("'self' {} {app}", notes.join(" "));
    let mut changes = vec![("style-src", "'self' 'unsafe-inline'")];
    if notes.is_empty() && replies {
        changes.push(("script-src", &app));
    }
    if !notes.is_empty() {
        changes.extend([("script-src", scripts.as_str()), ("connect-src", "'self'")]);
        if blog.domain.is_none() {
            changes.push(("sandbox", BESIDE_OTHERS));
        }
    }
    web::change_policy(cx, Site::Blog, response, &changes);
}

/// `GET /theme.css`: its owner's colour and style sheet. The address in the pages changes with what it says.
pub async fn sheet(v: Visit<'_>) -> Result<Response> {
    let key = Key { blog: cache::blog(&v).await?, page: Which::Sheet };
    let response = cache::answer(&v, &key, |cx, key| Box::pin(render_sheet(cx, key))).await?;
    let mut response = response.ok_or(Error::NotFound)?;
    if v.query("v") == themes::sheet_version(&key.blog) {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, forever);
    }
    Ok(response)
}

async fn render_sheet(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let css = store::look::text(cx, &key.blog.id, CSS).await?.unwrap_or_default();
    Ok(Some(Rendered::new(StatusCode::OK, STYLE, &key.blog, themes::sheet(&key.blog, &css))))
}

/// The page of a post that was deleted.
pub async fn gone(cx: &Context, blog: &Blog) -> Result<String> {
    said(cx, blog, "gone", "This post is gone").await
}

/// 404 in the blog's dress. No cache keeps it: the next post may be there.
pub async fn not_found(cx: &Context, blog: &Blog) -> Result<Response> {
    let page = said(cx, blog, "missing", "There is no such page").await?;
    let mut response = web::no_store(web::html(StatusCode::NOT_FOUND, page));
    allow_own(cx, blog, &mut response);
    Ok(response)
}

async fn said(cx: &Context, blog: &Blog, name: &str, title: &str) -> Result<String> {
    let frame = Page { title: title.to_owned(), is_hidden: true, ..Page::default() };
    page(cx, blog, name, frame, vec![]).await
}
