//! The one place where an error becomes a response, and is logged, once.

use crate::{Layout, page_with_status, reply};
use askama::Template;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use platform::{Context, Error, Policy, Request, Response, Result, Site};
use std::cell::{Cell, RefCell};

/// What an error page needs to know of the request.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) site: Site,
    pub(crate) host: Option<String>,
    /// The pattern of the route, for the log; a path could hold a secret.
    pub(crate) route: Cell<Option<&'static str>>,
    /// True for a route that programs call.
    pub(crate) for_programs: Cell<bool>,
    /// True for a route that pages of any origin may call.
    pub(crate) from_anywhere: Cell<bool>,
    pub(crate) signed_in: RefCell<Option<String>>,
    /// The new value of the session's cookie, where it changed.
    pub(crate) renewed: RefCell<Option<String>>,
    uri: Uri,
    wants_html: bool,
}

impl Asked {
    pub(crate) fn of(cx: &Context, req: &Request) -> Self {
        let text =
            |name| req.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let host = text(header::HOST).map(str::to_ascii_lowercase);
        Self {
            method: req.method().clone(),
            site: host.as_deref().map_or(Site::Blog, |host| cx.config.site(host)),
            host,
            route: Cell::new(None),
            for_programs: Cell::new(false),
            from_anywhere: Cell::new(false),
            signed_in: RefCell::new(None),
            renewed: RefCell::new(None),
            uri: req.uri().clone(),
            wants_html: text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    status: u16,
    heading: String,
    words: String,
    back: String,
}

pub(crate) fn response(cx: &Context, asked: &Asked, error: &Error) -> Response {
    let (status, heading, words) = describe(error);
    log(cx, asked, status, error);
    if asked.for_programs.get() {
        return for_programs(status, error, &words);
    }
    if matches!(error, Error::SignIn | Error::Proof) && asked.wants_html && asked.site == Site::App
    {
        let page = if matches!(error, Error::Proof) { "/settings/proof" } else { "/signin" };
        return to_sign_in(asked, page).unwrap_or_else(|_| Response::new(platform::Body::Empty));
    }
    let made = match asked.site {
        Site::App if asked.wants_html => error_page(cx, asked, status, heading, &words),
        Site::App => Ok(problem_json(status, heading, &words)),
        Site::Blog | Site::Media => Ok(plain(status, heading, &words)),
    };
    let mut response = made.unwrap_or_else(|_| plain(status, heading, &words));
    with_headers(&mut response, error);
    response
}

/// Status, what happened, and what to do.
fn describe(error: &Error) -> (StatusCode, &'static str, String) {
    let (status, heading, words) = match error {
        Error::Invalid(w) => (StatusCode::BAD_REQUEST, "That did not work", w.to_string()),
        Error::SignIn => {
            (StatusCode::UNAUTHORIZED, "Please sign in", "This needs a signed-in browser.".into())
        }
        Error::Proof => (
            StatusCode::UNAUTHORIZED,
            "Please show again that it is you",
            "This needs a fresh sign-in. Nothing was changed.".into(),
        ),
        Error::Payment(w) => (StatusCode::PAYMENT_REQUIRED, "Not in this plan", w.to_string()),
        Error::Forbidden(w) => (StatusCode::FORBIDDEN, "Not allowed", w.to_string()),
        Error::Scope(s) => (
            StatusCode::FORBIDDEN,
            "Not allowed",
            format!("The token lacks the scope {s}."),
        ),
        Error::Moved(place) => {
            (StatusCode::MOVED_PERMANENTLY, "It lives elsewhere", format!("It is at {place}"))
        }
        Error::NotFound => (
            StatusCode::NOT_FOUND,
            "There is no such page",
            "Nothing is here. Perhaps the address has a typing error.".into(),
        ),
        Error::Parked => (
            StatusCode::NOT_FOUND,
            "This domain is parked",
            "A blog was here. If it is yours, the page Domain in its settings says what is missing.".into(),
        ),
        Error::Method(_) => (
            StatusCode::METHOD_NOT_ALLOWED,
            "Not like this",
            "This address exists, but not for this kind of request.".into(),
        ),
        Error::Conflict => (
            StatusCode::CONFLICT,
            "It exists already",
            "Something of that name is here already. Nothing was changed.".into(),
        ),
        Error::Gone(w) => (StatusCode::GONE, "No longer here", w.to_string()),
        Error::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "Too large",
            "That is more than fits here. Nothing was stored.".into(),
        ),
        Error::MediaType(w) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not that kind", w.to_string()),
        Error::Misdirected => (
            StatusCode::MISDIRECTED_REQUEST,
            "Wrong host",
            "This address is not served here.".into(),
        ),
        Error::TooMany { retry_after_seconds, .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too often",
            format!("That was tried too often. Try again in {}.", span(*retry_after_seconds)),
        ),
        Error::Outgoing(w) => (StatusCode::BAD_GATEWAY, "The other side did not answer", w.to_string()),
        Error::Unavailable(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Not just now",
            "Something that this needs does not answer. Nothing was lost. Try again in a moment.".into(),
        ),
        Error::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong here",
            "It is our fault and it was noted. Nothing that was stored is lost. Try again in a moment.".into(),
        ),
    };
    (status, heading, words)
}

fn span(seconds: u32) -> String {
    match seconds {
        0..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn to_sign_in(asked: &Asked, page: &str) -> Result<Response> {
    let path = asked.uri.path_and_query().map_or("/", |p| p.as_str());
    let next = if asked.method == Method::GET { path } else { "/" };
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    reply::see_other(&format!("{page}?next={next}"))
}

fn error_page(
    cx: &Context,
    asked: &Asked,
    status: StatusCode,
    heading: &str,
    words: &str,
) -> Result<Response> {
    let signed_in = asked.signed_in.borrow().clone();
    let page = ErrorPage {
        layout: Layout::new(cx, heading, signed_in),
        status: status.as_u16(),
        heading: heading.to_owned(),
        words: words.to_owned(),
        back: if status == StatusCode::PAYMENT_REQUIRED { "/settings/billing" } else { "/" }
            .to_owned(),
    };
    page_with_status(status, &page)
}

/// As RFC 6749 and Micropub have it: a name for the program, a sentence for its person.
fn for_programs(status: StatusCode, error: &Error, words: &str) -> Response {
    let (name, words) = match error {
        Error::SignIn | Error::Proof => ("unauthorized", "This needs a token that is live."),
        Error::Scope(_) => ("insufficient_scope", words),
        Error::Forbidden(_) | Error::Payment(_) => ("forbidden", words),
        Error::NotFound | Error::Gone(_) => ("not_found", words),
        Error::TooMany { .. } => ("too_many_requests", words),
        Error::Unavailable(_) => ("temporarily_unavailable", words),
        Error::Internal(_) | Error::Outgoing(_) => ("server_error", words),
        _ => ("invalid_request", words),
    };
    let mut body = serde_json::json!({ "error": name, "error_description": words });
    if let (Error::Scope(scope), Some(body)) = (error, body.as_object_mut()) {
        body.insert("scope".to_owned(), (*scope).into());
    }
    let mut response = reply::json(status, &body);
    with_headers(&mut response, error);
    if matches!(error, Error::SignIn) {
        let bearer = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
    }
    response
}

/// RFC 9457.
fn problem_json(status: StatusCode, heading: &str, words: &str) -> Response {
    let body = serde_json::json!({ "title": heading, "status": status.as_u16(), "detail": words });
    reply::text(status, "application/problem+json", body.to_string())
}

/// For hosts that are not ours to dress: a blog's error pages are the blog function's.
fn plain(status: StatusCode, heading: &str, words: &str) -> Response {
    reply::no_store(reply::text(
        status,
        "text/plain; charset=utf-8",
        format!("{heading}. {words}\n"),
    ))
}

fn with_headers(response: &mut Response, error: &Error) {
    let (name, value) = match error {
        Error::TooMany { retry_after_seconds, policy } => {
            rate_limit(response, *policy, *retry_after_seconds);
            (header::RETRY_AFTER, retry_after_seconds.to_string())
        }
        Error::Unavailable(_) => (header::RETRY_AFTER, "5".to_owned()),
        Error::Method(allow) => (header::ALLOW, allow.clone()),
        Error::Moved(place) => (header::LOCATION, place.clone()),
        _ => return,
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(name, value);
    }
}

/// The fields of the IETF draft «RateLimit header fields for HTTP»: how many may come in how many
/// seconds, how many are left, and when there is one again.
fn rate_limit(response: &mut Response, policy: Policy, retry_after_seconds: u32) {
    let Policy { name, count, window_seconds } = policy;
    for (field, value) in [
        ("ratelimit-policy", format!("\"{name}\";q={count};w={window_seconds}")),
        ("ratelimit", format!("\"{name}\";r=0;t={retry_after_seconds}")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(field), value);
        }
    }
}

/// Only what is ours to mend has a detail; a refusal is a line without one.
fn log(cx: &Context, asked: &Asked, status: StatusCode, error: &Error) {
    let detail = match error {
        Error::Internal(detail) | Error::Unavailable(detail) => detail.as_str(),
        Error::TooMany { .. } => "limit",
        _ => return,
    };
    let route = asked.route.get().unwrap_or("-");
    cx.log(&format!("{} {route} {} {detail}", asked.method, status.as_u16()));
}
