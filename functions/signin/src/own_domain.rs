//! The page of the blog's own domain: asked for, proven, pointed here, given up, and what is missing.

use askama::Template;
use domain::{
    own_domain::{self as rules, PATIENCE_SECONDS, State},
    secret,
};
use http::StatusCode;
use platform::{Error, Response, Result};
use store::{
    own_domain::{self, OwnDomain},
    session::Session,
};
use web::{Layout, Visit};

const NO_DOMAIN: &str = "A domain of your own is not in your plan. The page Plan in the settings says which one has it.";
const TOKEN_CHARS: usize = 32;

#[derive(Template)]
#[template(path = "domain.html")]
struct Page {
    layout: Layout,
    blog_url: String,
    typed: String,
    error: Option<&'static str>,
    is_looking: bool,
    is_fresh: bool,
    may_have_one: bool,
    domain: Option<View>,
}

struct View {
    host: String,
    readable: String,
    url: String,
    former_url: String,
    record: String,
    token: String,
    target: String,
    addresses: Vec<String>,
    state: State,
    steps: Vec<Step>,
    problem: Option<String>,
    looked: Option<String>,
    ends: Option<String>,
}

/// One thing that has to be so, and how it is.
struct Step {
    name: &'static str,
    is_done: bool,
    words: String,
}

/// Whether this person's plan has a domain.
async fn may_have_one(v: &Visit<'_>, session: &Session) -> Result<bool> {
    Ok(web::plan_of(v.cx, &session.account_id).await?.domain)
}

/// `GET /settings/domain`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    web::page(&page(&v, String::new(), None).await?)
}

/// `POST /settings/domain` with `host`.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form_of_blog().await?;
    let typed = form.get("host").to_owned();
    let session = v.session()?;
    if !may_have_one(&v, session).await? {
        return Err(Error::Payment(NO_DOMAIN.into()));
    }
    let host = match rules::parse(&typed) {
        Ok(host) if v.cx.config.is_own_host(&host) => {
            Err("That name is one of ours. Write one that is yours.")
        }
        host => host,
    };
    match host {
        Err(words) => {
            let page = page(&v, typed, Some(words)).await?;
            web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Ok(host) => {
            let token = token(&v, &session.account_id, &host)?;
            let (blog_id, account_id) = (&session.blog_id, &session.account_id);
            own_domain::insert(v.cx, blog_id, account_id, &host, &token).await?;
            v.cx.wake();
            web::see_other("/settings/domain")
        }
    }
}

/// 128 bits for this account and this name. They stay the same, so that a record need not be changed.
fn token(v: &Visit<'_>, account_id: &str, host: &str) -> Result<String> {
    let key = secret::derive(web::app_key(v.cx)?, "domain");
    let mut token = secret::hmac_hex(&key, format!("{account_id}\n{host}").as_bytes());
    token.truncate(TOKEN_CHARS);
    Ok(token)
}

/// `POST /settings/domain/check`: has it looked at now.
pub async fn check(mut v: Visit<'_>) -> Result<Response> {
    v.form_of_blog().await?;
    own_domain::ask(v.cx, &v.session()?.blog_id).await?;
    v.cx.wake();
    web::see_other("/settings/domain?said=looking")
}

/// `POST /settings/domain/deletion`: gives it up.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    v.form_of_blog().await?;
    let session = v.session()?;
    if let Some(own) = own_domain::find(v.cx, &session.blog_id).await? {
        own_domain::delete(v.cx, &session.blog_id).await?;
        web::announce(v.cx, &own.host).await?;
        web::announce(v.cx, &session.blog_name).await?;
        v.cx.wake();
    }
    web::see_other("/settings/domain")
}

/// `GET /domains/ask?domain=…`: whether a certificate may be made for a name, as proxies ask that make
/// them when the first visitor comes. 200 says yes, 404 no.
pub async fn answer(v: Visit<'_>) -> Result<Response> {
    let config = &v.cx.config;
    let (_, port) = config.blog_domain.split_once(':').unwrap_or_default();
    let asked = match port {
        "" => v.query("domain"),
        port => format!("{}:{port}", v.query("domain")),
    };
    let name = config.blog_name(&asked).ok_or(Error::NotFound)?;
    let is_known = match name.contains('.') {
        true => own_domain::is_proven(v.cx, &name).await?,
        false => web::blog(v.cx, &name).await?.is_some(),
    };
    if !is_known {
        return Err(Error::NotFound);
    }
    Ok(web::no_store(web::text(StatusCode::OK, "text/plain; charset=utf-8", "yes\n".to_owned())))
}

async fn page(v: &Visit<'_>, typed: String, error: Option<&'static str>) -> Result<Page> {
    let session = v.session()?;
    let own = own_domain::find(v.cx, &session.blog_id).await?;
    let is_looking =
        own.as_ref().is_some_and(|own| own.checked_at.is_none()) || v.query("said") == "looking";
    let domain = match own {
        Some(own) => Some(view(v, own).await?),
        None => None,
    };
    Ok(Page {
        layout: Layout::of(v, "Domain"),
        blog_url: session.blog_origin(&v.cx.config),
        typed,
        error,
        is_looking: is_looking && domain.is_some(),
        is_fresh: v.is_proven_afresh(),
        // What is there stays, whatever the plan is.
        may_have_one: domain.is_some() || may_have_one(v, session).await?,
        domain,
    })
}

async fn view(v: &Visit<'_>, own: OwnDomain) -> Result<View> {
    let config = &v.cx.config;
    let is_served =
        matches!(web::blog(v.cx, &own.host).await, Ok(Some(blog)) if blog.id == own.blog_id);
    Ok(View {
        readable: rules::readable(&own.host),
        url: config.blog_origin(&own.username, Some(&own.host)),
        former_url: config.blog_origin(&own.username, None),
        record: rules::record(&own.host),
        target: config.blog_host(&own.username),
        addresses: config.domain_addresses.clone(),
        state: own.state,
        steps: vec![proof(&own), pointing(&own), certificate(&own), visitors(&own, is_served)],
        looked: own.checked_at.map(|at| v.human(at)),
        ends: own.missed_since.map(|since| v.human(since.saturating_add(PATIENCE_SECONDS))),
        problem: own.problem,
        host: own.host,
        token: own.token,
    })
}

fn proof(own: &OwnDomain) -> Step {
    let words = match own.proof.as_str() {
        "found" => "The TXT record is there.",
        "other" => {
            "There is a TXT record, but it says something else. Compare it letter by letter."
        }
        "none" => "The TXT record is not there yet, or DNS does not show it yet.",
        _ => "DNS was not asked yet.",
    };
    Step { name: "It is yours", is_done: own.proof == "found", words: words.to_owned() }
}

fn pointing(own: &OwnDomain) -> Step {
    let words = match own.pointing.as_str() {
        "here" => "The name leads here.",
        "elsewhere" => "The name leads somewhere else.",
        "nowhere" => "The name leads nowhere yet.",
        _ => "DNS was not asked yet.",
    };
    Step { name: "It leads here", is_done: own.pointing == "here", words: words.to_owned() }
}

fn certificate(own: &OwnDomain) -> Step {
    let (name, certificate) =
        (own.hostname_state.as_deref(), own.certificate_state.as_deref().unwrap_or_default());
    let (is_done, words) = match (name, certificate) {
        (_, "") => (false, "It is made once the name is proven.".to_owned()),
        (_, "operator") => {
            (true, "Your operator’s proxy makes it when the first visitor comes.".to_owned())
        }
        (Some("active"), "active") => (true, "It is there.".to_owned()),
        (Some("moved" | "blocked" | "pending_blocked" | "deleted"), _) => (
            false,
            "The platform that makes it says no to this name. Ask your operator.".to_owned(),
        ),
        (_, "active") => {
            (false, "It is there, and the platform is still looking at the name.".to_owned())
        }
        (_, state) => {
            (false, format!("It is being made ({}). That takes minutes.", state.replace('_', " ")))
        }
    };
    Step { name: "Certificate", is_done, words }
}

fn visitors(own: &OwnDomain, is_served: bool) -> Step {
    let words = match (own.state, is_served) {
        (State::Live, true) => "They get your blog there, and its other address leads them there.",
        (State::Live, false) => "They get your blog there within a minute.",
        (State::Parked, _) => {
            "They are told that the domain is parked. They find your blog at its other address."
        }
        _ => {
            "They get nothing there until all of this is done. They find your blog at its other address."
        }
    };
    Step {
        name: "Visitors",
        is_done: own.state == State::Live && is_served,
        words: words.to_owned(),
    }
}
