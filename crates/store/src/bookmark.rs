//! Bookmarks: what somebody wants to find again. Nobody else sees them.

use platform::{Context, Result, sql};

/// Makes a bookmark of a public post or of an entry; again is fine. False: there is nothing of this id.
pub async fn insert(cx: &Context, account_id: &str, id: &str) -> Result<bool> {
    let statement = sql(
        "insert into timeline (account_id, list, at, ref, is_entry, source, url, title)
         select ?1, 'bookmarks', ?3, id, 0, blog_id, null, null from posts
         where id = ?2 and visibility = 'public' and deleted_at is null and status = 'published' and channel = 'posts'
         union all
         select ?1, 'bookmarks', ?3, e.id, 1, e.feed_id, coalesce(e.url, f.url), coalesce(e.title, f.title)
         from entries e join feeds f on f.id = e.feed_id where e.id = ?2
         limit 1
         on conflict (account_id, ref) where list = 'bookmarks' do update set list = 'bookmarks'
         returning ref",
        [account_id.into(), id.into(), cx.seconds().into()],
    );
    Ok(cx.db.first(statement).await?.is_some())
}

/// Takes a bookmark away; none is fine.
pub async fn delete(cx: &Context, account_id: &str, id: &str) -> Result<()> {
    let statement = sql(
        "delete from timeline where account_id = ?1 and ref = ?2 and list = 'bookmarks'",
        [account_id.into(), id.into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
