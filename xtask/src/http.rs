//! A small HTTP client for what runs on this machine: no redirects followed, cookies kept by hand.

use crate::{Result, stack::Runtime};
use std::{collections::BTreeMap, net::TcpListener, time::Duration};

/// An answer.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Server` header.
    pub server: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body, as text.
    pub text: String,
}

/// A client that keeps cookies as a browser would, whatever their attributes.
pub struct Client {
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
    headers: BTreeMap<&'static str, String>,
}

impl Client {
    /// A client without cookies; no call takes longer than `limit`.
    pub fn new(limit: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(limit))
            .http_status_as_error(false)
            .max_redirects(0)
            // A runtime may close what is idle, or be killed, at any time.
            .max_idle_connections(0)
            .build();
        Self { agent: config.into(), cookies: BTreeMap::new(), headers: BTreeMap::new() }
    }

    /// A client that sends this header with every request.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// Sends this header with every request from now on.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.to_owned());
    }

    /// A client that a runtime takes for one at this address: its own front end says so there.
    pub fn from_address(self, runtime: Runtime, address: &str) -> Self {
        let name = match runtime {
            Runtime::Cloudflare => "cf-connecting-ip",
            Runtime::Spin => "x-forwarded-for",
        };
        self.with(name, address)
    }

    /// GET.
    pub fn get(&mut self, url: &str) -> Result<Answer> {
        let request = self.agent.get(url).header("cookie", self.cookie());
        let response = self.dressed(request).call().map_err(|e| unreachable(url, &e))?;
        self.take(response)
    }

    /// GET of an address on any of the hosts that end with `.localhost`, which not every resolver knows.
    pub fn get_on_localhost(&mut self, url: &str) -> Result<Answer> {
        let (host, path) = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(|| format!("{url} is no address of a host with a path"))?;
        let port = host.rsplit(':').next().unwrap_or("80");
        let request = self.agent.get(format!("http://localhost:{port}/{path}"));
        let response = request.header("host", host).call().map_err(|e| unreachable(url, &e))?;
        self.take(response)
    }

    /// POST with a body; `origin` is sent as a browser would send it with its own forms.
    pub fn post(&mut self, url: &str, kind: &str, origin: &str, body: &[u8]) -> Result<Answer> {
        let request = self.agent.post(url).header("content-type", kind).header("origin", origin);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header("cookie", self.cookie());
        let response = self.dressed(request).send(body).map_err(|e| unreachable(url, &e))?;
        self.take(response)
    }

    fn dressed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        let headers = self.headers.iter();
        headers.fold(request, |request, (name, value)| request.header(*name, value))
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn take(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Result<Answer> {
        for value in response.headers().get_all("set-cookie") {
            let pair = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (status, server) = (response.status().as_u16(), header("server"));
        let location = header("location");
        let text = response.body_mut().read_to_string().unwrap_or_default();
        Ok(Answer { status, server, location, text })
    }
}

fn unreachable(url: &str, error: &ureq::Error) -> String {
    format!("{url} gives no answer: {error}.")
}

/// The body of a form.
pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    pairs.join("&").into_bytes()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte as char);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Decodes percent-encoding; what does not decode stays as it is.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// True when nobody listens on that port of this machine.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// A port that nobody listens on.
pub fn free_port() -> Result<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| format!("No port is free: {e}."))
}
