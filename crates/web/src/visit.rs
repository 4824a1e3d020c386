//! One request on its way through its handler.

use crate::{Grant, Limit, answer, form};
use domain::{datetime, email, timezone};
use platform::{Body, ClientAddress, Context, Error, Request, Result};
use store::{
    blog::{Own, Which, find_own},
    session::Session,
};

/// How long a proof is fresh.
const FRESH_SECONDS: i64 = 600;

/// What a handler is given.
pub struct Visit<'a> {
    /// The ports, the configuration, the time.
    pub cx: &'a Context,
    /// The request.
    pub req: Request,
    /// The host it was for, lower-case, with its port if it has one.
    pub host: String,
    /// The values of the route's `{names}`.
    pub params: Vec<(&'static str, String)>,
    /// The client's address, if the host knows it.
    pub client: Option<ClientAddress>,
    /// The signed-in browser, on the app's host.
    pub session: Option<Session>,
    /// What the token allows, on routes for tokens.
    pub grant: Option<Grant>,
    pub(crate) form: Option<form::Form>,
    pub(crate) body_bytes_max: usize,
}

impl Visit<'_> {
    /// The value of a `{name}` of the route.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// The session; routes for [`crate::Who::Session`] always have one.
    pub fn session(&self) -> Result<&Session> {
        self.session.as_ref().ok_or(Error::SignIn)
    }

    /// What the token allows; routes for [`crate::Who::Token`] always have it.
    pub fn grant(&self) -> Result<&Grant> {
        self.grant.as_ref().ok_or(Error::SignIn)
    }

    /// The session of the operator: of the account with the address in the settings. Others learn nothing,
    /// not even that there is such a page.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everybody else.
    pub fn operator(&self) -> Result<&Session> {
        let operator = self.cx.config.operator_email.as_deref().and_then(email::canonical);
        let session = self.session.as_ref();
        session.filter(|s| operator.is_some_and(|email| s.email == email)).ok_or(Error::NotFound)
    }

    /// Whether the signed-in person proved within the last ten minutes who they are.
    pub fn is_proven_afresh(&self) -> bool {
        self.session.as_ref().is_some_and(|session| {
            self.cx.seconds().saturating_sub(session.proved_at) <= FRESH_SECONDS
        })
    }

    /// A moment as the clock of whoever reads shows it, `22 Nov 2026, 14:05`; for strangers in UTC.
    pub fn human(&self, seconds: i64) -> String {
        let zone = self.session.as_ref().and_then(|session| session.timezone.as_deref());
        datetime::human(zone.map_or(seconds, |zone| timezone::local(zone, seconds)), "en")
    }

    /// A value of the query, or nothing.
    pub fn query(&self, name: &str) -> String {
        let query = self.req.uri().query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .find_map(|(n, value)| (n == name).then(|| value.into_owned()))
            .unwrap_or_default()
    }

    /// All values of a name in the query.
    pub fn queries(&self, name: &str) -> Vec<String> {
        let query = self.req.uri().query().unwrap_or_default();
        let values = form_urlencoded::parse(query.as_bytes());
        values.filter(|(n, _)| n == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// Whether the body is JSON, as its sender says.
    pub fn has_json(&self) -> bool {
        form::is_json(self.header("content-type"))
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body's bytes, at most as many as the route allows.
    pub async fn bytes(&mut self) -> Result<bytes::Bytes> {
        let length = answer::content_length(&self.req).unwrap_or_default();
        std::mem::take(self.req.body_mut()).read_expected(self.body_bytes_max, length).await
    }

    /// The body as a form: `application/x-www-form-urlencoded` or `multipart/form-data`.
    ///
    /// # Errors
    /// [`Error::MediaType`] for another type, [`Error::Invalid`] for a broken form, [`Error::TooLarge`].
    pub async fn form(&mut self) -> Result<form::Form> {
        if let Some(form) = self.form.take() {
            return Ok(form);
        }
        let content_type = self.header("content-type").to_owned();
        let body: Body = std::mem::take(self.req.body_mut());
        let length = answer::content_length(&self.req).unwrap_or_default();
        form::read(&content_type, body, self.body_bytes_max, length).await
    }

    /// The body as a form; the rest of the visit is about the blog that it was made for (its field `blog`),
    /// whichever the person has chosen by now.
    ///
    /// # Errors
    /// As [`Visit::form`]; [`Error::NotFound`] when the person has no blog of that name.
    pub async fn form_of_blog(&mut self) -> Result<form::Form> {
        let form = self.form().await?;
        self.turn_to_blog_of(&form).await?;
        Ok(form)
    }

    /// The same with a form that was read otherwise.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person has no blog of that name.
    pub async fn turn_to_blog_of(&mut self, form: &form::Form) -> Result<()> {
        let (name, session) = (form.get("blog"), self.session()?);
        if name.is_empty() || name == session.blog_name {
            return Ok(());
        }
        let own = find_own(self.cx, &session.account_id, Which::Named(name)).await?;
        self.turn_to(own.ok_or(Error::NotFound)?);
        Ok(())
    }

    /// Lets the rest of the visit be about this blog of the person's.
    pub fn turn_to(&mut self, own: Own) {
        if let Some(session) = &mut self.session {
            (session.blog_id, session.blog_name, session.domain) = (own.id, own.name, own.domain);
        }
    }

    /// What a program sent: a form, or a JSON object whose texts, numbers and booleans are its fields.
    ///
    /// # Errors
    /// As [`Visit::form`].
    pub async fn fields(&mut self) -> Result<form::Form> {
        if self.has_json() {
            let body = self.bytes().await?;
            return form::of_json(&body);
        }
        self.form().await
    }

    /// Takes one from a limit that only the handler can name, such as [`crate::Per::Mail`].
    ///
    /// # Errors
    /// [`Error::TooMany`]; [`Error::Unavailable`] when the limits do not answer.
    pub async fn take(&self, limit: &Limit, subject: &str) -> Result<()> {
        answer::take(self.cx, limit, subject, true).await
    }

    /// Takes one from the quotas of a canonical mail address: those [`crate::Per::Mail`] limits, three of
    /// them, as exact sliding windows. False: the answer stays what it would be, and no mail goes out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when they cannot be counted.
    pub async fn may_mail(&self, limits: &[Limit], email: &str) -> Result<bool> {
        crate::mailbox::take(self.cx, limits, email).await
    }
}
