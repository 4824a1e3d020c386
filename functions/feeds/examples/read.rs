//! Reads feed documents and says in JSON what is in them, for comparing with what others read.
//!
//! Each line of standard input is `content type<TAB>content location<TAB>path`; each line of the answer is one document, or
//! why it is none.

use feeds::document::{self, Document, Sent};
use serde_json::{Value, json};
use std::{fs, io, time::Instant};
use url::Url;

/// 2026-11-22T14:05:00Z, so that nothing of the past is clamped.
const NOW: i64 = 1_795_356_300;

fn main() {
    for line in io::stdin().lines() {
        let line = line.expect("the paths are text");
        let [content_type, content_location, path] =
            line.split('\t').collect::<Vec<_>>().try_into().expect("two headers and a path");
        let bytes = fs::read(path).expect("the document is there");
        let from = Url::parse("http://127.0.0.1:8097/tests/feed.xml").expect("an address");
        let began = Instant::now();
        let sent = Sent { from: &from, content_type, content_location };
        let read = document::read(&bytes, &sent, NOW, decode);
        let milliseconds = began.elapsed().as_millis();
        println!("{}", shown(read, u64::try_from(milliseconds).unwrap_or(u64::MAX)));
    }
}

fn shown(read: Result<Document, &str>, milliseconds: u64) -> Value {
    match read {
        Err(problem) => json!({ "problem": problem, "milliseconds": milliseconds }),
        Ok(document) => json!({
            "milliseconds": milliseconds,
            "title": document.title,
            "link": document.site_url,
            "entries": document.entries.iter().map(|entry| json!({
                "id": entry.key,
                "link": entry.url,
                "title": entry.title,
                "content": entry.html,
                "date": entry.published_at,
            })).collect::<Vec<_>>(),
        }),
    }
}

fn decode(bytes: &[u8], label: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(label.as_bytes())?.decode(bytes).0.into_owned())
}
