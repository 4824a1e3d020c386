//! What programs ask every host for: what robots may read (RFC 9309), and the icon.

use crate::cache;
use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};
use web::Visit;

/// `GET /robots.txt`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    cache::blog(&v).await?;
    let words = "User-agent: *\nAllow: /\n".to_owned();
    Ok(web::text(StatusCode::OK, "text/plain; charset=utf-8", words))
}

/// `GET /favicon.ico`: where the icon is (RFC 9110, section 15.4.3).
pub async fn icon(v: Visit<'_>) -> Result<Response> {
    let place = HeaderValue::from_str(&format!("/static/icon.svg?v={}", v.cx.config.build));
    let mut response = web::text(StatusCode::FOUND, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(header::LOCATION, place.map_err(Error::internal)?);
    Ok(response)
}
