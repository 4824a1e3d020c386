//! The configuration: the same names on Workers (vars and secrets) and on Spin (variables).

use crate::{DEV, Error, Result};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::collections::BTreeMap;
use url::Url;

/// Which of our hosts a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Sign-in, timeline, settings, APIs, webhooks.
    App,
    /// A blog; which one, the host name says.
    Blog,
    /// Uploaded files.
    Media,
}

/// Who may join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signups {
    /// Anyone with an e-mail address.
    Open,
    /// The operator says yes first.
    Approval,
    /// Who has an invitation.
    Invite,
    /// Nobody new.
    Closed,
}

/// Whose API mails are sent by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailProvider {
    /// Postmark's `POST /email`.
    Postmark,
    /// Resend's `POST /emails`.
    Resend,
    /// SendGrid's `POST /v3/mail/send`.
    SendGrid,
    /// Cloudflare's `POST /client/v4/accounts/{account}/email/sending/send`.
    Cloudflare,
}

/// How mails leave.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Whose request shape.
    pub provider: MailProvider,
    /// Where the API is.
    pub api_base: Url,
    /// Its token.
    pub token: String,
    /// The account's id, which is part of the address at Cloudflare; elsewhere empty.
    pub account: String,
    /// The sender.
    pub from: String,
}

/// How Stripe is reached and believed.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// The API key.
    pub secret_key: String,
    /// One signing secret, or two while it is rolled.
    pub webhook_secrets: Vec<String>,
    /// Where the API is.
    pub api_base: Url,
    /// Price id to the name of the plan.
    pub prices: BTreeMap<String, String>,
}

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// For example `https://app.example`.
    pub app_origin: Url,
    /// Blogs live at `<username>.<blog_domain>`; with a port in development.
    pub blog_domain: String,
    /// Where uploaded files are served.
    pub media_origin: Url,
    /// 32 bytes from which every key is derived; None switches off what needs one.
    pub app_key: Option<[u8; 32]>,
    /// Who runs it.
    pub operator_email: Option<String>,
    /// Who may join.
    pub signups: Signups,
    /// In years; None asks nobody.
    pub minimum_age: Option<u8>,
    /// None: no mail can be sent.
    pub mail: Option<MailConfig>,
    /// None: there is no billing, and everything is free.
    pub stripe: Option<StripeConfig>,
    /// Whether Gravatar may be asked for pictures at all.
    pub gravatar: bool,
    /// `host:port` pairs on loopback; empty in every release build.
    pub outbound_allow: Vec<String>,
    /// Seconds the clock runs ahead; 0 in every release build.
    pub clock_ahead_seconds: i64,
    /// Names the build; part of every page cache key and of asset addresses.
    pub build: String,
}

impl Config {
    /// Reads the configuration by name. An empty value is a missing one.
    ///
    /// # Errors
    /// [`Error::Internal`] that names the setting which is missing or does not parse, never its value.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let get = |name: &str| get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let outbound_allow = get("OUTBOUND_ALLOW").map(|list| words(&list)).unwrap_or_default();
        if !DEV && !outbound_allow.is_empty() {
            return Err(Error::internal("OUTBOUND_ALLOW is for development builds only"));
        }
        let clock = get("CLOCK_AHEAD_SECONDS").filter(|_| DEV);
        Ok(Self {
            app_origin: url(&get, "APP_ORIGIN")?,
            blog_domain: get("BLOG_DOMAIN").ok_or_else(|| missing("BLOG_DOMAIN"))?,
            media_origin: url(&get, "MEDIA_ORIGIN")?,
            app_key: get("APP_KEY").map(|text| key(&text)).transpose()?,
            operator_email: get("OPERATOR_EMAIL"),
            signups: signups(get("SIGNUPS").as_deref())?,
            minimum_age: get("MINIMUM_AGE").and_then(|age| age.parse().ok()),
            mail: mail(&get)?,
            stripe: stripe(&get)?,
            gravatar: get("GRAVATAR").is_none_or(|text| text != "off"),
            outbound_allow,
            clock_ahead_seconds: clock.and_then(|s| s.parse().ok()).unwrap_or(0),
            build: get("BUILD").unwrap_or_else(|| "0".to_owned()),
        })
    }

    /// Which site a `Host` header means. Everything that is neither the app's nor the media's is a
    /// blog's until the database says that it is nobody's.
    pub fn site(&self, host: &str) -> Site {
        if host.eq_ignore_ascii_case(&host_and_port(&self.app_origin)) {
            Site::App
        } else if host.eq_ignore_ascii_case(&host_and_port(&self.media_origin)) {
            Site::Media
        } else {
            Site::Blog
        }
    }

    /// The user name in the host name of a blog that lives under our own domain.
    pub fn blog_username(&self, host: &str) -> Option<String> {
        let host = host.to_ascii_lowercase();
        let name = host.strip_suffix(&self.blog_domain)?.strip_suffix('.')?;
        (!name.is_empty() && !name.contains('.')).then(|| name.to_owned())
    }

    /// The address of a blog that lives under our own domain, without a slash at its end.
    pub fn blog_origin(&self, username: &str) -> String {
        format!("{}://{username}.{}", self.app_origin.scheme(), self.blog_domain)
    }

    /// An address on the app's host; `path` begins with a slash.
    pub fn app_url(&self, path: &str) -> String {
        format!("{}{path}", self.app_origin.as_str().trim_end_matches('/'))
    }

    /// An address on the media host; `key` is an object's. What is an address already stays as it is.
    pub fn media_url(&self, key: &str) -> String {
        if key.starts_with("https://") || key.starts_with("http://") {
            return key.to_owned();
        }
        format!("{}/{key}", self.media_origin.as_str().trim_end_matches('/'))
    }

    pub(crate) fn is_own_host(&self, name: &str) -> bool {
        let blogs = self.blog_domain.split(':').next().unwrap_or_default();
        self.app_origin.host_str() == Some(name)
            || self.media_origin.host_str() == Some(name)
            || name == blogs
            || name.strip_suffix(blogs).is_some_and(|rest| rest.ends_with('.'))
    }
}

fn host_and_port(origin: &Url) -> String {
    let host = origin.host_str().unwrap_or_default();
    origin.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn mail(get: &impl Fn(&str) -> Option<String>) -> Result<Option<MailConfig>> {
    let (Some(token), Some(from)) = (get("MAIL_TOKEN"), get("MAIL_FROM")) else { return Ok(None) };
    let (provider, base) = match get("MAIL_PROVIDER").as_deref() {
        None | Some("postmark") => (MailProvider::Postmark, "https://api.postmarkapp.com"),
        Some("resend") => (MailProvider::Resend, "https://api.resend.com"),
        Some("sendgrid") => (MailProvider::SendGrid, "https://api.sendgrid.com"),
        Some("cloudflare") => (MailProvider::Cloudflare, "https://api.cloudflare.com"),
        Some(_) => return Err(Error::internal("MAIL_PROVIDER is not one that is known")),
    };
    let account = get("MAIL_ACCOUNT").unwrap_or_default();
    if !account.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Error::internal("MAIL_ACCOUNT is not an account's id"));
    }
    if provider == MailProvider::Cloudflare && account.is_empty() {
        return Err(missing("MAIL_ACCOUNT"));
    }
    let api_base = get("MAIL_API_BASE").unwrap_or_else(|| base.to_owned());
    let api_base = parse(&api_base, "MAIL_API_BASE")?;
    Ok(Some(MailConfig { provider, api_base, token, account, from }))
}

fn stripe(get: &impl Fn(&str) -> Option<String>) -> Result<Option<StripeConfig>> {
    let Some(secret_key) = get("STRIPE_SECRET_KEY") else { return Ok(None) };
    let base = get("STRIPE_API_BASE").unwrap_or_else(|| "https://api.stripe.com".to_owned());
    let prices = get("STRIPE_PRICES").unwrap_or_else(|| "{}".to_owned());
    Ok(Some(StripeConfig {
        secret_key,
        webhook_secrets: get("STRIPE_WEBHOOK_SECRET").map(|s| words(&s)).unwrap_or_default(),
        api_base: parse(&base, "STRIPE_API_BASE")?,
        prices: serde_json::from_slice(prices.as_bytes())
            .map_err(|_| Error::internal("STRIPE_PRICES is not a JSON object of texts"))?,
    }))
}

fn signups(text: Option<&str>) -> Result<Signups> {
    match text {
        None | Some("open") => Ok(Signups::Open),
        Some("approval") => Ok(Signups::Approval),
        Some("invite") => Ok(Signups::Invite),
        Some("closed") => Ok(Signups::Closed),
        Some(_) => Err(Error::internal("SIGNUPS is not open, approval, invite or closed")),
    }
}

fn key(text: &str) -> Result<[u8; 32]> {
    BASE64_STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Error::internal("APP_KEY is not 32 bytes in base64"))
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn url(get: &impl Fn(&str) -> Option<String>, name: &str) -> Result<Url> {
    parse(&get(name).ok_or_else(|| missing(name))?, name)
}

fn parse(text: &str, name: &str) -> Result<Url> {
    Url::parse(text).map_err(|_| Error::internal(format!("{name} is not an address")))
}

fn missing(name: &str) -> Error {
    Error::internal(format!("{name} is missing"))
}
