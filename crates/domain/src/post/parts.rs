//! The parts of a post around its text, as HTML: what it answers or praises, where it was, its files.

use super::{Clip, Photo, Post, address};
use crate::html;
use serde_json::Value;
use std::fmt::Write;

/// What somebody else's page is to a post: the property, and the words before the page's name.
const REFERENCES: [(&str, &str); 4] = [
    ("in-reply-to", "In reply to"),
    ("repost-of", "Reposted"),
    ("like-of", "Liked"),
    ("bookmark-of", "Bookmarked"),
];
/// Answers to an invitation, and the words for them.
const RSVPS: [(&str, &str); 4] = [
    ("yes", "Going to"),
    ("no", "Not going to"),
    ("maybe", "Perhaps going to"),
    ("interested", "Interested in"),
];
const PLACES: [(&str, &str); 2] = [("checkin", "u-checkin"), ("location", "p-location")];
/// So many pages of others are named.
const REFERENCES_MAX: usize = 20;

/// Where and how the files of a post are shown.
pub struct Files<'a> {
    /// The address of an object's key, or of an address what it is.
    pub address: &'a dyn Fn(&str) -> String,
    /// Whether pictures may come when they are needed.
    pub is_lazy: bool,
    /// Whether files elsewhere are links, because the page may load nothing from there.
    pub links_elsewhere: bool,
}

impl Post {
    /// What the post says of others' pages and of its place, in paragraphs with the classes of
    /// microformats2 (<https://microformats.org/wiki/h-entry>); empty for most posts.
    pub fn context_html(&self) -> String {
        let mut out = String::new();
        for (property, words) in REFERENCES {
            let mut values = self.values(property).filter(|value| address(value).is_some());
            let Some(first) = values.next() else { continue };
            out.push_str("<p class=\"post-context\">");
            match self.rsvp().filter(|_| property == "in-reply-to") {
                Some((value, words)) => {
                    let _ = write!(out, "<data class=\"p-rsvp\" value=\"{value}\">{words}</data>");
                }
                None => out.push_str(words),
            }
            for (place, value) in
                std::iter::once(first).chain(values).take(REFERENCES_MAX).enumerate()
            {
                out.push_str(if place == 0 { " " } else { ", " });
                out.push_str(&cite(property, value));
            }
            out.push_str("</p>\n");
        }
        if let Some((class, name, url)) = self.place() {
            let name = html::escape(name);
            let _ = match url {
                Some(url) => writeln!(
                    out,
                    "<p class=\"post-context\">At <a class=\"{class} h-card\" href=\"{}\">{name}</a></p>",
                    html::escape(url)
                ),
                None => writeln!(
                    out,
                    "<p class=\"post-context\">At <span class=\"{class} h-card\">{name}</span></p>"
                ),
            };
        }
        out
    }

    /// The same in words, on one line.
    pub fn context_words(&self) -> String {
        html::words(&self.context_html())
    }

    /// The answer to an invitation, and the words for it.
    fn rsvp(&self) -> Option<(&'static str, &'static str)> {
        let answer = self.values("rsvp").find_map(Value::as_str)?;
        RSVPS.into_iter().find(|(value, _)| answer.eq_ignore_ascii_case(value))
    }

    /// Where it was written, if that has a name: its class, its name, its address.
    fn place(&self) -> Option<(&'static str, &str, Option<&str>)> {
        PLACES.into_iter().find_map(|(property, class)| {
            self.values(property).find_map(|value| {
                let plain = value
                    .as_str()
                    .filter(|text| !text.starts_with("geo:") && !text.contains("://"));
                let name =
                    plain.or_else(|| said(value, "name")).or_else(|| said(value, "locality"))?;
                (!name.trim().is_empty()).then(|| (class, name.trim(), address(value)))
            })
        })
    }

    /// Its photos, its audio and its video.
    pub fn files_html(&self, files: &Files<'_>) -> String {
        let mut out = String::new();
        if !self.photos.is_empty() {
            let many = if self.photos.len() > 1 { " many" } else { "" };
            let _ = writeln!(out, "<div class=\"photos{many}\">");
            self.photos.iter().for_each(|photo| files.photo(&mut out, photo));
            out.push_str("</div>\n");
        }
        self.clips.iter().for_each(|clip| files.clip(&mut out, clip));
        out
    }
}

impl Files<'_> {
    fn photo(&self, out: &mut String, photo: &Photo) {
        let url = html::escape(&(self.address)(&photo.key));
        if self.links_elsewhere && is_elsewhere(&photo.key) {
            return link(out, &url, &photo.alt, "A picture");
        }
        let _ = write!(
            out,
            "<img class=\"u-photo\" src=\"{url}\" alt=\"{}\"",
            html::escape(&photo.alt)
        );
        size(out, photo.width, photo.height);
        out.push_str(if self.is_lazy { " loading=\"lazy\">\n" } else { ">\n" });
    }

    fn clip(&self, out: &mut String, clip: &Clip) {
        let url = html::escape(&(self.address)(&clip.key));
        let (element, words) =
            if clip.is_video { ("video", "A video") } else { ("audio", "Audio") };
        if self.links_elsewhere && is_elsewhere(&clip.key) {
            return link(out, &url, &clip.alt, words);
        }
        let alt = clip.alt.trim();
        let label = html::escape(if alt.is_empty() { words } else { alt });
        let _ = write!(
            out,
            "<div class=\"clip\"><{element} class=\"u-{element}\" controls preload=\"metadata\" src=\"{url}\" aria-label=\"{label}\""
        );
        if clip.is_video {
            size(out, clip.width, clip.height);
            out.push_str(" playsinline");
        }
        let _ = writeln!(out, "><a href=\"{url}\">{label}</a></{element}></div>");
    }
}

/// A file at an address, not an object of ours.
fn is_elsewhere(key: &str) -> bool {
    key.contains("://")
}

fn link(out: &mut String, url: &str, alt: &str, words: &str) {
    let words = html::escape(if alt.trim().is_empty() { words } else { alt.trim() });
    let _ = writeln!(out, "<p><a href=\"{url}\" rel=\"noreferrer\">{words}</a></p>");
}

fn size(out: &mut String, width: u32, height: u32) {
    if width > 0 && height > 0 {
        let _ = write!(out, " width=\"{width}\" height=\"{height}\"");
    }
}

/// A link to a page of somebody else, by its name where it is told, else by its host.
fn cite(property: &str, value: &Value) -> String {
    let url = address(value).unwrap_or_default();
    let name = said(value, "name").filter(|name| !name.trim().is_empty());
    format!(
        "<a class=\"u-{property} h-cite\" href=\"{}\">{}</a>",
        html::escape(url),
        html::escape(name.unwrap_or_else(|| host(url)))
    )
}

/// The host of an address, as people name it.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The first value of a property of an embedded item.
fn said<'a>(item: &'a Value, property: &str) -> Option<&'a str> {
    let value = item.get("properties")?.get(property)?;
    value.as_array().and_then(|values| values.first()).unwrap_or(value).as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(properties: Value) -> Post {
        Post { properties: properties.as_object().cloned().expect("an object"), ..Post::default() }
    }

    #[test]
    fn what_a_post_says_of_others_can_be_read_by_people_and_programs() {
        let cite = json!({ "type": ["h-cite"], "properties": { "url": ["https://a.example/1"], "name": ["Tea & <b>"] } });
        for (properties, words, markup) in [
            (json!({}), "", ""),
            (
                json!({ "in-reply-to": ["https://www.a.example/1?x=1&y=\"2\""] }),
                "In reply to a.example",
                "<a class=\"u-in-reply-to h-cite\" href=\"https://www.a.example/1?x=1&amp;y=&quot;2&quot;\">",
            ),
            (json!({ "like-of": [cite] }), "Liked Tea & <b>", "class=\"u-like-of h-cite\""),
            (
                json!({ "repost-of": ["https://u:p@b.example:81/"] }),
                "Reposted b.example:81",
                "u-repost-of",
            ),
            (
                json!({ "bookmark-of": ["https://b.example", "http://c.example#x"] }),
                "Bookmarked b.example, c.example",
                "u-bookmark-of",
            ),
            (
                json!({ "rsvp": ["Yes"], "in-reply-to": ["https://a.example"] }),
                "Going to a.example",
                "<data class=\"p-rsvp\" value=\"yes\">Going to</data>",
            ),
            (
                json!({ "rsvp": ["<b>"], "in-reply-to": ["https://a.example"] }),
                "In reply to a.example",
                "",
            ),
            (json!({ "like-of": ["javascript:alert(1)"] }), "", ""),
            (json!({ "location": ["geo:1,2"] }), "", ""),
            (
                json!({ "location": ["Lisbon <3"] }),
                "At Lisbon <3",
                "<span class=\"p-location h-card\">",
            ),
            (
                json!({ "checkin": [{ "properties": { "name": ["Café"], "url": ["https://cafe.example/"] } }] }),
                "At Café",
                "<a class=\"u-checkin h-card\" href=\"https://cafe.example/\">",
            ),
        ] {
            let post = with(properties.clone());
            assert_eq!(post.context_words(), words, "{properties}");
            assert!(post.context_html().contains(markup), "{}", post.context_html());
        }
    }

    #[test]
    fn files_are_shown_where_the_page_may_load_them() {
        let photo =
            |key: &str, width| Photo { key: key.into(), alt: "\"Tea\"".into(), width, height: 3 };
        let clip = |key: &str, is_video| Clip {
            key: key.into(),
            alt: String::new(),
            is_video,
            width: 4,
            height: 3,
        };
        let post = Post {
            photos: vec![photo("t/1/a.jpg", 4), photo("https://a.example/b.jpg", 0)],
            clips: vec![clip("t/1/a.mp3", false), clip("https://a.example/b.mp4", true)],
            ..Post::default()
        };
        let address = |key: &str| {
            if key.contains("://") { key.to_owned() } else { format!("https://m.example/{key}") }
        };
        let files = Files { address: &address, is_lazy: true, links_elsewhere: false };
        let shown = post.files_html(&files);
        for part in [
            "<div class=\"photos many\">",
            "<img class=\"u-photo\" src=\"https://m.example/t/1/a.jpg\" alt=\"&quot;Tea&quot;\" width=\"4\" height=\"3\" loading=\"lazy\">",
            "src=\"https://a.example/b.jpg\" alt=\"&quot;Tea&quot;\" loading",
            "<audio class=\"u-audio\" controls preload=\"metadata\" src=\"https://m.example/t/1/a.mp3\" aria-label=\"Audio\">",
            "<video class=\"u-video\" controls preload=\"metadata\" src=\"https://a.example/b.mp4\" aria-label=\"A video\" width=\"4\"",
        ] {
            assert!(shown.contains(part), "{part} is not in:\n{shown}");
        }
        let linked = post.files_html(&Files { links_elsewhere: true, ..files });
        assert!(
            linked.contains(
                "<p><a href=\"https://a.example/b.jpg\" rel=\"noreferrer\">&quot;Tea&quot;</a></p>"
            ),
            "{linked}"
        );
        assert!(!linked.contains("src=\"https://a.example"), "{linked}");
        assert_eq!(
            Post::default().files_html(&Files { links_elsewhere: true, ..files_of(&address) }),
            ""
        );
    }

    fn files_of<'a>(address: &'a dyn Fn(&str) -> String) -> Files<'a> {
        Files { address, is_lazy: false, links_elsewhere: false }
    }
}
