//! The pages of words, which stand in `docs/pages`.

use askama::Template;
use domain::data_map::{self, Column};
use platform::{Error, Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    layout: Layout,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    layout: Layout,
    columns: Vec<&'static Column>,
}

#[derive(Template)]
#[template(path = "terms.html")]
struct Terms {
    layout: Layout,
}

#[derive(Template)]
#[template(path = "developers.html")]
struct Developers {
    layout: Layout,
}

#[derive(Template)]
#[template(path = "help_domain.html")]
struct HelpDomain {
    layout: Layout,
}

/// `GET /help/domain`
pub async fn help_domain(v: Visit<'_>) -> Result<Response> {
    web::page(&HelpDomain { layout: Layout::of(&v, "A domain of your own") })
}

#[derive(Template)]
#[template(path = "help_plans.html")]
struct HelpPlans {
    layout: Layout,
}

/// `GET /help/plans`; there is no such page where nothing is paid for.
pub async fn help_plans(v: Visit<'_>) -> Result<Response> {
    match v.cx.config.billing {
        true => web::page(&HelpPlans { layout: Layout::of(&v, "How plans work") }),
        false => Err(Error::NotFound),
    }
}

#[derive(Template)]
#[template(path = "themes.html")]
struct Themes {
    layout: Layout,
}

/// `GET /about`
pub async fn about(v: Visit<'_>) -> Result<Response> {
    web::page(&About { layout: Layout::of(&v, "About") })
}

/// `GET /privacy`: its table is the map of personal data, so it cannot leave a column out.
pub async fn privacy(v: Visit<'_>) -> Result<Response> {
    let layout = Layout::of(&v, "Privacy");
    let is_used = |column: &&Column| layout.billing || !column.is_of_billing();
    let columns = data_map::COLUMNS.iter().filter(is_used).collect();
    web::page(&Privacy { layout, columns })
}

/// `GET /terms`
pub async fn terms(v: Visit<'_>) -> Result<Response> {
    web::page(&Terms { layout: Layout::of(&v, "Terms") })
}

/// `GET /developers`
pub async fn developers(v: Visit<'_>) -> Result<Response> {
    web::page(&Developers { layout: Layout::of(&v, "For developers") })
}

/// `GET /help/themes`
pub async fn themes(v: Visit<'_>) -> Result<Response> {
    web::page(&Themes { layout: Layout::of(&v, "Themes") })
}
