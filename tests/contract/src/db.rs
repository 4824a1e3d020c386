//! The database: a batch is all or nothing, and values come back as they were.
//!
//! The table is `jobs`, with kinds that no runner knows.

use crate::{Kept, at, hold, same, unique};
use platform::{Context, Error, Sql, Value, sql};

fn insert(id: &str, kind: &str, next_at: i64, error: Option<&str>) -> Sql {
    sql(
        "insert into jobs (id, kind, ref, created_at, next_at, error) values (?1, ?2, '', 0, ?3, ?4)",
        [id.into(), kind.into(), next_at.into(), error.into()],
    )
}

fn of_kind(kind: &str) -> Sql {
    sql("select id, next_at, error from jobs where kind = ?1 order by id", [kind.into()])
}

async fn clean(cx: &Context, kind: &str) -> Kept {
    let delete = sql("delete from jobs where kind = ?1", [kind.into()]);
    cx.db.batch(vec![delete]).await.map(|_| ()).map_err(at("cleaning up"))
}

pub async fn rolls_back_whole(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let id = unique(cx, "a")?;
    let null_kind = sql(
        "insert into jobs (id, kind, ref, created_at, next_at) values (?1, ?2, '', 0, 0)",
        ["never".into(), Value::Null],
    );
    let failed = cx.db.batch(vec![insert(&id, &kind, 0, None), null_kind]).await;
    hold(
        matches!(failed, Err(Error::Internal(_))),
        format!("a null in a column without nulls is an internal error, not {failed:?}"),
    )?;
    let missing = sql("insert into no_such_table (id) values (?1)", [id.as_str().into()]);
    let failed = cx.db.batch(vec![insert(&id, &kind, 0, None), missing]).await;
    hold(failed.is_err(), "a statement about a table that is not there fails")?;
    let rows = cx.db.all(of_kind(&kind)).await.map_err(at("reading"))?;
    same(&rows.len(), &0, "rows that a failed batch left behind")
}

pub async fn unique_is_a_conflict(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let (first, second) = (unique(cx, "a")?, unique(cx, "b")?);
    cx.db.batch(vec![insert(&first, &kind, 0, None)]).await.map_err(at("the first"))?;
    let failed = cx
        .db
        .batch(vec![insert(&second, &kind, 0, None), insert(&first, &kind, 0, None)])
        .await
        .map(|_| ());
    same(&failed, &Err(Error::Conflict), "a primary key for the second time")?;
    let rows = cx.db.all(of_kind(&kind)).await.map_err(at("reading"))?;
    same(&rows.len(), &1, "rows after the conflict")?;
    clean(cx, &kind).await
}

pub async fn integers_are_exact(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    for int in [9_007_199_254_740_991, 9_007_199_254_740_992, -9_007_199_254_740_991, -1, 0] {
        let id = unique(cx, "a")?;
        let read = sql(
            "select next_at, next_at = ?2 as is_same from jobs where id = ?1",
            [id.as_str().into(), int.into()],
        );
        let batch = vec![insert(&id, &kind, int, None), read];
        let outcomes = cx.db.batch(batch).await.map_err(at("an integer"))?;
        let row = outcomes.last().and_then(|outcome| outcome.rows.first()).ok_or("no row")?;
        same(&row.int("next_at").map_err(at("next_at"))?, &int, "the integer read")?;
        same(&row.int("is_same").map_err(at("is_same"))?, &1, "the integer compared")?;
    }
    clean(cx, &kind).await
}

pub async fn text_is_any_unicode(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let texts =
        ["", "Grüße, 世界", "👩‍👩‍👧 🇩🇪", "e\u{301} ≠ é", "'; drop table jobs; --", "a\nb\r\n\tc ?1 %"];
    for text in texts {
        let id = unique(cx, "a")?;
        let read = sql("select error from jobs where id = ?1", [id.as_str().into()]);
        let batch = vec![insert(&id, &kind, 0, Some(text)), read];
        let outcomes = cx.db.batch(batch).await.map_err(at("a text"))?;
        let row = outcomes.last().and_then(|outcome| outcome.rows.first()).ok_or("no row")?;
        same(&row.text("error").map_err(at("error"))?, &text.to_owned(), "the text read")?;
    }
    clean(cx, &kind).await
}

pub async fn null_is_null(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let id = unique(cx, "a")?;
    let batch = vec![insert(&id, &kind, 0, None), of_kind(&kind)];
    let outcomes = cx.db.batch(batch).await.map_err(at("a null"))?;
    let row = outcomes.last().and_then(|outcome| outcome.rows.first()).ok_or("no row")?;
    same(&row.opt_text("error").map_err(at("error"))?, &None, "a null read")?;
    clean(cx, &kind).await
}

pub async fn sees_its_own_batch(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let id = unique(cx, "a")?;
    let update = sql(
        "update jobs set next_at = next_at + 1 where id = ?1 returning id, next_at",
        [id.as_str().into()],
    );
    let batch = vec![insert(&id, &kind, 7, None), update.clone(), update, of_kind(&kind)];
    let outcomes = cx.db.batch(batch).await.map_err(at("a batch"))?;
    same(&outcomes.len(), &4, "outcomes of four statements")?;
    let mut seen = Vec::new();
    for outcome in outcomes.iter().skip(1) {
        let row = outcome.rows.first().ok_or("a statement returned no row")?;
        same(&row.text("id").map_err(at("id"))?, &id, "the id returned")?;
        seen.push(row.int("next_at").map_err(at("next_at"))?);
    }
    same(&seen, &vec![8, 9, 9], "what each statement saw")?;
    clean(cx, &kind).await
}

pub async fn counts_rows(cx: &Context) -> Kept {
    let kind = unique(cx, "contract-")?;
    let mut batch = Vec::new();
    for _ in 0..3 {
        batch.push(insert(&unique(cx, "a")?, &kind, 0, None));
    }
    let written = cx.db.batch(batch).await.map_err(at("writing"))?;
    for outcome in &written {
        hold(outcome.rows_written > 0, "an insert counts at least one row written")?;
    }
    let read = cx.db.batch(vec![of_kind(&kind)]).await.map_err(at("reading"))?;
    let outcome = read.first().ok_or("no outcome")?;
    same(&outcome.rows.len(), &3, "rows")?;
    hold(outcome.rows_read >= 3, format!("3 rows count as read, not {}", outcome.rows_read))?;
    same(&outcome.rows_written, &0, "rows that a select wrote")?;
    clean(cx, &kind).await
}
