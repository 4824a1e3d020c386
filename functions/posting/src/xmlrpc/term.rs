//! Categories. There is one kind of them here; what apps send as tags or keywords becomes one too.

use super::{
    Call, Result,
    fault::{NOT_FOUND, fault},
    post::{self, Change},
    shape::{self, Shape, category_id, number},
    value::{Value, record},
};
use domain::post::{CATEGORY_CHARS_MAX, categories};
use store::{
    category::{self, Category},
    category_change,
};

/// The categories of the blog.
pub async fn all(call: &Call<'_>) -> Result<Vec<Category>> {
    Ok(category::list(call.cx, &call.writer.blog_id).await?)
}

pub async fn list(call: &Call<'_>, shape: Shape) -> Result<Value> {
    let all = all(call).await?;
    Ok(Value::Array(all.iter().map(|of| shape::of_category(call, of, "", shape)).collect()))
}

/// WordPress's list: of a taxonomy, with a filter.
pub async fn search(call: &Call<'_>) -> Result<Value> {
    let (taxonomy, filter) = (taxonomy(call.arg(0))?, call.arg(1));
    let words = filter.get("search").map(|words| words.text().to_lowercase()).unwrap_or_default();
    let number = |name| filter.get(name).and_then(Value::int).and_then(|n| usize::try_from(n).ok());
    let limit = number("number").filter(|number| *number > 0).unwrap_or(usize::MAX);
    let mut all = all(call).await?;
    all.retain(|of| of.name.to_lowercase().contains(&words));
    let shown = all.iter().skip(number("offset").unwrap_or(0)).take(limit);
    let shown = shown.map(|of| shape::of_category(call, of, taxonomy, shape::TERM));
    Ok(Value::Array(shown.collect()))
}

fn taxonomy(value: &Value) -> Result<&'static str> {
    match &*value.text() {
        "category" => Ok("category"),
        "post_tag" => Ok("post_tag"),
        _ => Err(fault(404, "There is no such taxonomy. They are category and post_tag.")),
    }
}

/// Answers with the id; of a category that is there already too.
pub async fn create(call: &Call<'_>) -> Result<Value> {
    let name = name(call.arg(0))?;
    category::insert(call.cx, &call.writer.blog_id, &name).await?;
    Ok(number(&all(call).await?, &name).to_string().into())
}

/// A name that a category can have: of a struct its member, or the value itself.
fn name(value: &Value) -> Result<String> {
    let name = value.get("name").unwrap_or(value).text().into_owned();
    let name = categories([name]).pop().filter(|name| name.chars().count() <= CATEGORY_CHARS_MAX);
    name.ok_or(fault(400, "A category needs a name of at most 100 characters."))
}

/// Another name, or another spelling of it.
pub async fn edit(call: &Call<'_>) -> Result<Value> {
    let (slug, name) = (slug(call, call.arg(0)).await?, name(call.arg(1))?);
    if !category_change::rename(call.cx, &call.writer.blog_id, &slug, &name).await? {
        return Err(fault(409, "There is a category of that name already."));
    }
    changed(call).await
}

pub async fn delete(call: &Call<'_>) -> Result<Value> {
    taxonomy(call.arg(0))?;
    let slug = slug(call, call.arg(1)).await?;
    category_change::remove(call.cx, &call.writer.blog_id, &slug).await?;
    changed(call).await
}

async fn slug(call: &Call<'_>, id: &Value) -> Result<String> {
    let all = all(call).await?;
    let known = all.into_iter().find(|of| id.int() == Some(category_id(&of.slug)));
    known.map(|of| of.slug).ok_or(NOT_FOUND)
}

async fn changed(call: &Call<'_>) -> Result<Value> {
    web::announce(call.cx, &call.writer.blog_name).await?;
    call.cx.wake();
    Ok(Value::Bool(true))
}

/// The categories of a post, for Movable Type.
pub async fn of_post(call: &Call<'_>) -> Result<Value> {
    let (post, all) = (post::find(call).await?, all(call).await?);
    let shown = |(at, name): (usize, &String)| {
        record![
            ("categoryId", number(&all, name).to_string().into()),
            ("categoryName", name.as_str().into()),
            ("isPrimary", Value::Bool(at == 0)),
        ]
    };
    Ok(Value::Array(post.categories.iter().enumerate().map(shown).collect()))
}

pub async fn set(call: &Call<'_>) -> Result<Value> {
    let ids: Vec<&Value> =
        call.arg(1).items().iter().filter_map(|item| item.get("categoryId")).collect();
    let names = named(&all(call).await?, &ids)?;
    post::change(call, &Change::Categories(names)).await
}

/// What a call says of a post's categories: those it names, or else those it has, and behind them
/// the tags. None where it says nothing.
pub async fn names(
    call: &Call<'_>,
    content: &Value,
    current: &[String],
) -> Result<Option<Vec<String>>> {
    let term = |by: &str, taxonomy| content.get(by).and_then(|terms| terms.get(taxonomy));
    let ids = [term("terms", "category"), term("terms", "post_tag")];
    let known = if ids.iter().any(Option::is_some) { all(call).await? } else { vec![] };
    let of_ids = |ids: Option<&Value>| {
        ids.map(|ids| named(&known, &ids.items().iter().collect::<Vec<_>>())).transpose()
    };
    let of_names = |names: Option<&Value>| names.map(words);
    let [categories, tags] = ids;
    let categories = [
        of_names(content.get("categories")),
        of_names(term("terms_names", "category")),
        of_ids(categories)?,
    ];
    let tags = [
        of_names(content.get("mt_keywords")),
        of_names(term("terms_names", "post_tag")),
        of_ids(tags)?,
    ];
    if categories.iter().chain(&tags).all(Option::is_none) {
        return Ok(None);
    }
    let is_said = categories.iter().any(Option::is_some);
    let before = if is_said { &[][..] } else { current };
    let said = categories.into_iter().chain(tags).flatten().flatten();
    Ok(Some(before.iter().cloned().chain(said).collect()))
}

/// The names of a list, or of a text with commas.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(|item| item.text().into_owned()).collect(),
        other => other.text().split(',').map(str::to_owned).collect(),
    }
}

/// The names of numbered categories. A text that is no number of one is a name.
fn named(known: &[Category], ids: &[&Value]) -> Result<Vec<String>> {
    let name = |id: &&Value| {
        let category = known.iter().find(|of| id.int() == Some(category_id(&of.slug)));
        match (category, id) {
            (Some(category), _) => Ok(category.name.clone()),
            (None, Value::Text(name)) => Ok(name.clone()),
            (None, _) => Err(fault(400, "There is no such category.")),
        }
    };
    ids.iter().map(name).collect()
}
