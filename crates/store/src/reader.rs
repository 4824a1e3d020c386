//! Readers: whose timelines are kept up, how they are filled, and how they stay short.

use crate::{fanout, job};
use platform::{Context, Result, Sql, sql};

const DAY: i64 = 24 * 3600;
/// Who was not there for so long has no timeline until the next visit, which fills it anew.
const IDLE_SECONDS: i64 = 30 * DAY;
/// So many items a timeline keeps when it is cut.
const KEPT: i64 = 1000;
/// So many of a source come onto a timeline when it is followed.
const FIRST: i64 = 30;
/// So many rows are written when a feed becomes one with another; who gets none has the next entries.
const ARRIVING_MAX: i64 = 20_000;
/// So many idle timelines are removed with each one that is cut.
const IDLE_MAX: i64 = 5;

/// Notes that an account reads its timeline: fills it where there is none, and has it cut once a day.
pub async fn visit(cx: &Context, account_id: &str) -> Result<()> {
    let seen = sql("select seen_at from readers where account_id = ?1", [account_id.into()]);
    let seen_at = cx.db.first(seen).await?.map(|row| row.int("seen_at")).transpose()?;
    if seen_at.is_some_and(|at| cx.seconds().saturating_sub(at) < DAY) {
        return Ok(());
    }
    let note = sql(
        "insert into readers (account_id, seen_at) values (?1, ?2)
         on conflict (account_id) do update set seen_at = excluded.seen_at",
        [account_id.into(), cx.seconds().into()],
    );
    let mut statements = vec![note];
    match seen_at {
        Some(_) => {
            statements.push(job::insert(cx, fanout::JOB, &format!("reader {account_id}"))?);
        }
        None => statements.extend([people(account_id), feeds(account_id)]),
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// The newest posts of everybody whom an account follows, and its own. Whoever follows many gets fewer of
/// each, so that this stays a bounded piece of work.
pub(crate) fn people(account_id: &str) -> Sql {
    sql(
        "insert into timeline (account_id, list, at, ref, source)
         select ?1, 'home', p.published_at, p.id, p.blog_id
         from (select id from blogs where account_id = ?1 union all select blog_id from follows where follower_id = ?1) w
           cross join posts p on p.id in (
             select id from posts
             where blog_id = w.id and visibility = 'public' and deleted_at is null and status = 'published'
               and channel = 'posts'
             order by published_at desc, id desc
             limit (select max(20, min(200, 2000 / (count(*) + 1))) from follows where follower_id = ?1))
         where not exists (select 1 from mutes m where m.account_id = ?1 and m.kind in ('person', 'block') and m.value = p.account_id)
         order by p.published_at desc, p.id desc limit ?2
         on conflict do nothing",
        [account_id.into(), KEPT.into()],
    )
}

/// Likewise the newest entries of all feeds that it reads.
pub(crate) fn feeds(account_id: &str) -> Sql {
    sql(
        "insert into timeline (account_id, list, at, ref, is_entry, source)
         select ?1, 'home', e.published_at, e.id, 1, e.feed_id
         from subscriptions s cross join entries e on e.id in (
             select id from entries where feed_id = s.feed_id order by published_at desc, id desc
             limit (select max(20, min(200, 2000 / (count(*) + 1))) from subscriptions where account_id = ?1))
         where s.account_id = ?1
           and not exists (select 1 from mutes m where m.account_id = ?1 and m.kind = 'feed' and m.value = s.feed_id)
         order by e.published_at desc, e.id desc limit ?2
         on conflict do nothing",
        [account_id.into(), KEPT.into()],
    )
}

/// The statement that puts the newest posts of somebody onto the timeline of a follower, for the batch of
/// the follow and behind it.
pub fn follow(follower_id: &str, blog_id: &str) -> Sql {
    sql(
        "insert into timeline (account_id, list, at, ref, source)
         select f.follower_id, 'home', p.published_at, p.id, p.blog_id
         from follows f cross join posts p on p.id in (
             select id from posts
             where blog_id = ?2 and visibility = 'public' and deleted_at is null and status = 'published'
               and channel = 'posts'
             order by published_at desc, id desc limit ?3)
         where f.follower_id = ?1 and f.blog_id = ?2
           and not exists (select 1 from mutes m where m.account_id = ?1 and m.kind in ('person', 'block')
             and m.value = p.account_id)
         on conflict do nothing",
        [follower_id.into(), blog_id.into(), FIRST.into()],
    )
}

/// The statement that puts the newest entries of a feed, by its id or its address, onto the timeline of a
/// subscriber, for the batch of the subscription and behind it.
pub fn subscribe(account_id: &str, feed: &str) -> Sql {
    sql(
        "insert into timeline (account_id, list, at, ref, is_entry, source)
         select s.account_id, 'home', e.published_at, e.id, 1, e.feed_id
         from feeds f cross join subscriptions s on s.feed_id = f.id and s.account_id = ?1
           cross join entries e on e.id in (
             select id from entries where feed_id = f.id order by published_at desc, id desc limit ?3)
         where f.id in (select id from feeds where url = ?2 or id = ?2
             union select feed_id from feed_addresses where url = ?2)
           and not exists (select 1 from mutes m where m.account_id = ?1 and m.kind = 'feed' and m.value = f.id)
         on conflict do nothing",
        [account_id.into(), feed.into(), FIRST.into()],
    )
}

/// The statement that puts the newest entries of a feed onto the timelines of those who came to it from
/// another feed (`store::feed::move_to` ends the ids of their subscriptions with an m).
pub(crate) fn arrive(url: &str) -> Sql {
    sql(
        "insert into timeline (account_id, list, at, ref, is_entry, source)
         select s.account_id, 'home', e.published_at, e.id, 1, e.feed_id
         from feeds f cross join subscriptions s on s.feed_id = f.id and s.id like '%m'
           cross join readers r on r.account_id = s.account_id
           cross join entries e on e.id in (
             select id from entries where feed_id = f.id order by published_at desc, id desc limit ?2)
         where f.url = ?1
           and not exists (select 1 from mutes m where m.account_id = s.account_id and m.kind = 'feed' and m.value = f.id)
         limit ?3
         on conflict do nothing",
        [url.into(), FIRST.into(), ARRIVING_MAX.into()],
    )
}

/// Cuts a timeline and the lists of everybody, and removes some timelines of those who are long gone.
pub async fn cut(cx: &Context, account_id: &str) -> Result<()> {
    let mut statements: Vec<Sql> =
        [(account_id, "home"), (account_id, "mentions"), ("", "discover"), ("", "photos")]
            .into_iter()
            .map(|(owner, list)| {
                sql(
                    "delete from timeline where account_id = ?1 and list = ?2 and at < (
                       select at from timeline where account_id = ?1 and list = ?2 order by at desc limit 1 offset ?3)",
                    [owner.into(), list.into(), KEPT.into()],
                )
            })
            .collect();
    let before = cx.seconds().saturating_sub(IDLE_SECONDS);
    statements.push(sql(
        "delete from timeline where list = 'home' and account_id in
           (select account_id from readers where seen_at < ?1 order by seen_at limit ?2)",
        [before.into(), IDLE_MAX.into()],
    ));
    statements.push(sql(
        "delete from readers where account_id in
           (select account_id from readers where seen_at < ?1 order by seen_at limit ?2)",
        [before.into(), IDLE_MAX.into()],
    ));
    cx.db.batch(statements).await.map(|_| ())
}
