//! What every response carries, and what none may.

use crate::{cors, problem::Asked};
use http::{HeaderName, HeaderValue, Method, header};
use platform::{Body, Context, DEV, Response, Site};

/// Adds the headers of the site, takes cookies off everything that is not the app, and shows costs in development.
pub(crate) fn finish(cx: &Context, asked: &Asked, response: &mut Response) {
    put(response, "x-content-type-options", "nosniff");
    put_if_absent(response, "referrer-policy", "same-origin");
    put_if_absent(response, "content-security-policy", &policy(cx, asked.site));
    if asked.from_anywhere.get() {
        cors::open(response);
    }
    match asked.site {
        Site::App => put_if_absent(response, "cache-control", "no-store"),
        Site::Blog | Site::Media => {
            response.headers_mut().remove(header::SET_COOKIE);
        }
    }
    if DEV {
        put(response, "server-timing", &cx.meter.server_timing());
    }
    if asked.method == Method::HEAD {
        // RFC 9110, section 9.3.2: the headers of the GET without its content.
        if let Some(length) = response.body().len() {
            put(response, "content-length", &length.to_string());
        }
        *response.body_mut() = Body::Empty;
    }
}

/// Lets the forms of this one page lead to another origin, because browsers hold what a form is
/// redirected to against it too. The origin must be one that was checked letter by letter.
pub fn allow_form_to(cx: &Context, response: &mut Response, origin: &str) {
    change_policy(cx, Site::App, response, &[("form-action", &format!("'self' {origin}"))]);
}

/// Gives this one response other sources for some directives of its site's policy. What is in them must be
/// ours, or have been checked letter by letter.
pub fn change_policy(cx: &Context, site: Site, response: &mut Response, changes: &[(&str, &str)]) {
    let policy = policy(cx, site);
    let is_kept = |directive: &&str| {
        let name = directive.split(' ').next().unwrap_or_default();
        changes.iter().all(|(other, _)| *other != name)
    };
    let kept = policy.split("; ").filter(is_kept).map(str::to_owned);
    let changed = changes.iter().map(|(name, sources)| format!("{name} {sources}"));
    put(response, "content-security-policy", &changed.chain(kept).collect::<Vec<_>>().join("; "));
}

/// Content Security Policy Level 3. No page of ours has an inline script or a foreign one.
fn policy(cx: &Context, site: Site) -> String {
    let media = cx.config.media_origin.as_str().trim_end_matches('/');
    let app = cx.config.app_url("");
    match site {
        Site::App => format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {media}; media-src {media}; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
        ),
        Site::Blog => format!(
            "default-src 'none'; style-src 'self'; img-src 'self' {media} {app} https:; media-src {media} https:; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        Site::Media => "default-src 'none'; sandbox".to_owned(),
    }
}

fn put(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

fn put_if_absent(response: &mut Response, name: &'static str, value: &str) {
    if !response.headers().contains_key(name) {
        put(response, name, value);
    }
}
