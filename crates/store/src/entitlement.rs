//! What an account has by its plan, as pages and doors ask for it.

use domain::billing::{Access, Entitlement};
use platform::{Columns, Context, Result, sql};

fn entitlement(row: &mut Columns<'_>) -> Entitlement {
    Entitlement {
        plan: row.opt_text("plan").unwrap_or_default(),
        access: Access::of_word(&row.opt_text("access").unwrap_or_default()),
        until: row.opt_int("until"),
        subscription_id: row.opt_text("subscription_id"),
    }
}

/// What decides what may be done on a blog.
#[derive(Debug, Clone)]
pub struct Room {
    /// What its account has.
    pub entitlement: Entitlement,
    /// How many older blogs its account has.
    pub older: i64,
    /// Bytes of all files of its account.
    pub media_bytes: i64,
}

/// The same for the account of a blog, with the blog's place among the others. None where there is no such blog.
pub async fn find_room(cx: &Context, blog_id: &str) -> Result<Option<Room>> {
    let statement = sql(
        "select e.plan, e.access, e.until, e.subscription_id, a.media_bytes,
           iif(a.blog_count < 2, 0, (select count(*) from blogs o
             where o.account_id = b.account_id and (o.created_at, o.id) < (b.created_at, b.id))) as older
         from blogs b join accounts a on a.id = b.account_id left join entitlements e on e.account_id = b.account_id
         where b.id = ?1",
        [blog_id.into()],
    );
    let Some(row) = cx.db.first(statement).await? else { return Ok(None) };
    let room = |row: &mut Columns<'_>| Room {
        older: row.int("older"),
        media_bytes: row.int("media_bytes"),
        entitlement: entitlement(row),
    };
    row.read(room).map(Some)
}

/// Bytes of all files of an account.
pub async fn media_bytes(cx: &Context, account_id: &str) -> Result<i64> {
    let statement = sql("select media_bytes from accounts where id = ?1", [account_id.into()]);
    cx.db.first(statement).await?.map_or(Ok(0), |row| row.int("media_bytes"))
}
