//! The job `timeline`: puts what came out onto the timelines of those who read it, and keeps them short.
//!
//! It goes from one some hundred readers to the next, and repeats nothing that matters: what was put
//! there already stays as it is. What one run does not manage goes on in a job that is written down
//! before this one ends.

use domain::post::Post;
use platform::{Context, Result};
use store::{conversation, fanout, job::Job, mention, reader};
use url::Url;

/// A job holds its lease for two minutes; twenty statements for 500 readers each take a few seconds.
const STATEMENTS_MAX: usize = 20;
/// Older posts come onto no timeline but their author's: they were brought from elsewhere.
const AGE_SECONDS_MAX: i64 = 30 * 24 * 3600;
/// So many people are told that a post mentions them.
const MENTIONS_MAX: usize = 20;

/// Does one job.
pub async fn run(cx: &Context, job: &Job) -> Result<()> {
    let parts: Vec<&str> = job.subject.split(' ').collect();
    match *parts {
        ["post", id] => first(cx, id).await,
        ["post", id, after] => post(cx, id, after).await,
        ["feed", id, first, last] => entries(cx, id, (first, last), "").await,
        ["feed", id, first, last, after] => entries(cx, id, (first, last), after).await,
        ["reader", account_id] => reader::cut(cx, account_id).await,
        _ => Ok(()),
    }
}

async fn first(cx: &Context, id: &str) -> Result<()> {
    let Some(post) = store::post::find_any(cx, id).await? else { return Ok(()) };
    if !post.is_listed() || cx.seconds().saturating_sub(post.published_at) > AGE_SECONDS_MAX {
        return Ok(());
    }
    // The readers wait for this; everybody else can wait a moment longer.
    followers(cx, id, &post.blog_id, "").await?;
    let answered = answered(cx, &post).await?;
    mention::insert(cx, id, &mentioned(&post.html), &answered).await?;
    for parent in &answered {
        conversation::insert(cx, parent, id).await?;
    }
    mention::discover(cx, id).await
}

async fn post(cx: &Context, id: &str, after: &str) -> Result<()> {
    let Some(post) = store::post::find_any(cx, id).await? else { return Ok(()) };
    if post.is_listed() { followers(cx, id, &post.blog_id, after).await } else { Ok(()) }
}

async fn followers(cx: &Context, id: &str, blog_id: &str, after: &str) -> Result<()> {
    let mut after = after.to_owned();
    for _ in 0..STATEMENTS_MAX {
        match fanout::post(cx, id, blog_id, &after).await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
    fanout::go_on(cx, &format!("post {id}"), &after).await
}

async fn entries(cx: &Context, feed_id: &str, ids: (&str, &str), after: &str) -> Result<()> {
    let mut after = after.to_owned();
    for _ in 0..STATEMENTS_MAX {
        match fanout::entries(cx, feed_id, ids, &after).await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
    fanout::go_on(cx, &format!("feed {feed_id} {} {}", ids.0, ids.1), &after).await
}

/// The user names that a text mentions, as Markdown marked them.
fn mentioned(html: &str) -> Vec<String> {
    let names = html.split("class=\"mention\">@").skip(1).filter_map(|rest| rest.split('<').next());
    names.map(str::to_lowercase).take(MENTIONS_MAX).collect()
}

/// The posts here that a post answers.
async fn answered(cx: &Context, post: &Post) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for address in post.addresses("in-reply-to").into_iter().take(MENTIONS_MAX) {
        let Ok(url) = Url::parse(address) else { continue };
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => continue,
        };
        let Some(name) = cx.config.blog_name(&host) else { continue };
        ids.extend(store::post::find_public_at(cx, &name, url.path()).await?);
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_where_markdown_marked_them() {
        let html = domain::markdown::to_html("Hello @Ann and @ben, not x@ann.example or `@carl`.");
        assert_eq!(mentioned(&html), ["ann", "ben"]);
    }
}
