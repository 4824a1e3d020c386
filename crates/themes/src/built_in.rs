//! The templates of the three themes: a theme has its own where it differs, and those of `plain` else.

/// A template's name and its text.
type Template = (&'static str, &'static str);

macro_rules! templates {
    ($theme:literal: $($name:literal),+) => {
        &[$(($name, include_str!(concat!("../templates/", $theme, "/", $name)))),+]
    };
}

const BIRD: &str = include_str!("../../web/templates/bird.svg");
const PLAIN: &[Template] = templates!("plain":
    "archive.html", "base.html", "categories.html", "foot.html", "gone.html", "head.html", "home.html", "list.html",
    "missing.html", "nav.html", "pages.html", "photos.html", "post.html", "post_body.html", "post_by.html",
    "post_cats.html", "replies.html", "search.html", "search_form.html");
const JOURNAL: &[Template] = templates!("journal": "home.html", "post.html");
const PHOTOS: &[Template] = templates!("photos": "home.html", "post.html");

/// The templates of a theme.
pub(crate) fn templates(theme: &str) -> impl Iterator<Item = Template> {
    let own = match theme {
        "journal" => JOURNAL,
        "photos" => PHOTOS,
        _ => &[],
    };
    own.iter().chain(PLAIN).chain(&[("bird.svg", BIRD)]).copied()
}

/// The names of all templates, which an owner may replace.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|(name, _)| *name)
}

/// Whether a text of this name is a template.
pub(crate) fn is_template(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The text of a theme's own template.
pub fn source(theme: &str, name: &str) -> Option<&'static str> {
    let mut known = templates(theme).filter(|_| is_template(name));
    known.find(|(known, _)| *known == name).map(|(_, text)| text)
}
