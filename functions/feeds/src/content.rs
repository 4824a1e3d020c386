//! What becomes of HTML before a timeline shows it: safe, with absolute links, and without pictures
//! from elsewhere.

use domain::{html, markdown};
use url::Url;

const HTML_BYTES_MAX: usize = 256 << 10;
/// An entry with more tags and references than this is no text.
const MARKS_MAX: usize = 25_000;
/// What is kept of an entry that takes too long to read whole.
const WORDS_SOURCE_CHARS: usize = 4_000;

/// An entry's HTML as it may be stored. It is sanitised last, after every change of ours.
pub fn clean(raw: &str, base: &Url) -> String {
    let raw = cut(raw.trim());
    if marks(raw) > MARKS_MAX {
        return first_words(raw);
    }
    let safe = markdown::sanitize(raw);
    let linked = pictures_to_links(&html::absolute(&safe, base), |_| false);
    let out = markdown::sanitize(&linked);
    // Many short links with a long address before each.
    if out.len() > HTML_BYTES_MAX.saturating_mul(2) {
        return first_words(raw);
    }
    out.trim().to_owned()
}

/// How many tags and references there may be: what reading the HTML takes time for.
pub fn marks(raw: &str) -> usize {
    raw.bytes().filter(|byte| matches!(byte, b'<' | b'&')).count()
}

/// The words of the beginning, as one paragraph.
pub fn first_words(raw: &str) -> String {
    let start: String = raw.chars().take(WORDS_SOURCE_CHARS).collect();
    paragraphs(&html::escape(&markdown::plain_text(&start)))
}

/// Escaped text as HTML: an empty line begins a paragraph, any other line end is a line's end.
pub fn paragraphs(escaped: &str) -> String {
    let text = escaped.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    paragraphs.map(|part| format!("<p>{}</p>\n", part.replace('\n', "<br>\n"))).collect()
}

/// Turns the pictures, sound and film of sanitised HTML into links, except those whose address may
/// stay: pages of the app load nothing from elsewhere, so that no stranger learns who reads what.
/// Inside a link the words stand in for the picture; pictures of one pixel, which only count readers, go.
pub fn pictures_to_links(html: &str, may_stay: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut in_link = false;
    // Whether each player that is open stays.
    let mut players = Vec::new();
    while let Some(start) = rest.find('<') {
        let Some((text, from_tag)) = rest.split_at_checked(start) else { break };
        out.push_str(text);
        let Some((tag, after)) =
            html::tag_end(from_tag).and_then(|end| from_tag.split_at_checked(end))
        else {
            rest = from_tag;
            break;
        };
        rest = after;
        match tag.get(..3) {
            Some("<a " | "<a>") => in_link = true,
            Some("</a") => in_link = false,
            _ => {}
        }
        if matches!(tag, "</video>" | "</audio>") && players.pop() == Some(false) {
            continue;
        }
        let Some(picture) = picture(tag) else {
            out.push_str(tag);
            continue;
        };
        let stays =
            may_stay(picture.src) && (picture.poster.is_empty() || may_stay(picture.poster));
        let in_player = picture.words == SOURCE && players.last() == Some(&true);
        match stays {
            true => out.push_str(tag),
            false if in_player => {}
            false => out.push_str(&picture.link(in_link)),
        }
        if matches!(picture.words, VIDEO | AUDIO) {
            players.push(stays);
        }
    }
    out.push_str(rest);
    out
}

const VIDEO: &str = "Video";
const AUDIO: &str = "Sound";
const SOURCE: &str = "Recording";

/// The values as they stand in the tag: escaped for an attribute.
#[derive(Default)]
struct Picture<'a> {
    /// What stands for it where it has no words of its own.
    words: &'static str,
    src: &'a str,
    poster: &'a str,
    alt: &'a str,
    is_tiny: bool,
}

impl Picture<'_> {
    fn link(&self, in_link: bool) -> String {
        let words = if self.alt.trim().is_empty() { self.words } else { self.alt.trim() };
        // In an attribute these two may stand as they are; in a text they may not.
        let words = words.replace('<', "&lt;").replace('>', "&gt;");
        match (self.is_tiny || self.src.is_empty(), in_link) {
            (true, _) => String::new(),
            (false, true) => words,
            (false, false) => format!("<a href=\"{}\" rel=\"noopener\">{words}</a>", self.src),
        }
    }
}

fn picture(tag: &str) -> Option<Picture<'_>> {
    let tag = tag.strip_prefix('<')?.strip_suffix('>')?;
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    let words = match name {
        "img" => "Picture",
        "video" => VIDEO,
        "audio" => AUDIO,
        "source" => SOURCE,
        _ => return None,
    };
    // A quote in a value is escaped, so names and values take turns.
    let mut parts = attributes.split('"');
    let mut picture = Picture { words, ..Picture::default() };
    while let (Some(attribute), Some(value)) = (parts.next(), parts.next()) {
        match attribute.trim().trim_end_matches('=') {
            "src" => picture.src = value,
            "poster" => picture.poster = value,
            "alt" => picture.alt = value,
            "width" | "height" if name == "img" => {
                picture.is_tiny |= matches!(value.trim(), "0" | "1" | "1px");
            }
            _ => {}
        }
    }
    Some(picture)
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(HTML_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(raw: &str) -> String {
        clean(raw, &Url::parse("https://site.example/blog/").unwrap())
    }

    #[test]
    fn links_become_absolute_and_pictures_links() {
        for (raw, expected) in [
            (
                "<p>Hi <a href=\"/x\">x</a></p>",
                "<p>Hi <a href=\"https://site.example/x\" rel=\"noopener\">x</a></p>",
            ),
            (
                "<img src=\"a.png\" alt=\"A cat\">",
                "<a href=\"https://site.example/blog/a.png\" rel=\"noopener\">A cat</a>",
            ),
            (
                "<img src=\"a.png\">",
                "<a href=\"https://site.example/blog/a.png\" rel=\"noopener\">Picture</a>",
            ),
            (
                "<a href=\"/x\"><img src=\"a.png\" alt=\"cat\"></a>",
                "<a href=\"https://site.example/x\" rel=\"noopener\">cat</a>",
            ),
            (
                "<p>x<img src=\"https://count.example/p.gif\" width=\"1\" height=\"1\"></p>",
                "<p>x</p>",
            ),
            (
                "<video src=\"a.mp4\" poster=\"b.jpg\" width=\"1\">no</video>",
                "<a href=\"https://site.example/blog/a.mp4\" rel=\"noopener\">Video</a>no",
            ),
            (
                "<audio controls=\"\"><source src=\"/a.mp3\"></audio>",
                "<a href=\"https://site.example/a.mp3\" rel=\"noopener\">Recording</a>",
            ),
            ("<video poster=\"b.jpg\"></video>", ""),
            ("<script>alert(1)</script><p>y</p>", "<p>y</p>"),
            ("<a href=\"javascript:alert(1)\">z</a>", "<a rel=\"noopener\">z</a>"),
        ] {
            assert_eq!(cleaned(raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_picture_inside_a_value_is_only_words() {
        let raw = "<p title=\"<img src=x alt='&quot; onclick=y'>\">z</p>";
        let out = cleaned(raw);
        assert_eq!(markdown::sanitize(&out), out);
        assert!(!out.contains("<a "), "{out}");
    }

    #[test]
    fn a_picture_of_our_own_may_stay() {
        let html = "<img src=\"https://m.example/a.jpg\" alt=\"\"><img src=\"https://x.example/b.jpg\" alt=\"b\">";
        let out = pictures_to_links(html, |src| src.starts_with("https://m.example/"));
        assert_eq!(
            out,
            "<img src=\"https://m.example/a.jpg\" alt=\"\"><a href=\"https://x.example/b.jpg\" rel=\"noopener\">b</a>"
        );
    }

    #[test]
    fn a_film_of_our_own_may_stay_and_brings_nothing_along() {
        for (html, expected) in [
            (
                "<video src=\"https://m.example/a.mp4\" controls=\"\"><source src=\"https://x.example/b.mp4\"></video>",
                "<video src=\"https://m.example/a.mp4\" controls=\"\"></video>",
            ),
            (
                "<video src=\"https://m.example/a.mp4\" poster=\"https://x.example/b.jpg\"></video>",
                "<a href=\"https://m.example/a.mp4\" rel=\"noopener\">Video</a>",
            ),
        ] {
            let out = pictures_to_links(html, |src| src.starts_with("https://m.example/"));
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn what_is_far_too_long_is_cut() {
        assert_eq!(
            cleaned(&format!("<p>Hello</p>{}", "&".repeat(100_000))).get(..9),
            Some("<p>Hello ")
        );
        assert!(cleaned(&"<p>é</p>".repeat(100_000)).len() <= 2 * HTML_BYTES_MAX);
        assert!(cleaned(&"<a href=x>y</a>".repeat(100_000)).len() <= 2 * HTML_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn nothing_loads_from_elsewhere(raw in "(<img|<video|<audio|<source| poster=|</video>|<a| src=| alt=| href=|\"|'|>|<|/|x|&quot;|&lt;|</a>|<p title=){0,30}") {
            let out = cleaned(&raw);
            prop_assert!(!picture_in(&out), "{out}");
            prop_assert_eq!(markdown::sanitize(&out), out);
        }
    }

    fn picture_in(html: &str) -> bool {
        pictures_to_links(html, |_| false) != html
    }
}
