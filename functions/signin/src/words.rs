//! The pages of words, which are Markdown files in `docs/`.

use askama::Template;
use domain::{data_map, markdown};
use platform::{Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    layout: Layout,
    title: String,
    html: String,
}

/// `GET /about`
pub async fn about(v: Visit<'_>) -> Result<Response> {
    show(&v, "About Pipit", include_str!("../../../docs/about.md").to_owned())
}

/// `GET /privacy`: its table is made from the map of personal data, so it cannot leave a column out.
pub async fn privacy(v: Visit<'_>) -> Result<Response> {
    let rows: String = data_map::COLUMNS
        .iter()
        .map(|c| format!("| {} | {} | {} |\n", c.what, c.purpose, c.retention))
        .collect();
    let table = format!("| What | What for | How long |\n|---|---|---|\n{rows}");
    show(&v, "Privacy", include_str!("../../../docs/privacy.md").replace("{{table}}", &table))
}

/// `GET /terms`
pub async fn terms(v: Visit<'_>) -> Result<Response> {
    show(&v, "Terms", include_str!("../../../docs/terms.md").to_owned())
}

/// `GET /developers`
pub async fn developers(v: Visit<'_>) -> Result<Response> {
    show(&v, "For developers", include_str!("../../../docs/developers.md").to_owned())
}

fn show(v: &Visit<'_>, title: &str, text: String) -> Result<Response> {
    let html = markdown::to_html(&text);
    web::page(&Page { layout: Layout::of(v, title), title: title.to_owned(), html })
}
