//! A blog's own templates, tried out with its posts before visitors meet them.

use crate::{
    built_in,
    engine::{self, page},
    model::{self, Model, Page},
    problem::Problem,
};
use domain::{blog::Blog, post::Post};
use platform::Config;

/// What is wrong with the templates, each thing once: every one is read, and those of a blog's main pages are
/// filled, with these posts and one that has a bit of everything.
pub fn trial(
    config: &Config,
    blog: &Blog,
    texts: &[(String, String)],
    mut posts: Vec<Post>,
) -> Vec<Problem> {
    posts.push(sample());
    // With texts of its own a blog is given everything.
    let blog = &Blog { draft: Some(vec![]), ..blog.clone() };
    let mut found: Vec<Problem> = texts
        .iter()
        .filter(|(name, _)| built_in::is_template(name))
        .filter_map(|(name, text)| engine::read(name, text).err())
        .map(|fault| fault.problem(texts))
        .collect();
    for (name, model) in pages(config, blog, &posts) {
        let made = page(config, blog, texts, name, model).ok();
        found.extend(made.and_then(|made| made.problem));
    }
    found.sort_by(|a, b| (&a.template, a.line).cmp(&(&b.template, b.line)));
    found.dedup();
    found
}

/// The main pages of a blog that has these posts.
pub(crate) fn pages(config: &Config, blog: &Blog, posts: &[Post]) -> Vec<(&'static str, Model)> {
    let frame = |title: &str, kind| {
        let url = config.blog_origin(&blog.username, blog.domain.as_deref());
        ("page", Page { kind, title: title.to_owned(), url, ..Page::default() }.into())
    };
    let listed = posts.iter().map(|post| model::post(config, blog, post.clone(), true));
    let mut pages = vec![
        ("home.html", vec![frame("", "home"), ("posts", model::list(listed))]),
        ("missing.html", vec![frame("Missing", "")]),
        ("gone.html", vec![frame("Gone", "")]),
        (
            "categories.html",
            vec![
                frame("Categories", "single"),
                ("categories", model::list([model::named("Tea", "/categories/tea")].into_iter())),
            ],
        ),
    ];
    pages.extend(posts.iter().map(|post| {
        let post = model::post(config, blog, post.clone(), false);
        ("post.html", vec![frame("A title", "single"), ("post", post), ("preview", "".into())])
    }));
    pages
}

/// A post that has a bit of everything.
pub(crate) fn sample() -> Post {
    Post {
        path: "/2026/01/01/sample".into(),
        title: Some("A title".into()),
        html: "<p>Words</p>".into(),
        categories: vec!["Tea".into()],
        published_at: 1_767_225_600,
        ..Post::default()
    }
}
