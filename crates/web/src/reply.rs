//! Small responses.

use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};

/// A body with a content type.
pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// An HTML page.
pub fn html(status: StatusCode, body: String) -> Response {
    text(status, "text/html; charset=utf-8", body)
}

/// A JSON document.
pub fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    text(status, "application/json", value.to_string())
}

/// RFC 9110, section 15.4.4: what was asked is done, and this page shows it.
///
/// # Errors
/// [`Error::Internal`] when the address cannot stand in a header.
pub fn see_other(location: &str) -> Result<Response> {
    let mut response = Response::new(platform::Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    let location = HeaderValue::from_str(location).map_err(Error::internal)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// Keeps a response out of every cache.
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
