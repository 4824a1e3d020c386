//! Follows: the people here whom one reads, each by a blog of theirs.

use crate::subscription::{self, Typed};
use platform::{Response, Result};
use web::Visit;

/// `POST /follows` with `username`: somebody's, for their first blog, or another blog's name.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let session = v.session()?;
    let typed = form.get("username");
    let username = typed.trim_start_matches('@').to_lowercase();

    let problem = match store::blog::find(v.cx, &username).await? {
        None if username.is_empty() => "Type the username of somebody here.",
        None => "Nobody here has that username.",
        Some(blog) if blog.account_id == session.account_id => {
            "That is you. What you write stands on your timeline already."
        }
        Some(blog) => {
            store::follow::insert(v.cx, &session.account_id, &blog.id).await?;
            return web::see_other("/subscriptions");
        }
    };
    let typed = typed.to_owned();
    subscription::page(&v, Typed::Username(typed, problem.to_owned())).await
}

/// `POST /follows/{username}/deletion`
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    store::follow::delete(v.cx, &v.session()?.account_id, v.param("username")).await?;
    web::see_other("/subscriptions")
}
