//! The entries that a web page marks as such (h-entry, microformats.org/wiki/h-entry): for sites without a
//! feed.

use crate::document::{ITEMS_MAX, Raw, RawItem, Words};
use domain::{datetime, html, markup};

/// Things whose properties are their own, wherever they stand. Other words begin with `h-` too.
const THINGS: [&str; 8] =
    ["h-entry", "h-card", "h-cite", "h-event", "h-item", "h-review", "h-product", "h-adr"];
/// A date that is written out is no longer.
const DATE_BYTES_MAX: usize = 200;
const VOID: [&str; 5] = ["br", "hr", "img", "source", "wbr"];

/// What a page says of itself and of its entries; there are no items where it marks none.
pub fn read(page: &str) -> Raw {
    let tame = markup::tame(page);
    let mut reader = Reader { html: &tame, ..Reader::default() };
    let mut at: usize = 0;
    while let Some(start) = tame.get(at..).and_then(|rest| rest.find('<')) {
        let start = at.saturating_add(start);
        let rest = tame.get(start..).unwrap_or_default();
        let Some(tag) = html::tag_end(rest).and_then(|end| rest.get(..end)) else { break };
        at = start.saturating_add(tag.len());
        match tag.strip_prefix("</") {
            Some(_) => reader.end(start),
            None => reader.begin(tag, at),
        }
    }
    reader.raw
}

/// An entry that is being read.
#[derive(Default)]
struct Entry<'a> {
    /// How many elements are around it.
    around: usize,
    item: RawItem,
    name: Option<&'a str>,
    content: &'a str,
}

#[derive(Default)]
struct Reader<'a> {
    html: &'a str,
    /// The tags of what is open, and where what is in them begins.
    open: Vec<(&'a str, usize)>,
    raw: Raw,
    entry: Option<Entry<'a>>,
    /// How many elements are around the thing whose properties are not the entry's.
    other: Option<usize>,
}

impl<'a> Reader<'a> {
    fn begin(&mut self, tag: &'a str, inner_at: usize) {
        if VOID.contains(&name(tag)) {
            return;
        }
        let depth = self.open.len();
        self.open.push((tag, inner_at));
        if self.other.is_some() {
            return;
        }
        match &mut self.entry {
            None if has(tag, "h-entry") => {
                self.entry = Some(Entry { around: depth, ..Entry::default() });
            }
            _ if THINGS.iter().any(|thing| has(tag, thing)) => self.other = Some(depth),
            Some(entry) => properties(&mut entry.item, tag),
            None => {}
        }
    }

    /// Ends the innermost element, whose end tag begins at `at`.
    fn end(&mut self, at: usize) {
        let Some((tag, inner_at)) = self.open.pop() else { return };
        let depth = self.open.len();
        let inner = self.html.get(inner_at..at).unwrap_or_default();
        if self.other.is_some() {
            self.other = self.other.filter(|other| *other != depth);
            return;
        }
        match &mut self.entry {
            Some(entry) if entry.around != depth => contents(entry, tag, inner),
            Some(_) => {
                let entry = self.entry.take().filter(|_| self.raw.items.len() < ITEMS_MAX);
                self.raw.items.extend(entry.map(finished));
            }
            None if has(tag, "p-name") && self.raw.title.is_none() => {
                self.raw.title = Some(Words::Html(inner.to_owned()));
            }
            None => {}
        }
    }
}

/// What stands in an element's tag.
fn properties(entry: &mut RawItem, tag: &str) {
    let address = || attribute(tag, "href").or_else(|| attribute(tag, "value"));
    if has(tag, "u-url") && entry.link.is_none() {
        entry.link = address();
    }
    if has(tag, "u-uid") && entry.guid.is_none() {
        entry.guid = address();
    }
    if has(tag, "dt-published") && entry.published_at.is_none() {
        entry.published_at = attribute(tag, "datetime").and_then(|at| datetime::parse(&at));
    }
}

/// What stands in an element. A name that is the content too names nothing.
fn contents<'a>(entry: &mut Entry<'a>, tag: &str, inner: &'a str) {
    let is_content = has(tag, "e-content");
    if is_content || (has(tag, "p-summary") && entry.content.is_empty()) {
        entry.content = inner;
    }
    if has(tag, "p-name") && !is_content && entry.name.is_none() {
        entry.name = Some(inner);
    }
    let is_date = has(tag, "dt-published") && inner.len() <= DATE_BYTES_MAX;
    if is_date && entry.item.published_at.is_none() {
        entry.item.published_at = datetime::parse(&html::words(inner));
    }
}

/// Notes are often named by their own first words, which is no title.
fn finished(entry: Entry<'_>) -> RawItem {
    let words = html::words(entry.content);
    let title = entry.name.filter(|name| {
        let name = html::words(name);
        !words.starts_with(name.trim_end_matches(['…', '.', ' ']))
    });
    let title = title.map(|name| Words::Html(name.to_owned()));
    RawItem { title, html: entry.content.to_owned(), ..entry.item }
}

fn name(tag: &str) -> &str {
    let inner = tag.trim_matches(['<', '>']);
    inner.split(' ').next().unwrap_or_default()
}

fn has(tag: &str, class: &str) -> bool {
    raw_attribute(tag, "class").is_some_and(|all| all.split_whitespace().any(|one| one == class))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = raw_attribute(tag, name)?;
    Some(html::unescape(value)).filter(|value| !value.is_empty())
}

/// A quote in a value is escaped, so names and values take turns.
fn raw_attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut parts = tag.split_once(' ')?.1.split('"');
    loop {
        let (before, value) = (parts.next()?, parts.next()?);
        if before.trim().strip_suffix('=') == Some(name) {
            return Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{self, Document, Sent};
    use proptest::prelude::*;
    use url::Url;

    const NOW: i64 = 1_795_356_300; // 2026-11-22T14:05:00Z

    fn page(html: &str) -> Option<Document> {
        let from = Url::parse("https://site.example/notes/").unwrap();
        let sent = Sent { from: &from, content_type: "text/html", content_location: "" };
        document::page(html.as_bytes(), &sent, NOW, |_, _| None)
    }

    #[test]
    fn the_entries_of_a_page_are_read() {
        let document = page(
            "<!doctype html><title>Not this</title><body><main class=\"h-feed\"><h1 class=\"p-name\">Ann &amp; co</h1>
             <p class=\"p-author h-card\"><a class=\"u-url p-name\" href=/about>Ann</a></p>
             <article class=\"post h-entry\"><h2 class=p-name>Bread</h2><a class=u-url href=\"bread?a=1&amp;b=2\">
               <time class=dt-published datetime=2026-11-22T14:00:00Z>now</time></a>
               <div class=e-content><p>Flour <a href=/x>x</a><br>&amp; water</div>
               <div class=\"u-comment h-cite\"><a class=u-url href=/other>c</a><p class=p-name>Nice</div></article>
             <li class=h-entry><p class=\"p-name\">Only a few w…</p><div class=\"e-content\">Only a few words</div>
               <a class=u-url href=/2>#</a><time class=dt-published>2026-11-22T13:00:00Z</time><data class=u-uid value=tag:2></data>",
        );
        let document = document.unwrap();
        assert_eq!(document.title.as_deref(), Some("Ann & co"));
        assert_eq!(document.site_url.as_deref(), Some("https://site.example/notes/"));
        let [bread, note] = document.entries.as_slice() else { panic!("{document:?}") };
        assert_eq!(bread.key, "https://site.example/notes/bread?a=1&b=2");
        assert_eq!((bread.title.as_deref(), bread.published_at), (Some("Bread"), NOW - 300));
        let link = "<a href=\"https://site.example/x\" rel=\"noopener\">x</a>";
        assert_eq!(bread.html, format!("<p>Flour {link}<br>&amp; water</p>"));
        assert_eq!((note.key.as_str(), note.title.as_deref()), ("tag:2", None));
        assert_eq!(note.url.as_deref(), Some("https://site.example/2"));
        assert_eq!((note.html.as_str(), note.published_at), ("Only a few words", NOW - 3900));
    }

    #[test]
    fn a_page_that_marks_none_has_none() {
        for html in [
            "<p class=\"h-4 p-name\">Words</p>",
            "<div class=h-entry></div>",
            "<div class=hentry><p class=entry-title>Old</p></div>",
            "",
        ] {
            assert_eq!(page(html), None, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_page_is_read(parts in proptest::collection::vec(prop_oneof![
            Just("<div class=h-entry>"), Just("</div>"), Just("<p class='p-name e-content'>"), Just("<a class=u-url href=x>"),
            Just("</a>"), Just("<li class=\"h-entry h-cite\">"), Just("<time class=dt-published datetime='2026'>"), Just("<br class=u-url>"),
            Just("<table><tr>"), Just("<script>"), Just("</script>"), Just("\""), Just("<"), Just("é"), Just("<p class=\"a'b\">"), Just("&lt;"),
        ], 0..40)) {
            for entry in page(&parts.concat()).map(|page| page.entries).unwrap_or_default() {
                prop_assert!(!entry.key.is_empty());
            }
        }
    }
}
