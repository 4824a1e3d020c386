//! Bringing a list of feeds along, and taking it away again.

use crate::{
    address,
    fetch::Ids,
    opml,
    opml::Outline,
    subscription::{self, Typed},
};
use askama::Template;
use http::{HeaderValue, StatusCode, header};
use platform::{Context, Error, Response, Result};
use serde::{Deserialize, Serialize};
use store::{import, subscription::Wanted};
use web::{Layout, Visit};

/// Larger is no list of feeds.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// So many feeds are subscribed to at a time.
const PIECE: usize = 25;
const TITLE_CHARS_MAX: usize = 200;

/// A line of a list that may be subscribed to.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// An address, or `@` and the name of somebody here.
    to: String,
    title: Option<String>,
    site: Option<String>,
}

/// A line that was left out.
#[derive(Debug, Serialize, Deserialize)]
struct Left {
    title: String,
    reason: String,
}

/// `POST /subscriptions/import` with `file`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let account_id = v.session()?.account_id.clone();
    let bytes = form.file("file").map(|file| file.bytes.clone());
    let read = bytes.ok_or("Choose the OPML file that your reader exports.");
    let outlines = match read.and_then(|bytes| opml::read(&bytes, v.cx.decode)) {
        Ok(outlines) => outlines,
        Err(problem) => return subscription::page(&v, Typed::File(problem.to_owned())).await,
    };
    let has = store::subscription::count(v.cx, &account_id).await?;
    let room = usize::try_from(subscription::FEEDS_MAX.saturating_sub(has)).unwrap_or(0);
    let (lines, left) = sorted(v.cx, outlines, room);
    let json = |value| serde_json::to_string(value).map_err(Error::internal);
    let report = serde_json::to_string(&left).map_err(Error::internal)?;
    let total = i64::try_from(lines.len()).unwrap_or(0);
    let id = import::insert(v.cx, &account_id, total, &json(&lines)?, &report).await?;
    v.cx.wake();
    web::see_other(&format!("/subscriptions/imports/{id}"))
}

/// What may be subscribed to, and what is left out and why. Of a private feed only the name is kept.
fn sorted(cx: &Context, outlines: Vec<Outline>, room: usize) -> (Vec<Line>, Vec<Left>) {
    let (mut lines, mut left) = (Vec::new(), Vec::new());
    for outline in outlines {
        let wanted = match address::wanted(&outline.xml_url, &cx.config) {
            Ok(_) if lines.len() >= room => Err(subscription::FULL.to_owned()),
            wanted => wanted,
        };
        let title: String = outline.text.chars().take(TITLE_CHARS_MAX).collect();
        match wanted {
            Ok(wanted) => lines.push(Line {
                to: match wanted {
                    address::Wanted::Feed(url) => url.into(),
                    address::Wanted::Person(username) => format!("@{username}"),
                },
                title: Some(title).filter(|title| !title.is_empty()),
                site: outline.html_url.filter(|site| address::is_web(site)),
            }),
            Err(reason) => left.push(Left { title, reason }),
        }
    }
    (lines, left)
}

/// The job `opml-import`: subscribes piece by piece, and goes on where it stopped.
///
/// # Errors
/// Only when the database does not answer.
pub async fn run(cx: &Context, id: &str) -> Result<()> {
    let Some(mut import) = import::find(cx, id).await? else { return Ok(()) };
    let lines: Vec<Line> =
        serde_json::from_slice(import.feeds.as_bytes()).map_err(Error::internal)?;
    let done = usize::try_from(import.done).unwrap_or(0);
    let ids = Ids::new(cx)?;
    for piece in lines.get(done..).unwrap_or_default().chunks(PIECE) {
        let mut feeds = Vec::new();
        for line in piece {
            let feed = follow_or_feed(cx, &import.account_id, line).await?;
            feeds.extend(feed.map(|feed| (ids.next(), feed)));
        }
        import.done = import.done.saturating_add(i64::try_from(piece.len()).unwrap_or(0));
        import::subscribe(cx, &import, &feeds, import.done).await?;
    }
    cx.wake();
    Ok(())
}

/// Follows a person; a feed is given back to be subscribed to with others.
async fn follow_or_feed(cx: &Context, account_id: &str, line: &Line) -> Result<Option<Wanted>> {
    let url = url::Url::parse(&line.to).ok();
    let name = line.to.strip_prefix('@').or_else(|| url.as_ref()?.host_str()).unwrap_or_default();
    if let Some(blog) = store::blog::find(cx, name).await? {
        if blog.account_id != account_id {
            store::follow::insert(cx, account_id, &blog.id).await?;
        }
        return Ok(None);
    }
    let Some(url) = url else { return Ok(None) };
    let wanted = subscription::wanted(&url);
    Ok(Some(Wanted { title: line.title.clone(), site_url: line.site.clone(), ..wanted }))
}

#[derive(Template)]
#[template(path = "import.html")]
struct Page {
    layout: Layout,
    total: i64,
    done: i64,
    left: Vec<Left>,
}

/// `GET /subscriptions/imports/{id}`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let import = import::find(v.cx, v.param("id")).await?;
    let account_id = &v.session()?.account_id;
    let import = import.filter(|import| import.account_id == *account_id).ok_or(Error::NotFound)?;
    let left = serde_json::from_slice(import.report.as_bytes()).map_err(Error::internal)?;
    let layout = Layout::of(&v, "Bringing feeds along");
    web::page(&Page { layout, total: import.total, done: import.done, left })
}

/// `GET /subscriptions.opml`
pub async fn export(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.session()?.account_id;
    let feeds = store::subscription::list(v.cx, account_id).await?;
    let mut outlines: Vec<Outline> = feeds
        .into_iter()
        .rev()
        .map(|feed| Outline {
            text: feed.title.unwrap_or_else(|| feed.url.clone()),
            xml_url: feed.url,
            html_url: feed.site_url,
        })
        .collect();
    for person in store::follow::list(v.cx, account_id).await? {
        let origin = subscription::origin(&v, &person);
        let xml_url = format!("{origin}/feed.xml");
        outlines.push(Outline { text: person.name, xml_url, html_url: Some(format!("{origin}/")) });
    }
    let body = opml::write("Subscriptions", &outlines);
    let mut response = web::text(StatusCode::OK, "text/x-opml; charset=utf-8", body);
    let file = HeaderValue::from_static("attachment; filename=\"subscriptions.opml\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, file);
    Ok(response)
}
