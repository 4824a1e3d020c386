//! The development mailbox: Postmark's `POST /email` on one side, a page and JSON to read on the other. It
//! keeps what is sent to the operator's webhooks as well.

use crate::{Result, args::Args, clock, http, project, settings};
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tiny_http::{Header, Method, Request, Response, Server};

/// The port where it is expected.
pub const PORT: u16 = 8025;
/// How it introduces itself, so that another `dev` knows it again.
pub const NAME: &str = "pipit-mailbox";

/// What `mailbox --help` prints.
pub const HELP: &str = "
cargo xtask mailbox [--port N]

Runs the development mailbox, which `dev` starts by itself. It takes mails as Postmark's API does
(POST /email) and keeps them in memory until it ends.

  --port N   where it listens (default 8025)

Read them at http://localhost:8025, or as JSON, newest first: GET /messages.json.
DELETE /messages empties it. What is sent to /hooks/… (the operator's chat, the program that is told of
plans) is kept as well: GET /hooks.json.";

const KEPT: usize = 500;

type Mails = Arc<Mutex<Vec<Value>>>;

/// What came in.
#[derive(Clone, Default)]
struct Kept {
    mails: Mails,
    hooks: Mails,
}

/// Runs `mailbox`.
pub fn command(mut args: Args) -> Result<()> {
    let port = args.port("--port", PORT)?;
    args.finish()?;
    let server = Server::http(("127.0.0.1", port))
        .map_err(|e| format!("The mailbox cannot listen on port {port}: {e}."))?;
    println!("mailbox http://localhost:{port}");
    let server = Arc::new(server);
    let kept = Kept::default();
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (server, kept) = (server.clone(), kept.clone());
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    answer(request, &kept);
                }
            })
        })
        .collect();
    for worker in workers {
        let _ = worker.join();
    }
    Ok(())
}

/// True when one of ours listens on that port.
pub fn is_there(port: u16) -> bool {
    let mut client = http::Client::new(std::time::Duration::from_secs(2));
    let answer = client.get(&format!("http://localhost:{port}/messages.json"));
    answer.is_ok_and(|answer| answer.status == 200 && answer.server.as_deref() == Some(NAME))
}

fn answer(mut request: Request, kept: &Kept) {
    let Kept { mails, hooks } = kept;
    let path = request.url().split('?').next().unwrap_or_default().to_owned();
    let (status, kind, body) = match (request.method(), path.as_str()) {
        (Method::Post, "/email") => take(&mut request, mails),
        (Method::Get | Method::Head, "/messages.json") => {
            (200, "application/json", Value::Array(newest_first(mails)).to_string())
        }
        (Method::Post, hook) if hook.starts_with("/hooks/") => take_hook(&mut request, hooks),
        (Method::Get | Method::Head, "/hooks.json") => {
            (200, "application/json", Value::Array(newest_first(hooks)).to_string())
        }
        (Method::Delete, "/messages") => {
            lock(mails).clear();
            (204, "text/plain", String::new())
        }
        (Method::Get | Method::Head, "/") => {
            (200, "text/html; charset=utf-8", page(&newest_first(mails), &newest_first(hooks)))
        }
        _ => (404, "text/plain", "There is nothing here.\n".to_owned()),
    };
    let mut response = Response::from_string(body).with_status_code(status);
    for (name, value) in [("Content-Type", kind), ("Server", NAME), ("Cache-Control", "no-store")] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    let _ = request.respond(response);
}

fn lock(mails: &Mails) -> std::sync::MutexGuard<'_, Vec<Value>> {
    mails.lock().unwrap_or_else(PoisonError::into_inner)
}

fn newest_first(mails: &Mails) -> Vec<Value> {
    lock(mails).iter().rev().cloned().collect()
}

/// Takes a mail as <https://postmarkapp.com/developer/api/email-api> describes it.
fn take(request: &mut Request, mails: &Mails) -> (u16, &'static str, String) {
    let reply = |status, code: u32, message: &str| {
        let body = json!({ "ErrorCode": code, "Message": message });
        (status, "application/json", body.to_string())
    };
    let has_token = request.headers().iter().any(|header| {
        header.field.equiv("X-Postmark-Server-Token") && !header.value.as_str().is_empty()
    });
    if !has_token {
        return reply(
            401,
            10,
            "No Account or Server API tokens were supplied in the HTTP headers.",
        );
    }
    let mut text = String::new();
    if request.as_reader().read_to_string(&mut text).is_err() {
        return reply(422, 402, "Invalid JSON");
    }
    let Ok(mail) = serde_json::from_str::<Value>(&text) else {
        return reply(422, 402, "Invalid JSON");
    };
    let field = |name: &str| mail[name].as_str().unwrap_or_default().to_owned();
    for name in ["From", "To"] {
        if !field(name).contains('@') {
            return reply(422, 300, &format!("Invalid '{name}' address."));
        }
    }
    if field("TextBody").is_empty() && field("HtmlBody").is_empty() {
        return reply(422, 300, "Provide either email TextBody or HtmlBody or both.");
    }
    let submitted = clock::rfc3339(clock::now());
    keep(mails, &mail, &submitted);
    let answer = json!({
        "To": field("To"), "SubmittedAt": submitted, "MessageID": message_id(),
        "ErrorCode": 0, "Message": "OK",
    });
    (200, "application/json", answer.to_string())
}

/// Takes what is sent to a webhook, as Slack's incoming ones answer.
fn take_hook(request: &mut Request, hooks: &Mails) -> (u16, &'static str, String) {
    let headers = request
        .headers()
        .iter()
        .map(|header| (header.field.to_string().to_lowercase(), json!(header.value.as_str())));
    let headers: Map<String, Value> = headers.collect();
    let path = request.url().to_owned();
    let mut body = String::new();
    if request.as_reader().read_to_string(&mut body).is_err() {
        return (400, "text/plain", "invalid_payload".to_owned());
    }
    let received_at = clock::rfc3339(clock::now());
    push(
        hooks,
        json!({ "path": path, "headers": headers, "body": body, "received_at": received_at }),
    );
    (200, "text/plain", "ok".to_owned())
}

fn keep(mails: &Mails, mail: &Value, received_at: &str) {
    let mut headers = Map::new();
    for header in mail["Headers"].as_array().into_iter().flatten() {
        if let Some(name) = header["Name"].as_str() {
            headers.insert(name.to_owned(), header["Value"].clone());
        }
    }
    let kept = json!({
        "to": mail["To"], "from": mail["From"], "subject": mail["Subject"],
        "text": mail["TextBody"], "html": mail["HtmlBody"], "headers": headers,
        "received_at": received_at, "stream": mail["MessageStream"],
        "track_opens": mail["TrackOpens"], "track_links": mail["TrackLinks"],
    });
    push(mails, kept);
}

fn push(list: &Mails, kept: Value) {
    let mut list = lock(list);
    list.push(kept);
    let surplus = list.len().saturating_sub(KEPT);
    list.drain(..surplus);
}

fn message_id() -> String {
    settings::random().map(|bytes| project::hex(&bytes[..16])).unwrap_or_default()
}

fn page(mails: &[Value], hooks: &[Value]) -> String {
    let mut list = String::new();
    for mail in mails {
        let field = |name: &str| escape(mail[name].as_str().unwrap_or_default());
        list.push_str(&format!(
            "<article><h2>{}</h2><p class=\"who\">to <b>{}</b> from {} · <time>{}</time></p>\
             <pre>{}</pre></article>\n",
            field("subject"),
            field("to"),
            field("from"),
            field("received_at"),
            with_links(mail["text"].as_str().unwrap_or_default()),
        ));
    }
    if mails.is_empty() {
        list.push_str("<p>No mail yet. What the app sends on this machine arrives here.</p>");
    }
    if !hooks.is_empty() {
        list.push_str("<h1>Sent to webhooks</h1>\n");
    }
    for hook in hooks {
        let field = |name: &str| escape(hook[name].as_str().unwrap_or_default());
        list.push_str(&format!(
            "<article><p class=\"who\">{} · <time>{}</time></p><pre>{}</pre></article>\n",
            field("path"),
            field("received_at"),
            field("body")
        ));
    }
    format!("{HEAD}<h1>Development mailbox</h1>\n{list}</html>\n")
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"5\">
<title>Development mailbox</title><style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
article { border-top: 1px solid #8886; padding: .5rem 0 } h1, h2 { font-size: 1.1rem } h2 { margin: 0 }
.who { margin: 0; opacity: .75 } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
</style>\n";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with its web addresses made links.
fn with_links(text: &str) -> String {
    let mut html = String::new();
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        if word.starts_with("http://") || word.starts_with("https://") {
            let space = &part[word.len()..];
            html.push_str(&format!("<a href=\"{0}\">{0}</a>{space}", escape(word)));
        } else {
            html.push_str(&escape(part));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{Mails, newest_first, with_links};
    use serde_json::json;

    #[test]
    fn links_are_links_and_the_rest_is_text() {
        let html = with_links("See <b>\nhttp://localhost:1/a?b=1&c#d\nbye");
        assert!(html.contains("<a href=\"http://localhost:1/a?b=1&amp;c#d\">"));
        assert!(html.contains("&lt;b&gt;\n") && html.ends_with("</a>\nbye"));
    }

    #[test]
    fn kept_in_the_documented_shape_newest_first() {
        let mails = Mails::default();
        for subject in ["one", "two"] {
            let headers = json!([{ "Name": "Auto-Submitted", "Value": "auto-generated" }]);
            let mail = json!({ "To": "a@b", "Subject": subject, "Headers": headers });
            super::keep(&mails, &mail, "2026-01-01T00:00:00Z");
        }
        let list = newest_first(&mails);
        assert_eq!(list[0]["subject"], "two");
        assert_eq!(list[1]["headers"]["Auto-Submitted"], "auto-generated");
    }
}
