//! Timelines and the other lists of what people read: ids in the order of time, and beside each what has
//! become of it. What is gone, or may no longer be seen, is passed over.

use crate::parsed;
use domain::post::{Clip, Photo};
use platform::{Columns, Context, Result, Row, Sql, sql};
use serde_json::{Map, Value};

/// More than a short post needs; what has more is cut anyway.
const HTML_CHARS: usize = 8000;
/// The most new items that are counted; apps show no more.
const NEW_MAX: i64 = 100;
/// Later than any moment, and exact on every host.
const LAST: i64 = i64::MAX >> 10;

/// Which list of whose.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// The account; nobody's for what everybody may discover.
    pub owner: &'a str,
    /// `home`, `mentions`, `bookmarks`, `discover`, `photos`.
    pub name: &'static str,
}

/// Which part of a list: between two places, neither included.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The place that it ends before.
    pub before: Option<Place>,
    /// The place that it begins after.
    pub since: Option<Place>,
    /// Whether those next to `since` are wanted, not the newest.
    pub is_nearest: bool,
    /// So many at most.
    pub limit: i64,
}

/// A moment in unix seconds and an id.
pub type Place = (i64, String);

/// A place in a list, and what stands there.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Where in the list.
    pub place: Place,
    /// None: it is gone.
    pub item: Option<Item>,
}

/// A post or an entry, as it is shown in lists.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// When it was published, in unix seconds.
    pub published_at: i64,
    /// None for an untitled one.
    pub title: Option<String>,
    /// Sanitised; its beginning only, where `is_cut`.
    pub html: String,
    /// Whether there is more of it.
    pub is_cut: bool,
    /// Whether whoever reads has a bookmark of it.
    pub is_bookmarked: bool,
    /// Where it came from.
    pub from: From,
}

/// Where something on a list came from.
#[derive(Debug, Clone)]
pub enum From {
    /// A post of somebody here.
    Person(Box<Person>),
    /// An entry of a feed, or what a bookmark kept of one.
    Feed {
        /// The feed; empty when it is gone.
        id: String,
        /// Its title, or its address.
        title: String,
        /// The site that it belongs to, or its own address.
        site: String,
        /// The entry's address, if it has one.
        url: Option<String>,
    },
}

/// Who wrote a post here, and what belongs to it beside its text.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account.
    pub account_id: String,
    /// The user name.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The object of the picture.
    pub picture: Option<String>,
    /// The user name of the blog that it stands on.
    pub blog: String,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// Its path there.
    pub path: String,
    /// The post that began the conversation which it is part of.
    pub conversation: Option<String>,
    /// In the order of display.
    pub photos: Vec<Photo>,
    /// In the order of display.
    pub clips: Vec<Clip>,
    /// What else is said of it.
    pub properties: Map<String, Value>,
}

/// What a list shows of what `t` holds.
macro_rules! shown {
    () => {
        "select t.at, t.ref, t.is_entry, t.url as kept_url, t.title as kept_title, k.ref is not null as is_bookmarked,
         coalesce(p.published_at, e.published_at, t.at) as published_at, coalesce(p.title, e.title) as title,
         substr(coalesce(p.html, e.html), 1, 8001) as html, p.path, p.photos, p.clips, p.properties, p.account_id,
         a.username, a.name, coalesce(a.avatar_key, a.gravatar_key) as picture, b.username as blog, b.domain,
         c.root_id, f.id as feed_id, coalesce(f.title, f.url) as feed_title, coalesce(f.site_url, f.url) as feed_site,
         e.url"
    };
}

/// What belongs to what `t` holds, for the account ?1.
macro_rules! joined {
    () => {
        " left join posts p on t.is_entry = 0 and p.id = t.ref and p.visibility = 'public' and p.deleted_at is null
           and p.status = 'published' and p.channel = 'posts' and (t.list = 'bookmarks' or p.published_at = t.at)
         left join accounts a on a.id = p.account_id
         left join blogs b on b.id = p.blog_id
         left join conversations c on c.post_id = p.id
         left join entries e on t.is_entry = 1 and e.id = t.ref
         left join feeds f on f.id = e.feed_id
         left join timeline k on k.account_id = ?1 and k.list = 'bookmarks' and k.ref = t.ref"
    };
}

/// Those between two places of a list whose people the account ?1 has not muted.
macro_rules! part {
    () => {
        " where t.account_id = ?2 and t.list = ?3 and (t.at, t.ref) < (?4, ?5) and (t.at, t.ref) > (?6, ?7)
           and (t.list <> 'discover' and t.list <> 'photos' or a.is_discoverable = 1)
           and (t.list in ('home', 'bookmarks') or not exists (select 1 from mutes m where m.account_id = ?1
             and m.kind in ('person', 'block') and m.value = p.account_id))"
    };
}

/// A part of a list, newest first, as the account `reader` sees it.
pub async fn list(cx: &Context, reader: &str, list: List<'_>, part: &Part) -> Result<Vec<Listed>> {
    let text = if part.is_nearest {
        concat!(shown!(), " from timeline t ", joined!(), part!(), " order by t.at, t.ref limit ?8")
    } else {
        concat!(
            shown!(),
            " from timeline t ",
            joined!(),
            part!(),
            " order by t.at desc, t.ref desc limit ?8"
        )
    };
    let (before_at, before_id) = part.before.clone().unwrap_or((LAST, String::new()));
    let (since_at, since_id) = part.since.clone().unwrap_or((-1, String::new()));
    let statement = sql(
        text,
        [
            reader.into(),
            list.owner.into(),
            list.name.into(),
            before_at.into(),
            before_id.into(),
            since_at.into(),
            since_id.into(),
            part.limit.into(),
        ],
    );
    let mut items: Vec<Listed> =
        cx.db.all(statement).await?.iter().map(listed).collect::<Result<_>>()?;
    if part.is_nearest {
        items.reverse();
    }
    Ok(items)
}

/// A part of what a blog has answered in public, newest first, as the account `reader` sees it.
pub async fn replies(
    cx: &Context,
    reader: &str,
    blog_id: &str,
    part: &Part,
) -> Result<Vec<Listed>> {
    let (before_at, before_id) = part.before.clone().unwrap_or((LAST, String::new()));
    let (since_at, since_id) = part.since.clone().unwrap_or((-1, String::new()));
    let statement = sql(
        concat!(
            shown!(),
            " from (
                select published_at as at, id as ref, 0 as is_entry, '' as list, null as url, null as title
                from posts indexed by posts_replies
                where blog_id = ?2 and properties ->> '$.\"in-reply-to\"' is not null and visibility = 'public'
                  and deleted_at is null and status = 'published' and channel = 'posts'
                  and (published_at, id) < (?3, ?4) and (published_at, id) > (?5, ?6)
                order by published_at desc, id desc limit ?7) t",
            joined!(),
            " order by t.at desc, t.ref desc"
        ),
        [
            reader.into(),
            blog_id.into(),
            before_at.into(),
            before_id.into(),
            since_at.into(),
            since_id.into(),
            part.limit.into(),
        ],
    );
    cx.db.all(statement).await?.iter().map(listed).collect()
}

pub(crate) fn listed(row: &Row) -> Result<Listed> {
    row.read(|row| Listed { place: (row.int("at"), row.text("ref")), item: item(row) })
}

fn item(row: &mut Columns<'_>) -> Option<Item> {
    let mut html = row.opt_text("html").unwrap_or_default();
    let end = html.char_indices().nth(HTML_CHARS).map(|(end, _)| end);
    end.into_iter().for_each(|end| html.truncate(end));
    let title = row.opt_text("title");
    let (from, title) = from(row, title)?;
    Some(Item {
        id: row.text("ref"),
        published_at: row.int("published_at"),
        title,
        html,
        is_cut: end.is_some(),
        is_bookmarked: row.int("is_bookmarked") != 0,
        from,
    })
}

/// Where a row came from, and its title, which for what is gone is the one that the bookmark kept.
fn from(row: &mut Columns<'_>, title: Option<String>) -> Option<(From, Option<String>)> {
    if let Some(path) = row.opt_text("path") {
        return Some((From::Person(Box::new(person(row, path))), title));
    }
    if let Some(id) = row.opt_text("feed_id") {
        let (feed, site) = (row.text("feed_title"), row.text("feed_site"));
        return Some((From::Feed { id, title: feed, site, url: row.opt_text("url") }, title));
    }
    let url = row.opt_text("kept_url").filter(|_| row.int("is_entry") == 1)?;
    let (site, title) = (url.clone(), row.opt_text("kept_title"));
    let feed = From::Feed { id: String::new(), title: url.clone(), site, url: Some(url) };
    Some((feed, title))
}

fn person(row: &mut Columns<'_>, path: String) -> Person {
    Person {
        account_id: row.text("account_id"),
        username: row.text("username"),
        name: row.text("name"),
        picture: row.opt_text("picture"),
        blog: row.text("blog"),
        domain: row.opt_text("domain"),
        path,
        conversation: row.opt_text("root_id"),
        photos: parsed(row, "photos"),
        clips: parsed(row, "clips"),
        properties: parsed(row, "properties"),
    }
}

/// Where the post or entry of an id stands: as long as it is known, the moment when it was published.
pub async fn place(cx: &Context, list: List<'_>, id: &str) -> Result<Option<Place>> {
    let statement = match list.name {
        "bookmarks" => sql(
            "select at from timeline where account_id = ?2 and ref = ?1 and list = 'bookmarks'",
            [id.into(), list.owner.into()],
        ),
        _ => of_id(id),
    };
    let row = cx.db.first(statement).await?;
    let at = row.map(|row| row.opt_int("at")).transpose()?.flatten();
    Ok(at.map(|at| (at, id.to_owned())))
}

fn of_id(id: &str) -> Sql {
    sql(
        "select coalesce((select published_at from posts where id = ?1), (select published_at from entries where id = ?1)) as at",
        [id.into()],
    )
}

/// How many items of an account's timeline stand above a place, up to a hundred.
pub async fn count_new(cx: &Context, account_id: &str, (at, id): &Place) -> Result<i64> {
    let statement = sql(
        "select count(*) as n from (
           select 1 from timeline where account_id = ?1 and list = 'home' and (at, ref) > (?2, ?3) limit ?4)",
        [account_id.into(), (*at).into(), id.into(), NEW_MAX.into()],
    );
    cx.db.first(statement).await?.map_or(Ok(0), |row| row.int("n"))
}

/// The posts of the conversation that a post is part of, the first first; the post alone where it is part
/// of none.
pub async fn conversation(cx: &Context, reader: &str, id: &str) -> Result<Vec<Listed>> {
    let statement = sql(
        concat!(
            shown!(),
            " from (
                select at, post_id as ref, 0 as is_entry, '' as list, null as url, null as title from conversations
                where root_id = (select root_id from conversations where post_id = ?2)
                union select published_at, id, 0, '', null, null from posts where id = ?2) t",
            joined!(),
            " where not exists (select 1 from mutes m where m.account_id = ?1 and m.kind in ('person', 'block')
                and m.value = p.account_id)
              order by t.at, t.ref limit 300"
        ),
        [reader.into(), id.into()],
    );
    cx.db.all(statement).await?.iter().map(listed).collect()
}
