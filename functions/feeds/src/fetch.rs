//! One feed: asked for politely, read carefully, stored whole.

use crate::{
    address, discover,
    document::{self, Document, Item, Sent},
    moving, push, schedule,
};
use bytes::Bytes;
use domain::secret::sha256_hex;
use http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use platform::{Call, Context, Error, Result};
use std::{cell::Cell, collections::BTreeMap};
use store::{entry::Entry, feed::Feed};
use url::Url;

const BODY_BYTES_MAX: usize = 5 << 20;
const TIMEOUT_MS: u32 = 20_000;
const REDIRECTS_MAX: u8 = 5;
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, \
                      text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// The most statements of a batch.
const BATCH_MAX: usize = 50;

/// What stands before the hash of a web page that is read in place of a feed.
const OF_PAGE: &str = "page ";

/// Ids of entries, different within one run: random alone would repeat among so many of one moment.
pub struct Ids {
    start: String,
    next: Cell<u32>,
}

impl Ids {
    /// Ids that begin at a random place of this moment.
    pub fn new(cx: &Context) -> Result<Self> {
        let place = u32::from_le_bytes(cx.random()?).checked_rem(100_000).unwrap_or(0);
        let start = format!("{:013}", cx.now.timestamp_millis().max(0));
        Ok(Self { start, next: Cell::new(place) })
    }

    /// The next one.
    pub fn next(&self) -> String {
        let place = self.next.get();
        self.next.set(place.saturating_add(1).checked_rem(100_000).unwrap_or(0));
        format!("{}{place:05}", self.start)
    }
}

/// Fetches a feed that is due and stores what is new, or what is wrong with it. Until when its host wants
/// to be left alone, if it says so.
///
/// # Errors
/// Only what is not the feed's fault: then nothing of it was remembered and its lease ends by itself.
pub async fn feed(cx: &Context, id: &str, ids: &Ids) -> Result<Option<i64>> {
    let Some(mut feed) = store::feed::find(cx, id).await? else { return Ok(None) };
    let call = call(cx, &feed)?;
    if address::is_refused(&call.url, &cx.config) {
        return fail_until(cx, &feed, address::REFUSED, None).await.map(|()| None);
    }
    let (from, answer) = match cx.http.send(call).await {
        Ok(answered) => answered,
        Err(error) => {
            let words = match error {
                Error::Outgoing(words) => words,
                Error::TooLarge => "It is larger than 5 megabytes, or packed like a trap.".into(),
                error => {
                    cx.log(&format!("feed {id}: {error}"));
                    "It could not be fetched. We have noted why.".into()
                }
            };
            return fail(cx, &feed, &words).await.map(|()| None);
        }
    };
    match answer.status() {
        StatusCode::OK => read(cx, feed, ids, &from, &answer).await.map(|()| None),
        StatusCode::NOT_MODIFIED => {
            let next = next_check(cx, &mut feed, answer.headers(), Some(false))?;
            store::feed::unchanged(cx, &feed, next).await?;
            store::push::renew(cx, &feed.id).await?;
            moving::note(cx, &feed, &answer).await.map(|()| None)
        }
        _ => refused(cx, &feed, &answer).await,
    }
}

fn call(cx: &Context, feed: &Feed) -> Result<Call> {
    let url = Url::parse(&feed.url).map_err(Error::internal)?;
    let agent = format!(
        "Pipit/{} (+{}; feed {}; {} {})",
        env!("CARGO_PKG_VERSION"),
        cx.config.app_url("/developers"),
        feed.id,
        feed.subscribers,
        if feed.subscribers == 1 { "subscriber" } else { "subscribers" },
    );
    let mut call = Call::new(Method::GET, url)
        .header(header::USER_AGENT, &agent)?
        .header(header::ACCEPT, ACCEPT)?;
    if let Some(etag) = &feed.etag {
        call = call.header(header::IF_NONE_MATCH, etag)?;
    }
    if let Some(last_modified) = &feed.last_modified {
        call = call.header(header::IF_MODIFIED_SINCE, last_modified)?;
    }
    call.body_bytes_max = BODY_BYTES_MAX;
    call.timeout_ms = TIMEOUT_MS;
    call.redirects_max = REDIRECTS_MAX;
    Ok(call)
}

async fn read(
    cx: &Context,
    mut feed: Feed,
    ids: &Ids,
    from: &Url,
    answer: &Response<Bytes>,
) -> Result<()> {
    let hash = sha256_hex(answer.body());
    let headers = answer.headers();
    if feed.body_hash.as_ref().is_some_and(|known| known.ends_with(&hash)) {
        let next = next_check(cx, &mut feed, headers, Some(false))?;
        store::feed::unchanged(cx, &feed, next).await?;
        store::push::renew(cx, &feed.id).await?;
        return moving::note(cx, &feed, answer).await;
    }
    let value = |name| text(headers, name).unwrap_or_default();
    let (content_type, content_location) =
        (value(header::CONTENT_TYPE), value(header::CONTENT_LOCATION));
    let sent = Sent { from, content_type: &content_type, content_location: &content_location };
    let (document, hash) = match document::read(answer.body(), &sent, cx.seconds(), cx.decode) {
        Ok(document) => (document, hash),
        // What was a feed before has broken; it did not become a page to choose from.
        Err(document::PAGE) if feed.body_hash.as_ref().is_none_or(|h| h.starts_with(OF_PAGE)) => {
            match page(cx, &feed, &sent, answer.body()).await? {
                Some(document) => (document, format!("{OF_PAGE}{hash}")),
                None => return Ok(()),
            }
        }
        Err(problem) => return fail(cx, &feed, problem).await,
    };
    feed.etag = text(headers, header::ETAG);
    feed.last_modified = text(headers, header::LAST_MODIFIED);
    feed.ttl_seconds = document.ttl_seconds;
    let offer = push::announced(headers, from).or_else(|| document.offer.clone());
    store(cx, &mut feed, ids, document, headers, hash).await?;
    push::offered(cx, &feed.id, offer.as_ref()).await?;
    moving::note(cx, &feed, answer).await
}

/// A web page where a feed was asked for: the feeds that it names take its place; else its own entries are
/// read, here and from now on. None where all that there is to do is done.
async fn page(
    cx: &Context,
    feed: &Feed,
    sent: &Sent<'_>,
    body: &Bytes,
) -> Result<Option<Document>> {
    let is_new = feed.body_hash.is_none();
    if is_new && discover::feeds(cx, feed, sent.from, body).await? {
        return Ok(None);
    }
    let document = document::page(body, sent, cx.seconds(), cx.decode);
    match (&document, is_new) {
        (Some(_), _) => {}
        (None, true) => store::feed::fail(cx, &feed.id, document::PAGE, None).await?,
        (None, false) => fail(cx, feed, document::PAGE).await?,
    }
    Ok(document)
}

/// Stores what is new batch by batch. The validators come last: they must never be remembered for entries
/// that were not stored, or those would be asked for never again.
async fn store(
    cx: &Context,
    feed: &mut Feed,
    ids: &Ids,
    document: Document,
    headers: &HeaderMap,
    hash: String,
) -> Result<()> {
    feed.title = document.title;
    feed.site_url = document.site_url;
    let keys: Vec<&str> = document.entries.iter().map(|item| item.key.as_str()).collect();
    let keys = serde_json::to_string(&keys).map_err(Error::internal)?;
    let known = store::entry::known(cx, &feed.id, &keys).await?;
    let known: BTreeMap<String, String> = known.into_iter().collect();
    // At the first fetch everything is new, which says nothing of how often that happens.
    let is_new = feed
        .body_hash
        .replace(hash)
        .map(|_| document.entries.iter().any(|item| !known.contains_key(&item.key)));
    // Ids break ties on the timeline, so the newest, which stands first, gets the last one.
    let entries = document.entries.into_iter().rev().map(|item| entry(item, ids.next()));
    let entries: Vec<Entry> =
        entries.filter(|entry| known.get(&entry.key) != Some(&entry.content_hash)).collect();
    for some in entries.chunks(BATCH_MAX) {
        let mut statements: Vec<_> =
            some.iter().map(|entry| store::entry::upsert(cx, &feed.id, entry)).collect();
        // In the same batch, so that what is stored is also seen, whenever the power goes.
        let ids = some.iter().map(|entry| &*entry.id);
        statements.extend(store::fanout::announce_entries(cx, &feed.id, ids)?);
        cx.db.batch(statements).await?;
    }
    let next = next_check(cx, feed, headers, is_new)?;
    cx.db.batch(vec![store::feed::fetched(cx, feed, next)]).await?;
    cx.wake();
    Ok(())
}

fn entry(item: Item, id: String) -> Entry {
    let title = item.title.as_deref().unwrap_or_default();
    let url = item.url.as_deref().unwrap_or_default();
    let content_hash = sha256_hex(format!("{title}\n{url}\n{}", item.html).as_bytes());
    Entry {
        id,
        key: item.key,
        url: item.url,
        title: item.title,
        html: item.html,
        content_hash,
        published_at: item.published_at,
    }
}

/// Keeps the words for the readers and puts the feed off.
async fn fail(cx: &Context, feed: &Feed, words: &str) -> Result<()> {
    fail_until(cx, feed, words, patience(cx, feed, false)?).await
}

async fn fail_until(cx: &Context, feed: &Feed, words: &str, next: Option<i64>) -> Result<()> {
    let words = match next {
        Some(_) => words.to_owned(),
        None => format!("{words} It is not asked for any more."),
    };
    store::feed::fail(cx, &feed.id, &words, next).await
}

/// When a feed that failed is tried again; None for no more.
fn patience(cx: &Context, feed: &Feed, is_missing: bool) -> Result<Option<i64>> {
    let failing = cx.seconds().saturating_sub(feed.failing_since.unwrap_or(cx.seconds()));
    let wait = schedule::back_off(feed.failures, failing, is_missing);
    let permille = permille(cx)?;
    Ok(wait.map(|wait| cx.seconds().saturating_add(schedule::jittered(wait, permille))))
}

/// An answer without a feed: its words, and when to ask again. Until when its host wants to be left
/// alone, if it says so.
async fn refused(cx: &Context, feed: &Feed, answer: &Response<Bytes>) -> Result<Option<i64>> {
    let (status, headers) = (answer.status(), answer.headers());
    let soon = patience(cx, feed, status == StatusCode::NOT_FOUND)?;
    let (words, next) = match status {
        StatusCode::GONE => ("It is gone for good, says its site.", None),
        StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
            ("It may not be shown for legal reasons, says its site.", None)
        }
        StatusCode::NOT_FOUND => ("There is nothing at this address at the moment.", soon),
        StatusCode::UNAUTHORIZED => (PRIVATE, None),
        StatusCode::FORBIDDEN if headers.contains_key(header::WWW_AUTHENTICATE) => (PRIVATE, None),
        StatusCode::FORBIDDEN => ("Its site does not let us read it at the moment.", soon),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let wait = schedule::retry_after(headers, cx.seconds());
            let until = wait.map(|wait| cx.seconds().saturating_add(wait));
            let words = "Its site is busy and asks for patience.";
            fail_until(cx, feed, words, until.or(soon)).await?;
            return Ok(until);
        }
        _ => {
            let words = format!("Its site answered with the status {}.", status.as_u16());
            fail_until(cx, feed, &words, soon).await?;
            return Ok(None);
        }
    };
    fail_until(cx, feed, words, next).await?;
    Ok(None)
}

const PRIVATE: &str = "It asks for a password. Only public feeds can be followed here.";

/// Sets the feed's interval by whether it had something new, if that is known; the time of the next fetch.
fn next_check(
    cx: &Context,
    feed: &mut Feed,
    headers: &HeaderMap,
    is_new: Option<bool>,
) -> Result<i64> {
    if let Some(is_new) = is_new {
        feed.interval_seconds = schedule::interval(feed.interval_seconds, is_new);
    }
    let asked_for = feed.ttl_seconds.max(schedule::freshness(headers, cx.seconds()));
    let wait = schedule::wait(feed.interval_seconds, asked_for, permille(cx)?);
    Ok(cx.seconds().saturating_add(wait))
}

fn permille(cx: &Context) -> Result<i64> {
    let random = u32::from_le_bytes(cx.random()?).checked_rem(201).unwrap_or(100);
    Ok(i64::from(random))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
