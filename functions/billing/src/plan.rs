//! The plan of an account.

use askama::Template;
use platform::{Error, Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "billing.html")]
struct Page {
    layout: Layout,
    plan: String,
    words: String,
}

/// `GET /settings/billing`; there is no such page where nothing is paid for.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    if !v.cx.config.billing {
        return Err(Error::NotFound);
    }
    let words = "You have everything that there is here so far. Other plans cannot be chosen yet.";
    let layout = Layout::of(&v, "Your plan");
    web::page(&Page { layout, plan: "Free".to_owned(), words: words.to_owned() })
}
