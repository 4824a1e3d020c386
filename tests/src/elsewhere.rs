//! A web server elsewhere that shares no code with ours: `tests/fixtures/feeds.py`, a process of its own,
//! which counts and records what it is asked.

use crate::{Pipit, pipit::Place};
use bytes::Bytes;
use platform::Call;
use serde_json::{Value, json};
use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Where it listens for a runtime, and what it is called in memory, unless `PIPIT_ELSEWHERE_PORT` says
/// otherwise; the runtime's `OUTBOUND_ALLOW` must hold `localhost:<port>`.
const PORT: u16 = 8029;
const BODY_BYTES_MAX: u64 = 6 << 20;

/// The server; it ends when this is dropped.
pub struct Elsewhere {
    child: Child,
    origin: String,
    /// Where it really listens.
    address: String,
    agent: ureq::Agent,
}

/// A request that came to it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Unix seconds.
    pub at: f64,
    headers: Vec<(String, String)>,
}

impl Seen {
    /// A header of the request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

impl Elsewhere {
    /// A server that this Pipit may fetch from, and from nothing else on this machine.
    pub fn start(pipit: &Pipit) -> Self {
        let port = env::var("PIPIT_ELSEWHERE_PORT").ok().and_then(|port| port.parse().ok());
        let (name, port) = match pipit.world().place() {
            // Tests in memory run at the same time, each with a server of its own.
            Place::Memory(_) => (PORT, 0),
            Place::Remote(_) => (port.unwrap_or(PORT), port.unwrap_or(PORT)),
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/feeds.py");
        let mut child = Command::new("python3")
            .arg(script)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is ours");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = format!("http://127.0.0.1:{}", line.trim());
        let elsewhere = Self {
            child,
            origin: format!("http://localhost:{name}"),
            address,
            agent: agent(Duration::from_secs(10), 0),
        };
        if let Some(memory) = pipit.memory() {
            let (agent, address) = (elsewhere.agent.clone(), elsewhere.address.clone());
            let prefix = format!("{}/", elsewhere.origin);
            memory.native.http.answer(&prefix, move |call| pass_on(&agent, &address, call, &[]));
        }
        elsewhere
    }

    /// The address of a path there.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Says what a path answers from now on, and returns its address.
    pub fn say(&self, path: &str, status: u16, headers: &[(&str, &str)], body: &str) -> String {
        let headers: serde_json::Map<String, Value> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let said = json!({ "status": status, "headers": headers, "body": body }).to_string();
        self.agent.put(format!("{}{path}", self.address)).send(said).expect("it listens");
        self.url(path)
    }

    /// What it was asked for at a path, the oldest first.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let url = format!("{}/_log?path={path}", self.address);
        let mut answer = self.agent.get(url).call().expect("it answers");
        let text = answer.body_mut().read_to_string().expect("its log is text");
        let log: Value = serde_json::from_str(&text).expect("its log is JSON");
        log.as_array().into_iter().flatten().map(seen).collect()
    }
}

fn seen(one: &Value) -> Seen {
    let headers = one["headers"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Seen {
        at: one["at"].as_f64().unwrap_or_default(),
        headers: headers.map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that follows nothing, takes every answer as it is, and keeps so many lines open.
pub(crate) fn agent(limit: Duration, lines: usize) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(limit))
        .max_idle_connections(lines)
        .accept_encoding("")
        .proxy(None)
        .build();
    config.into()
}

/// The call as it is, over a real line, with these headers beside its own.
pub(crate) fn pass_on(
    agent: &ureq::Agent,
    address: &str,
    call: &Call,
    more: &[(&str, &str)],
) -> http::Response<Bytes> {
    let query = call.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut request = http::Request::builder()
        .method(call.method.clone())
        .uri(format!("{address}{}{query}", call.url.path()));
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let sent = if call.body.is_empty() {
        agent.run(request.body(()).expect("the call is a request"))
    } else {
        agent.run(request.body(&call.body[..]).expect("the call is a request"))
    };
    // A line that breaks is what an error of the other side looks like from here.
    let Ok(sent) = sent else { return broken() };
    let (parts, mut body) = sent.into_parts();
    let body = body.with_config().limit(BODY_BYTES_MAX).read_to_vec();
    // More than that is too much in any case.
    let body = body.unwrap_or_else(|_| vec![0; call.body_bytes_max + 1]);
    http::Response::from_parts(parts, body.into())
}

fn broken() -> http::Response<Bytes> {
    let answer = http::Response::builder().status(http::StatusCode::BAD_GATEWAY);
    answer.body(Bytes::new()).expect("it is a response")
}
