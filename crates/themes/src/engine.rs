//! The engine: finds templates, fills them, and escapes what is not HTML yet.

use crate::model::{self, Model};
use domain::blog::Blog;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};
use platform::{Config, Error, Result};
use std::sync::OnceLock;

/// The templates that every theme has, by their names.
const PLAIN: &[(&str, &str)] = &[
    ("archive.html", include_str!("../templates/plain/archive.html")),
    ("base.html", include_str!("../templates/plain/base.html")),
    ("bird.svg", include_str!("../../web/templates/bird.svg")),
    ("categories.html", include_str!("../templates/plain/categories.html")),
    ("foot.html", include_str!("../templates/plain/foot.html")),
    ("gone.html", include_str!("../templates/plain/gone.html")),
    ("head.html", include_str!("../templates/plain/head.html")),
    ("home.html", include_str!("../templates/plain/home.html")),
    ("list.html", include_str!("../templates/plain/list.html")),
    ("missing.html", include_str!("../templates/plain/missing.html")),
    ("nav.html", include_str!("../templates/plain/nav.html")),
    ("pages.html", include_str!("../templates/plain/pages.html")),
    ("photos.html", include_str!("../templates/plain/photos.html")),
    ("post.html", include_str!("../templates/plain/post.html")),
    ("post_body.html", include_str!("../templates/plain/post_body.html")),
    ("post_by.html", include_str!("../templates/plain/post_by.html")),
    ("search.html", include_str!("../templates/plain/search.html")),
    ("search_form.html", include_str!("../templates/plain/search_form.html")),
];

/// Compiled templates are kept between requests: they hold nothing of any of them.
static BUILT_IN: OnceLock<Environment<'static>> = OnceLock::new();

/// The page of a blog that a template makes of a model.
///
/// # Errors
/// [`Error::Internal`] when a template of ours is broken.
pub fn page(config: &Config, blog: &Blog, name: &str, mut model: Model) -> Result<String> {
    model.push(("blog", model::blog(config, blog)));
    model.push(("build", (&config.build).into()));
    let engine = BUILT_IN.get_or_init(built_in);
    let template = engine.get_template(name).map_err(Error::internal)?;
    template.render(model::map(model)).map_err(Error::internal)
}

fn built_in() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.set_auto_reload(false);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_formatter(write);
    engine.set_loader(|name| Ok(find(name)));
    engine
}

fn find(name: &str) -> Option<&'static str> {
    PLAIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Writes a value, and escapes it where it is not HTML.
fn write(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Value,
) -> std::result::Result<(), minijinja::Error> {
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text)?,
        Some(text) => escape(out, text)?,
        None if value.is_number() => out.write_fmt(format_args!("{value}"))?,
        None => {
            let words = "this is not a text and cannot be written";
            return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, words));
        }
    }
    Ok(())
}

fn escape(out: &mut Output<'_>, mut text: &str) -> std::fmt::Result {
    while let Some((before, rest)) = text.find(is_special).and_then(|at| text.split_at_checked(at))
    {
        out.write_str(before)?;
        let mut rest = rest.chars();
        out.write_str(match rest.next() {
            Some('&') => "&#38;",
            Some('<') => "&#60;",
            Some('>') => "&#62;",
            Some('"') => "&#34;",
            _ => "&#39;",
        })?;
        text = rest.as_str();
    }
    out.write_str(text)
}

fn is_special(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\'')
}
