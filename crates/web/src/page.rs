//! Pages of the app.

use crate::{Visit, reply};
use askama::Template;
use http::StatusCode;
use platform::{Context, Error, Response, Result};

/// What the frame of every page shows.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The page's title.
    pub title: String,
    /// Part of the addresses of style sheet and scripts, so that they can be kept for good.
    pub build: String,
    /// The user name of the signed-in account.
    pub signed_in: Option<String>,
    /// The host of the blog that is written on, for accounts that have several.
    pub blog: Option<String>,
    /// The name of that blog, for forms that are about it.
    pub blog_name: String,
    /// The time zone of the signed-in account; empty while it is not known.
    pub timezone: String,
    /// What this place is called.
    pub app_name: String,
    /// Whether anything is paid for here.
    pub billing: bool,
}

impl Layout {
    /// The layout of a page for this visit.
    pub fn of(visit: &Visit<'_>, title: &str) -> Self {
        let signed_in = visit.session.as_ref().map(|session| session.username.clone());
        let timezone = visit.session.as_ref().and_then(|session| session.timezone.clone());
        let blog = visit.session.as_ref().filter(|session| session.blog_count > 1);
        let blog = blog.map(|session| {
            let origin = session.blog_origin(&visit.cx.config);
            origin.split_once("://").map_or(String::new(), |(_, host)| host.to_owned())
        });
        Self {
            blog_name: visit.session.as_ref().map_or(String::new(), |s| s.blog_name.clone()),
            blog,
            timezone: timezone.unwrap_or_default(),
            ..Self::new(visit.cx, title, signed_in)
        }
    }

    pub(crate) fn new(cx: &Context, title: &str, signed_in: Option<String>) -> Self {
        Self {
            title: title.to_owned(),
            build: cx.config.build.clone(),
            signed_in,
            blog: None,
            blog_name: String::new(),
            timezone: String::new(),
            app_name: "Pipit".to_owned(),
            billing: cx.config.billing,
        }
    }
}

/// Renders a page.
///
/// # Errors
/// [`Error::Internal`] when the template fails.
pub fn page(template: &impl Template) -> Result<Response> {
    page_with_status(StatusCode::OK, template)
}

/// Renders a page that is not a success, such as a form with a mistake (422).
pub fn page_with_status(status: StatusCode, template: &impl Template) -> Result<Response> {
    Ok(reply::html(status, template.render().map_err(Error::internal)?))
}
