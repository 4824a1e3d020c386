//! Who writes, on which blog, and what there is on it.

use super::{
    Call, Result,
    value::{Value, member, record},
};
use domain::timezone;
use store::blog::Own;

/// The version of WordPress whose methods these are; its apps ask for one.
const LIKE_WORDPRESS: &str = "6.0";

fn list(value: Value) -> Value {
    Value::Array(vec![value])
}

fn blog_url(call: &Call<'_>) -> String {
    format!("{}/", call.writer.origin(call.cx))
}

/// The blogs of the person; the one that is meant unless a call says comes first.
pub async fn blogs(call: &Call<'_>) -> Result<Value> {
    let mut all = store::blog::list_own(call.cx, &call.writer.account_id).await?;
    all.sort_by_key(|blog| blog.id != call.writer.blog_id);
    let blog = |own: Own| {
        let is_primary = own.id == call.writer.blog_id;
        let url = format!("{}/", call.cx.config.blog_origin(&own.name, own.domain.as_deref()));
        record![
            ("isAdmin", Value::Bool(true)),
            ("isPrimary", Value::Bool(is_primary)),
            ("xmlrpc", format!("{url}xmlrpc.php").into()),
            ("url", url.into()),
            ("blogid", own.id.into()),
            ("blogName", own.title.into()),
        ]
    };
    Ok(Value::Array(all.into_iter().map(blog).collect()))
}

/// What an option says.
#[derive(Clone, Copy)]
enum Said {
    This(&'static str),
    Blog,
    App(&'static str),
    BlogId,
    Title,
    Tagline,
    Hours,
}

const OPTIONS: &[(&str, Said)] = &[
    ("software_name", Said::This("Pipit")),
    ("software_version", Said::This(LIKE_WORDPRESS)),
    ("blog_url", Said::Blog),
    ("home_url", Said::Blog),
    ("login_url", Said::App("/signin")),
    ("admin_url", Said::App("/posts")),
    ("blog_id", Said::BlogId),
    ("blog_title", Said::Title),
    ("blog_tagline", Said::Tagline),
    ("blog_public", Said::This("1")),
    ("time_zone", Said::Hours),
    ("date_format", Said::This("Y-m-d")),
    ("time_format", Said::This("H:i")),
    ("default_comment_status", Said::This("closed")),
    ("default_ping_status", Said::This("closed")),
    ("users_can_register", Said::This("0")),
    ("post_thumbnail", Said::This("0")),
];

pub async fn options(call: &Call<'_>) -> Result<Value> {
    let blog = web::blog(call.cx, &call.writer.blog_name).await?;
    let (title, tagline) = blog.map(|blog| (blog.title, blog.tagline)).unwrap_or_default();
    let wanted = call.arg(0).items();
    let is_wanted = |name| wanted.is_empty() || wanted.iter().any(|other| other.text() == name);
    let mut options = Vec::new();
    for (name, said) in OPTIONS.iter().filter(|(name, _)| is_wanted(*name)) {
        let value = match *said {
            Said::This(text) => text.to_owned(),
            Said::Blog => blog_url(call),
            Said::App(path) => call.cx.config.app_url(path),
            Said::BlogId => call.writer.blog_id.clone(),
            Said::Title => title.clone(),
            Said::Tagline => tagline.clone(),
            Said::Hours => hours(call),
        };
        let option = record![
            ("desc", (*name).into()),
            ("readonly", Value::Bool(true)),
            ("value", value.into()),
        ];
        options.push(member(name, option));
    }
    Ok(Value::Struct(options))
}

/// How far the person's clocks are ahead, in hours: `5.75`.
fn hours(call: &Call<'_>) -> String {
    let now = call.cx.seconds();
    let zone = call.writer.timezone.as_deref();
    let ahead = zone.map_or(0, |zone| timezone::local(zone, now).saturating_sub(now));
    let sign = if ahead < 0 { "-" } else { "" };
    let quarters = ahead.unsigned_abs() / 900;
    let rest = ["", ".25", ".5", ".75"].get(usize::try_from(quarters % 4).unwrap_or(0));
    format!("{sign}{}{}", quarters / 4, rest.copied().unwrap_or_default())
}

pub fn user_info(call: &Call<'_>) -> Value {
    record![
        ("userid", call.grant.account_id.as_str().into()),
        ("nickname", call.grant.username.as_str().into()),
        ("firstname", call.grant.name.as_str().into()),
        ("lastname", "".into()),
        ("email", "".into()),
        ("url", blog_url(call).into()),
    ]
}

/// No app learns the mail address.
pub fn profile(call: &Call<'_>) -> Value {
    let (name, username) = (call.grant.name.as_str(), call.grant.username.as_str());
    record![
        ("user_id", call.grant.account_id.as_str().into()),
        ("username", username.into()),
        ("nickname", username.into()),
        ("nicename", username.into()),
        ("display_name", name.into()),
        ("first_name", name.into()),
        ("last_name", "".into()),
        ("email", "".into()),
        ("bio", "".into()),
        ("url", blog_url(call).into()),
        ("roles", list("administrator".into())),
    ]
}

/// Apps ask for the next ones until there are none.
pub fn users(call: &Call<'_>) -> Value {
    let offset = call.arg(0).get("offset").and_then(Value::int).unwrap_or(0);
    if offset > 0 { nothing(call) } else { list(profile(call)) }
}

pub fn authors(call: &Call<'_>) -> Value {
    list(record![
        ("user_id", call.grant.account_id.as_str().into()),
        ("user_login", call.grant.username.as_str().into()),
        ("display_name", call.grant.name.as_str().into()),
    ])
}

pub fn formats(call: &Call<'_>) -> Value {
    let all = record![("standard", "Standard".into())];
    match call.arg(0) {
        Value::Struct(_) => record![("all", all), ("supported", list("standard".into()))],
        _ => all,
    }
}

pub fn types(_: &Call<'_>) -> Value {
    let of = |name: &'static str, label: &str| {
        let (is, is_page) = (Value::Bool(true), Value::Bool(name == "page"));
        record![
            ("name", name.into()),
            ("label", label.into()),
            ("public", is.clone()),
            ("show_ui", is.clone()),
            ("_builtin", is),
            ("hierarchical", is_page),
            ("has_archive", Value::Bool(false)),
        ]
    };
    record![("post", of("post", "Posts")), ("page", of("page", "Pages"))]
}

pub fn statuses(_: &Call<'_>) -> Value {
    record![
        ("draft", "Draft".into()),
        ("private", "Private".into()),
        ("publish", "Published".into()),
    ]
}

pub fn taxonomies(_: &Call<'_>) -> Value {
    let of = |name: &str, label: &str| {
        record![
            ("name", name.into()),
            ("label", label.into()),
            ("hierarchical", Value::Bool(false)),
            ("public", Value::Bool(true)),
            ("show_ui", Value::Bool(true)),
            ("_builtin", Value::Bool(true)),
            ("object_type", list("post".into())),
        ]
    };
    Value::Array(vec![of("category", "Categories"), of("post_tag", "Tags")])
}

/// There are no comments.
pub fn nothing(_: &Call<'_>) -> Value {
    Value::Array(vec![])
}

pub fn comment_count(_: &Call<'_>) -> Value {
    let none = || Value::Int(0);
    record![
        ("approved", none()),
        ("awaiting_moderation", none()),
        ("spam", none()),
        ("total_comments", none()),
    ]
}
