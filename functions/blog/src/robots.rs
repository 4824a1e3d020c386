//! What robots may read (RFC 9309): everything that a blog shows.

use crate::cache;
use http::StatusCode;
use platform::{Response, Result};
use web::Visit;

/// `GET /robots.txt`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    cache::blog(&v).await?;
    let words = "User-agent: *\nAllow: /\n".to_owned();
    Ok(web::text(StatusCode::OK, "text/plain; charset=utf-8", words))
}
