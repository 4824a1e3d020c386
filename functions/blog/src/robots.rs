//! What programs ask every host for: what robots may read (RFC 9309), and the icon.

use crate::{cache, theme, validators};
use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result, Site};
use web::Visit;

/// `GET /robots.txt`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let url = theme::origin(&v.cx.config, &blog);
    // A search is of no use to another search, and is not made for those that ask without end.
    let words =
        format!("User-agent: *\nAllow: /\nDisallow: /search\n\nSitemap: {url}/sitemap.xml\n");
    let mut response = web::text(StatusCode::OK, "text/plain; charset=utf-8", words);
    validators::keep_for_minutes(&mut response);
    Ok(response)
}

/// `GET /favicon.ico`: where the icon is (RFC 9110, section 15.4.3).
pub async fn icon(v: Visit<'_>) -> Result<Response> {
    if v.cx.config.site(&v.host) == Site::Blog {
        cache::blog(&v).await?;
    }
    let place = HeaderValue::from_str(&format!("/static/icon.svg?v={}", v.cx.config.build));
    let mut response = web::text(StatusCode::FOUND, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(header::LOCATION, place.map_err(Error::internal)?);
    Ok(response)
}
