//! From a request to a response: the one place where both pass.

use crate::{
    Function, Limit, Per, Route, Verb, Visit, Who, bearer, cookie, cors, headers, keys, problem,
};
use http::{Method, header};
use percent_encoding::percent_decode_str;
use platform::{
    ClientAddress, Context, Error, Policy, Request, Response, Result, Site, WithoutTls,
};

/// Answers a request: finds its route among the functions' tables, holds it to the route's rules,
/// runs the handler and makes every error a response. It never fails.
pub async fn answer(cx: &Context, functions: &[&'static Function], req: Request) -> Response {
    let asked = problem::Asked::of(cx, &req);
    let mut response = match route_and_run(cx, functions, req, &asked).await {
        Ok(response) => response,
        Err(error) => problem::response(cx, &asked, &error),
    };
    // Also with an error page: the value that the browser holds is good for a minute only.
    if let Some(value) = asked.renewed.take() {
        cookie::renew(&mut response, &value);
    }
    headers::finish(cx, &asked, &mut response);
    response
}

async fn route_and_run(
    cx: &Context,
    functions: &[&'static Function],
    req: Request,
    asked: &problem::Asked,
) -> Result<Response> {
    let host = asked.host.clone().ok_or(Error::Misdirected)?;
    let segments = segments(req.uri().path()).ok_or(Error::NotFound)?;
    if *req.method() == Method::OPTIONS && is_from_anywhere(functions, asked.site, &segments) {
        asked.from_anywhere.set(true);
        return Ok(cors::preflight());
    }
    let (route, params) = find(functions, asked.site, &req, &segments)?;
    asked.route.set(Some(route.path));
    asked.for_programs.set(route.for_programs);
    asked.from_anywhere.set(route.from_anywhere);
    if route.for_programs {
        refuse_without_tls(cx, &req)?;
    }
    if content_length(&req).is_some_and(|length| length > route.body_bytes_max) {
        return Err(Error::TooLarge);
    }
    if route.verb != Verb::Get && route.who != Who::Signature && !route.from_anywhere {
        refuse_cross_site(cx, &req)?;
    }
    let client = req.extensions().get::<ClientAddress>().copied();
    let mut visit = Visit {
        cx,
        req,
        host,
        params,
        client,
        session: None,
        grant: None,
        form: None,
        body_bytes_max: route.body_bytes_max,
    };
    take_limits(&visit, route, Per::Address).await?;
    if asked.site == Site::App && route.who != Who::Signature && !route.for_programs {
        let (session, renewed) = cookie::session(cx, &visit.req).await?;
        visit.session = session;
        asked.renewed.replace(renewed);
    }
    asked.signed_in.replace(visit.session.as_ref().map(|session| session.username.clone()));
    if route.who == Who::Session && visit.session.is_none() {
        return Err(Error::SignIn);
    }
    if let Who::Token(scopes) = route.who {
        visit.grant = Some(bearer::grant(&mut visit, scopes).await?);
    }
    if route.wants_fresh_proof && !visit.is_proven_afresh() {
        return Err(Error::Proof);
    }
    take_limits(&visit, route, Per::Account).await?;
    (route.handler)(visit).await
}

/// The segments of a path, decoded once. None for a path that no route can have: encoded slashes or
/// dots that are left over, `..`, backslashes, control characters, text that is not UTF-8.
pub(crate) fn segments(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/')?;
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> Option<String> {
    let text = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
    let odd = text == ".."
        || text == "."
        || text.contains(['/', '\\', '%'])
        || text.chars().any(char::is_control);
    (!odd).then_some(text)
}

/// The values of a route's `{names}`, if it is this path. A `{name*}` at the end takes all the rest.
pub(crate) fn captures(
    pattern: &'static str,
    segments: &[String],
) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    let mut rest = segments.iter();
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix("*}")) {
            let all: Vec<&str> = rest.map(String::as_str).collect();
            params.push((name, all.join("/")));
            return (!all.is_empty()).then_some(params);
        }
        let segment = rest.next()?;
        match part.split_once('{').and_then(|(before, p)| Some((before, p.strip_suffix('}')?))) {
            Some((before, name)) => {
                params.push((name, segment.strip_prefix(before)?.to_owned()));
            }
            None if part == segment => {}
            None => return None,
        }
    }
    rest.next().is_none().then_some(params)
}

type Params = Vec<(&'static str, String)>;

/// Literal routes win over routes with names. Where an address has a door for browsers and one for
/// programs, a request with an `Authorization` header comes by the second.
fn find(
    functions: &[&'static Function],
    site: Site,
    req: &Request,
    segments: &[String],
) -> Result<(&'static Route, Params)> {
    let method = req.method();
    let is_program = req.headers().contains_key(header::AUTHORIZATION);
    let rank = |route: &Route| (vagueness(route), route.for_programs != is_program);
    let mut best: Option<(&'static Route, Params)> = None;
    let mut allow: Vec<&str> = Vec::new();
    for route in functions.iter().flat_map(|function| function.routes) {
        if route.site != site {
            continue;
        }
        let Some(params) = captures(route.path, segments) else { continue };
        if !route.verb.answers(method) {
            allow.push(route.verb.name());
        } else if best.as_ref().is_none_or(|(other, _)| rank(route) < rank(other)) {
            best = Some((route, params));
        }
    }
    match best {
        Some(found) => Ok(found),
        None if allow.is_empty() => Err(Error::NotFound),
        None => Err(Error::Method(allow.join(", "))),
    }
}

fn is_from_anywhere(functions: &[&'static Function], site: Site, segments: &[String]) -> bool {
    let mut routes = functions.iter().flat_map(|function| function.routes);
    routes.any(|route| {
        route.site == site && route.from_anywhere && captures(route.path, segments).is_some()
    })
}

/// How little a route says about its path: its names, and last of all one that takes all the rest.
fn vagueness(route: &Route) -> (bool, usize) {
    (route.path.ends_with("*}"), route.path.matches('{').count())
}

pub(crate) fn content_length(req: &Request) -> Option<usize> {
    req.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A redirect would hide that the token has travelled in the open, each time anew.
fn refuse_without_tls(cx: &Context, req: &Request) -> Result<()> {
    if req.extensions().get::<WithoutTls>().is_none() || cx.config.app_origin.scheme() != "https" {
        return Ok(());
    }
    Err(Error::Forbidden(
        "Programs are answered over https alone. A token that was sent without it is a secret no longer: \
         make another one."
            .into(),
    ))
}

/// Fetch metadata (W3C Fetch Metadata Request Headers), and `Origin` where a browser sends none: a form on
/// another site must not act for the person. Programs send neither and hold no cookie by accident.
fn refuse_cross_site(cx: &Context, req: &Request) -> Result<()> {
    let text = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let from_us = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            origin.trim_end_matches('/') == cx.config.app_url("").trim_end_matches('/')
        }
        (None, None) => true,
    };
    if from_us {
        Ok(())
    } else {
        Err(Error::Forbidden("That form came from another site, so nothing was done.".into()))
    }
}

async fn take_limits(visit: &Visit<'_>, route: &Route, per: Per) -> Result<()> {
    for limit in route.limits.iter().filter(|limit| limit.per == per) {
        let subject = match per {
            Per::Address => keys::address(visit.client),
            Per::Account => match (&visit.session, &visit.grant) {
                (Some(session), _) => session.account_id.clone(),
                (None, Some(grant)) => grant.account_id.clone(),
                (None, None) => continue,
            },
            Per::Mail => continue,
        };
        take(visit.cx, limit, &subject, route.guards_a_secret).await?;
        if let (Per::Address, Some(site)) = (per, keys::wide_address(visit.client)) {
            let count = limit.policy.count.saturating_mul(10);
            let wide = Limit { policy: Policy { count, ..limit.policy }, ..*limit };
            take(visit.cx, &wide, &site, route.guards_a_secret).await?;
        }
    }
    Ok(())
}

/// Takes one. When the limits do not answer, what guards a secret stays closed and the rest open.
pub(crate) async fn take(cx: &Context, limit: &Limit, subject: &str, closed: bool) -> Result<()> {
    let key = keys::limit_key(cx, limit.policy.name, subject)?;
    match cx.take(&key, limit.policy).await {
        Ok(verdict) if verdict.allowed => Ok(()),
        Ok(verdict) => {
            let retry_after_seconds = verdict.retry_after_seconds.max(1);
            Err(Error::TooMany { retry_after_seconds, policy: limit.policy })
        }
        Err(error) if closed => Err(Error::Unavailable(format!("limits: {error}"))),
        Err(error) => {
            cx.log(&format!("limits do not answer, open: {error}"));
            Ok(())
        }
    }
}
