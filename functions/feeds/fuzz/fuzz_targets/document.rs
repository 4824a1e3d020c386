//! Any bytes, under any type, are a feed, a page with entries or a problem, within the bounds that the rest relies on.
//!
//! In `functions/feeds`, with `cargo install cargo-fuzz`: `RUSTC_BOOTSTRAP=1 cargo fuzz run document`. The
//! documents that `cargo xtask corpus` fetches are a good beginning, each with a digit before it.

#![no_main]

use feeds::document::{self, Sent};
use libfuzzer_sys::fuzz_target;
use url::Url;

const NOW: i64 = 1_795_356_300;

fuzz_target!(|data: &[u8]| {
    let types = ["", "text/xml; charset=windows-1252", "application/json", "text/html; charset=shift_jis"];
    let (kind, bytes) = data.split_first().map_or((0, data), |(kind, rest)| (*kind, rest));
    let from = Url::parse("https://site.example/feed.xml").expect("an address");
    let kind = types[usize::from(kind) % types.len()];
    let sent = Sent { from: &from, content_type: kind, content_location: "" };
    let read = document::read(bytes, &sent, NOW, decode).ok();
    let page = document::page(bytes, &sent, NOW, decode);
    for document in [read, page].into_iter().flatten() {
        assert!(document.entries.len() <= 200);
        for entry in document.entries {
            assert!((631_152_000..=NOW).contains(&entry.published_at));
            assert!(!entry.key.is_empty() && entry.key.len() <= 500);
            assert!(!entry.html.contains("<script"));
        }
    }
});

fn decode(bytes: &[u8], label: &str) -> Option<String> {
    Some(encoding_rs::Encoding::for_label(label.as_bytes())?.decode(bytes).0.into_owned())
}
