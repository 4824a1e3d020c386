//! How each family of methods shows a post, a page, a category: tables of names and what stands there.

use super::{
    Call,
    value::{Value, date, record},
};
use crate::publish;
use domain::{
    post::{Channel, Format, Post, Status, Visibility},
    secret, slug,
};
use store::category::Category;

/// The members of a struct.
pub type Shape = &'static [(&'static str, Field)];

/// What a member says.
#[derive(Debug, Clone, Copy)]
pub enum Field {
    Says(&'static str),
    Number(i64),
    No,
    Nothing,
    Id,
    /// A post's title, a category's name.
    Title,
    Text,
    Summary,
    Link,
    Slug,
    Created,
    CreatedGmt,
    Modified,
    ModifiedGmt,
    /// In the words of WordPress.
    Status,
    /// In the words of Micro.blog.
    ShortStatus,
    Categories,
    Terms,
    AuthorId,
    AuthorName,
    Author,
    Kind,
    Format,
    IsInNavigation,
    IsRedirect,
}

use Field::{
    Author, AuthorId, AuthorName, Categories, Created, CreatedGmt, Id, IsInNavigation, IsRedirect,
    Kind, Link, Modified, ModifiedGmt, No, Nothing, Number, Says, ShortStatus, Slug, Summary,
    Terms, Text, Title,
};

pub const BLOGGER: Shape =
    &[("postid", Id), ("userid", AuthorId), ("dateCreated", Created), ("content", Text)];

pub const TITLE: Shape = &[
    ("postid", Id),
    ("userid", AuthorId),
    ("title", Title),
    ("dateCreated", Created),
    ("date_created_gmt", CreatedGmt),
    ("post_status", Field::Status),
];

pub const META_WEBLOG: Shape = &[
    ("postid", Id),
    ("userid", AuthorId),
    ("title", Title),
    ("description", Text),
    ("link", Link),
    ("permaLink", Link),
    ("dateCreated", Created),
    ("date_created_gmt", CreatedGmt),
    ("date_modified", Modified),
    ("date_modified_gmt", ModifiedGmt),
    ("categories", Categories),
    ("mt_keywords", Says("")),
    ("mt_excerpt", Summary),
    ("mt_text_more", Says("")),
    ("mt_allow_comments", Number(0)),
    ("mt_allow_pings", Number(0)),
    ("mt_convert_breaks", Field::Format),
    ("wp_slug", Slug),
    ("wp_password", Says("")),
    ("wp_author_id", AuthorId),
    ("wp_author_display_name", AuthorName),
    ("wp_post_format", Says("standard")),
    ("post_status", Field::Status),
    ("sticky", No),
    ("custom_fields", Nothing),
];

pub const WORDPRESS: Shape = &[
    ("post_id", Id),
    ("post_title", Title),
    ("post_content", Text),
    ("post_excerpt", Summary),
    ("post_date", Created),
    ("post_date_gmt", CreatedGmt),
    ("post_modified", Modified),
    ("post_modified_gmt", ModifiedGmt),
    ("post_status", Field::Status),
    ("post_type", Kind),
    ("post_format", Says("standard")),
    ("post_name", Slug),
    ("post_author", AuthorId),
    ("post_password", Says("")),
    ("post_parent", Says("0")),
    ("post_mime_type", Says("")),
    ("post_thumbnail", Nothing),
    ("link", Link),
    ("guid", Link),
    ("menu_order", Number(0)),
    ("comment_status", Says("closed")),
    ("ping_status", Says("closed")),
    ("sticky", No),
    ("terms", Terms),
    ("custom_fields", Nothing),
];

pub const PAGE: Shape = &[
    ("page_id", Id),
    ("userid", AuthorId),
    ("title", Title),
    ("description", Text),
    ("link", Link),
    ("permaLink", Link),
    ("dateCreated", Created),
    ("date_created_gmt", CreatedGmt),
    ("page_status", Field::Status),
    ("categories", Categories),
    ("excerpt", Summary),
    ("text_more", Says("")),
    ("mt_allow_comments", Number(0)),
    ("mt_allow_pings", Number(0)),
    ("wp_slug", Slug),
    ("wp_password", Says("")),
    ("wp_author", AuthorName),
    ("wp_author_id", AuthorId),
    ("wp_author_display_name", AuthorName),
    ("wp_page_parent_id", Number(0)),
    ("wp_page_parent_title", Says("")),
    ("wp_page_order", Number(0)),
    ("wp_page_template", Says("default")),
    ("custom_fields", Nothing),
];

pub const PAGE_TITLE: Shape = &[
    ("page_id", Id),
    ("page_title", Title),
    ("page_parent_id", Number(0)),
    ("dateCreated", Created),
    ("date_created_gmt", CreatedGmt),
];

pub const MICROBLOG: Shape = &[
    ("id", Id),
    ("date_created", CreatedGmt),
    ("date_modified", ModifiedGmt),
    ("permalink", Link),
    ("title", Title),
    ("description", Text),
    ("categories", Categories),
    ("post_status", ShortStatus),
    ("author", Author),
];

pub const MICROBLOG_PAGE: Shape = &[
    ("id", Id),
    ("date_created", CreatedGmt),
    ("date_modified", ModifiedGmt),
    ("permalink", Link),
    ("title", Title),
    ("description", Text),
    ("is_navigation", IsInNavigation),
    ("is_template", No),
    ("is_redirect", IsRedirect),
    ("author", Author),
];

pub const CATEGORY: Shape = &[
    ("categoryId", Id),
    ("parentId", Says("0")),
    ("categoryName", Title),
    ("title", Title),
    ("description", Title),
    ("categoryDescription", Says("")),
    ("htmlUrl", Link),
    ("rssUrl", Says("")),
];

pub const MT_CATEGORY: Shape = &[("categoryId", Id), ("categoryName", Title)];

pub const MICROBLOG_CATEGORY: Shape = &[("id", Id), ("name", Title)];

pub const TAG: Shape = &[
    ("tag_id", Id),
    ("name", Title),
    ("slug", Slug),
    ("count", Number(0)),
    ("html_url", Link),
    ("rss_url", Says("")),
];

pub const TERM: Shape = &[
    ("term_id", Id),
    ("name", Title),
    ("slug", Slug),
    ("term_group", Says("0")),
    ("term_taxonomy_id", Id),
    ("taxonomy", Kind),
    ("description", Says("")),
    ("parent", Says("0")),
    ("count", Number(0)),
];

fn filled(shape: Shape, value: impl Fn(Field) -> Value) -> Value {
    let member = |(name, field): &(&'static str, Field)| ((*name).into(), value(*field));
    Value::Struct(shape.iter().map(member).collect())
}

/// Whether a shape shows categories with their numbers.
pub fn has_terms(shape: Shape) -> bool {
    shape.iter().any(|(_, field)| matches!(field, Terms))
}

/// A post in a shape; `all` are the blog's categories, where the shape shows their numbers.
pub fn of_post(call: &Call<'_>, all: &[Category], post: &Post, shape: Shape) -> Value {
    let zone = call.writer.timezone.as_deref();
    let grant = &call.grant;
    filled(shape, |field| match field {
        Says(text) => text.into(),
        Number(number) => Value::Int(number),
        No => Value::Bool(false),
        Nothing => Value::Array(vec![]),
        Id => post.id.as_str().into(),
        Title => post.title.as_deref().unwrap_or_default().into(),
        Text => post.text.as_str().into(),
        Summary => summary(post).into(),
        Link => publish::permalink(call.cx, &call.writer, post).into(),
        Slug => post.path.rsplit('/').next().unwrap_or_default().into(),
        Created => date(post.published_at, zone),
        CreatedGmt => date(post.published_at, None),
        Modified => date(post.updated_at, zone),
        ModifiedGmt => date(post.updated_at, None),
        Field::Status => status(post).into(),
        ShortStatus => if post.status == Status::Draft { "draft" } else { "published" }.into(),
        Categories => {
            Value::Array(post.categories.iter().map(|name| name.as_str().into()).collect())
        }
        Terms => {
            let term = |name: &String| of_category(call, &named(all, name), "category", TERM);
            Value::Array(post.categories.iter().map(term).collect())
        }
        AuthorId => grant.account_id.as_str().into(),
        AuthorName => grant.name.as_str().into(),
        Author => record![
            ("name", grant.name.as_str().into()),
            ("username", grant.username.as_str().into()),
        ],
        Kind => if post.channel == Channel::Pages { "page" } else { "post" }.into(),
        Field::Format => if post.format == Format::Html { "0" } else { "markdown" }.into(),
        IsInNavigation => Value::Bool(post.is_in_navigation),
        IsRedirect => Value::Bool(post.redirect().is_some()),
    })
}

/// A category in a shape, as a term of this taxonomy.
pub fn of_category(
    call: &Call<'_>,
    category: &Category,
    taxonomy: &'static str,
    shape: Shape,
) -> Value {
    filled(shape, |field| match field {
        Says(text) => text.into(),
        Id => category_id(&category.slug).to_string().into(),
        Title => category.name.as_str().into(),
        Slug => category.slug.as_str().into(),
        Kind => taxonomy.into(),
        Link => {
            let origin = call.writer.origin(call.cx);
            format!("{origin}/categories/{}", category.slug).into()
        }
        _ => Value::Int(0),
    })
}

/// The number of a category, for those who know categories by number. It follows from the slug, so
/// that it need not be kept. Some send it back as an `<int>`, which has 31 bits to count with.
pub fn category_id(slug: &str) -> i64 {
    let hash: String = secret::sha256_hex(slug.as_bytes()).chars().take(8).collect();
    i64::from_str_radix(&hash, 16).unwrap_or(0) & 0x7fff_ffff
}

/// The number of the category of this name.
pub fn number(all: &[Category], name: &str) -> i64 {
    category_id(&named(all, name).slug)
}

/// The category of this name, which keeps its slug when it is renamed.
fn named(all: &[Category], name: &str) -> Category {
    let known = all.iter().find(|of| of.name.eq_ignore_ascii_case(name));
    known.cloned().unwrap_or_else(|| Category { slug: slug::of_category(name), name: name.into() })
}

fn summary(post: &Post) -> &str {
    let summary = post.properties.get("summary").and_then(|list| list.get(0));
    summary.and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn status(post: &Post) -> &'static str {
    match post.status {
        Status::Draft => "draft",
        Status::Scheduled => "future",
        Status::Published if post.visibility == Visibility::Private => "private",
        Status::Published => "publish",
    }
}
