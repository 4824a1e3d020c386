//! Profiles: what an account shows of its person.

use crate::{
    job,
    post::{Author, author},
};
use domain::secret;
use platform::{Context, Result, Row, Sql, sql};

/// The job that looks for pictures at Gravatar that are due.
pub const GRAVATAR_CHECK: &str = "gravatar-check";
/// The job that looks for web sites that are due.
pub const SITE_CHECK: &str = "site-check";

const VERSION_CHARS: usize = 12;

/// What an account shows, and what decides it. Nothing of it but the time zone is private.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The account.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// The blog that is meant: its first, unless another was asked for.
    pub blog_id: String,
    /// That blog's name.
    pub blog_name: String,
    /// How many blogs it has.
    pub blog_count: i64,
    /// The host name of its own that the blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// The display name.
    pub name: String,
    /// Plain text.
    pub bio: String,
    /// The person's own web site.
    pub site: Option<String>,
    /// When it was last seen to point back here.
    pub site_verified_at: Option<i64>,
    /// Private: a name of the IANA database.
    pub timezone: Option<String>,
    /// The uploaded picture.
    pub avatar_key: Option<String>,
    /// The uploaded picture at the top.
    pub header_key: Option<String>,
    /// Whether Gravatar may be asked while there is no uploaded picture.
    pub uses_gravatar: bool,
    /// Our copy of what Gravatar had.
    pub gravatar_key: Option<String>,
    /// Whether the blog's readers are not told which app a post was written with.
    pub hides_app: bool,
    /// Whether posts are listed for everybody here to discover.
    pub is_discoverable: bool,
}

impl Profile {
    /// The object of the person's picture, where there is one.
    pub fn picture(&self) -> Option<&str> {
        self.avatar_key.as_deref().or(self.gravatar_key.as_deref())
    }

    /// What tells one picture from the next in its address.
    pub fn picture_version(&self) -> String {
        version(self.picture())
    }

    /// The path of the person's picture, another one with each change, so that it can be kept for good.
    pub fn avatar_path(&self) -> String {
        avatar_path(&self.username, self.picture())
    }
}

fn version(picture: Option<&str>) -> String {
    let what = picture.unwrap_or("drawn 1");
    secret::sha256_hex(what.as_bytes()).chars().take(VERSION_CHARS).collect()
}

/// The path of somebody's picture, by the object that it is.
pub fn avatar_path(username: &str, picture: Option<&str>) -> String {
    format!("/avatars/{username}?v={}", version(picture))
}

/// The profile of a user name, with the first blog.
pub async fn find_by_username(cx: &Context, username: &str) -> Result<Option<Profile>> {
    let profile = find_by_blog(cx, username).await?;
    Ok(profile.filter(|profile| profile.username == username))
}

/// The profile of whoever writes the blog of this name, with that blog.
pub async fn find_by_blog(cx: &Context, name: &str) -> Result<Option<Profile>> {
    let statement = sql(
        "select a.id, a.username, a.blog_count, b.id as blog_id, b.username as blog_name, b.domain, a.name, a.bio,
           a.site, a.site_verified_at, a.timezone, a.avatar_key, a.header_key, a.uses_gravatar, a.gravatar_key, b.hides_app,
           a.is_discoverable
         from blogs b join accounts a on a.id = b.account_id where b.username = ?1",
        [name.into()],
    );
    cx.db.first(statement).await?.as_ref().map(profile).transpose()
}

/// The people whose user names begin with `start`, by name, of those who may be discovered.
pub async fn starting_with(cx: &Context, start: &str, limit: i64) -> Result<Vec<Author>> {
    if start.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sql(
        // No name has a `~`, which comes after all that they may have. However many of them hide, the
        // search reads no more than these.
        "select a.username, a.name, b.username as blog_name, b.domain
         from (select id, username, name, is_discoverable from accounts
               where username >= ?1 and username < ?1 || '~' order by username limit 200) a
         join blogs b on b.username = a.username
         where a.is_discoverable = 1 order by a.username limit ?2",
        [start.into(), limit.into()],
    );
    cx.db.all(statement).await?.iter().map(author).collect()
}

fn profile(row: &Row) -> Result<Profile> {
    row.read(|row| Profile {
        account_id: row.text("id"),
        username: row.text("username"),
        blog_id: row.text("blog_id"),
        blog_name: row.text("blog_name"),
        blog_count: row.int("blog_count"),
        domain: row.opt_text("domain"),
        name: row.text("name"),
        bio: row.text("bio"),
        site: row.opt_text("site"),
        site_verified_at: row.opt_int("site_verified_at"),
        timezone: row.opt_text("timezone"),
        avatar_key: row.opt_text("avatar_key"),
        header_key: row.opt_text("header_key"),
        uses_gravatar: row.int("uses_gravatar") == 1,
        gravatar_key: row.opt_text("gravatar_key"),
        hides_app: row.int("hides_app") == 1,
        is_discoverable: row.int("is_discoverable") == 1,
    })
}

/// Stores a changed profile; objects that it no longer names go by a job each. The pages of all
/// blogs name the person, so their epochs move. Site and picture are looked at anew, soon.
pub async fn update(cx: &Context, profile: &Profile, removed: &[String]) -> Result<()> {
    let update = sql(
        "update accounts set name = ?2, bio = ?3, timezone = ?5, avatar_key = ?6, header_key = ?7, uses_gravatar = ?8,
           gravatar_key = case when ?8 = 1 and ?6 is null then gravatar_key end, gravatar_check_at = 0,
           site_verified_at = case when site is ?4 then site_verified_at end,
           site_misses = case when site is ?4 then site_misses else 0 end,
           site = ?4, site_check_at = 0, is_discoverable = ?9
         where id = ?1",
        [
            (&profile.account_id).into(),
            (&profile.name).into(),
            (&profile.bio).into(),
            profile.site.clone().into(),
            profile.timezone.clone().into(),
            profile.avatar_key.clone().into(),
            profile.header_key.clone().into(),
            i64::from(profile.uses_gravatar).into(),
            i64::from(profile.is_discoverable).into(),
        ],
    );
    let epoch = sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2, hides_app = ?3 where account_id = ?1",
        [(&profile.account_id).into(), cx.seconds().into(), i64::from(profile.hides_app).into()],
    );
    let mut statements = vec![update, epoch, job::insert(cx, GRAVATAR_CHECK, "")?];
    statements.push(job::insert(cx, SITE_CHECK, "")?);
    for key in removed {
        statements.push(job::insert(cx, "media-deletion", key)?);
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// Remembers the time zone of a browser, unless one is known: the person's own choice stays.
pub async fn learn_timezone(cx: &Context, account_id: &str, timezone: &str) -> Result<()> {
    let statement = sql(
        "update accounts set timezone = ?2 where id = ?1 and timezone is null",
        [account_id.into(), timezone.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// The statements that have a new account looked at, for the batch in which it comes into being.
pub fn first_checks(cx: &Context, account_id: &str) -> Result<Vec<Sql>> {
    let now = cx.seconds();
    let gravatar = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'gravatar-check', '', ?2, ?2 from accounts where id = ?3",
        [cx.id()?.into(), now.into(), account_id.into()],
    );
    let site = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'site-check', '', ?2, ?2 from accounts where id = ?3 and site is not null",
        [cx.id()?.into(), now.into(), account_id.into()],
    );
    Ok(vec![gravatar, site])
}

/// Writes down the job that looks for due ones again in `wait_seconds`, unless one waits already.
/// However many of these jobs run, only one follows them.
pub async fn look_again(cx: &Context, kind: &str, wait_seconds: i64) -> Result<()> {
    let now = cx.seconds();
    let statement = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, ?4, '', ?2, ?3
         where not exists (select 1 from jobs
           where kind = ?4 and dead_at is null and next_at > ?2 and next_at <= ?3)",
        [cx.id()?.into(), now.into(), now.saturating_add(wait_seconds).into(), kind.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// A picture at Gravatar that is due.
#[derive(Debug, Clone)]
pub struct DueGravatar {
    /// The account.
    pub account_id: String,
    /// Its blog, which names its objects.
    pub blog_id: String,
    /// Its canonical mail address.
    pub email: String,
    /// Our copy, if there is one.
    pub key: Option<String>,
}

/// The pictures that are due, at most `limit`, each put off by `lease_seconds` in the same batch, so
/// that no other runner fetches it at the same time.
pub async fn lease_gravatars(
    cx: &Context,
    limit: i64,
    lease_seconds: i64,
) -> Result<Vec<DueGravatar>> {
    let now = cx.seconds();
    let statement = sql(
        "update accounts set gravatar_check_at = ?1 where id in
           (select id from accounts where uses_gravatar = 1 and avatar_key is null and gravatar_check_at <= ?2
            order by gravatar_check_at limit ?3)
         returning id, email, gravatar_key,
           (select b.id from blogs b where b.username = accounts.username) as blog_id",
        [now.saturating_add(lease_seconds).into(), now.into(), limit.into()],
    );
    let due = |row: &Row| {
        row.read(|row| DueGravatar {
            account_id: row.text("id"),
            blog_id: row.text("blog_id"),
            email: row.text("email"),
            key: row.opt_text("gravatar_key"),
        })
    };
    cx.db.all(statement).await?.iter().map(due).collect()
}

/// Puts our copy of a picture in the place of the one before, which goes by a job. False when the
/// person has uploaded one or said no in the meantime. Who has saved the profile since, which makes the
/// picture due at once, gets another look.
pub async fn set_gravatar(
    cx: &Context,
    due: &DueGravatar,
    key: Option<&str>,
    next_at: i64,
) -> Result<bool> {
    let update = sql(
        "update accounts set gravatar_key = ?2,
           gravatar_check_at = case gravatar_check_at when 0 then 0 else ?3 end
         where id = ?1 and uses_gravatar = 1 and avatar_key is null and gravatar_key is ?4 returning id",
        [(&due.account_id).into(), key.into(), next_at.into(), due.key.clone().into()],
    );
    let removal = sql(
        "insert into jobs (id, kind, ref, created_at, next_at)
         select ?1, 'media-deletion', ?2, ?3, ?3
         where ?2 is not null and ?2 is not ?4
           and exists (select 1 from accounts where id = ?5 and gravatar_key is ?4)",
        [
            cx.id()?.into(),
            due.key.clone().into(),
            cx.seconds().into(),
            key.into(),
            (&due.account_id).into(),
        ],
    );
    let outcomes = cx.db.batch(vec![update, removal]).await?;
    Ok(outcomes.first().is_some_and(|outcome| !outcome.rows.is_empty()))
}

/// Puts a picture off without changing anything.
pub async fn put_gravatar_off(cx: &Context, account_id: &str, next_at: i64) -> Result<()> {
    let statement = sql(
        "update accounts set gravatar_check_at = ?2 where id = ?1 and gravatar_check_at <> 0",
        [account_id.into(), next_at.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}

/// A web site that is due.
#[derive(Debug, Clone)]
pub struct DueSite {
    /// The account.
    pub account_id: String,
    /// Its user name.
    pub username: String,
    /// The host name of its own that its blog lives on, where it lives on one.
    pub domain: Option<String>,
    /// Its address.
    pub site: String,
    /// Whether it counts as verified now.
    pub is_verified: bool,
}

/// The web sites that are due, at most `limit`, each put off by `lease_seconds` in the same statement.
pub async fn lease_sites(cx: &Context, limit: i64, lease_seconds: i64) -> Result<Vec<DueSite>> {
    let now = cx.seconds();
    let statement = sql(
        "update accounts set site_check_at = ?1 where id in
           (select id from accounts where site is not null and site_check_at <= ?2
            order by site_check_at limit ?3)
         returning id, username, site, site_verified_at is not null as is_verified,
           (select b.domain from blogs b where b.username = accounts.username) as domain",
        [now.saturating_add(lease_seconds).into(), now.into(), limit.into()],
    );
    let due = |row: &Row| {
        row.read(|row| DueSite {
            account_id: row.text("id"),
            username: row.text("username"),
            domain: row.opt_text("domain"),
            site: row.text("site"),
            is_verified: row.int("is_verified") == 1,
        })
    };
    cx.db.all(statement).await?.iter().map(due).collect()
}

/// Remembers that a site points back, or that it did not: two misses in a row take the mark away. A
/// site that was changed in the meantime is not meant, and one that was saved again is looked at again.
pub async fn site_checked(
    cx: &Context,
    due: &DueSite,
    points_back: bool,
    next_at: i64,
) -> Result<()> {
    let statement = sql(
        "update accounts set
           site_verified_at = case when ?3 = 1 then ?4 when site_misses = 0 then site_verified_at end,
           site_misses = case when ?3 = 1 then 0 else site_misses + 1 end,
           site_check_at = case site_check_at when 0 then 0 else ?5 end
         where id = ?1 and site = ?2",
        [
            (&due.account_id).into(),
            (&due.site).into(),
            i64::from(points_back).into(),
            cx.seconds().into(),
            next_at.into(),
        ],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
