//! The configuration of a local run: development values, and what stands in our own environment.

use crate::{Result, base64, project, stripe};
use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// What the environment may set; the names of the configuration.
const NAMES: &[&str] = &[
    "APP_ORIGIN",
    "BLOG_DOMAIN",
    "MEDIA_ORIGIN",
    "APP_KEY",
    "OPERATOR_EMAIL",
    "SIGNUPS",
    "MINIMUM_AGE",
    "BLOGS_MAX",
    "MAIL_PROVIDER",
    "MAIL_API_BASE",
    "MAIL_TOKEN",
    "MAIL_FROM",
    "MAIL_ACCOUNT",
    "BILLING",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "STRIPE_PRICES",
    "PLANS",
    "GRAVATAR",
    "PAGE_CACHE",
    "DNS_API_BASE",
    "DOMAIN_ADDRESSES",
    "HOSTNAMES_API_TOKEN",
    "HOSTNAMES_ZONE_ID",
    "HOSTNAMES_API_BASE",
    "FEEDS_REFUSED",
    "CHAT_WEBHOOK",
    "CHAT_NOTICES",
    "CHAT_WEBHOOK_HOST",
    "ENTITLEMENT_WEBHOOK",
    "ENTITLEMENT_WEBHOOK_SECRET",
    "ENTITLEMENT_WEBHOOK_HOST",
    "TRUSTED_PROXIES",
    "S3_ENDPOINT",
    "S3_BUCKET",
    "S3_REGION",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
];

/// What calls of the operator's program are signed with in development.
const WEBHOOK_SECRET: &str = "whsec_cGlwaXQgaXMgYSBzbWFsbCBicm93biBiaXJkLCBzbyE=";

/// Settings by name.
pub type Settings = BTreeMap<String, String>;

/// What decides the development values.
pub struct Local<'a> {
    /// The app's port.
    pub port: u16,
    /// The mailbox's port.
    pub mail_port: u16,
    /// Further `host:port` pairs that may be reached.
    pub reach: Vec<String>,
    /// How far the clock runs ahead.
    pub ahead_seconds: i64,
    /// Where the keys of this state are kept.
    pub data: &'a Path,
}

/// Development values, overruled by those of our own environment.
pub fn local(local: &Local) -> Result<Settings> {
    let Local { port, mail_port, .. } = *local;
    let mut settings = keys(&local.data.join("keys.env"))?;
    let mut set = |name: &str, value: String| {
        settings.insert(name.to_owned(), value);
    };
    set("APP_ORIGIN", format!("http://localhost:{port}"));
    set("BLOG_DOMAIN", format!("blogs.localhost:{port}"));
    set("MEDIA_ORIGIN", format!("http://media.localhost:{port}"));
    set("OPERATOR_EMAIL", "operator@localhost.example".to_owned());
    set("SIGNUPS", "open".to_owned());
    set("MAIL_PROVIDER", "postmark".to_owned());
    set("MAIL_API_BASE", format!("http://localhost:{mail_port}"));
    set("MAIL_TOKEN", "development".to_owned());
    set("MAIL_FROM", "Pipit <pipit@localhost.example>".to_owned());
    set("GRAVATAR", "off".to_owned());
    set("CHAT_WEBHOOK", format!("http://localhost:{mail_port}/hooks/chat"));
    set("CHAT_NOTICES", "on".to_owned());
    set("ENTITLEMENT_WEBHOOK", format!("http://localhost:{mail_port}/hooks/entitlement"));
    set("ENTITLEMENT_WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned());
    if local.ahead_seconds != 0 {
        set("CLOCK_AHEAD_SECONDS", local.ahead_seconds.to_string());
    }
    let mut reach = vec![format!("localhost:{mail_port}")];
    reach.extend(local.reach.iter().cloned());
    reach.extend(env::var("OUTBOUND_ALLOW").ok().filter(|list| !list.trim().is_empty()));
    set("OUTBOUND_ALLOW", reach.join(","));
    for name in NAMES {
        if let Some(value) = env::var(name).ok().filter(|value| !value.is_empty()) {
            set(name, value);
        }
    }
    // On Spin only one component has the key, and the others have to know that there is one.
    if settings.contains_key("STRIPE_SECRET_KEY") {
        settings.entry("BILLING".to_owned()).or_insert_with(|| "on".to_owned());
    }
    for name in ["CHAT_WEBHOOK", "ENTITLEMENT_WEBHOOK"] {
        let url = settings.get(name).cloned().unwrap_or_default();
        if let Some(host) = origin(&url) {
            settings.entry(format!("{name}_HOST")).or_insert_with(|| host.to_owned());
        }
    }
    Ok(settings)
}

/// The part of an address before its path.
fn origin(url: &str) -> Option<&str> {
    let begin = url.find("://")?.checked_add(3)?;
    let rest = url.get(begin..)?;
    url.get(..begin + rest.find('/').unwrap_or(rest.len()))
}

/// What the tests know beside.
pub fn for_tests() -> Settings {
    let pairs = [
        // They answer themselves for DNS and for the platform that makes certificates.
        ("DNS_API_BASE", "http://localhost:8028/dns-query"),
        ("HOSTNAMES_API_BASE", "http://localhost:8028"),
        ("HOSTNAMES_API_TOKEN", "test"),
        ("HOSTNAMES_ZONE_ID", "testzone"),
        // They say themselves whose request each one is.
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// With the stand-in for Stripe on this port: its prices, and the key and the secret that it knows.
pub fn for_stripe(port: u16) -> Settings {
    let base = format!("http://localhost:{port}");
    let pairs = [
        ("BILLING", "on"),
        ("STRIPE_SECRET_KEY", stripe::KEY),
        ("STRIPE_WEBHOOK_SECRET", stripe::SECRET),
        ("STRIPE_API_BASE", &base),
        ("STRIPE_PRICES", stripe::PRICES.trim_end()),
        ("PLANS", stripe::PLANS.trim_end()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Writes settings as lines `NAME='value'` that only this user may read.
pub fn write_env_file(path: &Path, settings: &Settings) -> Result<()> {
    let mut text = String::new();
    for (name, value) in settings {
        if value.contains('\n') {
            return Err(format!("{name} has more than one line, which is not possible here."));
        }
        let quote = ['\'', '"', '`'].into_iter().find(|quote| !value.contains(*quote));
        let quote = quote.ok_or_else(|| format!("{name} has every kind of quotation mark."))?;
        text.push_str(&format!("{name}={quote}{value}{quote}\n"));
    }
    write_private(path, &text)
}

/// The keys of a local state: made once, kept beside it.
fn keys(path: &Path) -> Result<Settings> {
    if !path.is_file() {
        let internal = project::hex(&random()?);
        write_private(
            path,
            &format!("APP_KEY={}\nINTERNAL_KEY={internal}\n", base64::encode(&random()?)),
        )?;
    }
    let text = project::read(path).unwrap_or_default();
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Writes a file that only this user may read.
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    let say = |e: std::io::Error| format!("{}: {e}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(say)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(say)
}

/// 32 bytes from the operating system.
pub fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|e| format!("/dev/urandom: {e}"))?;
    Ok(bytes)
}
