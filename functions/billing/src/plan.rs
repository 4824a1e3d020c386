//! The plan of an account.

use askama::Template;
use platform::{Response, Result};
use web::{Layout, Visit};

#[derive(Template)]
#[template(path = "billing.html")]
struct Page {
    layout: Layout,
    plan: String,
    words: String,
}

/// `GET /settings/billing`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let words = if v.cx.config.stripe.is_some() {
        "You have everything that there is here so far. Other plans cannot be chosen yet."
    } else {
        "Everything is included here, and nothing is charged."
    };
    let layout = Layout::of(&v, "Your plan");
    web::page(&Page { layout, plan: "Free".to_owned(), words: words.to_owned() })
}
