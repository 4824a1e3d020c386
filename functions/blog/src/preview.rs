//! What is not public yet, for whoever was given the address: a post, or the look of the blog for its owner.
//! Kept by nobody, found by no search.

use crate::{cache, home, post, theme};
use domain::{
    blog::Blog,
    datetime,
    look::{self, CSS},
    post::{Post, Status},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Error, Response, Result, Site};
use web::Visit;

/// What follows the address of a look's preview to make that of its style sheet.
const SHEET: &str = ".css";

/// `GET /preview/{id}-{mac}`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let (key, is_sheet) = match v.param("key").strip_suffix(SHEET) {
        Some(key) => (key, true),
        None => (v.param("key"), false),
    };
    match web::previewed(v.cx, key)? {
        Some(id) if web::look::is_look(id) => look(&v, blog, id, is_sheet).await,
        Some(id) if !is_sheet => show_post(&v, blog, id).await,
        _ => theme::not_found(v.cx, &blog).await,
    }
}

async fn show_post(v: &Visit<'_>, blog: Blog, id: &str) -> Result<Response> {
    let Some(post) = store::post::find(v.cx, &blog.id, id).await? else {
        return theme::not_found(v.cx, &blog).await;
    };
    if post.deleted_at.is_some() {
        let page = theme::gone(v.cx, &blog).await?;
        return private(web::html(StatusCode::GONE, page));
    }
    if post.status == Status::Published {
        // To a private one that is no way in: it is its author's alone.
        let mut response = private(web::html(StatusCode::FOUND, String::new()))?;
        let place = format!("{}{}", theme::origin(&v.cx.config, &blog), post.path);
        let place = HeaderValue::from_str(&place).map_err(Error::internal)?;
        response.headers_mut().insert(header::LOCATION, place);
        return Ok(response);
    }
    let words = words(&post);
    private(web::html(StatusCode::OK, post::html(v.cx, &blog, post, Some(words)).await?))
}

fn words(post: &Post) -> String {
    let when = match post.status {
        Status::Scheduled => {
            let at = datetime::human(post.published_at, "en");
            format!("It becomes public on {at} (UTC).")
        }
        _ => "It is a draft and not public yet.".to_owned(),
    };
    format!("This is a preview. {when} Only those who were given this address can see it.")
}

/// The blog in the look that its owner tries out, in a frame of the app's settings.
async fn look(v: &Visit<'_>, mut blog: Blog, id: &str, is_sheet: bool) -> Result<Response> {
    let mut shows_post = false;
    if let Some(draft) = web::look::draft(v.cx, &blog.id, id).await? {
        let text = |name: &str| {
            let found = draft.iter().find(|(known, _)| known == name);
            found.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let css = text(CSS);
        blog = Blog {
            title: text("title"),
            tagline: text("tagline"),
            language: text("language"),
            look: text("look"),
            own: look::notes(&draft),
            ..blog
        };
        if is_sheet {
            let sheet = themes::sheet(&blog, &css);
            return private(web::text(StatusCode::OK, "text/css; charset=utf-8", sheet));
        }
        shows_post = text("shows") == "post";
        let sheet = ("sheet".to_owned(), format!("/preview/{}{SHEET}", v.param("key")));
        blog.draft = Some(draft.into_iter().chain([sheet]).collect());
    }
    let newest =
        if shows_post { store::post::list_newest(v.cx, &blog.id, 1).await? } else { vec![] };
    let page = match newest.into_iter().next() {
        Some(post) => post::html(v.cx, &blog, post, None).await?,
        None => home::html(v.cx, &blog, 1).await?,
    };
    let mut response = web::html(StatusCode::OK, page);
    let app = v.cx.config.app_url("");
    let style = ("style-src", "'self' 'unsafe-inline'");
    web::change_policy(v.cx, Site::Blog, &mut response, &[("frame-ancestors", &app), style]);
    private(response)
}

/// No cache, no robot and no page that it links to learns the address.
fn private(response: Response) -> Result<Response> {
    let mut response = web::no_store(response);
    for (name, value) in
        [("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex, nofollow, noarchive")]
    {
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
