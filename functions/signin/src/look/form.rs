//! What is typed into the settings of a blog.

use domain::{
    blog::Blog,
    colour,
    look::{self, CSS, EXTRAS, FOOT, FOOTER_CHARS_MAX, HEAD, LISTS, Look, THEMES},
    profile, timezone,
};
use store::look::Text;
use web::Form;

const TITLE_CHARS_MAX: usize = 100;
const TAGLINE_CHARS_MAX: usize = 300;
/// Of a style sheet, or of a template.
pub(super) const TEXT_BYTES_MAX: usize = 64 << 10;
const HTML_BYTES_MAX: usize = 16 << 10;

#[derive(Clone)]
pub(super) struct Typed {
    pub(super) title: String,
    pub(super) tagline: String,
    pub(super) language: String,
    pub(super) timezone: String,
    pub(super) theme: String,
    pub(super) has_accent: bool,
    pub(super) accent: String,
    pub(super) lists: Vec<&'static str>,
    pub(super) extras: Vec<&'static str>,
    pub(super) footer: String,
    pub(super) css: String,
    pub(super) head: String,
    pub(super) foot: String,
}

/// The sentence for each field that cannot stay so.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) title: Option<&'static str>,
    pub(super) tagline: Option<&'static str>,
    pub(super) language: Option<&'static str>,
    pub(super) timezone: Option<&'static str>,
    pub(super) accent: Option<&'static str>,
    pub(super) footer: Option<&'static str>,
    pub(super) css: Option<&'static str>,
    pub(super) head: Option<&'static str>,
    pub(super) foot: Option<&'static str>,
}

impl Problems {
    pub(super) fn are_any(&self) -> bool {
        let words = [self.title, self.tagline, self.language, self.timezone, self.accent];
        let more = [self.footer, self.css, self.head, self.foot];
        words.iter().chain(&more).any(Option::is_some)
    }
}

impl Typed {
    /// The form as it is first shown.
    pub(super) fn of(blog: &Blog, texts: &[Text]) -> Self {
        let look = Look::read(&blog.look);
        let text = |name: &str| {
            let text = texts.iter().find(|(known, _)| known == name);
            text.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        Self {
            extras: known(&EXTRAS, |extra| look.has(extra)),
            title: blog.title.clone(),
            tagline: blog.tagline.clone(),
            language: blog.language.clone(),
            timezone: look.timezone,
            theme: look.theme,
            has_accent: !look.accent.is_empty(),
            accent: if look.accent.is_empty() { "#a8481a".to_owned() } else { look.accent },
            lists: known(&LISTS, |list| look.lists.iter().any(|shown| shown == list)),
            footer: look.footer,
            css: text(CSS),
            head: text(HEAD),
            foot: text(FOOT),
        }
    }

    /// As a browser sent it.
    pub(super) fn read(form: &Form) -> Self {
        let theme = THEMES.iter().find(|(name, _, _)| *name == form.get("theme"));
        Self {
            title: form.get("title").to_owned(),
            tagline: form.get("tagline").to_owned(),
            language: form.get("language").to_owned(),
            timezone: form.get("timezone").to_owned(),
            theme: theme.map_or("plain", |(name, _, _)| name).to_owned(),
            has_accent: form.has("has_accent"),
            accent: form.get("accent").to_ascii_lowercase(),
            lists: known(&LISTS, |list| form.all("lists").any(|chosen| chosen == list)),
            extras: known(&EXTRAS, |extra| form.all("extras").any(|chosen| chosen == extra)),
            footer: form.get("footer").to_owned(),
            css: lines(form.text("css")),
            head: lines(form.text("head")),
            foot: lines(form.text("foot")),
        }
    }

    pub(super) fn problems(&self) -> Problems {
        let size = |text: &str, max: usize, words| (text.len() > max).then_some(words);
        let html = "That is longer than 16 kilobytes. Shorten it.";
        let is_zone = self.timezone.is_empty() || timezone::parse(&self.timezone).is_some();
        let is_colour = !self.has_accent || colour::parse(&self.accent).is_some();
        Problems {
            title: check_title(&self.title),
            tagline: line(&self.tagline, TAGLINE_CHARS_MAX, "Write up to 300 characters."),
            language: look::check_language(&self.language).err(),
            timezone: (!is_zone)
                .then_some("That time zone is not known here. Write it like Europe/Lisbon."),
            accent: (!is_colour).then_some("Write the colour like #a8481a."),
            footer: line(
                &self.footer,
                FOOTER_CHARS_MAX,
                "Write up to 500 characters, on one line.",
            ),
            css: size(&self.css, TEXT_BYTES_MAX, "That is longer than 64 kilobytes. Shorten it."),
            head: size(&self.head, HTML_BYTES_MAX, html),
            foot: size(&self.foot, HTML_BYTES_MAX, html),
        }
    }

    /// What can be tried out of it.
    pub(super) fn without_mistakes(mut self, blog: &Blog, texts: &[Text]) -> Self {
        let (stored, problems) = (Self::of(blog, texts), self.problems());
        for (field, before, problem) in [
            (&mut self.title, stored.title, problems.title),
            (&mut self.tagline, stored.tagline, problems.tagline),
            (&mut self.language, stored.language, problems.language),
            (&mut self.timezone, stored.timezone, problems.timezone),
            (&mut self.accent, stored.accent, problems.accent),
            (&mut self.footer, stored.footer, problems.footer),
            (&mut self.css, stored.css, problems.css),
            (&mut self.head, stored.head, problems.head),
            (&mut self.foot, stored.foot, problems.foot),
        ] {
            if problem.is_some() {
                *field = before;
            }
        }
        self
    }

    /// The blog with these settings, and its look.
    pub(super) fn apply(&self, blog: Blog) -> (Blog, Look) {
        let look = Look {
            theme: self.theme.clone(),
            accent: if self.has_accent { self.accent.clone() } else { String::new() },
            timezone: self.timezone.clone(),
            footer: self.footer.clone(),
            lists: self.lists.iter().map(|list| (*list).to_owned()).collect(),
            extras: self.extras.iter().map(|extra| (*extra).to_owned()).collect(),
        };
        let blog = Blog {
            title: self.title.clone(),
            tagline: self.tagline.clone(),
            language: self.language.clone(),
            look: look.to_json(),
            ..blog
        };
        (blog, look)
    }

    /// The own texts among them.
    pub(super) fn texts(&self) -> Vec<Text> {
        let texts = [(CSS, &self.css), (HEAD, &self.head), (FOOT, &self.foot)];
        texts.map(|(name, text)| (name.to_owned(), text.clone())).into()
    }
}

fn known(
    all: &[(&'static str, &'static str)],
    is_chosen: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    all.iter().map(|(name, _)| *name).filter(|name| is_chosen(name)).collect()
}

/// What is wrong with the title of a blog, if so.
pub fn check_title(title: &str) -> Option<&'static str> {
    let words = "Write a title of up to 100 characters.";
    line(title, TITLE_CHARS_MAX, words).or(title.is_empty().then_some(words))
}

fn line(text: &str, max: usize, words: &'static str) -> Option<&'static str> {
    let is_fine = text.chars().count() <= max && !text.chars().any(profile::is_hidden);
    (!is_fine).then_some(words)
}

/// Line ends as browsers read them in a page, so that what is noted of a script is true of what runs.
pub(super) fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
