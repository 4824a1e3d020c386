//! How blogs look: the settings in their rows, and their own style sheets, HTML and templates.

use domain::{
    blog::Blog,
    look::{self, Look},
};
use platform::{Context, Result, Row, Sql, sql};

/// An own text: its name and its words.
pub type Text = (String, String);

/// What a page is made of beside the theme: all own texts but the style sheet.
pub async fn texts(cx: &Context, blog_id: &str) -> Result<Vec<Text>> {
    let statement = sql(
        "select name, text from blog_texts where blog_id = ?1 and name <> 'css' order by name",
        [blog_id.into()],
    );
    let text = |row: &Row| row.read(|row| (row.text("name"), row.text("text")));
    cx.db.all(statement).await?.iter().map(text).collect()
}

/// One own text, if there is one.
pub async fn text(cx: &Context, blog_id: &str, name: &str) -> Result<Option<String>> {
    let statement = sql(
        "select text from blog_texts where blog_id = ?1 and name = ?2",
        [blog_id.into(), name.into()],
    );
    cx.db.first(statement).await?.map(|row| row.text("text")).transpose()
}

/// Stores what the settings of a blog say: its title, tagline, language and look.
pub async fn update(cx: &Context, blog: &Blog, look: &Look, texts: &[Text]) -> Result<()> {
    let update = sql(
        "update blogs set title = ?2, tagline = ?3, language = ?4, look = ?5 where id = ?1",
        [
            (&blog.id).into(),
            (&blog.title).into(),
            (&blog.tagline).into(),
            (&blog.language).into(),
            look.to_json().into(),
        ],
    );
    let mut statements = vec![update];
    statements.extend(texts.iter().map(|text| put(&blog.id, text)));
    statements.extend(follow(cx, &blog.id));
    cx.db.batch(statements).await.map(|_| ())
}

/// Stores one own text, or takes it away where nothing is left of it.
pub async fn put_text(cx: &Context, blog_id: &str, text: &Text) -> Result<()> {
    cx.db.batch([vec![put(blog_id, text)], follow(cx, blog_id)].concat()).await.map(|_| ())
}

fn put(blog_id: &str, (name, text): &Text) -> Sql {
    if text.trim().is_empty() {
        return sql(
            "delete from blog_texts where blog_id = ?1 and name = ?2",
            [blog_id.into(), name.into()],
        );
    }
    sql(
        "insert into blog_texts (blog_id, name, text, note) values (?1, ?2, ?3, ?4)
         on conflict (blog_id, name) do update set text = excluded.text, note = excluded.note",
        [blog_id.into(), name.into(), text.into(), look::note(name, text).into()],
    )
}

/// The blog's row says which texts there are, so that a page without any costs no row more.
fn follow(cx: &Context, blog_id: &str) -> Vec<Sql> {
    vec![sql(
        "update blogs set epoch = epoch + 1, changed_at = ?2,
           own = (select json_group_object(name, note) from blog_texts where blog_id = ?1)
         where id = ?1",
        [blog_id.into(), cx.seconds().into()],
    )]
}
