//! What a person publishes: a note has no title, an article has one.

use serde::{Deserialize, Serialize};

/// The longest title.
pub const TITLE_CHARS_MAX: usize = 500;
/// The longest text, in bytes of its Markdown.
pub const TEXT_BYTES_MAX: usize = 500 * 1024;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
