//! Who writes, on which blog, and what there is on it.

use super::{
    Call, Result,
    value::{Value, record},
};
use domain::timezone;

/// The version of WordPress whose methods these are; its apps ask for one.
const LIKE_WORDPRESS: &str = "6.0";

fn list(value: Value) -> Value {
    Value::Array(vec![value])
}

fn blog_url(call: &Call<'_>) -> String {
    format!("{}/", call.cx.config.blog_origin(&call.grant.username))
}

/// The one blog that a person has here.
pub async fn blogs(call: &Call<'_>) -> Result<Value> {
    let blog = web::blog(call.cx, &call.grant.username).await?;
    let url = blog_url(call);
    Ok(list(record([
        ("isAdmin", Value::Bool(true)),
        ("isPrimary", Value::Bool(true)),
        ("xmlrpc", format!("{url}xmlrpc.php").into()),
        ("url", url.into()),
        ("blogid", call.grant.blog_id.as_str().into()),
        ("blogName", blog.map(|blog| blog.title).unwrap_or_default().into()),
    ])))
}

pub async fn options(call: &Call<'_>) -> Result<Value> {
    let blog = web::blog(call.cx, &call.grant.username).await?;
    let (title, tagline) = blog.map(|blog| (blog.title, blog.tagline)).unwrap_or_default();
    let url = blog_url(call);
    let app = |path| call.cx.config.app_url(path);
    let wanted = call.arg(0).items();
    let options = [
        ("software_name", "Pipit".to_owned()),
        ("software_version", LIKE_WORDPRESS.to_owned()),
        ("blog_url", url.clone()),
        ("home_url", url),
        ("login_url", app("/signin")),
        ("admin_url", app("/posts")),
        ("blog_id", call.grant.blog_id.clone()),
        ("blog_title", title),
        ("blog_tagline", tagline),
        ("blog_public", "1".to_owned()),
        ("time_zone", hours(call)),
        ("date_format", "Y-m-d".to_owned()),
        ("time_format", "H:i".to_owned()),
        ("default_comment_status", "closed".to_owned()),
        ("default_ping_status", "closed".to_owned()),
        ("users_can_register", "0".to_owned()),
        ("post_thumbnail", "0".to_owned()),
    ];
    let option = |(name, value): (&'static str, String)| {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|other| other.text() == name);
        let option = record([
            ("desc", name.into()),
            ("readonly", Value::Bool(true)),
            ("value", value.into()),
        ]);
        is_wanted.then_some((name.into(), option))
    };
    Ok(Value::Struct(options.into_iter().filter_map(option).collect()))
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
    record([
        ("userid", call.grant.account_id.as_str().into()),
        ("nickname", call.grant.username.as_str().into()),
        ("firstname", call.grant.name.as_str().into()),
        ("lastname", "".into()),
        ("email", "".into()),
        ("url", blog_url(call).into()),
    ])
}

/// No app learns the mail address.
pub fn profile(call: &Call<'_>) -> Value {
    let (name, username) = (call.grant.name.as_str(), call.grant.username.as_str());
    record([
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
    ])
}

/// Apps ask for the next ones until there are none.
pub fn users(call: &Call<'_>) -> Value {
    let offset = call.arg(0).get("offset").and_then(Value::int).unwrap_or(0);
    if offset > 0 { nothing(call) } else { list(profile(call)) }
}

pub fn authors(call: &Call<'_>) -> Value {
    list(record([
        ("user_id", call.grant.account_id.as_str().into()),
        ("user_login", call.grant.username.as_str().into()),
        ("display_name", call.grant.name.as_str().into()),
    ]))
}

pub fn formats(call: &Call<'_>) -> Value {
    let all = record([("standard", "Standard".into())]);
    match call.arg(0) {
        Value::Struct(_) => record([("all", all), ("supported", list("standard".into()))]),
        _ => all,
    }
}

pub fn types(_: &Call<'_>) -> Value {
    let of = |name: &'static str, label: &str| {
        let (is, is_page) = (Value::Bool(true), Value::Bool(name == "page"));
        record([
            ("name", name.into()),
            ("label", label.into()),
            ("public", is.clone()),
            ("show_ui", is.clone()),
            ("_builtin", is),
            ("hierarchical", is_page),
            ("has_archive", Value::Bool(false)),
        ])
    };
    record([("post", of("post", "Posts")), ("page", of("page", "Pages"))])
}

pub fn statuses(_: &Call<'_>) -> Value {
    record([
        ("draft", "Draft".into()),
        ("private", "Private".into()),
        ("publish", "Published".into()),
    ])
}

pub fn taxonomies(_: &Call<'_>) -> Value {
    let of = |name: &str, label: &str| {
        record([
            ("name", name.into()),
            ("label", label.into()),
            ("hierarchical", Value::Bool(false)),
            ("public", Value::Bool(true)),
            ("show_ui", Value::Bool(true)),
            ("_builtin", Value::Bool(true)),
            ("object_type", list("post".into())),
        ])
    };
    Value::Array(vec![of("category", "Categories"), of("post_tag", "Tags")])
}

/// There are no comments.
pub fn nothing(_: &Call<'_>) -> Value {
    Value::Array(vec![])
}

pub fn comment_count(_: &Call<'_>) -> Value {
    let none = || Value::Int(0);
    record([
        ("approved", none()),
        ("awaiting_moderation", none()),
        ("spam", none()),
        ("total_comments", none()),
    ])
}
