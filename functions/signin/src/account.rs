//! Signing up. The account comes into being when the address is proven.

use crate::challenge;
use askama::Template;
use domain::{email, profile, username, website};
use http::StatusCode;
use platform::{Context, Error, Response, Result, Signups};
use store::challenge::Challenge;
use web::{Layout, Visit};

/// What a new account is asked for with.
#[derive(Clone)]
pub struct SignUp {
    /// The display name.
    pub name: String,
    /// The user name, checked.
    pub username: String,
    /// The web site.
    pub site: Option<String>,
    /// The code of an invitation, where one is needed.
    pub invite: Option<String>,
}
/// What was typed.
#[derive(Default)]
struct Typed {
    name: String,
    email: String,
    username: String,
    site: String,
    invite: String,
    is_old_enough: bool,
}

#[derive(Template)]
#[template(path = "signup.html")]
struct Page {
    layout: Layout,
    blog_domain: String,
    form: Typed,
    error_name: Option<String>,
    error_email: Option<String>,
    error_username: Option<String>,
    error_site: Option<String>,
    error_age: Option<String>,
    /// How old one has to be; 0 where nobody is asked.
    age: u8,
    note: Option<String>,
}

impl Page {
    fn of(v: &Visit<'_>, form: Typed) -> Self {
        Self {
            layout: Layout::of(v, "Start a blog"),
            blog_domain: v.cx.config.blog_domain.clone(),
            error_name: None,
            error_email: None,
            error_username: None,
            error_site: None,
            error_age: None,
            age: v.cx.config.minimum_age.unwrap_or(0),
            note: closed(v.cx, &form.invite).map(str::to_owned),
            form,
        }
    }

    fn has_errors(&self) -> bool {
        let errors = [&self.error_name, &self.error_email, &self.error_username, &self.error_site];
        errors.iter().any(|error| error.is_some()) || self.error_age.is_some()
    }
}

/// `GET /signup`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    web::page(&Page::of(&v, Typed { invite: v.query("invite"), ..Typed::default() }))
}

/// `POST /signup`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    if let Some(words) = closed(v.cx, form.get("invite")) {
        return Err(Error::Forbidden(words.into()));
    }
    let typed = Typed {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        username: form.get("username").to_owned(),
        site: form.get("site").to_owned(),
        invite: form.get("invite").to_owned(),
        is_old_enough: form.get("age") == "yes",
    };
    let mut page = Page::of(&v, typed);
    let Some(wish) = wish(&v, &mut page).await? else {
        return web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    challenge::ask(&v, wish).await
}

/// The challenge of a form without a mistake; else each mistake stands beside its field.
async fn wish(v: &Visit<'_>, page: &mut Page) -> Result<Option<challenge::Wish>> {
    let name = page.form.name.clone();
    page.error_name = profile::check_name(&name).err().map(str::to_owned);
    if page.age > 0 && !page.form.is_old_enough {
        page.error_age = Some("Without this there is no account.".to_owned());
    }
    let address = email::canonical(&page.form.email);
    if address.is_none() {
        page.error_email = Some("That does not look like an e-mail address.".to_owned());
    }
    let site = website::parse(&page.form.site);
    if site.is_none() && !page.form.site.is_empty() {
        page.error_site = Some("That does not look like the address of a web site.".to_owned());
    }
    let username = match username::parse(&page.form.username) {
        Ok(username) => username,
        Err(words) => {
            page.error_username = Some(words.to_owned());
            return Ok(None);
        }
    };
    if store::blog::is_taken(v.cx, &username).await? {
        page.error_username = Some("That name is taken. Choose another.".to_owned());
    }
    let (Some(email), false) = (address, page.has_errors()) else { return Ok(None) };
    Ok(Some(challenge::Wish {
        typed_email: page.form.email.clone(),
        email,
        next: "/".to_owned(),
        signup: Some(SignUp { name, username, site, invite: invite(v.cx, &page.form) }),
    }))
}

/// An invitation counts only where one is needed; elsewhere it is not used up.
fn invite(cx: &Context, form: &Typed) -> Option<String> {
    (cx.config.signups == Signups::Invite).then(|| form.invite.clone())
}

/// Why nobody new may join, if so.
fn closed(cx: &Context, invite: &str) -> Option<&'static str> {
    match cx.config.signups {
        Signups::Open | Signups::Approval => None,
        Signups::Invite if !invite.is_empty() => None,
        Signups::Invite => Some(
            "One joins here by invitation. Open the link of yours. If you have an account, sign in instead.",
        ),
        Signups::Closed => {
            Some("Sign-ups are closed here at the moment. If you have an account, sign in instead.")
        }
    }
}

/// The parts of a challenge that only a sign-up has.
pub fn fill(challenge: &mut Challenge, signup: SignUp) {
    challenge.kind = "signup".to_owned();
    challenge.name = Some(signup.name);
    challenge.username = Some(signup.username);
    challenge.site = signup.site;
}
