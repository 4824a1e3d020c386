//! What the compose form holds, and whether it may become a post.

use crate::publish::{Entry, File, Source};
use bytes::Bytes;
use domain::{
    datetime,
    media::clean_picture,
    post::{Photo, Post},
    timezone,
};
use web::Form;

/// Nobody waits longer.
const LATEST_SECONDS: i64 = 200 * 366 * 24 * 3600;

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

    /// What the draft makes of a post that keeps these photos.
    ///
    /// # Errors
    /// The sentence for the person.
    pub fn entry(&self, now: i64, zone: Option<&str>, entry: Entry) -> Result<Entry, &'static str> {
        let picture = self.photo.clone().map(clean_picture).transpose()?;
        let new_photos = picture
            .into_iter()
            .map(|picture| File { source: Source::New(picture), alt: self.alt.clone() });
        Ok(Entry {
            title: Some(self.title.clone()),
            text: self.text.clone(),
            new_photos: new_photos.collect(),
            published_at: published_at(&self.published_at, zone, now)?.or(entry.published_at),
            ..entry
        })
    }
}

/// What a form's field holds is a clock's time in the person's zone; RFC 3339 says its own.
fn published_at(typed: &str, zone: Option<&str>, now: i64) -> Result<Option<i64>, &'static str> {
    if typed.is_empty() {
        return Ok(None);
    }
    let is_clock = !typed.contains(['Z', 'z', '+']) && typed.matches('-').count() == 2;
    let at = datetime::parse_rfc3339(typed);
    let at = match zone {
        Some(zone) if is_clock => at.map(|at| timezone::utc(zone, at)),
        _ => at,
    };
    match at {
        None => Err("That date cannot be read. Write it like 2026-11-22T09:30."),
        Some(at) if at < 0 => Err("That date is before 1970. Choose a later one."),
        Some(at) if at > now.saturating_add(LATEST_SECONDS) => {
            Err("That date is more than 200 years away. Choose an earlier one.")
        }
        Some(at) => Ok(Some(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_counts_in_the_persons_zone() {
        const NOW: i64 = 1_795_356_300;
        for (typed, expected) in [
            ("", Ok(None)),
            ("2026-11-22T14:05", Ok(Some(NOW))),
            ("2026-11-22T15:05:00+01:00", Ok(Some(NOW))),
            ("2099-12-31T23:59:00Z", Ok(Some(4_102_444_740))),
            ("1970-01-01T00:00", Ok(Some(0))),
            ("1969-12-31T23:59", Err(())),
            ("2999-01-01T00:00", Err(())),
            ("yesterday", Err(())),
        ] {
            assert_eq!(published_at(typed, None, NOW).map_err(|_| ()), expected, "{typed}");
        }
        let berlin = |typed| published_at(typed, Some("Europe/Berlin"), NOW).ok().flatten();
        assert_eq!(berlin("2026-11-22T15:05"), Some(NOW));
        for typed in ["2026-11-22T14:05:00Z", "2026-11-22T09:05:00-05:00"] {
            assert_eq!(berlin(typed), Some(NOW), "{typed}");
        }
    }
}
