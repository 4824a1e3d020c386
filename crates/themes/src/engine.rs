//! The engine: which templates make a page, and what happens where somebody's own cannot.

use crate::{
    built_in,
    fill::{Limits, Templates, fill},
    model::{self, Model},
    problem::{Fault, Problem},
    syntax::{self, Template},
};
use domain::{
    blog::Blog,
    look::{Look, THEMES},
};
use platform::{Config, Error, Result};
use std::sync::OnceLock;

/// What a page of somebody's own templates may take; a home page of ours takes two thousand steps.
const LIMITS: Limits = Limits { steps: 200_000, bytes: 4 << 20, depth: 12 };
const NO_LIMITS: Limits = Limits { steps: u64::MAX, bytes: usize::MAX, depth: 12 };
/// Before the name of a template: the theme's own one, whatever stands in its place.
const THEMES_OWN: &str = "theme/";

/// A theme's templates, read, by their names.
type Theme = Vec<(&'static str, Template<'static>)>;

/// The themes are read once and kept between requests: they hold nothing of any of them.
static BUILT_IN: [OnceLock<Theme>; THEMES.len()] = [const { OnceLock::new() }; THEMES.len()];

/// A page as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The page.
    pub html: String,
    /// Why it was made of the theme's templates alone, if the blog has others.
    pub problem: Option<Problem>,
}

/// The page of a blog that a template makes of a model. `texts` are the blog's own HTML and templates; where
/// one of those fails, the theme's take their place.
///
/// # Errors
/// [`Error::Internal`] when a template of ours is broken.
pub fn page(
    config: &Config,
    blog: &Blog,
    texts: &[(String, String)],
    name: &str,
    mut model: Model,
) -> Result<Made> {
    let look = Look::read(&blog.look);
    model.push(("blog", model::blog(config, blog, &look, texts)));
    model.push(("build", (&config.build).into()));
    let theme = theme(&look.theme);
    let mut problem = None;
    let own: Vec<_> = texts
        .iter()
        .filter(|(name, _)| built_in::is_template(name))
        .map(|(name, text)| (name.as_str(), syntax::read(text)))
        .collect();
    if !own.is_empty() {
        match fill(&Own { own: &own, theme }, name, &model, LIMITS) {
            Ok(html) => return Ok(Made { html, problem }),
            Err(fault) => problem = Some(fault.problem(texts)),
        }
    }
    if let (Some(problem), true) = (&problem, blog.draft.is_some()) {
        model.push(("problem", problem.sentence().into()));
    }
    let html = fill(&Themes(theme), name, &model, NO_LIMITS)
        .map_err(|fault| Error::internal(fault.problem(&[]).sentence()))?;
    Ok(Made { html, problem })
}

/// Whether a template can be read at all.
pub(crate) fn read(name: &str, text: &str) -> std::result::Result<(), Fault> {
    syntax::read(text).map(|_| ()).map_err(|fault| fault.of(name))
}

fn theme(name: &str) -> &'static Theme {
    const NONE: &Theme = &Vec::new();
    let at = THEMES.iter().position(|(known, _, _)| *known == name).unwrap_or(0);
    let name = THEMES.get(at).map_or("plain", |(known, _, _)| known);
    // A test reads every one of them, so that none is left out here.
    let read = || {
        built_in::templates(name)
            .filter_map(|(name, text)| Some((name, syntax::read(text).ok()?)))
            .collect()
    };
    BUILT_IN.get(at).map_or(NONE, |kept| kept.get_or_init(read))
}

struct Themes(&'static Theme);

impl<'a> Templates<'a> for Themes {
    fn find(&self, name: &str) -> std::result::Result<&'a Template<'a>, Fault> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        let missing = || Fault::at(0, &format!("There is no template “{name}”."));
        found.map(|(_, template)| template).ok_or_else(missing)
    }
}

struct Own<'a> {
    own: &'a [(&'a str, std::result::Result<Template<'a>, Fault>)],
    theme: &'static Theme,
}

impl<'a> Templates<'a> for Own<'a> {
    fn find(&self, name: &str) -> std::result::Result<&'a Template<'a>, Fault> {
        if let Some(name) = name.strip_prefix(THEMES_OWN) {
            return Themes(self.theme).find(name);
        }
        match self.own.iter().find(|(own, _)| *own == name) {
            Some((_, template)) => template.as_ref().map_err(|fault| fault.clone().of(name)),
            None => Themes(self.theme).find(name),
        }
    }
}

#[cfg(test)]
mod tests;
