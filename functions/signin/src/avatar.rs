//! The picture of a person: what they uploaded, else our copy of what Gravatar has, else a drawn one.
//! No visitor's browser ever asks anybody else, and none makes us ask.

use domain::profile as rules;
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};
use store::profile::{self, Profile};
use web::Visit;

const FOREVER: &str = "public, max-age=31536000, immutable";
/// Of an address that says no version: what is behind it may change.
const A_WHILE: &str = "public, max-age=300";

/// `GET /avatars/{username}`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let username = v.param("username").to_lowercase();
    let profile = profile::find_by_username(v.cx, &username).await?.ok_or(Error::NotFound)?;
    let version = profile.picture_version();
    let life = if v.query("v") == version { FOREVER } else { A_WHILE };
    let etag = format!("\"{version}\"");
    let mut response = if v.header("if-none-match") == etag {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        picture(&v, &profile).await?
    };
    for (name, value) in [
        (header::CACHE_CONTROL, life),
        (header::ETAG, &etag),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        let value = HeaderValue::from_str(value).map_err(Error::internal)?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// The stored object; where there is none, or it has got lost, the drawn one.
async fn picture(v: &Visit<'_>, profile: &Profile) -> Result<Response> {
    if let Some(key) = profile.picture()
        && let Some(blob) = v.cx.blobs.get(key, None).await?
    {
        let mut response = Response::new(blob.body);
        let kind = HeaderValue::from_str(&blob.content_type).map_err(Error::internal)?;
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().insert(header::CONTENT_LENGTH, blob.size.into());
        return Ok(response);
    }
    Ok(web::text(StatusCode::OK, "image/svg+xml", rules::drawn(&profile.username)))
}
