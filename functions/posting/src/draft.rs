//! What the compose form holds, and what it makes of a post.

use crate::{
    attach::{File, Source},
    publish::{self, Entry, Once},
};
use domain::{
    datetime,
    media::{Clean, clean},
    post::{Channel, Photo, Post, Status, Visibility},
    timezone,
};
use platform::Context;
use serde_json::{Map, Value, json};
use web::Form;

/// Nobody waits longer.
const LATEST_SECONDS: i64 = 200 * 366 * 24 * 3600;
/// What a post can do with an address: the form's word, which is the property's name but for an
/// answer to an invitation, which is a reply that has one property more.
pub const POINTERS: [(&str, &str); 5] = [
    ("in-reply-to", "answers"),
    ("like-of", "likes"),
    ("repost-of", "shows again"),
    ("bookmark-of", "keeps as a bookmark"),
    ("rsvp", "answers the invitation at"),
];
/// What one answers to an invitation.
pub const ANSWERS: [&str; 4] = ["yes", "maybe", "interested", "no"];

/// A file that is somewhere already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its address.
    pub url: String,
    /// What it shows.
    pub alt: String,
    /// Whether it is to be taken off.
    pub is_removed: bool,
}

/// The fields as they were typed, and the files that were chosen. What a form does not have stays as
/// it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// May be empty.
    pub title: String,
    /// Markdown.
    pub text: String,
    /// Post or page.
    pub channel: Channel,
    /// Whether it is to stay a draft.
    pub is_draft: bool,
    /// What the chosen files show, a line for each.
    pub alt: String,
    /// The chosen files, or what is wrong with one. Cleaned at once, while nobody else holds the bytes: a
    /// Worker has no room for two copies.
    pub chosen: Vec<Result<Clean, &'static str>>,
    /// Those that the post has, and those that a script has uploaded.
    pub files: Vec<Placed>,
    /// As they were typed.
    pub categories: Vec<String>,
    /// The last part of its address; empty: made from its words.
    pub slug: String,
    /// As a form has it, in the person's time zone, or as RFC 3339 has it; empty is now.
    pub published_at: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it does with another address, one of [`POINTERS`], or nothing.
    pub pointer: String,
    /// That address.
    pub target: String,
    /// One of [`ANSWERS`].
    pub answer: String,
    /// For pages: whether the blog's head leads to it.
    pub is_in_navigation: bool,
    /// Names the form: sent twice it is sent once.
    pub key: String,
    /// The revision that was read, if the form says so.
    pub revision: Option<i64>,
}

impl Draft {
    /// What changes a post.
    pub fn of_post(cx: &Context, zone: Option<&str>, post: &Post) -> Self {
        let photos = post.photos.iter().map(|photo| (&photo.key, &photo.alt));
        let files = photos.chain(post.clips.iter().map(|clip| (&clip.key, &clip.alt)));
        let (pointer, target, answer) = pointer(post);
        Self {
            title: post.title.clone().unwrap_or_default(),
            text: post.text.clone(),
            channel: post.channel,
            is_draft: post.status == Status::Draft,
            files: files.map(|(key, alt)| placed(cx.config.media_url(key), alt.clone())).collect(),
            categories: post.categories.clone(),
            slug: publish::wished_slug(post).unwrap_or_default().to_owned(),
            published_at: clock(zone, post),
            visibility: post.visibility,
            pointer: pointer.to_owned(),
            target,
            answer,
            is_in_navigation: post.is_in_navigation,
            revision: Some(post.revision),
            ..Self::default()
        }
    }

    /// What a form makes of it. Browsers end lines with CR LF; texts are stored with LF.
    pub fn with(mut self, form: &mut Form) -> Self {
        for (name, field) in [
            ("title", &mut self.title),
            ("alt", &mut self.alt),
            ("slug", &mut self.slug),
            ("published_at", &mut self.published_at),
            ("pointer", &mut self.pointer),
            ("target", &mut self.target),
            ("answer", &mut self.answer),
            ("key", &mut self.key),
        ] {
            if form.has(name) {
                *field = form.get(name).to_owned();
            }
        }
        if form.has("text") {
            self.text = form.text("text").replace("\r\n", "\n");
        }
        if let Some(channel) = Channel::of_word(form.get("channel")) {
            self.channel = channel;
            self.is_in_navigation = form.has("navigation");
        }
        if form.has("categories") {
            let typed = form.text("categories").split(',').map(str::trim);
            let all = form.all("category").chain(typed.filter(|name| !name.is_empty()));
            self.categories = all.map(str::to_owned).collect();
        }
        if self.pointer != "rsvp" {
            self.answer.clear();
        }
        self.visibility = Visibility::of_word(form.get("visibility")).unwrap_or(self.visibility);
        self.revision = form.get("revision").parse().ok();
        self.is_draft = form.get("do") == "draft";
        self.place(form);
        self.chosen = form.take_files("photo").into_iter().map(|file| clean(file.bytes)).collect();
        self
    }

    fn place(&mut self, form: &Form) {
        for (url, alt) in form.all("file").zip(form.all("file_alt")) {
            let alt = alt.trim().to_owned();
            match self.files.iter_mut().find(|file| file.url == url) {
                Some(file) => file.alt = alt,
                None => self.files.push(placed(url.to_owned(), alt)),
            }
        }
        for file in &mut self.files {
            file.is_removed = form.all("remove_photo").any(|url| url == file.url);
        }
    }

    /// Whether it would change nothing of what is stored.
    pub fn is_already(&self, stored: Self) -> bool {
        let mut typed = Self { key: String::new(), alt: String::new(), ..self.clone() };
        typed.revision = stored.revision;
        typed.files.retain(|file| !file.is_removed);
        if typed.published_at.is_empty() {
            typed.published_at = stored.published_at.clone();
        }
        let mut stored = stored;
        typed.categories.sort_unstable();
        stored.categories.sort_unstable();
        typed == stored
    }

    /// What makes the form, sent twice, the same form. Changed in between it is another one.
    pub fn once(&self) -> Option<Once> {
        let content = self.content();
        let key = format!("{} {}", self.key, domain::secret::sha256_hex(content.as_bytes()));
        (!self.key.is_empty()).then(|| Once::by_key(&key, content.as_bytes()))
    }

    /// Everything that was typed, and how long each chosen file is.
    fn content(&self) -> String {
        let is = |so: bool| if so { "yes" } else { "no" };
        let mut parts = vec![
            &*self.title,
            &self.text,
            self.channel.word(),
            is(self.is_draft),
            &self.alt,
            &self.slug,
            &self.published_at,
            self.visibility.word(),
            &self.pointer,
            &self.target,
            &self.answer,
            is(self.is_in_navigation),
        ];
        parts.extend(self.categories.iter().map(String::as_str));
        for file in &self.files {
            parts.extend([&*file.url, &file.alt, is(file.is_removed)]);
        }
        let mut content = parts.join("\0");
        for file in &self.chosen {
            let length = file.as_ref().map_or(0, |file| file.bytes.len());
            content.push_str(&format!("\0{length}"));
        }
        content.push_str(&format!("\0{}", self.revision.unwrap_or_default()));
        content
    }

    /// What each chosen file shows. Of one file the lines are one text.
    pub fn alts(&self) -> impl Iterator<Item = String> {
        let is_one = self.chosen.len() < 2;
        let lines = self.alt.split(move |c| !is_one && c == '\n');
        let alts = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        alts.chain(std::iter::repeat(String::new()))
    }

    /// What the draft makes of a post, or of nothing.
    ///
    /// # Errors
    /// The sentence for the person.
    pub fn entry(
        &self,
        cx: &Context,
        zone: Option<&str>,
        post: Option<&Post>,
    ) -> Result<Entry, &'static str> {
        let before = post.map(|post| Self::of_post(cx, zone, post)).unwrap_or_default();
        let mut entry = post.map(Entry::of_post).unwrap_or_default();
        entry.published_at = if post.is_some() && self.published_at == before.published_at {
            post.filter(|_| !before.published_at.is_empty()).map(|post| post.published_at)
        } else {
            published_at(&self.published_at, zone, cx.seconds())?
        };
        if !self.points_like(&before) {
            self.point(&mut entry.properties)?;
        }
        if self.slug != before.slug && !self.slug.is_empty() {
            entry.slug = Some(self.slug.clone());
        }
        self.keep(cx, &mut entry);
        for (file, alt) in self.chosen.iter().zip(self.alts()) {
            let source = Source::New(file.clone()?);
            entry.new_photos.push(File { source, alt });
        }
        Ok(Entry {
            channel: self.channel,
            is_draft: self.is_draft,
            visibility: self.visibility,
            title: Some(self.title.clone()),
            text: self.text.clone(),
            categories: self.categories.clone(),
            is_in_navigation: self.is_in_navigation,
            is_moving: true,
            ..entry
        })
    }

    /// The files that stay, with what is said of them now, and the uploaded ones behind them.
    fn keep(&self, cx: &Context, entry: &mut Entry) {
        let mut files: Vec<&Placed> = self.files.iter().filter(|file| !file.is_removed).collect();
        let mut keep = |key: &str, alt: &mut String| {
            let url = cx.config.media_url(key);
            let at = files.iter().position(|file| file.url == url);
            if let Some(at) = at {
                *alt = files.remove(at).alt.clone();
            }
            at.is_some()
        };
        entry.photos.retain_mut(|Photo { key, alt, .. }| keep(key, alt));
        entry.clips.retain_mut(|clip| keep(&clip.key, &mut clip.alt));
        let new =
            |file: &Placed| File { source: Source::At(file.url.clone()), alt: file.alt.clone() };
        entry.new_photos.extend(files.into_iter().map(new));
    }

    fn points_like(&self, other: &Self) -> bool {
        self.pointer == other.pointer && self.target == other.target && self.answer == other.answer
    }

    fn point(&self, properties: &mut Map<String, Value>) -> Result<(), &'static str> {
        POINTERS.iter().for_each(|(name, _)| {
            properties.remove(*name);
        });
        if self.pointer.is_empty() {
            return if self.target.is_empty() { Ok(()) } else { Err(NO_POINTER) };
        }
        let is_address =
            url::Url::parse(&self.target).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_address {
            return Err("Write the whole address that this is about, with https:// before it.");
        }
        let is_known = POINTERS.iter().any(|(name, _)| *name == self.pointer);
        let name = if self.pointer == "rsvp" { "in-reply-to" } else { &*self.pointer };
        if is_known {
            properties.insert(name.to_owned(), json!([self.target]));
        }
        if self.pointer == "rsvp" {
            let answer = ANSWERS.iter().find(|answer| **answer == self.answer).unwrap_or(&"yes");
            properties.insert("rsvp".to_owned(), json!([answer]));
        }
        Ok(())
    }
}

const NO_POINTER: &str =
    "Choose what the post does with that address: answer it, like it, and so on.";

fn placed(url: String, alt: String) -> Placed {
    Placed { url, alt, is_removed: false }
}

/// What a post does with which address, and what it answers.
fn pointer(post: &Post) -> (&'static str, String, String) {
    let target = |name: &str| post.addresses(name).first().map(|url| (*url).to_owned());
    let rsvp = post.properties.get("rsvp").and_then(|rsvp| rsvp.get(0)).and_then(Value::as_str);
    let found = POINTERS.iter().find_map(|(name, _)| Some((*name, target(name)?)));
    match (found, rsvp) {
        (Some(("in-reply-to", target)), Some(answer)) => ("rsvp", target, answer.to_owned()),
        (Some((name, target)), _) => (name, target, String::new()),
        (None, _) => ("", String::new(), String::new()),
    }
}

/// The post's date as a form's field has it; of a draft only one that was chosen, which is another than
/// that of its last change.
fn clock(zone: Option<&str>, post: &Post) -> String {
    if post.status == Status::Draft && post.published_at == post.updated_at {
        return String::new();
    }
    let at = post.published_at;
    let mut clock = datetime::rfc3339(zone.map_or(at, |zone| timezone::local(zone, at)));
    clock.truncate("2026-11-22T14:05".len());
    clock
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
