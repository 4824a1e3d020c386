//! What a person publishes: a note has no title, an article has one.

use crate::{datetime, html};
use serde::{Deserialize, Serialize};

/// The longest title.
pub const TITLE_CHARS_MAX: usize = 500;
/// The longest text, in bytes of its Markdown.
pub const TEXT_BYTES_MAX: usize = 500 * 1024;
/// The longest HTML of a post: with the longest text it still fits a database row of 2,000,000 bytes.
pub const HTML_BYTES_MAX: usize = 1_400_000;

/// A picture of a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// The object's key in the blob store.
    pub key: String,
    /// What it shows, for those who cannot see it; text, not HTML.
    pub alt: String,
    /// Pixels, as displayed.
    pub width: u32,
    /// Pixels, as displayed.
    pub height: u32,
}

/// A post as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Time-first id, 18 digits.
    pub id: String,
    /// The blog it stands on.
    pub blog_id: String,
    /// Its path on the blog's host: `/2026/11/22/slug`.
    pub path: String,
    /// Text, not HTML; notes have none.
    pub title: Option<String>,
    /// What was written: Markdown.
    pub text: String,
    /// The text as sanitised HTML, without the photos.
    pub html: String,
    /// In the order of display.
    pub photos: Vec<Photo>,
    /// Unix seconds.
    pub published_at: i64,
    /// Unix seconds.
    pub updated_at: i64,
    /// Unix seconds; a deleted post answers 410.
    pub deleted_at: Option<i64>,
}

impl Post {
    /// What stands for the post where a title would: the title, else the first words, else what its
    /// photo shows, else its day. Plain text, never empty.
    pub fn label(&self, chars: usize) -> String {
        if let Some(title) = self.title.as_ref().filter(|title| !title.trim().is_empty()) {
            return title.clone();
        }
        // The first words stand in the first bytes; a tag that the cut went through is left out.
        let head: String = self.html.chars().take(chars.saturating_mul(10)).collect();
        let whole = head.rsplit_once('<').filter(|(_, tag)| !tag.contains('>'));
        let words =
            html::shorten(&html::words(whole.map_or(head.as_str(), |(whole, _)| whole)), chars);
        let shown = || self.photos.iter().map(|photo| photo.alt.trim()).find(|alt| !alt.is_empty());
        match (words.is_empty(), shown()) {
            (false, _) => words,
            (true, Some(alt)) => alt.chars().take(chars).collect(),
            (true, None) => datetime::human(self.published_at, "en"),
        }
    }
}

/// May this be published? The error is the sentence for the person.
pub fn check(title: &str, text: &str, has_photo: bool) -> Result<(), &'static str> {
    if title.trim().is_empty() && text.trim().is_empty() && !has_photo {
        return Err("Write something or add a photo first.");
    }
    if title.chars().count() > TITLE_CHARS_MAX {
        return Err(
            "The title is longer than 500 characters. Shorten it, or move some of it into the text.",
        );
    }
    if text.len() > TEXT_BYTES_MAX {
        return Err("The text is longer than 500 kilobytes. Split it into several posts.");
    }
    Ok(())
}

/// May HTML made from a post's text be stored? Markup can make a short text long.
pub fn check_html(html: &str) -> Result<(), &'static str> {
    if html.len() > HTML_BYTES_MAX {
        return Err("The text has too much markup. Split it into several posts.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_post_has_a_label() {
        let photo = |alt: &str| Photo { key: "k".into(), alt: alt.into(), width: 1, height: 1 };
        let long = format!("<p>{}</p>", "a <em>word</em> ".repeat(1000));
        for (title, html, photos, expected) in [
            (Some("A title"), "<p>Text</p>", vec![], "A title"),
            (Some(" "), "<p>Some <em>text</em> here</p>", vec![], "Some text here"),
            (None, "", vec![photo(""), photo("A cat")], "A cat"),
            (None, "<p><img src=\"/x\"></p>", vec![], "22 Nov 2026, 14:05"),
            (None, long.as_str(), vec![], "a word a word a…"),
        ] {
            let post = Post {
                id: "1".into(),
                blog_id: "2".into(),
                path: "/2026/11/22/x".into(),
                title: title.map(str::to_owned),
                text: String::new(),
                html: html.into(),
                photos,
                published_at: 1_795_356_300,
                updated_at: 0,
                deleted_at: None,
            };
            assert_eq!(post.label(17), expected, "{title:?} {html}");
        }
    }

    #[test]
    fn a_post_needs_something_and_not_too_much() {
        let long_title = "é".repeat(500);
        let longer_title = "é".repeat(501);
        let long_text = "a".repeat(500 * 1024);
        let longer_text = "a".repeat(500 * 1024 + 1);
        for (title, text, has_photo, allowed) in [
            ("", "", false, false),
            (" ", "\n\t ", false, false),
            ("", "Hello", false, true),
            ("Title", "", false, true),
            ("", "", true, true),
            (long_title.as_str(), "x", false, true),
            (longer_title.as_str(), "x", false, false),
            ("", long_text.as_str(), false, true),
            ("", longer_text.as_str(), false, false),
        ] {
            let found = check(title, text, has_photo);
            assert_eq!(found.is_ok(), allowed, "{} {}", title.len(), text.len());
        }
    }

    #[test]
    fn a_short_text_may_not_make_html_without_end() {
        let depth: String = (0..99).map(|place| format!("<b a={place}>")).collect();
        let text = format!("<p>{depth}{}", "<p>x".repeat(2800));
        assert_eq!(check("", &text, false), Ok(()));
        assert!(check_html(&crate::markdown::to_html(&text)).is_err());
        assert_eq!(check_html(&crate::markdown::to_html("Hello")), Ok(()));
    }
}
