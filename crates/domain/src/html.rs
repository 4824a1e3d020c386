//! HTML as text: escaping, reading the words out of it, making its links absolute.

use crate::markup;
use url::Url;

/// A piece of HTML that a serialiser wrote: in it `<` begins a tag, and only a tag.
enum Piece<'a> {
    Text(&'a str),
    /// With its angle brackets.
    Tag(&'a str),
}

/// Text for element content and for attributes in double quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The words of sanitised HTML on one line, with single spaces.
pub fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Text(part) => text.push_str(&unescape(part)),
            Piece::Tag(tag) if !is_inline(tag) => text.push(' '),
            Piece::Tag(_) => {}
        }
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The first words of a text, at most `chars` characters with the ellipsis that shows a cut.
pub fn shorten(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_string();
    }
    let start: String = text.chars().take(chars.saturating_sub(1)).collect();
    let ends_in_word = !text.chars().nth(chars.saturating_sub(1)).is_some_and(char::is_whitespace);
    let whole = if ends_in_word { start.rsplit_once(' ').map(|(whole, _)| whole) } else { None };
    let kept = whole.unwrap_or(&start).trim_end_matches(|c: char| !c.is_alphanumeric());
    format!("{kept}…")
}

/// Sanitised HTML whose `href` and `src` no longer depend on the page that they stand on.
pub fn absolute(html: &str, base: &Url) -> String {
    let mut out = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Tag(tag) => out.push_str(&absolute_tag(tag, base)),
        }
    }
    out
}

fn absolute_tag(tag: &str, base: &Url) -> String {
    let mut out = String::with_capacity(tag.len());
    // A quote in a value is escaped, so every second part is a value.
    let mut before = "";
    for (place, part) in tag.split('"').enumerate() {
        if place > 0 {
            out.push('"');
        }
        let is_value = place % 2 == 1;
        let is_link = [" href=", " src=", " poster="].iter().any(|name| before.ends_with(name));
        match base.join(&unescape(part)) {
            Ok(url) if is_value && is_link => out.push_str(&escape(url.as_str())),
            _ => out.push_str(part),
        }
        before = part;
    }
    out
}

fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if first == '<' { tag_end(rest) } else { rest.find('<') };
        let (piece, after) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
        rest = after;
        Some(if first == '<' { Piece::Tag(piece) } else { Piece::Text(piece) })
    })
}

/// The place after the `>` that ends the tag that a serialiser wrote; one inside a quoted value does not.
pub fn tag_end(html: &str) -> Option<usize> {
    let mut quoted = false;
    for (place, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return place.checked_add(1),
            _ => {}
        }
    }
    None
}

// Elements that do not part one word from the next.
fn is_inline(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    name.get(..end).is_some_and(markup::is_inline)
}

/// The text that a serialiser wrote, of the only references that it writes.
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_string();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        // Last, or `&amp;lt;` would become `<`.
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_has_no_markup_left() {
        assert_eq!(escape("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }

    #[test]
    fn words_are_parted_by_blocks_and_not_by_emphasis() {
        for (html, expected) in [
            ("<p>One</p><p>two</p>", "One two"),
            ("<p>un<em>believ</em>able<br>so</p>", "unbelievable so"),
            ("<ul>\n<li>a</li>\n<li>b</li></ul>", "a b"),
            ("a &lt;b&gt; &amp;lt; &amp; c&nbsp;d", "a <b> &lt; & c d"),
            ("<a href=\"x>y\">link</a>", "link"),
            ("<a href=\"never ends", ""),
            ("", ""),
        ] {
            assert_eq!(words(html), expected, "{html}");
        }
    }

    #[test]
    fn a_cut_falls_between_words() {
        for (text, chars, expected) in [
            ("one two", 7, "one two"),
            ("one two three", 8, "one two…"),
            ("one two three", 9, "one two…"),
            ("one, two", 6, "one…"),
            ("éééééééé", 4, "ééé…"),
            ("one", 0, "…"),
        ] {
            assert_eq!(shorten(text, chars), expected, "{text} {chars}");
        }
    }

    #[test]
    fn links_become_absolute_and_code_stays() {
        let base = Url::parse("https://maria.example/2026/11/22/hello").unwrap();
        for (html, expected) in [
            ("<a href=\"/x?a=1&amp;b=2\">", "<a href=\"https://maria.example/x?a=1&amp;b=2\">"),
            (
                "<img src=\"y.png\" alt=\"z\">",
                "<img src=\"https://maria.example/2026/11/22/y.png\" alt=\"z\">",
            ),
            ("<a href=\"#u-1\">", "<a href=\"https://maria.example/2026/11/22/hello#u-1\">"),
            ("<a href=\"https://other.example/\">", "<a href=\"https://other.example/\">"),
            ("<a href=\"mailto:m@maria.example\">", "<a href=\"mailto:m@maria.example\">"),
            ("<code>a href=\"/x\"</code>", "<code>a href=\"/x\"</code>"),
            ("<p title=\" href=\">\"</p>", "<p title=\" href=\">\"</p>"),
        ] {
            assert_eq!(absolute(html, &base), expected, "{html}");
        }
    }
}
