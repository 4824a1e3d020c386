//! Uploads that come in pieces: how far each has come. The pieces themselves are objects.

use crate::job;
use platform::{Context, Error, Result, Row, Sql, sql};

/// The job that removes the pieces of an upload, and its row once it is a day old. Its subject is the id.
pub const DELETION: &str = "upload-deletion";
/// How long one can lie.
const DAY: i64 = 24 * 3600;
/// How many a blog can have begun at once.
const BEGUN_MAX: i64 = 10;

/// An upload.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Ours, in the names of its pieces.
    pub id: String,
    /// How many pieces have come.
    pub pieces: i64,
    /// The key of the object that became of them.
    pub media_key: Option<String>,
}

fn upload(row: &Row) -> Result<Upload> {
    row.read(|row| Upload {
        id: row.text("id"),
        pieces: row.int("pieces"),
        media_key: row.opt_text("media_key"),
    })
}

/// Counts one more piece of so many bytes. None when the upload is finished, or too much with it.
pub async fn append(
    cx: &Context,
    (blog_id, file_id): (&str, &str),
    bytes: i64,
    (pieces_max, bytes_max): (i64, i64),
) -> Result<Option<Upload>> {
    let statement = sql(
        "update uploads set pieces = pieces + 1, bytes = bytes + ?3
         where blog_id = ?1 and file_id = ?2 and media_key is null and pieces < ?4 and bytes + ?3 <= ?5
         returning id, pieces, media_key",
        [blog_id.into(), file_id.into(), bytes.into(), pieces_max.into(), bytes_max.into()],
    );
    let mut row = cx.db.first(statement.clone()).await?;
    if row.is_none() && find(cx, blog_id, file_id).await?.is_none() {
        begin(cx, blog_id, file_id).await?;
        row = cx.db.first(statement).await?;
    }
    row.as_ref().map(upload).transpose()
}

/// An upload of no pieces, and the job that ends it in a day. Somebody else's being faster is fine.
async fn begin(cx: &Context, blog_id: &str, file_id: &str) -> Result<()> {
    let id = cx.id()?;
    let insert = sql(
        "insert into uploads (id, blog_id, file_id, pieces, bytes, created_at)
         select ?1, ?2, ?3, 0, 0, ?4
         where (select count(*) from uploads where blog_id = ?2 and media_key is null) < ?5",
        [(&id).into(), blog_id.into(), file_id.into(), cx.seconds().into(), BEGUN_MAX.into()],
    );
    let end = job::insert_at(cx, DELETION, &id, cx.seconds().saturating_add(DAY))?;
    match cx.db.batch(vec![insert, end]).await {
        Ok(_) | Err(Error::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A blog's upload by the id that the app gave it.
pub async fn find(cx: &Context, blog_id: &str, file_id: &str) -> Result<Option<Upload>> {
    let statement = sql(
        "select id, pieces, media_key from uploads where blog_id = ?1 and file_id = ?2",
        [blog_id.into(), file_id.into()],
    );
    cx.db.first(statement).await?.as_ref().map(upload).transpose()
}

/// Writes down what became of an upload, with the rows of that, and the job that removes the pieces.
pub async fn finish(cx: &Context, upload: &Upload, media_key: &str, rows: Vec<Sql>) -> Result<()> {
    let finish = sql(
        "update uploads set media_key = ?2 where id = ?1",
        [(&upload.id).into(), media_key.into()],
    );
    let mut batch = vec![finish, job::insert(cx, DELETION, &upload.id)?];
    batch.extend(rows);
    cx.db.batch(batch).await.map(|_| ())
}

/// Forgets an upload that has lain for a day; absent is fine.
pub async fn delete_old(cx: &Context, id: &str) -> Result<()> {
    let statement = sql(
        "delete from uploads where id = ?1 and created_at <= ?2",
        [id.into(), cx.seconds().saturating_sub(DAY).into()],
    );
    cx.db.batch(vec![statement]).await.map(|_| ())
}
