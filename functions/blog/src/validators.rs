//! Conditional requests (RFC 9110, section 13): whoever has the page already gets 304.

use crate::cache::Rendered;
use domain::datetime;
use http::{HeaderName, HeaderValue, StatusCode, header};
use platform::{Body, Error, Response, Result, Shared};
use web::Visit;

/// Kept by anyone, shown only after asking here: an edit is seen at once, and asking costs no row.
const ASK_FIRST: &str = "public, max-age=0, must-revalidate";

/// The page, or 304 where the visitor has it already.
pub fn respond(v: &Visit<'_>, page: Rendered) -> Result<Response> {
    let is_known = page.status == StatusCode::OK
        && has(v.header("if-none-match"), v.header("if-modified-since"), &page);
    let mut response = Response::new(if is_known { Body::Empty } else { page.body.into() });
    *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { page.status };
    response.extensions_mut().insert(Shared);
    set(&mut response, header::CONTENT_TYPE, &page.content_type)?;
    set(&mut response, header::CACHE_CONTROL, ASK_FIRST)?;
    set(&mut response, header::LINK, &links(v))?;
    if !page.location.is_empty() {
        set(&mut response, header::LOCATION, &page.location)?;
    }
    set(&mut response, header::ETAG, &page.etag)?;
    set(&mut response, header::LAST_MODIFIED, &datetime::http_date(page.changed_at))?;
    Ok(response)
}

/// Lets everyone keep it for five minutes, as readers of feeds are used to.
pub fn keep_for_minutes(response: &mut Response) {
    let minutes = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, minutes);
}

/// Adds a link to those that the response has (RFC 8288, section 3).
pub fn link(response: &mut Response, url: &str, rel: &str) -> Result<()> {
    let known = response.headers().get(header::LINK).and_then(|value| value.to_str().ok());
    let links = format!("{}, <{url}>; rel=\"{rel}\"", known.unwrap_or_default());
    set(response, header::LINK, links.trim_start_matches(", "))
}

/// Where apps sign the blog's owner in (IndieAuth, section 4.1) and post: for those that read no HTML.
fn links(v: &Visit<'_>) -> String {
    let link = |path: &str, rel: &str| format!("<{}>; rel=\"{rel}\"", v.cx.config.app_url(path));
    [
        link("/.well-known/oauth-authorization-server", "indieauth-metadata"),
        link("/indieauth/auth", "authorization_endpoint"),
        link("/indieauth/token", "token_endpoint"),
        link("/micropub", "micropub"),
    ]
    .join(", ")
}

/// RFC 9110, section 13.2.2: where there are tags, dates do not count.
fn has(if_none_match: &str, if_modified_since: &str, page: &Rendered) -> bool {
    if if_none_match.is_empty() {
        return datetime::parse_rfc822(if_modified_since)
            .is_some_and(|since| since >= page.changed_at);
    }
    // A cache on the way that compresses turns a strong tag into a weak one.
    if_none_match
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == page.etag)
}

fn set(response: &mut Response, name: HeaderName, value: &str) -> Result<()> {
    let value = HeaderValue::from_str(value).map_err(Error::internal)?;
    response.headers_mut().insert(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_win_over_dates() {
        const AT: &str = "Sun, 22 Nov 2026 14:05:00 GMT";
        let page = Rendered {
            status: StatusCode::OK,
            content_type: "text/html".into(),
            etag: "\"a\"".into(),
            changed_at: 1_795_356_300,
            location: String::new(),
            body: "x".into(),
        };
        for (tags, date, expected) in [
            ("", "", false),
            ("\"a\"", "", true),
            ("\"b\"", "", false),
            ("\"b\", W/\"a\"", "", true),
            ("*", "", true),
            ("a", "", false),
            ("", AT, true),
            ("", "Sun, 22 Nov 2026 14:05:01 GMT", true),
            ("", "Sun, 22 Nov 2026 14:04:59 GMT", false),
            ("", "lately", false),
            ("\"b\"", AT, false),
        ] {
            assert_eq!(has(tags, date, &page), expected, "{tags} {date}");
        }
    }
}
