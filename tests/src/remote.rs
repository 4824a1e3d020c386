//! A Pipit on one of its runtimes, reached over HTTP.

use crate::{Answer, Ask, Mail, pipit::Origins};
use std::{
    env,
    net::IpAddr,
    thread,
    time::{Duration, Instant},
};
use url::Url;

const PATIENCE: Duration = Duration::from_secs(30);
/// The sweep of the next minute is the promise; to be woken at once is what mostly happens.
const MAIL_PATIENCE: Duration = Duration::from_secs(75);
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// A body of this size may be refused before it is read.
const LARGE_BYTES: usize = 1 << 20;

/// Where it is and how to speak to it. Plain data: threads have copies.
#[derive(Clone)]
pub struct Remote {
    agent: ureq::Agent,
    url: Url,
    mailbox: String,
    client_header: &'static str,
}

impl Remote {
    /// The Pipit that the environment names, if it names one.
    pub(crate) fn from_env() -> Option<Self> {
        let url = env::var("PIPIT_URL").ok().filter(|url| !url.is_empty())?;
        let url = Url::parse(&url).expect("PIPIT_URL is an address");
        let mailbox = env::var("PIPIT_MAILBOX").expect("PIPIT_MAILBOX goes with PIPIT_URL");
        // How a runtime learns of the visitor's address: the header that its own front end sets.
        let client_header = match env::var("PIPIT_RUNTIME").as_deref() {
            Ok("cloudflare") => "cf-connecting-ip",
            Ok("spin") => "x-forwarded-for",
            other => panic!("PIPIT_RUNTIME is cloudflare or spin, not {other:?}"),
        };
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            // A runtime may close what is idle at any time; a test must not fail by that.
            .max_idle_connections(0)
            .proxy(None)
            .build();
        Some(Self { agent: config.into(), url, mailbox, client_header })
    }

    pub(crate) fn send(&self, host: &str, address: IpAddr, ask: &Ask) -> Answer {
        let url = format!("{}{}", self.url.as_str().trim_end_matches('/'), ask.path);
        let mut request = http::Request::builder()
            .method(ask.method.clone())
            .uri(&url)
            .header("host", host)
            .header(self.client_header, address.to_string());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        let sent = if ask.method == http::Method::GET || ask.method == http::Method::HEAD {
            self.agent.run(request.body(()).expect("the request of the test is one"))
        } else {
            self.send_body(&request.body(&ask.body[..]).expect("the request of the test is one"))
        };
        let response = sent.unwrap_or_else(|error| panic!("{} {url}: {error}", ask.method));
        let (parts, mut body) = response.into_parts();
        let body = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.unwrap_or_else(|error| panic!("the body of {url}: {error}"));
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.into() }
    }

    /// A server may answer a body that is too large before it has all of it, and hang up. This client
    /// writes before it reads, so it may find the line dead and never see the answer: then it asks again.
    fn send_body(
        &self,
        request: &http::Request<&[u8]>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let mut tries = if request.body().len() > LARGE_BYTES { 10 } else { 1 };
        loop {
            tries -= 1;
            match self.agent.run(request.clone()) {
                Err(ureq::Error::Io(error)) if tries > 0 && is_hang_up(&error) => {}
                sent => return sent,
            }
        }
    }

    pub(crate) fn send_at_once(&self, from: &[IpAddr], host: &str, ask: &Ask) -> Vec<Answer> {
        thread::scope(|scope| {
            let start = |address| scope.spawn(move || self.send(host, address, ask));
            let sent: Vec<_> = from.iter().map(|address| start(*address)).collect();
            sent.into_iter().map(|thread| thread.join().expect("every request ends")).collect()
        })
    }

    /// Every mail to an address, the newest first, as soon as there are so many.
    pub(crate) fn mails_to(&self, email: &str, at_least: usize) -> Vec<Mail> {
        let began = Instant::now();
        loop {
            let mails = self.all_mails_to(email);
            if mails.len() >= at_least || began.elapsed() > MAIL_PATIENCE {
                return mails;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What was sent to the operator's webhooks, the newest first.
    pub(crate) fn hooks(&self) -> serde_json::Value {
        let url = format!("{}/hooks.json", self.mailbox.trim_end_matches('/'));
        let mut answer = self.agent.get(&url).call().expect("the mailbox answers");
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        serde_json::from_str(&text.expect("the mailbox's text")).expect("it answers in JSON")
    }

    fn all_mails_to(&self, email: &str) -> Vec<Mail> {
        let url = format!("{}/messages.json", self.mailbox.trim_end_matches('/'));
        let mut answer = self.agent.get(&url).call().expect("the mailbox answers");
        let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let mails: serde_json::Value = serde_json::from_str(&text.expect("the mailbox's text"))
            .expect("the mailbox answers in JSON");
        let mails = mails.as_array().into_iter().flatten().map(Mail::of_mailbox);
        mails.filter(|mail| mail.to.contains(email)).collect()
    }

    pub(crate) fn origins(&self) -> Origins {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Origins {
            app_host: format!("{host}{port}"),
            blog_domain: format!("blogs.{host}{port}"),
            media_host: format!("media.{host}{port}"),
        }
    }
}

fn is_hang_up(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset)
}
