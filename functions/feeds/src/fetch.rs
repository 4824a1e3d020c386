//! One feed: asked for politely, read carefully, stored whole.

use crate::document::{self, Document, Item};
use bytes::Bytes;
use domain::{datetime, secret::sha256_hex};
use http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use platform::{Call, Context, Error, Result};
use std::cell::Cell;
use store::{entry::Entry, feed::Feed};
use url::Url;

const BODY_BYTES_MAX: usize = 5 << 20;
const TIMEOUT_MS: u32 = 20_000;
const REDIRECTS_MAX: u8 = 5;
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, \
                      text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// The most statements of a batch.
const BATCH_MAX: usize = 50;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The end of the year 9999, which stands for never.
const NEVER: i64 = 253_402_300_799;

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

    fn next(&self) -> String {
        let place = self.next.get();
        self.next.set(place.saturating_add(1).checked_rem(100_000).unwrap_or(0));
        format!("{}{place:05}", self.start)
    }
}

/// Fetches a feed that is due and stores what is new, or what is wrong with it.
///
/// # Errors
/// Only what is not the feed's fault: then nothing of it was remembered and its lease ends by itself.
pub async fn feed(cx: &Context, id: &str, ids: &Ids) -> Result<()> {
    let Some(feed) = store::feed::find(cx, id).await? else { return Ok(()) };
    let call = call(cx, &feed)?;
    let (from, answer) = match cx.http.send(call).await {
        Ok(answered) => answered,
        Err(Error::Outgoing(words)) => return fail(cx, &feed, &words, None).await,
        Err(Error::TooLarge) => {
            return fail(cx, &feed, "It is larger than 5 megabytes.", None).await;
        }
        Err(error) => {
            cx.log(&format!("feed {id}: {error}"));
            return fail(cx, &feed, "It could not be fetched. We have noted why.", None).await;
        }
    };
    match answer.status() {
        StatusCode::OK => read(cx, feed, ids, &from, &answer).await,
        StatusCode::NOT_MODIFIED => {
            store::feed::unchanged(cx, &feed.id, next_check(cx, HOUR)?).await
        }
        status => {
            let wait = refusal_wait(cx, &answer);
            fail(cx, &feed, &refusal(status), wait).await
        }
    }
}

fn call(cx: &Context, feed: &Feed) -> Result<Call> {
    let url = Url::parse(&feed.url).map_err(Error::internal)?;
    let agent = format!(
        "Pipit/{} (+{}; feed {})",
        env!("CARGO_PKG_VERSION"),
        cx.config.app_url("/developers"),
        feed.id
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
    let next = next_check(cx, HOUR)?;
    if feed.body_hash.as_ref() == Some(&hash) {
        return store::feed::unchanged(cx, &feed.id, next).await;
    }
    let headers = answer.headers();
    let content_type = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let document = match document::read(answer.body(), &content_type, from, cx.seconds(), cx.decode)
    {
        Ok(document) => document,
        Err(problem) => return fail(cx, &feed, problem, None).await,
    };
    feed.etag = text(headers, header::ETAG);
    feed.last_modified = text(headers, header::LAST_MODIFIED);
    feed.body_hash = Some(hash);
    store(cx, feed, ids, document, next).await
}

/// Stores entries batch by batch. The validators come last: they must never be remembered for entries
/// that were not stored, or those would be asked for never again.
async fn store(
    cx: &Context,
    mut feed: Feed,
    ids: &Ids,
    document: Document,
    next: i64,
) -> Result<()> {
    feed.title = document.title;
    feed.site_url = document.site_url;
    // Ids break ties on the timeline, so the newest, which stands first, gets the last one.
    let entries: Vec<Entry> =
        document.entries.into_iter().rev().map(|item| entry(item, ids.next())).collect();
    let mut statements: Vec<_> =
        entries.iter().map(|entry| store::entry::upsert(cx, &feed.id, entry)).collect();
    statements.push(store::feed::fetched(cx, &feed, next));
    while !statements.is_empty() {
        let rest = statements.split_off(statements.len().min(BATCH_MAX));
        cx.db.batch(statements).await?;
        statements = rest;
    }
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

/// Keeps the words for the readers and puts the feed off: as long as it asks for, else an hour, two,
/// four, at most a day.
async fn fail(cx: &Context, feed: &Feed, words: &str, wait: Option<Wait>) -> Result<()> {
    let next = match wait {
        Some(Wait::Forever) => NEVER,
        Some(Wait::Seconds(seconds)) => cx.seconds().saturating_add(seconds),
        None => next_check(cx, back_off(feed.failures))?,
    };
    store::feed::fail(cx, &feed.id, words, next).await
}

#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Seconds(i64),
    Forever,
}

fn refusal(status: StatusCode) -> String {
    match status {
        StatusCode::GONE => {
            "It is gone for good, says its site. It is not asked for any more.".into()
        }
        StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
            "It may not be shown for legal reasons, says its site. It is not asked for any more."
                .into()
        }
        StatusCode::NOT_FOUND => "There is nothing at this address at the moment.".into(),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "Its site does not let us read it. Only public feeds can be followed here.".into()
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            "Its site is busy and asks for patience.".into()
        }
        _ => format!("Its site answered with the status {}.", status.as_u16()),
    }
}

fn refusal_wait(cx: &Context, answer: &Response<Bytes>) -> Option<Wait> {
    match answer.status() {
        StatusCode::GONE | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => Some(Wait::Forever),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let after = text(answer.headers(), header::RETRY_AFTER)?;
            Some(Wait::Seconds(retry_after(&after, cx.seconds())?))
        }
        _ => None,
    }
}

/// RFC 9110, section 10.2.3: seconds, or a date; between a quarter of an hour and a week.
fn retry_after(value: &str, now: i64) -> Option<i64> {
    let value = value.trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if is_number {
        // What does not even fit is a very long time.
        value.parse().unwrap_or(i64::MAX)
    } else {
        datetime::parse(value)?.saturating_sub(now)
    };
    Some(seconds.clamp(15 * MINUTE, 7 * DAY))
}

fn back_off(failures: i64) -> i64 {
    let doublings = u32::try_from(failures.clamp(0, 10)).unwrap_or(10);
    HOUR.saturating_mul(2_i64.saturating_pow(doublings)).min(DAY)
}

/// A time from now, give or take a tenth, so that feeds do not come due all at once.
fn next_check(cx: &Context, seconds: i64) -> Result<i64> {
    let permille = i64::from(u32::from_le_bytes(cx.random()?).checked_rem(201).unwrap_or(100));
    Ok(cx.seconds().saturating_add(jittered(seconds, permille)))
}

/// `permille` from 0 to 200 makes nine to eleven tenths.
fn jittered(seconds: i64, permille: i64) -> i64 {
    let factor = permille.saturating_add(900);
    seconds.saturating_mul(factor).checked_div(1000).unwrap_or(seconds)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_doubles_up_to_a_day() {
        let hours: Vec<i64> = (-1..7).map(|failures| back_off(failures) / HOUR).collect();
        assert_eq!(hours, [1, 1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(back_off(i64::MAX), DAY);
    }

    #[test]
    fn a_feed_comes_due_within_a_tenth_of_its_time() {
        assert_eq!(
            (jittered(HOUR, 0), jittered(HOUR, 100), jittered(HOUR, 200)),
            (3240, 3600, 3960)
        );
    }

    #[test]
    fn retry_after_has_two_forms_and_two_limits() {
        const NOW: i64 = 1_795_356_300; // Sun, 22 Nov 2026 14:05:00 GMT
        for (value, expected) in [
            ("3600", Some(3600)),
            ("1", Some(900)),
            ("99999999999999999999999", Some(7 * DAY)),
            ("Sun, 22 Nov 2026 15:05:00 GMT", Some(3600)),
            ("Sun, 22 Nov 2020 15:05:00 GMT", Some(900)),
            ("Sun, 22 Nov 2030 15:05:00 GMT", Some(7 * DAY)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, NOW), expected, "{value}");
        }
    }
}
