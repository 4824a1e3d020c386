//! The style sheets, icons and scripts, for hosts that have no place for static files of their own.
//! On Cloudflare the platform serves them before the Worker is asked.

use crate::{Visit, reply};
use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};

/// `GET /static/{file}`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let (content_type, bytes) = file(v.param("file")).ok_or(Error::NotFound)?;
    let mut response = reply::text(StatusCode::OK, content_type, String::new());
    *response.body_mut() = bytes.into();
    // The address holds the build, so what is behind it never changes.
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    Ok(response)
}

fn file(name: &str) -> Option<(&'static str, &'static [u8])> {
    const CSS: &str = "text/css; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    Some(match name {
        "pipit.css" => (CSS, include_bytes!("../../../static/pipit.css")),
        "landing.css" => (CSS, include_bytes!("../../../static/landing.css")),
        "compose.css" => (CSS, include_bytes!("../../../static/compose.css")),
        "library.css" => (CSS, include_bytes!("../../../static/library.css")),
        "operator.css" => (CSS, include_bytes!("../../../static/operator.css")),
        "blog.css" => (CSS, include_bytes!("../../../static/blog.css")),
        "journal.css" => (CSS, include_bytes!("../../../static/journal.css")),
        "photos.css" => (CSS, include_bytes!("../../../static/photos.css")),
        "look.css" => (CSS, include_bytes!("../../../static/look.css")),
        "icon.svg" => ("image/svg+xml", include_bytes!("../../../static/icon.svg")),
        "waiting.js" => (SCRIPT, include_bytes!("../../../static/waiting.js")),
        "link.js" => (SCRIPT, include_bytes!("../../../static/link.js")),
        "compose.js" => (SCRIPT, include_bytes!("../../../static/compose.js")),
        "square.js" => (SCRIPT, include_bytes!("../../../static/square.js")),
        "passkey.js" => (SCRIPT, include_bytes!("../../../static/passkey.js")),
        "fresh.js" => (SCRIPT, include_bytes!("../../../static/fresh.js")),
        "time.js" => (SCRIPT, include_bytes!("../../../static/time.js")),
        _ => return None,
    })
}
