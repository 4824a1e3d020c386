//! How a blog looks: its theme, its colour, its clock, and what its owner has written around the posts.

use crate::{secret, timezone};
use serde_json::{Map, Value};

/// A theme: its name, the name for people, and what it is like.
pub const THEMES: [(&str, &str, &str); 3] = [
    (
        "plain",
        "Plain",
        "One column of posts, short and long alike. Quick to read, quiet to look at.",
    ),
    (
        "journal",
        "Journal",
        "Like a book: large serif type, indented paragraphs, articles by their titles.",
    ),
    ("photos", "Photos", "A wall of pictures. Words stand between them as cards."),
];
/// Lists that the blog's head can lead to: path and name.
pub const LISTS: [(&str, &str); 4] = [
    ("archive", "Archive"),
    ("photos", "Photos"),
    ("categories", "Categories"),
    ("search", "Search"),
];
/// The picture of the blog's author, which comes from the app's host.
pub const PHOTO: &str = "photo";
/// What people here answered, by a script of the app's host.
pub const REPLIES: &str = "replies";
/// What readers' browsers may get from the app's host: name, and words for people. Nothing unless it is chosen.
pub const EXTRAS: [(&str, &str); 2] = [
    (PHOTO, "Your picture beside the title"),
    (REPLIES, "Replies of people here, below each post"),
];
/// The longest line at the foot of a blog.
pub const FOOTER_CHARS_MAX: usize = 500;
/// The name of the owner's style sheet among a blog's own texts.
pub const CSS: &str = "css";
/// HTML at the end of `<head>`.
pub const HEAD: &str = "head";
/// HTML at the end of `<body>`.
pub const FOOT: &str = "foot";
/// More scripts of one text are not let run.
const SCRIPTS_MAX: usize = 20;
const VERSION_CHARS: usize = 12;

/// The settings of a blog's look. Its own texts are rows of their own; here is what is known of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// One of [`THEMES`].
    pub theme: String,
    /// `#rrggbb`, or nothing for the theme's.
    pub accent: String,
    /// A name of the IANA database, or nothing for UTC.
    pub timezone: String,
    /// A line at the foot of every page; text, not HTML.
    pub footer: String,
    /// Which of [`LISTS`] the head leads to.
    pub lists: Vec<String>,
    /// Which of [`EXTRAS`] its pages have.
    pub extras: Vec<String>,
}

impl Look {
    /// What is stored. What is missing or makes no sense is as it is for a new blog.
    pub fn read(json: &str) -> Self {
        if json.len() <= "{}".len() {
            return Self { theme: "plain".to_owned(), ..Self::default() };
        }
        let stored: Value = serde_json::from_str(json).unwrap_or_default();
        let text = |name: &str| stored.get(name).and_then(Value::as_str).unwrap_or_default();
        let lists = text("lists").split(' ').filter(|list| path_of(list).is_some());
        let is_extra = |name: &&str| EXTRAS.iter().any(|(known, _)| known == name);
        let extras = text("extras").split(' ').filter(is_extra);
        let theme = THEMES.iter().map(|(name, _, _)| *name).find(|name| *name == text("theme"));
        Self {
            theme: theme.unwrap_or("plain").to_owned(),
            accent: text("accent").to_owned(),
            timezone: text("timezone").to_owned(),
            footer: text("footer").to_owned(),
            lists: lists.map(str::to_owned).collect(),
            extras: extras.map(str::to_owned).collect(),
        }
    }

    /// As it is stored.
    pub fn to_json(&self) -> String {
        let (lists, extras) = (self.lists.join(" "), self.extras.join(" "));
        let pairs = [
            ("theme", &self.theme),
            ("accent", &self.accent),
            ("timezone", &self.timezone),
            ("footer", &self.footer),
            ("lists", &lists),
            ("extras", &extras),
        ];
        let pairs = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        let object = pairs.map(|(name, text)| (name.to_owned(), text.clone().into()));
        Value::Object(object.collect::<Map<_, _>>()).to_string()
    }

    /// Whether its pages have one of [`EXTRAS`].
    pub fn has(&self, extra: &str) -> bool {
        self.extras.iter().any(|name| name == extra)
    }

    /// Unix seconds as a clock on the wall of the blog shows them.
    pub fn local(&self, seconds: i64) -> i64 {
        if self.timezone.is_empty() { seconds } else { timezone::local(&self.timezone, seconds) }
    }
}

/// The name of a list for people, if there is such a list.
pub fn path_of(list: &str) -> Option<&'static str> {
    LISTS.iter().find(|(known, _)| *known == list).map(|(_, name)| *name)
}

/// What is known of an own text beside its words: of a style sheet the part of its address that changes
/// with it, of HTML what a content security policy says to let its scripts run.
pub fn note(name: &str, text: &str) -> String {
    match name {
        CSS => secret::sha256_hex(text.as_bytes()).chars().take(VERSION_CHARS).collect(),
        HEAD | FOOT => {
            scripts(text).take(SCRIPTS_MAX).map(policy_source).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// The names of own texts and what is noted of each, as the blog's row has them.
pub fn own(json: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(stored)) = serde_json::from_str(json) else { return vec![] };
    let text = |note: Value| note.as_str().map(str::to_owned).unwrap_or_default();
    stored.into_iter().map(|(name, note)| (name, text(note))).collect()
}

/// The same of texts that are not stored.
pub fn notes(texts: &[(String, String)]) -> String {
    let notes = texts.iter().filter(|(_, text)| !text.trim().is_empty());
    let notes = notes.map(|(name, text)| (name.clone(), note(name, text).into()));
    Value::Object(notes.collect::<Map<_, _>>()).to_string()
}

fn policy_source(script: &str) -> String {
    format!("'sha256-{}'", secret::sha256_base64(script.as_bytes()))
}

/// The inline scripts of a text, as a browser sees them. One that it reads otherwise does not run.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, tag) = after(rest, "<script")?;
        let (_, body) = tag.split_once('>')?;
        let (script, next) = after(body, "</script")?;
        rest = next;
        Some(script)
    })
}

/// What stands before and after a word in lower-case ASCII, however it is written.
fn after<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let lower = text.as_bytes();
    let at =
        lower.windows(word.len()).position(|part| part.eq_ignore_ascii_case(word.as_bytes()))?;
    let (before, found) = text.split_at_checked(at)?;
    Some((before, found.get(word.len()..)?))
}

/// Whether a language is written from right to left, by its BCP 47 tag.
pub fn is_rtl(language: &str) -> bool {
    let mut parts = language.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let script =
        parts.next().filter(|part| part.len() == 4).unwrap_or_default().to_ascii_lowercase();
    match script.as_str() {
        "" => ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"]
            .contains(&first.as_str()),
        script => {
            ["arab", "aran", "hebr", "syrc", "thaa", "nkoo", "adlm", "rohg"].contains(&script)
        }
    }
}

/// A language as BCP 47 writes one.
///
/// # Errors
/// The sentence for the person.
pub fn check_language(tag: &str) -> Result<(), &'static str> {
    let mut parts = tag.split('-');
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let first = parts.next().unwrap_or_default();
    let is_fine = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && is_word(part))
        && tag.len() <= 35;
    if is_fine { Ok(()) } else { Err("Write the language as a short tag: en, de, pt-BR, he.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_read_as_it_was_stored() {
        let look = Look {
            theme: "journal".into(),
            accent: "#aa0000".into(),
            timezone: "Europe/Berlin".into(),
            footer: "\"Quoted\" <b>".into(),
            lists: vec!["archive".into(), "search".into()],
            extras: vec![REPLIES.into(), PHOTO.into()],
        };
        assert_eq!(Look::read(&look.to_json()), look);
        for odd in ["", "{}", "[]", "{\"theme\":\"../x\",\"lists\":\"evil\"}"] {
            assert_eq!(Look::read(odd), Look { theme: "plain".into(), ..Look::default() }, "{odd}");
        }
    }

    #[test]
    fn the_scripts_of_a_text_are_found_as_a_browser_finds_them() {
        for (html, expected) in [
            ("<script>a()</script>", vec!["a()"]),
            ("<SCRIPT type=module>a < b\n</Script ><p>x<script>b</script>", vec!["a < b\n", "b"]),
            ("<p>no</p><script>open", vec![]),
            ("é<script src=/x></script>", vec![""]),
        ] {
            assert_eq!(scripts(html).collect::<Vec<_>>(), expected, "{html}");
        }
        let known = "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='";
        assert_eq!(note(HEAD, "<script>doSomething();</script>").len(), known.len());
    }

    #[test]
    fn directions_and_tags_of_languages() {
        for (tag, rtl) in [
            ("he", true),
            ("ar-EG", true),
            ("fa", true),
            ("en", false),
            ("az-Arab", true),
            ("ar-Latn", false),
            ("", false),
        ] {
            assert_eq!(is_rtl(tag), rtl, "{tag}");
        }
        for (tag, fine) in [
            ("en", true),
            ("pt-BR", true),
            ("zh-Hant-TW", true),
            ("e", false),
            ("", false),
            ("en_US", false),
            ("en\"", false),
        ] {
            assert_eq!(check_language(tag).is_ok(), fine, "{tag}");
        }
    }
}
