//! Subscribers of blogs' feeds: what they asked for, what is verified, and what each still has to get.

use crate::job;
use platform::{Columns, Context, Result, Row, Sql, Value, sql};

/// The job that asks a callback whether it wants what was asked for in its name.
pub const VERIFICATION: &str = "hub-verification";
/// The job of a change that the feeds of a blog show.
pub const PUBLICATION: &str = "hub-publication";
/// The job that calls the subscribers of a blog, some at a time.
pub const DELIVERY: &str = "hub-delivery";

/// So long a subscriber is left alone after it was called: what is published meanwhile comes at once.
const PAUSE_SECONDS: i64 = 10;
/// Who was given up is called so long after a change, once the others are.
const FAILED_SECONDS: i64 = 60;
/// A request is verified within minutes, or never.
const REQUEST_SECONDS: i64 = 86_400;
/// What is over is removed that often.
const CLEANING_SECONDS: i64 = 3600;
/// No more are counted: a blog that has so many takes no others.
const SUBSCRIPTIONS_MAX: i64 = 5_000;
/// The most that one host may have of them.
const OF_HOST_MAX: i64 = 200;

/// A subscription, asked for or there.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Our id.
    pub id: String,
    /// Whose feed.
    pub blog_id: String,
    /// The feed's path on the blog's host.
    pub path: String,
    /// Whether it is one of rssCloud's; else of WebSub's.
    pub is_cloud: bool,
    /// What is called.
    pub callback: String,
    /// The feed's address as the subscriber knows it.
    pub topic: String,
    /// Sealed.
    pub secret: Option<String>,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What there is to be, or what is to end.
    pub subscription: Subscription,
    /// Whether it is to end.
    pub is_end: bool,
    /// The callback's host name.
    pub host: String,
    /// For so long, from the moment when the callback is asked.
    pub lease_seconds: i64,
}

/// A subscriber that is to be called now, and by nobody else for a while.
#[derive(Debug, Clone)]
pub struct Due {
    /// Who.
    pub subscription: Subscription,
    /// SHA-256 of the feed that it has.
    pub body_hash: String,
    /// How often it was called in vain since it took something.
    pub attempts: i64,
    /// Until when it is nobody else's; what is published meanwhile sets another moment.
    pub leased_until: i64,
}

fn protocol(is_cloud: bool) -> &'static str {
    if is_cloud { "rsscloud" } else { "websub" }
}

fn subscription(row: &mut Columns<'_>) -> Subscription {
    Subscription {
        id: row.text("id"),
        blog_id: row.text("blog_id"),
        path: row.text("path"),
        is_cloud: row.text("protocol") == protocol(true),
        callback: row.text("callback"),
        topic: row.text("topic"),
        secret: row.opt_text("secret"),
    }
}

/// Whether the blog ?1 has room for one more subscription from the host ?5, or has this very one already.
macro_rules! room {
    () => {
        "(exists (select 1 from hub_subscriptions where blog_id = ?1 and path = ?2 and protocol = ?3 and callback = ?4)
          or (select count(*) < ?6 and coalesce(sum(host = ?5), 0) < ?7
              from (select host from hub_subscriptions where blog_id = ?1 limit ?6)))"
    };
}

/// What [`room`] is asked about.
fn of_room(of: &Subscription, host: &str) -> [Value; 7] {
    [
        (&of.blog_id).into(),
        (&of.path).into(),
        protocol(of.is_cloud).into(),
        (&of.callback).into(),
        host.into(),
        SUBSCRIPTIONS_MAX.into(),
        OF_HOST_MAX.into(),
    ]
}

/// Whether a blog has room for this subscription; who renews one takes none.
pub async fn has_room(cx: &Context, wish: &Wish) -> Result<bool> {
    let params = of_room(&wish.subscription, &wish.host);
    let statement = sql(concat!("select 1 as one where ", room!()), params);
    Ok(cx.db.first(statement).await?.is_some())
}

/// Remembers what was asked for, each with the job that verifies it.
pub async fn ask(cx: &Context, wishes: &[Wish]) -> Result<()> {
    let mut statements = Vec::new();
    for Wish { subscription: of, is_end, host, lease_seconds } in wishes {
        statements.push(sql(
            "insert into hub_requests (id, blog_id, path, protocol, is_end, callback, host, topic, secret, lease_seconds,
               created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            [
                (&of.id).into(),
                (&of.blog_id).into(),
                (&of.path).into(),
                protocol(of.is_cloud).into(),
                i64::from(*is_end).into(),
                (&of.callback).into(),
                host.into(),
                (&of.topic).into(),
                of.secret.clone().into(),
                (*lease_seconds).into(),
                cx.seconds().into(),
            ],
        ));
        statements.push(job::insert(cx, VERIFICATION, &of.id)?);
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// What was asked for, until it is verified or not.
pub async fn find_wish(cx: &Context, id: &str) -> Result<Option<Wish>> {
    let statement = sql(
        "select id, blog_id, path, protocol, is_end, callback, host, topic, secret, lease_seconds
         from hub_requests where id = ?1",
        [id.into()],
    );
    let read = |row: &Row| {
        row.read(|row| Wish {
            subscription: subscription(row),
            is_end: row.int("is_end") != 0,
            host: row.text("host"),
            lease_seconds: row.int("lease_seconds"),
        })
    };
    cx.db.first(statement).await?.as_ref().map(read).transpose()
}

/// A feed as it was when a callback was asked: what the subscriber can fetch by itself.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// SHA-256.
    pub body_hash: String,
    /// The blog's then.
    pub epoch: i64,
}

/// Does what was asked for, now that the callback wants it, unless others have taken the room meanwhile. True
/// when the blog has changed while the callback was asked: then the subscriber is due already.
pub async fn confirm(cx: &Context, wish: &Wish, seen: &Seen) -> Result<bool> {
    let of = &wish.subscription;
    let [blog_id, path, protocol, callback, host, max, of_host] = of_room(of, &wish.host);
    let change = if wish.is_end {
        sql(
            "delete from hub_subscriptions where blog_id = ?1 and path = ?2 and protocol = ?3 and callback = ?4",
            [blog_id, path, protocol, callback],
        )
    } else {
        sql(
            // Who renews may be waiting for something, and still gets it.
            concat!(
                "insert into hub_subscriptions (id, blog_id, path, protocol, callback, host, topic, secret, ends_at, body_hash,
               due_at)
             select ?8, ?1, ?2, ?3, ?4, ?5, ?9, ?10, ?11, ?12, (select ?14 from blogs where id = ?1 and epoch <> ?13)
             where ",
                room!(),
                " on conflict (blog_id, path, protocol, callback) do update
               set topic = excluded.topic, secret = excluded.secret, ends_at = excluded.ends_at
             returning due_at"
            ),
            [
                blog_id,
                path,
                protocol,
                callback,
                host,
                max,
                of_host,
                (&of.id).into(),
                (&of.topic).into(),
                of.secret.clone().into(),
                cx.seconds().saturating_add(wish.lease_seconds).into(),
                (&seen.body_hash).into(),
                seen.epoch.into(),
                cx.seconds().into(),
            ],
        )
    };
    let batch = vec![change, forget_wish(&of.id), next_delivery(cx, &of.blog_id)?, next_end(cx)?];
    let outcomes = cx.db.batch(batch).await?;
    let row = outcomes.first().and_then(|outcome| outcome.rows.first());
    Ok(row.map(|row| row.opt_int("due_at")).transpose()?.flatten().is_some())
}

/// Forgets what was asked for and the callback does not want. The subscription that may be there stays.
pub async fn refuse(cx: &Context, id: &str) -> Result<()> {
    cx.db.batch(vec![forget_wish(id)]).await.map(|_| ())
}

fn forget_wish(id: &str) -> Sql {
    sql("delete from hub_requests where id = ?1", [id.into()])
}

/// Removes what is over, a little at a time, and comes again when more is.
pub async fn delete_old(cx: &Context) -> Result<()> {
    let now = cx.seconds();
    let subscriptions = sql(
        "delete from hub_subscriptions where id in (select id from hub_subscriptions where ends_at <= ?1 limit 1000)",
        [now.into()],
    );
    let requests = sql(
        "delete from hub_requests where id in (select id from hub_requests where created_at < ?1 limit 1000)",
        [now.saturating_sub(REQUEST_SECONDS).into()],
    );
    cx.db.batch(vec![subscriptions, requests, next_end(cx)?]).await.map(|_| ())
}

/// The job that removes the next subscription to end, within an hour, unless one waits that comes in time.
/// It is one that verifies nothing.
fn next_end(cx: &Context) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'hub-verification', '', ?2, e.at
         from (select max(min(ends_at), ?2 + ?3) as at from hub_subscriptions) e
         where e.at is not null and not exists
           (select 1 from jobs where kind = 'hub-verification' and dead_at is null and ref = '' and next_at <= e.at
              and lease_until <= ?2)",
        [cx.id()?.into(), cx.seconds().into(), CLEANING_SECONDS.into()],
    ))
}

/// The statement that tells of a change which the feeds of a blog show, for the batch of that change. A
/// blog without subscribers has no job for it, and one that has a job waiting needs no second one.
pub(crate) fn publication(cx: &Context, blog_id: &str) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'hub-publication', ?2, ?3, ?3
         where exists (select 1 from hub_subscriptions where blog_id = ?2)
           and not exists (select 1 from jobs where kind = 'hub-publication' and dead_at is null and next_at <= ?3
             and lease_until <= ?3 and ref = ?2)",
        [cx.id()?.into(), blog_id.into(), cx.seconds().into()],
    ))
}

/// Makes every subscriber of a blog due, and writes down the job that calls them.
pub async fn make_due(cx: &Context, blog_id: &str) -> Result<()> {
    let now = cx.seconds();
    let over = sql(
        "delete from hub_subscriptions where blog_id = ?1 and ends_at <= ?2",
        [blog_id.into(), now.into()],
    );
    let due = sql(
        // Who failed keeps to its moment, and is a second early: thus it is known that more has come since.
        "update hub_subscriptions set due_at =
           case attempts when 0 then max(?2, tried_at + ?3) else coalesce(due_at - 1, ?2 + ?4) end
         where blog_id = ?1",
        [blog_id.into(), now.into(), PAUSE_SECONDS.into(), FAILED_SECONDS.into()],
    );
    cx.db.batch(vec![over, due, next_delivery(cx, blog_id)?]).await.map(|_| ())
}

/// The subscribers of a blog that are due, at most `limit`, those of a feed together; each is put off
/// until `leased_until` in the same statement. The job that calls the others is written with it.
pub async fn lease_due(
    cx: &Context,
    blog_id: &str,
    limit: i64,
    leased_until: i64,
) -> Result<Vec<Due>> {
    let lease = sql(
        "update hub_subscriptions set due_at = ?1, tried_at = ?2 where id in
           (select id from hub_subscriptions where blog_id = ?3 and due_at <= ?2 and ends_at > ?2 order by due_at, path
            limit ?4)
         returning id, blog_id, path, protocol, callback, topic, secret, body_hash, attempts",
        [leased_until.into(), cx.seconds().into(), blog_id.into(), limit.into()],
    );
    let outcomes = cx.db.batch(vec![lease, next_delivery(cx, blog_id)?]).await?;
    let read = |row: &Row| {
        row.read(|row| Due {
            subscription: subscription(row),
            body_hash: row.text("body_hash"),
            attempts: row.int("attempts"),
            leased_until,
        })
    };
    let rows = outcomes.into_iter().next().unwrap_or_default().rows;
    let mut due: Vec<Due> = rows.iter().map(read).collect::<Result<_>>()?;
    due.sort_by(|a, b| a.subscription.path.cmp(&b.subscription.path));
    Ok(due)
}

/// Writes down when a blog's subscribers are called next, after some were.
pub async fn look_again(cx: &Context, blog_id: &str) -> Result<()> {
    cx.db.batch(vec![next_delivery(cx, blog_id)?]).await.map(|_| ())
}

/// The job that calls the next subscriber of a blog when it is due, unless one waits that comes in time.
fn next_delivery(cx: &Context, blog_id: &str) -> Result<Sql> {
    Ok(sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'hub-delivery', ?2, ?3, d.next_at
         from (select max(min(due_at), ?3) as next_at from hub_subscriptions
               where blog_id = ?2 and due_at is not null and ends_at > ?3) d
         where d.next_at is not null and not exists
           (select 1 from jobs where kind = 'hub-delivery' and dead_at is null and next_at <= d.next_at
              and lease_until <= ?3 and ref = ?2)",
        [cx.id()?.into(), blog_id.into(), cx.seconds().into()],
    ))
}

/// What has become of a call.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The subscriber has the feed of this hash.
    Delivered(String),
    /// It was in vain: it is called again at this moment, or not before the next change.
    Failed(Option<i64>),
    /// The subscription is over.
    Ended,
}

/// Remembers what has become of calls.
pub async fn settle(cx: &Context, calls: &[(&Due, Outcome)]) -> Result<()> {
    let statements = calls.iter().map(|(due, outcome)| became(due, outcome)).collect();
    cx.db.batch(statements).await.map(|_| ())
}

fn became(due: &Due, outcome: &Outcome) -> Sql {
    let id = (&due.subscription.id).into();
    match outcome {
        Outcome::Delivered(body_hash) => sql(
            // What was published while it was called is not what it has.
            "update hub_subscriptions set body_hash = ?3, due_at = case due_at when ?2 then null else due_at end,
               attempts = 0
             where id = ?1",
            [id, due.leased_until.into(), body_hash.into()],
        ),
        Outcome::Failed(next_at) => sql(
            "update hub_subscriptions set due_at = ?3, attempts = ?4 where id = ?1 and due_at = ?2",
            [
                id,
                due.leased_until.into(),
                (*next_at).into(),
                due.attempts.saturating_add(1).into(),
            ],
        ),
        Outcome::Ended => sql("delete from hub_subscriptions where id = ?1", [id]),
    }
}
