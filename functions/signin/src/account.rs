//! Signing up. The account comes into being when the address is proven.

use crate::challenge;
use askama::Template;
use domain::{email, username, website};
use http::StatusCode;
use platform::{Context, Error, Response, Result, Signups};
use store::challenge::Challenge;
use web::{Layout, Visit};

const NAME_CHARS_MAX: usize = 100;

/// What was typed.
#[derive(Default)]
struct Typed {
    name: String,
    email: String,
    username: String,
    site: String,
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
    note: Option<String>,
}

impl Page {
    fn of(v: &Visit<'_>, form: Typed) -> Self {
        Self {
            layout: Layout::of(v, "Start a blog"),
            blog_domain: v.cx.config.blog_domain.clone(),
            form,
            error_name: None,
            error_email: None,
            error_username: None,
            error_site: None,
            note: closed(v.cx).map(str::to_owned),
        }
    }

    fn has_errors(&self) -> bool {
        [&self.error_name, &self.error_email, &self.error_username, &self.error_site]
            .iter()
            .any(|error| error.is_some())
    }
}

/// `GET /signup`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    web::page(&Page::of(&v, Typed::default()))
}

/// `POST /signup`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    if let Some(words) = closed(v.cx) {
        return Err(Error::Forbidden(words.into()));
    }
    let form = v.form().await?;
    let typed = Typed {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        username: form.get("username").to_owned(),
        site: form.get("site").to_owned(),
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
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(is_hidden) {
        page.error_name = Some("Write a name of up to 100 characters.".to_owned());
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
    if store::account::find_by_username(v.cx, &username).await?.is_some() {
        page.error_username = Some("That name is taken. Choose another.".to_owned());
    }
    let (Some(email), false) = (address, page.has_errors()) else { return Ok(None) };
    Ok(Some(challenge::Wish {
        typed_email: page.form.email.clone(),
        email,
        next: "/".to_owned(),
        signup: Some((name, username, site)),
    }))
}

/// Control characters, and the marks that turn the direction of text around what follows.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why nobody new may join, if so.
fn closed(cx: &Context) -> Option<&'static str> {
    match cx.config.signups {
        Signups::Open => None,
        Signups::Approval | Signups::Invite | Signups::Closed => {
            Some("Sign-ups are closed here at the moment. If you have an account, sign in instead.")
        }
    }
}

/// The parts of a challenge that only a sign-up has.
pub fn fill(challenge: &mut Challenge, (name, username, site): (String, String, Option<String>)) {
    challenge.kind = "signup".to_owned();
    challenge.name = Some(name);
    challenge.username = Some(username);
    challenge.site = site;
}
