//! What the compose form holds, and whether it may become a post.

use bytes::Bytes;
use domain::{
    datetime, markdown,
    media::{Clean, clean_picture},
    post::{self, Photo, Post},
    timezone,
};
use web::Form;

/// The longest description of a photo.
const ALT_CHARS_MAX: usize = 1000;
/// The most photos of one post.
const PHOTOS_MAX: usize = 20;

/// The fields as they were typed, and the photo that was chosen.
#[derive(Debug, Default)]
pub struct Draft {
    /// May be empty.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// What the chosen photo shows.
    pub alt: String,
    /// As a form has it, in the person's time zone, or as RFC 3339 has it; empty is now.
    pub published_at: String,
    /// The chosen file.
    pub photo: Option<Bytes>,
    /// The keys of photos to take off the post.
    pub removed: Vec<String>,
}

/// A draft that may be published.
#[derive(Debug)]
pub struct Checked {
    /// None: a note.
    pub title: Option<String>,
    /// Markdown.
    pub text: String,
    /// Sanitised.
    pub html: String,
    /// The new photo without metadata.
    pub picture: Option<Clean>,
    /// What it shows.
    pub alt: String,
    /// Unix seconds.
    pub published_at: i64,
}

impl Draft {
    /// The draft that a form sent. Browsers end lines with CR LF; texts are stored with LF.
    pub fn of_form(form: &Form) -> Self {
        Self {
            title: form.get("title").to_owned(),
            text: form.text("text").replace("\r\n", "\n"),
            alt: form.get("alt").to_owned(),
            published_at: form.get("published_at").to_owned(),
            photo: form.file("photo").map(|file| file.bytes.clone()),
            removed: form.all("remove_photo").map(str::to_owned).collect(),
        }
    }

    /// The draft that changes a post.
    pub fn of_post(post: &Post) -> Self {
        Self {
            title: post.title.clone().unwrap_or_default(),
            text: post.text.clone(),
            ..Self::default()
        }
    }

    /// Whether a photo that the post has already is to be taken off.
    pub fn removes(&self, photo: &Photo) -> bool {
        self.removed.contains(&photo.key)
    }

    /// The draft as it may be stored beside so many photos that the post keeps.
    ///
    /// # Errors
    /// The sentence for the person.
    pub fn check(
        &self,
        now: i64,
        zone: Option<&str>,
        kept: usize,
    ) -> Result<Checked, &'static str> {
        post::check(&self.title, &self.text, self.photo.is_some() || kept > 0)?;
        if self.alt.chars().count() > ALT_CHARS_MAX {
            return Err(
                "The description of the photo is longer than 1,000 characters. Shorten it.",
            );
        }
        if self.photo.is_some() && kept >= PHOTOS_MAX {
            return Err("A post can have 20 photos. Take one off first.");
        }
        let published_at = published_at(&self.published_at, zone, now)?;
        let html = markdown::to_html(&self.text);
        post::check_html(&html)?;
        Ok(Checked {
            title: Some(self.title.clone()).filter(|title| !title.is_empty()),
            text: self.text.clone(),
            html,
            picture: self.photo.clone().map(clean_picture).transpose()?,
            alt: self.alt.clone(),
            published_at,
        })
    }
}

/// What a form's field holds is a clock's time in the person's zone; RFC 3339 says its own.
fn published_at(typed: &str, zone: Option<&str>, now: i64) -> Result<i64, &'static str> {
    if typed.is_empty() {
        return Ok(now);
    }
    let is_clock = !typed.contains(['Z', 'z', '+']) && typed.matches('-').count() == 2;
    let at = datetime::parse_rfc3339(typed);
    let at = match zone {
        Some(zone) if is_clock => at.map(|at| timezone::utc(zone, at)),
        _ => at,
    };
    match at {
        None => Err("That date cannot be read. Write it like 2026-11-22T09:30."),
        Some(at) if at > now => Err(
            "That date is in the future, and posts cannot wait yet. Choose one that has passed.",
        ),
        Some(at) if at < 0 => Err("That date is before 1970. Choose a later one."),
        Some(at) => Ok(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_of_now_or_of_the_past() {
        const NOW: i64 = 1_795_356_300;
        for (typed, expected) in [
            ("", Some(NOW)),
            ("2026-11-22T14:05", Some(NOW)),
            ("2026-11-22T15:05:00+01:00", Some(NOW)),
            ("2026-11-22T14:06", None),
            ("1970-01-01T00:00", Some(0)),
            ("1969-12-31T23:59", None),
            ("yesterday", None),
        ] {
            assert_eq!(published_at(typed, None, NOW).ok(), expected, "{typed}");
        }
        let berlin = |typed| published_at(typed, Some("Europe/Berlin"), NOW).ok();
        assert_eq!(berlin("2026-11-22T15:05"), Some(NOW));
        assert_eq!(berlin("2026-11-22T15:06"), None);
        for typed in ["2026-11-22T14:05:00Z", "2026-11-22T09:05:00-05:00"] {
            assert_eq!(berlin(typed), Some(NOW), "{typed}");
        }
    }
}
