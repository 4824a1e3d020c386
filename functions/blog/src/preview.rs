//! A post before it is public, for whoever was given the address: kept by nobody, found by no search.

use crate::{cache, post, theme};
use domain::{
    datetime,
    post::{Post, Status},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};
use web::Visit;

/// `GET /preview/{id}-{mac}`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let found = match web::previewed(v.cx, v.param("key"))? {
        Some(id) => store::post::find(v.cx, &blog.id, id).await?,
        None => None,
    };
    let Some(post) = found else { return theme::not_found(v.cx, &blog).await };
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
