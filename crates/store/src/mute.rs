//! Mutes: whom and what an account does not want to read.

use crate::reader;
use platform::{Context, Result, Row, Sql, sql};

/// The most words of an account, since each page reads them.
pub const WORDS_MAX: i64 = 50;
const LISTED_MAX: i64 = 1000;

/// What kind of thing is muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody here is not read.
    Person,
    /// Likewise, and may not follow either.
    Block,
    /// A feed is not read.
    Feed,
    /// What holds this word is not read.
    Word,
}

impl Kind {
    /// The word for it in the database and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Block => "block",
            Self::Feed => "feed",
            Self::Word => "word",
        }
    }

    /// What a word means.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Block, Self::Feed, Self::Word].into_iter().find(|k| k.word() == word)
    }
}

/// Something that is muted, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Mute {
    /// What kind of thing.
    pub kind: Kind,
    /// The account, the feed, the word.
    pub value: String,
    /// The user name, of people.
    pub username: Option<String>,
    /// The person's name, the feed's title, the word.
    pub label: String,
}

/// Mutes something; again is fine. What is on the timeline of it goes at once; whoever is blocked follows
/// no more.
pub async fn insert(cx: &Context, account_id: &str, kind: Kind, value: &str) -> Result<()> {
    let mut statements = vec![sql(
        "insert into mutes (account_id, kind, value, created_at)
             select ?1, ?2, ?3, ?4 where ?2 <> 'word'
               or (select count(*) from mutes where account_id = ?1 and kind = 'word') < ?5
             on conflict do nothing",
        [
            account_id.into(),
            kind.word().into(),
            value.into(),
            cx.seconds().into(),
            WORDS_MAX.into(),
        ],
    )];
    if kind != Kind::Word {
        statements.push(forget(account_id, value));
    }
    if kind == Kind::Block {
        statements.extend([unfollow(account_id, value), unfollow(value, account_id)]);
        statements.push(forget(value, account_id));
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// Takes a feed, or everything of a person, off somebody's timeline; that is short, so it is looked through.
fn forget(account_id: &str, whose: &str) -> Sql {
    sql(
        "delete from timeline where account_id = ?1 and list in ('home', 'mentions')
           and source in (select id from blogs where account_id = ?2 union all select ?2)",
        [account_id.into(), whose.into()],
    )
}

fn unfollow(follower_id: &str, followed_id: &str) -> Sql {
    sql(
        "delete from follows where follower_id = ?1 and blog_id in (select id from blogs where account_id = ?2)",
        [follower_id.into(), followed_id.into()],
    )
}

/// Takes a mute back; the newest of what is followed comes onto the timeline again.
pub async fn delete(cx: &Context, account_id: &str, kind: Kind, value: &str) -> Result<()> {
    let statement = sql(
        "delete from mutes where account_id = ?1 and kind = ?2 and value = ?3",
        [account_id.into(), kind.word().into(), value.into()],
    );
    let mut statements = vec![statement];
    match kind {
        Kind::Person | Kind::Block => statements.push(reader::people(account_id)),
        Kind::Feed => statements.push(reader::subscribe(account_id, value)),
        Kind::Word => {}
    }
    cx.db.batch(statements).await.map(|_| ())
}

/// What an account has muted, at most 1,000.
pub async fn list(cx: &Context, account_id: &str) -> Result<Vec<Mute>> {
    let statement = sql(
        "select m.kind, m.value, a.username, coalesce(a.name, f.title, f.url, m.value) as label
         from mutes m
         left join accounts a on m.kind in ('person', 'block') and a.id = m.value
         left join feeds f on m.kind = 'feed' and f.id = m.value
         where m.account_id = ?1 order by m.kind, m.created_at limit ?2",
        [account_id.into(), LISTED_MAX.into()],
    );
    let mute = |row: &Row| {
        row.read(|row| Mute {
            kind: Kind::of_word(&row.text("kind")).unwrap_or(Kind::Word),
            value: row.text("value"),
            username: row.opt_text("username"),
            label: row.text("label"),
        })
    };
    cx.db.all(statement).await?.iter().map(mute).collect()
}

/// The words that an account has muted.
pub async fn words(cx: &Context, account_id: &str) -> Result<Vec<String>> {
    let statement = sql(
        "select value from mutes where account_id = ?1 and kind = 'word' limit ?2",
        [account_id.into(), WORDS_MAX.into()],
    );
    cx.db.all(statement).await?.iter().map(|row| row.text("value")).collect()
}

/// Whether one of two accounts has blocked the other one.
pub async fn is_blocked(cx: &Context, one: &str, other: &str) -> Result<bool> {
    let statement = sql(
        "select 1 as one from mutes where kind = 'block' and (account_id = ?1 and value = ?2 or account_id = ?2 and value = ?1)",
        [one.into(), other.into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}
