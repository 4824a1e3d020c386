//! The configuration: the same names on Workers (vars and secrets) and on Spin (variables).

mod billing;
mod notices;

pub use billing::{Charge, FREE, Plan, Plans, Price, StripeConfig};
pub use notices::WebhookConfig;

use crate::{DEV, Error, Result};
use base64::prelude::{BASE64_STANDARD, Engine};
use url::Url;

/// How many blogs an account may have where nothing else is said.
const BLOGS_MAX: i64 = 5;
const DNS_API: &str = "https://cloudflare-dns.com/dns-query";

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

/// Where certificates for people's own domains are asked for: Cloudflare's custom hostnames.
#[derive(Debug, Clone)]
pub struct HostnamesConfig {
    /// Where the API is.
    pub api_base: Url,
    /// Its token.
    pub token: String,
    /// The zone that serves the blogs.
    pub zone: String,
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
    /// How many blogs an account may have, its first one included.
    pub blogs_max: i64,
    /// In years; None asks nobody.
    pub minimum_age: Option<u8>,
    /// None: no mail can be sent.
    pub mail: Option<MailConfig>,
    /// Whether anything is paid for. Components without Stripe's key know it from `BILLING` alone.
    pub billing: bool,
    /// None: there is no billing, and everything is free.
    pub stripe: Option<StripeConfig>,
    /// What each plan unlocks, where something is paid for.
    pub plans: Plans,
    /// Where the operator's chat takes notices, in the shape of Slack's incoming webhooks.
    pub chat_webhook: Option<Url>,
    /// Whether there is such a chat. Components without its address know it from `CHAT_NOTICES` alone.
    pub has_chat: bool,
    /// Who is told when what an account has changes.
    pub entitlement_webhook: Option<WebhookConfig>,
    /// Whether Gravatar may be asked for pictures at all.
    pub gravatar: bool,
    /// Whether pages of blogs are kept in the page cache.
    pub page_cache: bool,
    /// Who is asked about names: DNS over HTTPS in the JSON format.
    pub dns_api: Url,
    /// Addresses for domains that can have no CNAME; pages name them.
    pub domain_addresses: Vec<String>,
    /// Hosts whose owners asked not to be read: they and everything below them.
    pub feeds_refused: Vec<String>,
    /// None: a proxy of the operator's makes the certificates.
    pub hostnames: Option<HostnamesConfig>,
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
        let blogs_max = blogs_max(get("BLOGS_MAX").as_deref())?;
        Ok(Self {
            app_origin: url(&get, "APP_ORIGIN")?,
            blog_domain: get("BLOG_DOMAIN").ok_or_else(|| missing("BLOG_DOMAIN"))?,
            media_origin: url(&get, "MEDIA_ORIGIN")?,
            app_key: get("APP_KEY").map(|text| key(&text)).transpose()?,
            operator_email: get("OPERATOR_EMAIL"),
            signups: signups(get("SIGNUPS").as_deref())?,
            blogs_max,
            minimum_age: get("MINIMUM_AGE").and_then(|age| age.parse().ok()),
            mail: mail(&get)?,
            billing: billing::is_on(&get),
            stripe: billing::stripe(&get)?,
            plans: billing::plans(&get, blogs_max)?,
            chat_webhook: notices::chat(&get)?,
            has_chat: notices::has_chat(&get),
            entitlement_webhook: notices::webhook(&get)?,
            gravatar: get("GRAVATAR").is_none_or(|text| text != "off"),
            page_cache: get("PAGE_CACHE").is_none_or(|text| text != "off"),
            dns_api: parse(
                &get("DNS_API_BASE").unwrap_or_else(|| DNS_API.to_owned()),
                "DNS_API_BASE",
            )?,
            domain_addresses: get("DOMAIN_ADDRESSES").map(|list| words(&list)).unwrap_or_default(),
            feeds_refused: get("FEEDS_REFUSED").map(|list| words(&list)).unwrap_or_default(),
            hostnames: hostnames(&get)?,
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

    /// By what name a `Host` header means a blog: a user name where it is below our own domain, else the
    /// host name itself, which has a dot in it. None when no blog can be there.
    pub fn blog_name(&self, host: &str) -> Option<String> {
        let (ours, port) = self.blog_domain_and_port();
        let host = host.strip_suffix(port)?.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let name = match host.strip_suffix(ours) {
            Some("") => return None,
            Some(below) if below.ends_with('.') => {
                below.strip_suffix('.').filter(|name| !name.contains('.'))?
            }
            _ => Some(host).filter(|name| name.contains('.'))?,
        };
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let is_name = (1..=253).contains(&name.len()) && name.bytes().all(is_plain);
        is_name.then(|| name.to_owned())
    }

    /// By what name an address means a blog, as [`Self::blog_name`] has it.
    pub fn blog_at(&self, address: &str) -> Option<String> {
        self.blog_name(&host_and_port(&Url::parse(address).ok()?))
    }

    /// The address of a blog, without a slash at its end: on its own domain where it lives on one. Nothing
    /// else says where a blog is.
    pub fn blog_origin(&self, username: &str, domain: Option<&str>) -> String {
        let scheme = self.app_origin.scheme();
        match domain {
            Some(domain) => format!("{scheme}://{domain}{}", self.blog_domain_and_port().1),
            None => format!("{scheme}://{username}.{}", self.blog_domain),
        }
    }

    /// The host name of a blog below our own domain, without a port: where other names point to.
    pub fn blog_host(&self, username: &str) -> String {
        format!("{username}.{}", self.blog_domain_and_port().0)
    }

    /// The port with its colon; empty where there is none.
    fn blog_domain_and_port(&self) -> (&str, &str) {
        let end = self.blog_domain.find(':').unwrap_or(self.blog_domain.len());
        self.blog_domain.split_at_checked(end).unwrap_or((&self.blog_domain, ""))
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

    /// What the plan of this name unlocks; everything where nothing is paid for.
    pub fn plan(&self, name: &str) -> Plan {
        let plan = self.plans.plan(name, self.blogs_max);
        if self.billing {
            return plan;
        }
        Plan { blogs: self.blogs_max, domain: true, storage_bytes: None, ..plan }
    }

    /// Whether a name is one of our own hosts, or below the blogs' domain.
    pub fn is_own_host(&self, name: &str) -> bool {
        let (blogs, _) = self.blog_domain_and_port();
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

fn hostnames(get: &impl Fn(&str) -> Option<String>) -> Result<Option<HostnamesConfig>> {
    let (Some(token), Some(zone)) = (get("HOSTNAMES_API_TOKEN"), get("HOSTNAMES_ZONE_ID")) else {
        return Ok(None);
    };
    if !zone.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Error::internal("HOSTNAMES_ZONE_ID is not a zone's id"));
    }
    let base = get("HOSTNAMES_API_BASE");
    let base = base.unwrap_or_else(|| "https://api.cloudflare.com".to_owned());
    Ok(Some(HostnamesConfig { api_base: parse(&base, "HOSTNAMES_API_BASE")?, token, zone }))
}

fn blogs_max(text: Option<&str>) -> Result<i64> {
    let count = text.map_or(Ok(BLOGS_MAX), str::parse).ok();
    count
        .filter(|count| (1..=1000).contains(count))
        .ok_or_else(|| Error::internal("BLOGS_MAX is not a number from 1 to 1000"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn config(app: &str, blogs: &str) -> Config {
        let get = |name: &str| match name {
            "APP_ORIGIN" => Some(app.to_owned()),
            "BLOG_DOMAIN" => Some(blogs.to_owned()),
            "MEDIA_ORIGIN" => Some("https://media.example".to_owned()),
            _ => None,
        };
        Config::read(get).expect("these are all that must be there")
    }

    #[test]
    fn a_host_means_a_user_name_or_a_domain() {
        let deployed = config("https://app.example", "blogs.example");
        for (host, expected) in [
            ("maria.blogs.example", Some("maria")),
            ("MARIA.Blogs.Example.", Some("maria")),
            ("blogs.example", None),
            ("a.maria.blogs.example", None),
            (".blogs.example", None),
            ("maria.example", Some("maria.example")),
            ("Maria.Example.", Some("maria.example")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("notblogs.example", Some("notblogs.example")),
            ("maria.example..", Some("maria.example.")),
            ("maria.example:8787", None),
            ("[::1]", None),
            ("maria", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(deployed.blog_name(host).as_deref(), expected, "{host}");
        }
        let local = config("http://localhost:8787", "blogs.localhost:8787");
        assert_eq!(local.blog_name("maria.blogs.localhost:8787").as_deref(), Some("maria"));
        assert_eq!(local.blog_name("maria.example:8787").as_deref(), Some("maria.example"));
        assert_eq!(local.blog_name("maria.blogs.localhost"), None);
    }

    #[test]
    fn a_blog_has_one_address() {
        let deployed = config("https://app.example", "blogs.example");
        assert_eq!(deployed.blog_origin("maria", None), "https://maria.blogs.example");
        assert_eq!(deployed.blog_origin("maria", Some("maria.example")), "https://maria.example");
        let local = config("http://localhost:8787", "blogs.localhost:8787");
        assert_eq!(local.blog_origin("maria", Some("maria.example")), "http://maria.example:8787");
    }
}
