//! Follows: the people here whom one reads, each by a blog of theirs.

use crate::subscription::{self, Typed};
use platform::{Response, Result};
use store::mute;
use web::Visit;

/// `POST /follows` with `username`: somebody's, for their first blog, or another blog's name.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let typed = form.get("username").to_owned();
    match person(&v, &typed).await? {
        Ok(()) => web::see_other("/subscriptions"),
        Err(problem) => subscription::page(&v, Typed::Username(typed, problem.to_owned())).await,
    }
}

/// Follows somebody here by what was typed, with or without an `@`, or says why that cannot be.
pub async fn person(v: &Visit<'_>, typed: &str) -> Result<Result<(), &'static str>> {
    let session = v.session()?;
    let username = typed.trim().trim_start_matches('@').to_lowercase();
    Ok(match store::blog::find(v.cx, &username).await? {
        None if username.is_empty() => Err("Type the username of somebody here."),
        None => Err("Nobody here has that username."),
        Some(blog) if blog.account_id == session.account_id => {
            Err("That is you. What you write stands on your timeline already.")
        }
        Some(blog) if mute::is_blocked(v.cx, &session.account_id, &blog.account_id).await? => {
            Err("You cannot follow them: one of you has blocked the other.")
        }
        Some(blog) => {
            store::follow::insert(v.cx, &session.account_id, &blog.id).await?;
            Ok(())
        }
    })
}

/// `POST /follows/{username}/deletion`
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    store::follow::delete(v.cx, &v.session()?.account_id, v.param("username")).await?;
    web::see_other("/subscriptions")
}
