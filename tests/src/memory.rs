//! A Pipit in memory: all functions behind one front door, on the ports of this machine.

use crate::{Answer, Ask, Mail, pipit::Origins};
use futures_executor::block_on;
use host_native::Native;
use http::{HeaderValue, header};
use platform::{Body, ClientAddress, Config, Context, Sql, WithoutTls};
use std::{cell::RefCell, collections::BTreeMap, net::IpAddr, rc::Rc};

const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A whole Pipit of its own for one test.
pub struct Memory {
    /// The ports and the knobs on them.
    pub native: Native,
    /// When true, jobs run after each request, as the woken runner would.
    pub runs_jobs: std::cell::Cell<bool>,
    /// When true, requests come without TLS, as far as the host knows.
    pub is_without_tls: std::cell::Cell<bool>,
    config: RefCell<Rc<Config>>,
}

impl Memory {
    pub(crate) fn new(settings: &[(&str, &str)]) -> Self {
        let native = Native::new().expect("the migrations apply to an empty database");
        let settings: BTreeMap<&str, &str> = DEVELOPMENT.iter().chain(settings).copied().collect();
        let config = Config::read(|name| settings.get(name).map(|value| (*value).to_owned()));
        let config = config.expect("the settings of the test are complete");
        let config = RefCell::new(Rc::new(config));
        Self {
            native,
            runs_jobs: std::cell::Cell::new(true),
            is_without_tls: Default::default(),
            config,
        }
    }

    /// A context for one request. Each comes a millisecond later, as on the edge.
    pub fn context(&self) -> Context {
        self.native.clock.advance_ms(1);
        self.native.context(self.config.borrow().clone())
    }

    /// Runs due jobs until none is left.
    pub fn run_jobs(&self) {
        for _ in 0..100 {
            let ran = block_on(web::run_jobs(&self.context(), app::FUNCTIONS));
            if ran.expect("the outbox can be read") == 0 {
                return;
            }
        }
        panic!("jobs make jobs without end");
    }

    /// Lets so many runners run due jobs at the same time: each call of the database lets the others go first.
    pub fn run_jobs_at_once(&self, runners: usize) {
        let contexts: Vec<Context> = (0..runners).map(|_| self.context()).collect();
        let runs = contexts.iter().map(|cx| web::run_jobs(cx, app::FUNCTIONS));
        for ran in block_on(futures_util::future::join_all(runs)) {
            ran.expect("the outbox can be read");
        }
    }

    /// Runs statements past the front door; rows come back as JSON-like text columns by name.
    pub fn sql(&self, statements: Vec<Sql>) -> Vec<platform::Outcome> {
        block_on(self.context().db.batch(statements)).expect("the statements of the test run")
    }

    /// How many rows a `select count(*) as n …` counts.
    pub fn count(&self, text: &'static str) -> i64 {
        let outcomes = self.sql(vec![platform::sql(text, [])]);
        outcomes[0].rows[0].int("n").expect("the statement counts as n")
    }

    pub(crate) fn send(&self, host: &str, address: IpAddr, ask: &Ask) -> Answer {
        let answer = block_on(self.answer(host, Some(address), ask));
        if self.runs_jobs.get() {
            self.run_jobs();
        }
        answer
    }

    /// A request whose sender the runtime does not know.
    pub fn send_from_nowhere(&self, ask: Ask) -> Answer {
        block_on(self.answer(&self.origins().app_host, None, &ask))
    }

    /// Every value of every table, one per line.
    pub fn everything_stored(&self) -> String {
        self.native.db.dump().expect("the database can be read")
    }

    /// The database, the key-value stores and the objects as one text; what is no text in it is lost.
    pub fn everything_kept(&self) -> String {
        let Native { kv, cache, blobs, .. } = &self.native;
        let mut text = self.everything_stored();
        for (key, value) in [kv.contents(), cache.contents(), blobs.contents()].concat() {
            text.push_str(&format!("{key}: {}\n", String::from_utf8_lossy(&value)));
        }
        text
    }

    /// All at once: each call of the database lets the others go first.
    pub(crate) fn send_at_once(&self, from: &[IpAddr], host: &str, ask: &Ask) -> Vec<Answer> {
        let asked = from.iter().map(|address| self.answer(host, Some(*address), ask));
        let answers = block_on(futures_util::future::join_all(asked));
        self.run_jobs();
        answers
    }

    async fn answer(&self, host: &str, address: Option<IpAddr>, ask: &Ask) -> Answer {
        let body = if ask.body.is_empty() { Body::Empty } else { Body::Bytes(ask.body.clone()) };
        let mut request = http::Request::builder()
            .method(ask.method.clone())
            .uri(&ask.path)
            .header(header::HOST, host);
        if let Some(address) = address {
            request = request.extension(ClientAddress(address));
        }
        if self.is_without_tls.get() {
            request = request.extension(WithoutTls);
        }
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if ask.method == http::Method::POST && !ask.has("content-length") {
            request = request.header(header::CONTENT_LENGTH, HeaderValue::from(ask.body.len()));
        }
        let request = request.body(body).expect("the request of the test is one");
        let response = web::answer(&self.context(), app::FUNCTIONS, request).await;
        let (parts, body) = response.into_parts();
        let body = body.read(ANSWER_BYTES_MAX).await.expect("the body can be read");
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Every mail to an address, the newest first.
    pub(crate) fn mails_to(&self, email: &str) -> Vec<Mail> {
        let calls = self.native.http.calls();
        let mails = calls.iter().rev().filter(|call| call.url.path().ends_with("/email"));
        mails
            .filter_map(|call| serde_json::from_slice(&call.body).ok())
            .map(|value| Mail::of_provider(&value))
            .filter(|mail| mail.to.contains(email))
            .collect()
    }

    pub(crate) fn origins(&self) -> Origins {
        Origins {
            app_host: "localhost:8787".to_owned(),
            blog_domain: "blogs.localhost:8787".to_owned(),
            media_host: "media.localhost:8787".to_owned(),
        }
    }
}

/// As `cargo xtask dev` sets them.
const DEVELOPMENT: &[(&str, &str)] = &[
    ("APP_ORIGIN", "http://localhost:8787"),
    ("BLOG_DOMAIN", "blogs.localhost:8787"),
    ("MEDIA_ORIGIN", "http://media.localhost:8787"),
    ("APP_KEY", "cGlwaXQgaXMgYSBzbWFsbCBicm93biBiaXJkLCBzbyE="),
    ("OPERATOR_EMAIL", "operator@localhost.example"),
    ("MAIL_API_BASE", "http://localhost:8025"),
    ("MAIL_TOKEN", "test"),
    ("MAIL_FROM", "Pipit <pipit@localhost.example>"),
    ("STRIPE_SECRET_KEY", "sk_test_pipit"),
    ("STRIPE_WEBHOOK_SECRET", crate::pipit::STRIPE_SECRET),
    ("STRIPE_API_BASE", "http://localhost:8030"),
    ("STRIPE_PRICES", include_str!("../fixtures/stripe/prices.json")),
    ("PLANS", include_str!("../fixtures/stripe/plans.json")),
    ("OUTBOUND_ALLOW", "localhost:8025,localhost:8028,localhost:8029,localhost:8030"),
    ("GRAVATAR", "off"),
    ("DNS_API_BASE", "http://localhost:8028/dns-query"),
    ("HOSTNAMES_API_BASE", "http://localhost:8028"),
    ("HOSTNAMES_API_TOKEN", "test"),
    ("HOSTNAMES_ZONE_ID", "testzone"),
    ("BUILD", "test"),
];
