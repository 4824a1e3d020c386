//! Links of somebody's page that say what they are: with `rel="me"` a site points back to its person,
//! with `rel="alternate"` it names its feeds.
//!
//! A small scanner that forgives what browsers forgive. Where it is unsure it finds no link: a mark
//! that is missing does less harm than one that is wrong.

use url::Url;

/// Elements whose content is text, whatever it looks like.
const RAW: [&str; 9] =
    ["script", "style", "textarea", "title", "template", "noscript", "iframe", "xmp", "plaintext"];

/// Whether a page at `base` has an `a` or a `link` with `rel="me"` that leads to one of these addresses.
pub fn points_to(html: &str, base: &Url, targets: &[Url]) -> bool {
    links(html)
        .iter()
        .filter(|link| link.is("me"))
        .filter_map(|link| base.join(link.href.trim()).ok())
        .any(|link| targets.iter().any(|target| is_same_page(&link, target)))
}

/// Whether two addresses are one page: a fragment and a slash at the end make no other.
pub fn is_same_page(a: &Url, b: &Url) -> bool {
    let plain = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url.as_str().trim_end_matches('/').to_owned()
    };
    plain(a) == plain(b)
}

/// An `a` or a `link` that says what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `rel`, words with a space between them.
    pub rel: String,
    /// The address, as it is written, maybe relative.
    pub href: String,
    /// `type`, or nothing.
    pub kind: String,
    /// `title`, or nothing.
    pub title: String,
}

impl Link {
    /// Whether `rel` has this word.
    pub fn is(&self, word: &str) -> bool {
        self.rel.split(is_space).any(|other| other.eq_ignore_ascii_case(word))
    }
}

/// All links of a page that have a `rel`, in its order.
pub fn links(html: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = if let Some(comment) = after.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, rest)| rest)
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            element(after, &mut found)
        } else {
            after
        };
    }
    found
}

/// Reads a start tag behind its `<`; returns what follows it, and what it holds where that is text.
fn element<'a>(text: &'a str, found: &mut Vec<Link>) -> &'a str {
    let end = text.find(|c: char| is_space(c) || matches!(c, '/' | '>')).unwrap_or(text.len());
    let Some((name, rest)) = text.split_at_checked(end) else { return "" };
    let Some((tag, rest)) = attributes(rest) else { return "" };
    let is_link = name.eq_ignore_ascii_case("a") || name.eq_ignore_ascii_case("link");
    let [rel, href, kind, title] = tag;
    if let (true, Some(rel), Some(href)) = (is_link, rel, href) {
        let text = |value: Option<&str>| value.map(decoded).unwrap_or_default();
        found.push(Link {
            rel: decoded(rel),
            href: decoded(href),
            kind: text(kind),
            title: text(title),
        });
    }
    if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) { behind(name, rest) } else { rest }
}

/// What follows the end tag of an element.
fn behind<'a>(name: &str, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
            return after;
        }
        rest = after;
    }
    ""
}

/// The attributes that count; of each name the first one, as in browsers.
const NAMES: [&str; 4] = ["rel", "href", "type", "title"];

/// None where the tag has no end.
fn attributes(text: &str) -> Option<([Option<&str>; 4], &str)> {
    let mut values = [None; 4];
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| is_space(c) || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((values, after));
        }
        let is_end = |c: char| is_space(c) || matches!(c, '/' | '>' | '=');
        let end = rest.char_indices().skip(1).find(|(_, c)| is_end(*c));
        let (name, after) = rest.split_at_checked(end?.0)?;
        let (value, after) = match after.trim_start_matches(is_space).strip_prefix('=') {
            Some(value) => self::value(value.trim_start_matches(is_space))?,
            None => ("", after),
        };
        for (known, slot) in NAMES.iter().zip(&mut values) {
            if name.eq_ignore_ascii_case(known) {
                slot.get_or_insert(value);
            }
        }
        rest = after;
    }
}

fn value(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote);
        }
    }
    text.split_at_checked(text.find(|c: char| is_space(c) || c == '>')?)
}

/// HTML, section 13.2.5: ASCII white space.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')
}

/// A value with the character references that stand in addresses.
fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference =
            after.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
        match reference {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "sol" => Some('/'),
        "colon" => Some(':'),
        "period" => Some('.'),
        "quot" => Some('"'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PROFILE: &str = "https://pipit.example/@ann";

    fn points(html: &str) -> bool {
        let url = |text: &str| Url::parse(text).unwrap();
        let targets = [url(PROFILE), url("https://ann.blogs.example")];
        points_to(html, &url("https://ann.example/about/"), &targets)
    }

    #[test]
    fn links_back_are_found_as_browsers_would() {
        for html in [
            r#"<a rel="me" href="https://pipit.example/@ann">Pipit</a>"#,
            r#"<link rel="me" href="https://pipit.example/@ann">"#,
            r#"<LINK HREF='https://pipit.example/@ann' REL='ME'/>"#,
            "<a rel=me href=https://pipit.example/@ann>x</a>",
            "<a\n\trel = \"nofollow me noopener\"\n href = 'https://PIPIT.example/@ann/'>x</a>",
            r#"<a class="a > b" rel="me" href="https://pipit.example/@ann">x</a>"#,
            r#"<p>1 < 2</p><a rel="me" href="https://pipit.example/@ann#top">x</a>"#,
            r#"<a rel="me" href="https:&#x2F;&#47;pipit.example&sol;@ann">x</a>"#,
            r#"<!-- <a> --><a rel="me" href="https://ann.blogs.example/">x</a>"#,
            r#"<script>"</p>"</script><a rel="me" href="https://ann.blogs.example">x</a>"#,
            r#"<a rel="me" href=" //pipit.example/@ann ">x</a>"#,
        ] {
            assert!(points(html), "{html}");
        }
    }

    #[test]
    fn what_is_no_link_back_is_none() {
        for html in [
            "",
            "https://pipit.example/@ann",
            r#"<a href="https://pipit.example/@ann">x</a>"#,
            r#"<a rel="met" href="https://pipit.example/@ann">x</a>"#,
            r#"<a rel="me" href="https://pipit.example/@anna">x</a>"#,
            r#"<a rel="me" href="https://pipit.example.evil.example/@ann">x</a>"#,
            r#"<a rel="me" href="/@ann">x</a>"#,
            r#"<a rel="me" data-href="https://pipit.example/@ann">x</a>"#,
            r#"<a rel="x" rel="me" href="https://pipit.example/@ann">x</a>"#,
            r#"<p rel="me" href="https://pipit.example/@ann">x</p>"#,
            r#"<!-- <a rel="me" href="https://pipit.example/@ann"> -->"#,
            r#"<!-- <a rel="me" href="https://pipit.example/@ann">"#,
            r#"<script>'<a rel="me" href="https://pipit.example/@ann">'</script>"#,
            r#"<textarea><a rel="me" href="https://pipit.example/@ann"></textarea>"#,
            r#"<template><a rel="me" href="https://pipit.example/@ann"></template>"#,
            r#"<p title='<a rel="me" href="https://pipit.example/@ann">'>x</p>"#,
            r#"&lt;a rel="me" href="https://pipit.example/@ann"&gt;"#,
            r#"<a rel="me" href="https://pipit.example/@ann""#,
        ] {
            assert!(!points(html), "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_to_its_end(html in "(\\PC|<|>|=|\"|'|!--|-->|</?script|<a rel=me href=|&#x){0,60}") {
            let _ = points(&html);
        }

        #[test]
        fn a_link_is_found_behind_any_plain_text(text in "[^<]{0,80}", quote in "[\"']") {
            let link = format!("{text}<a rel={quote}me{quote} href={quote}{PROFILE}{quote}>");
            prop_assert!(points(&link));
        }

        #[test]
        fn a_link_in_a_comment_or_a_script_is_none(text in "[^<>-]{0,40}") {
            let link = format!("<a rel=me href={PROFILE}>");
            prop_assert!(!points(&format!("<!--{text}{link}{text}-->")), "comment");
            prop_assert!(!points(&format!("<script {text}=1>{link}</script>")) || text.contains(['"', '\'']), "script");
        }
    }
}
