//! What readers see after a power cut: on blogs, in their feeds, on timelines, by searching.

use super::writer::{Attempt, Writer, name};
use crate::{Result, demo, http::Client};
use std::{collections::BTreeSet, time::Duration};

/// Where a post stands on its blog.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// The blog's home.
    Home,
    /// Its feed.
    Feed,
}

/// A post as it stands somewhere.
struct Shown {
    /// All that is said of it there.
    part: String,
    permalink: String,
    photos: BTreeSet<String>,
}

/// Whatever stands somewhere, accepted or not, has its own page and its photo.
pub fn whole(origin: &str, writers: &mut [Writer]) -> Result<()> {
    let mut client = client();
    let mut shown = Vec::new();
    for nth in 0..writers.len() {
        for place in [Place::Home, Place::Feed] {
            let page = page(&mut client, origin, nth, place)?;
            shown.extend(posts(origin, &page, &format!("{place:?} of {}", name(nth)))?);
        }
        shown.extend(timeline(origin, writers, nth)?);
    }
    let mut seen = BTreeSet::new();
    for Shown { permalink, photos, .. } in &shown {
        if !seen.insert(permalink) {
            continue;
        }
        let page = client.get_on_localhost(permalink)?;
        if page.status != 200 || !photos.iter().all(|photo| page.text.contains(photo.as_str())) {
            let status = page.status;
            return Err(format!("{permalink} answers {status}, or without its photo."));
        }
        for photo in photos {
            let status = client.get_on_localhost(photo)?.status;
            if status != 200 {
                return Err(format!("{photo} on {permalink} answers {status}."));
            }
        }
    }
    Ok(())
}

/// Every follower sees what was accepted, once.
pub fn followed(origin: &str, writers: &mut [Writer], attempts: &[Attempt]) -> Result<()> {
    for nth in 0..writers.len() {
        let shown = timeline(origin, writers, nth)?;
        for attempt in attempts {
            once(attempt, &shown, &format!("the timeline of {}", name(nth)))?;
        }
    }
    Ok(())
}

/// Every accepted post stands once in this place of its blog.
pub fn kept(origin: &str, place: Place, attempts: &[Attempt]) -> Result<()> {
    let mut client = client();
    for attempt in attempts {
        let page = page(&mut client, origin, attempt.writer, place)?;
        let of = format!("{place:?} of {}", name(attempt.writer));
        once(attempt, &posts(origin, &page, &of)?, &of)?;
    }
    Ok(())
}

fn once(attempt: &Attempt, shown: &[Shown], place: &str) -> Result<()> {
    let text = attempt.text();
    let count = shown.iter().filter(|shown| shown.part.contains(&text)).count();
    if count == 1 || (count == 0 && !attempt.is_accepted) {
        return Ok(());
    }
    let promise = if attempt.is_accepted { "accepted" } else { "not answered" };
    Err(format!("`{text}` was {promise} and stands {count} times: {place}."))
}

/// What keeps the outbox from being empty as far as mails are concerned.
pub fn unsent(mailbox: &str, promised: &[String]) -> Result<Option<String>> {
    for email in promised {
        if demo::mails(mailbox, email)?.is_empty() {
            return Ok(Some(format!("the mail to {email} has not arrived.")));
        }
    }
    Ok(None)
}

/// The same for the search, which finds a post once a job has written its words down.
pub fn unfound(
    origin: &str,
    writers: &mut [Writer],
    attempts: &[Attempt],
) -> Result<Option<String>> {
    for attempt in attempts {
        let Some(writer) = writers.get_mut(attempt.writer) else { continue };
        let page = writer.visitor.get(&format!("{origin}/posts?q={}", attempt.word))?;
        if !page.text.contains(&attempt.text()) {
            return Ok(Some(format!("nobody finds `{}`.", attempt.word)));
        }
    }
    Ok(None)
}

fn client() -> Client {
    Client::new(Duration::from_secs(30))
}

fn page(client: &mut Client, origin: &str, nth: usize, place: Place) -> Result<String> {
    let path = match place {
        Place::Home => "/",
        Place::Feed => "/feed.xml",
    };
    let url = format!("{}{path}", blog(origin, nth));
    let answer = client.get_on_localhost(&url)?;
    if answer.status == 200 { Ok(answer.text) } else { Err(format!("{url}: {}", answer.status)) }
}

fn timeline(origin: &str, writers: &mut [Writer], nth: usize) -> Result<Vec<Shown>> {
    let reader = writers.get_mut(nth).ok_or("there is no such reader")?;
    let (mut shown, mut path) = (Vec::new(), "/".to_owned());
    loop {
        let page = reader.visitor.get(&format!("{origin}{path}"))?.text;
        shown.extend(posts(origin, &page, &format!("the timeline of {}", name(nth)))?);
        let older = page.split("href=\"/?before=").nth(1).and_then(|rest| rest.split('"').next());
        match older {
            Some(place) => path = format!("/?before={place}"),
            None => return Ok(shown),
        }
    }
}

/// The posts of a page or a feed. In this suite each has a photo, so one without is half done.
fn posts(origin: &str, page: &str, place: &str) -> Result<Vec<Shown>> {
    let (begin, end) =
        if page.contains("<rss") { ("<item>", "</item>") } else { ("<article", "</article>") };
    let parts = page.split(begin).skip(1).filter_map(|rest| rest.split(end).next());
    let media = origin.replacen("//", "//media.", 1);
    parts
        .map(|part| {
            let photos: BTreeSet<String> = addresses(part, &format!("{media}/")).collect();
            let blogs = (0..).map(|nth| format!("{}/2", blog(origin, nth))).take(3);
            let permalink = blogs.filter_map(|blog| addresses(part, &blog).next()).next();
            match permalink {
                Some(permalink) if photos.len() == 1 => {
                    Ok(Shown { part: part.to_owned(), permalink, photos })
                }
                _ => Err(format!("{place} shows {} photos with a post:\n{part}", photos.len())),
            }
        })
        .collect()
}

fn addresses(text: &str, begin: &str) -> impl Iterator<Item = String> {
    let is_end = |c: char| c.is_whitespace() || "\"'<>&)".contains(c);
    text.match_indices(begin).map(move |(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.split(is_end).next().unwrap_or_default().to_owned()
    })
}

fn blog(origin: &str, nth: usize) -> String {
    origin.replacen("//", &format!("//{}.blogs.", name(nth)), 1)
}
