//! The files of a blog by addresses on its own host, which lead to where they are.

use crate::{cache, theme, validators};
use domain::datetime;
use http::{HeaderValue, StatusCode, header};
use platform::{Error, Response, Result};
use web::Visit;

/// The longest name that a file of ours can have is shorter.
const NAME_BYTES_MAX: usize = 100;

/// `GET /uploads/{yyyy}/{name}` (RFC 9110, section 15.4.2)
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let (year, name) = (v.param("yyyy"), v.param("name"));
    let is_name = name.len() <= NAME_BYTES_MAX
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let key = format!("t/{}/{name}", blog.id);
    let found = match is_name {
        true => store::media::find_all(v.cx, &blog.id, std::slice::from_ref(&key)).await?,
        false => vec![],
    };
    let is_of_year = |at: i64| datetime::month(at).split('-').next() == Some(year);
    if !found.first().is_some_and(|media| is_of_year(media.created_at)) {
        return theme::not_found(v.cx, &blog).await;
    }
    let place = HeaderValue::from_str(&v.cx.config.media_url(&key)).map_err(Error::internal)?;
    let mut response =
        web::text(StatusCode::MOVED_PERMANENTLY, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(header::LOCATION, place);
    validators::keep_for_minutes(&mut response);
    Ok(response)
}
