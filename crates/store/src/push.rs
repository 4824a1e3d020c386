//! Feeds that say by themselves when they have something new.

use crate::{feed::soon, job};
use platform::{Context, Result, Row, Sql, sql};

/// The kind of job that asks a hub or a cloud to call us.
pub const ASK: &str = "push-ask";
/// Who does not answer is asked again a day later.
const AGAIN_SECONDS: i64 = 86_400;

/// Where to ask for calls, as a feed's document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The hub, or the cloud.
    pub url: String,
    /// What the feed is called there.
    pub topic: String,
    /// Whether it is a cloud (rssCloud).
    pub is_cloud: bool,
}

/// A feed with what was agreed about it.
#[derive(Debug, Clone)]
pub struct Push {
    /// The feed.
    pub feed_id: String,
    /// The random part of the address that is called.
    pub id: String,
    /// Where to ask.
    pub offer: Offer,
}

/// Notes what a feed offers, under this id if it has none yet. What was agreed elsewhere ends.
pub async fn note(cx: &Context, feed_id: &str, offer: Option<&Offer>, id: &str) -> Result<()> {
    let statement = sql(
        "update feeds set push_url = ?2, push_topic = ?3, push_is_cloud = ?4, push_id = coalesce(push_id, ?5),
           push_until = 0, push_renew_at = 0
         where id = ?1 and (push_url is not ?2 or push_topic is not ?3)",
        [
            feed_id.into(),
            offer.map(|offer| offer.url.clone()).into(),
            offer.map(|offer| offer.topic.clone()).into(),
            i64::from(offer.is_some_and(|offer| offer.is_cloud)).into(),
            id.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Writes down the job that asks, where it is time to; only one of many that look at once does.
pub async fn renew(cx: &Context, feed_id: &str) -> Result<()> {
    let now = cx.seconds();
    let job = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'push-ask', id, ?3, ?3 from feeds where id = ?2 and push_url is not null and push_renew_at <= ?3",
        [cx.id()?.into(), feed_id.into(), now.into()],
    );
    let later = sql(
        "update feeds set push_renew_at = ?2 where id = ?1 and push_url is not null and push_renew_at <= ?3",
        [feed_id.into(), now.saturating_add(AGAIN_SECONDS).into(), now.into()],
    );
    cx.db.batch(vec![job, later]).await.map(|_| ())
}

/// By the feed.
pub async fn find(cx: &Context, feed_id: &str) -> Result<Option<Push>> {
    let statement = sql(
        "select id, push_id, push_url, push_topic, push_is_cloud from feeds where id = ?1 and push_url is not null",
        [feed_id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(push).transpose()
}

/// By the address that is called.
pub async fn find_called(cx: &Context, id: &str) -> Result<Option<Push>> {
    let statement = sql(
        "select id, push_id, push_url, push_topic, push_is_cloud from feeds where push_id = ?1 and push_url is not null",
        [id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(push).transpose()
}

fn push(row: &Row) -> Result<Push> {
    row.read(|row| Push {
        feed_id: row.text("id"),
        id: row.text("push_id"),
        offer: Offer {
            url: row.text("push_url"),
            topic: row.text("push_topic"),
            is_cloud: row.int("push_is_cloud") != 0,
        },
    })
}

/// Notes for how long it is agreed that we are called; it is asked for again when four fifths are over. What
/// a feed has offered elsewhere meanwhile is not agreed by that.
pub async fn agree(cx: &Context, push: &Push, lease_seconds: i64) -> Result<()> {
    let four_fifths = lease_seconds.saturating_mul(4).checked_div(5).unwrap_or(0);
    let statement = sql(
        "update feeds set push_until = ?2, push_renew_at = ?3 where id = ?1 and push_url = ?4 and push_topic = ?5",
        [
            (&push.feed_id).into(),
            cx.seconds().saturating_add(lease_seconds).into(),
            cx.seconds().saturating_add(four_fifths).into(),
            (&push.offer.url).into(),
            (&push.offer.topic).into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// Brings the next fetch of a feed forward, with the job that looks for it; not nearer than `gap_seconds`
/// to the last one.
pub async fn hint(cx: &Context, feed_id: &str, gap_seconds: i64) -> Result<()> {
    let soon = hasten(cx, feed_id, gap_seconds);
    cx.db.batch(vec![soon, job::insert(cx, crate::feed::DUE, "")?]).await.map(|_| ())
}

/// The feed at an address, also at one that it had.
pub async fn find_feed(cx: &Context, url: &str) -> Result<Option<String>> {
    let statement = sql(
        "select id from feeds where url = ?1 union all select feed_id from feed_addresses where url = ?1 limit 1",
        [url.into()],
    );
    cx.db.first(statement).await?.map(|row| row.text("id")).transpose()
}

fn hasten(cx: &Context, id: &str, gap_seconds: i64) -> Sql {
    sql(
        concat!(
            "update feeds set next_check_at = ",
            soon!(),
            " where id = ?1 and stopped_at is null and (lease_until > ?2 or next_check_at > ",
            soon!(),
            ")"
        ),
        [id.into(), cx.seconds().into(), gap_seconds.into()],
    )
}
