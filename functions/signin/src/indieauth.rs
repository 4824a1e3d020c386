//! IndieAuth, the side of the person (<https://indieauth.spec.indieweb.org/>, 2024-07-11, section 5.2):
//! an app asks, the person is shown who asks for what, and a code goes back to the app's own address.
//!
//! Nothing is fetched from the app in the person's request: it would carry their address to a stranger.
//! So an app is its address, and the person is shown that whole.

use askama::Template;
use domain::{
    indieauth::{self as rules, with_query},
    scope::{self, Scope},
    secret,
};
use platform::{Error, Response, Result};
use store::{
    blog::{Which, find_own},
    consent::{self, NewConsent},
};
use url::Url;
use web::{Layout, Visit};

/// Micro.blog's apps have people sent to this site, which sends them on into the app; browsers hold that
/// to the policy of our form too.
const MICRO_BLOG: &str = "https://micro.blog";
/// Where apps send people.
pub const PATH: &str = "/indieauth/auth";

#[derive(Template)]
#[template(path = "consent.html")]
struct Page {
    layout: Layout,
    client_id: String,
    redirect_uri: String,
    redirect_host: String,
    state: String,
    challenge: String,
    scopes: Vec<Scope>,
    me: String,
}

/// What an app asks for.
struct Asked {
    client: Url,
    redirect: Url,
    state: String,
    challenge: Option<String>,
    scopes: Vec<Scope>,
    /// Which of their blogs the person named to the app, if they did.
    me: String,
}

impl Asked {
    /// From the values of a query or a form. A request that is not in order is never redirected: an
    /// address that was not checked could be anybody's.
    fn read(get: impl Fn(&str) -> String, scopes: Vec<Scope>) -> Result<Self> {
        let client = rules::client_id(&get("client_id"))
            .ok_or_else(|| Error::invalid("The app does not say its address (client_id)."))?;
        let redirect = rules::redirect_uri(&get("redirect_uri"), &client).ok_or_else(|| {
            Error::invalid(
                "The app wants you to be sent to an address (redirect_uri) that is not its own, so you were not.",
            )
        })?;
        // `id` is what older apps send that only ask who somebody is.
        if !matches!(get("response_type").as_str(), "code" | "id" | "") {
            return Err(Error::invalid("The app asks for a response_type that is not “code”."));
        }
        let (challenge, method) = (get("code_challenge"), get("code_challenge_method"));
        let challenge = match (challenge.as_str(), method.as_str()) {
            ("", "") => None,
            (text, "S256") if rules::is_challenge(text) => Some(challenge),
            _ => return Err(Error::invalid("The app's code_challenge is not one of S256.")),
        };
        Ok(Self { client, redirect, state: get("state"), challenge, scopes, me: get("me") })
    }

    /// The same question again, as an address of ours.
    fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("response_type", "code");
        query.append_pair("client_id", self.client.as_str());
        query.append_pair("redirect_uri", self.redirect.as_str());
        query.append_pair("state", &self.state);
        if let Some(challenge) = &self.challenge {
            query.append_pair("code_challenge", challenge);
            query.append_pair("code_challenge_method", "S256");
        }
        query.append_pair("scope", &scope::join(&self.scopes));
        if !self.me.is_empty() {
            query.append_pair("me", &self.me);
        }
        format!("{PATH}?{}", query.finish())
    }
}

/// `GET /indieauth/auth`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let asked = Asked::read(|name| v.query(name), scope::known([v.query("scope").as_str()]))?;
    // A token is made of this, and whoever only found an open browser shall not make one.
    if !asked.scopes.is_empty() && !v.is_proven_afresh() {
        return Err(Error::Proof);
    }
    let (_, me) = blog(&v, &asked.me).await?;
    let origin = asked.client.origin().ascii_serialization();
    let onward = if origin == MICRO_BLOG { " microblog:" } else { "" };
    let page = Page {
        layout: Layout::of(&v, "Let an app in?"),
        client_id: asked.client.to_string(),
        redirect_host: asked.redirect.host_str().unwrap_or_default().to_owned(),
        redirect_uri: asked.redirect.into(),
        state: asked.state,
        challenge: asked.challenge.unwrap_or_default(),
        scopes: asked.scopes,
        me,
    };
    let mut response = web::page(&page)?;
    web::allow_form_to(v.cx, &mut response, &format!("{origin}{onward}"));
    Ok(response)
}

/// `POST /indieauth/consent`: sends the person back to the app, with a code or with their no.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let method = if form.get("code_challenge").is_empty() { "" } else { "S256" };
    let get = |name: &str| match name {
        "code_challenge_method" => method.to_owned(),
        name => form.text(name).to_owned(),
    };
    let asked = Asked::read(get, scope::known(form.all("scope")))?;
    let issuer = issuer(&v);
    let back = |name: &str, value: &str| {
        let pairs = [(name, value), ("state", asked.state.as_str()), ("iss", issuer.as_str())];
        web::see_other(&with_query(&asked.redirect, &pairs))
    };
    if form.get("decision") != "allow" {
        return back("error", "access_denied");
    }
    if !asked.scopes.is_empty() && !v.is_proven_afresh() {
        return web::see_other(&asked.path());
    }
    let code = secret::token(&v.cx.random::<32>()?);
    let consent = NewConsent {
        code_hash: &secret::sha256_hex(code.as_bytes()),
        account_id: &v.session()?.account_id,
        blog_name: &blog(&v, &asked.me).await?.0,
        client_id: asked.client.as_str(),
        redirect_uri: asked.redirect.as_str(),
        scopes: &scope::join(&asked.scopes),
        challenge: asked.challenge.clone(),
        expires_at: v.cx.seconds().saturating_add(rules::CODE_TTL_SECONDS),
    };
    consent::insert(v.cx, &consent).await?;
    back("code", &code)
}

/// The person's blog that the app names, else the one that they write on: its name, and who they are by it.
async fn blog(v: &Visit<'_>, me: &str) -> Result<(String, String)> {
    let session = v.session()?;
    let named = v.cx.config.blog_at(me).filter(|_| session.blog_count > 1);
    let own = match &named {
        Some(name) => find_own(v.cx, &session.account_id, Which::Named(name)).await?,
        None => None,
    };
    let (name, domain) = match own {
        Some(own) => (own.name, own.domain),
        None => (session.blog_name.clone(), session.domain.clone()),
    };
    let me = self::me(v, &name, domain.as_deref());
    Ok((name, me))
}

/// Who a person is to apps: the address of their blog, of the one that the app writes on.
pub fn me(v: &Visit<'_>, blog_name: &str, domain: Option<&str>) -> String {
    format!("{}/", v.cx.config.blog_origin(blog_name, domain))
}

/// Who we are to apps (RFC 9207).
pub fn issuer(v: &Visit<'_>) -> String {
    v.cx.config.app_url("/")
}
