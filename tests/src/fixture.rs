//! Somebody else's web site, for the feeds that are fetched from it.

use crate::{Pipit, pipit::Place};
use bytes::Bytes;
use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Where it listens unless `PIPIT_FIXTURE_PORT` says otherwise; the runtime's `OUTBOUND_ALLOW` must
/// hold `localhost:<port>`.
const PORT: u16 = 8028;

type Pages = Arc<Mutex<Site>>;
type Answering = Box<dyn FnMut(&Asked) -> Option<(u16, String)> + Send>;

/// What is there: pages by path, and programs that answer in JSON.
#[derive(Default)]
struct Site {
    pages: Vec<(String, String, String)>,
    programs: Vec<Answering>,
}

/// A request for the site.
pub struct Asked {
    /// `GET`, `POST` …
    pub method: String,
    /// With its query.
    pub path: String,
    /// The headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, if it is text.
    pub body: String,
}

/// A web site; it goes when it is dropped.
pub struct Fixture {
    origin: String,
    pages: Pages,
    // Ends with the site.
    _server: Option<Server>,
}

struct Server {
    port: u16,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fixture {
    /// A site that this Pipit may fetch, without pages so far.
    pub fn start(pipit: &Pipit) -> Self {
        let pages = Pages::default();
        let port = env::var("PIPIT_FIXTURE_PORT").ok().and_then(|port| port.parse().ok());
        let port = port.unwrap_or(PORT);
        match pipit.world().place() {
            Place::Memory(memory) => {
                let origin = format!("http://localhost:{PORT}");
                let answered = pages.clone();
                memory.native.http.answer(&format!("{origin}/"), move |call| {
                    let query = call.url.query().map(|query| format!("?{query}"));
                    let asked = Asked {
                        method: call.method.to_string(),
                        path: format!("{}{}", call.url.path(), query.unwrap_or_default()),
                        headers: headers(&call.headers),
                        body: String::from_utf8_lossy(&call.body).into_owned(),
                    };
                    let (status, kind, body) = find(&answered, &asked);
                    let response = http::Response::builder().status(status);
                    let response = response.header("content-type", kind).body(Bytes::from(body));
                    response.expect("the fixture's response is one")
                });
                Self { origin, pages, _server: None }
            }
            Place::Remote(_) => {
                let server = Some(Server::start(port, pages.clone()));
                Self { origin: format!("http://localhost:{port}"), pages, _server: server }
            }
        }
    }

    /// Its address, without a slash at its end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Puts a page there, or another in its place, and returns its address.
    pub fn page(&self, path: &str, content_type: &str, body: &str) -> String {
        let mut site = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        site.pages.retain(|(other, _, _)| other != path);
        site.pages.push((path.to_owned(), content_type.to_owned(), body.to_owned()));
        format!("{}{path}", self.origin)
    }

    /// Lets a program answer what it knows, with a status and JSON.
    pub fn program(&self, answer: impl FnMut(&Asked) -> Option<(u16, String)> + Send + 'static) {
        let mut site = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        site.programs.push(Box::new(answer));
    }
}

fn headers(of: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    of.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

fn find(pages: &Pages, asked: &Asked) -> (u16, String, String) {
    let mut site = pages.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((status, body)) = site.programs.iter_mut().find_map(|program| program(asked)) {
        return (status, "application/json".to_owned(), body);
    }
    let path = asked.path.split('?').next().unwrap_or("/");
    let found = site.pages.iter().find(|(other, _, _)| other == path);
    found.map_or((404, "text/plain".to_owned(), "nothing".to_owned()), |(_, kind, body)| {
        (200, kind.clone(), body.clone())
    })
}

impl Server {
    fn start(port: u16, pages: Pages) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap_or_else(|error| {
            panic!(
                "the feeds' fixture cannot listen on port {port}: {error}; set PIPIT_FIXTURE_PORT"
            )
        });
        let is_over = Arc::new(AtomicBool::new(false));
        let seen = is_over.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if seen.load(Ordering::Relaxed) {
                    return;
                }
                // A visitor that goes away is no reason to stop.
                let _ = stream.and_then(|stream| answer(stream, &pages));
            }
        });
        Self { port, is_over, thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, pages: &Pages) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut line, mut headers) = (String::new(), String::new(), Vec::new());
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        line.clear();
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let mut words = first.split(' ').map(str::to_owned);
    let asked = Asked {
        method: words.next().unwrap_or_default(),
        path: words.next().unwrap_or_default(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let (status, kind, body) = find(pages, &asked);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
