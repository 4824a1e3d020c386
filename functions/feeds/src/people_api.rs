//! People for apps, in the shapes of Micro.blog's: following, muting, blocking.

use crate::{
    address,
    subscription::{self, FEEDS_MAX},
    timeline_api::{done, field, fields},
};
use domain::blog::Blog;
use http::StatusCode;
use platform::{Error, Response, Result};
use serde_json::{Value, json};
use store::{
    follow,
    mute::{self, Kind},
    post::Author,
};
use web::Visit;

/// So many people are enough to choose from.
const FOUND_MAX: i64 = 20;

/// `POST /users/follow`: `username`, somebody here, or the address of a site or feed.
pub async fn follow(mut v: Visit<'_>) -> Result<Response> {
    let typed = field(&mut v, "username").await?;
    let account_id = v.grant()?.account_id.clone();
    if typed.contains('.') {
        let url = address::parse(&typed, &v.cx.config).map_err(Error::invalid)?;
        if store::subscription::count(v.cx, &account_id).await? >= FEEDS_MAX {
            return Err(Error::invalid(subscription::FULL));
        }
        store::subscription::insert(v.cx, &account_id, &subscription::wanted(&url)).await?;
        v.cx.wake();
        return Ok(done());
    }
    let blog = blog(&v, &typed).await?;
    if blog.account_id == account_id {
        return Err(Error::invalid("That is you."));
    }
    if mute::is_blocked(v.cx, &account_id, &blog.account_id).await? {
        return Err(Error::Forbidden("One of you has blocked the other.".into()));
    }
    follow::insert(v.cx, &account_id, &blog.id).await?;
    Ok(done())
}

/// `POST /users/unfollow`: `username`.
pub async fn unfollow(mut v: Visit<'_>) -> Result<Response> {
    let typed = field(&mut v, "username").await?;
    let blog = blog(&v, &typed).await?;
    follow::delete(v.cx, &v.grant()?.account_id, &blog.username).await?;
    Ok(done())
}

/// `GET /users/is_following?username=`
pub async fn is_following(v: Visit<'_>) -> Result<Response> {
    let blog = blog(&v, &v.query("username")).await?;
    let account_id = &v.grant()?.account_id;
    let is_following = follow::is_following(v.cx, account_id, &blog.id).await?;
    let is_you = blog.account_id == *account_id;
    Ok(web::json(StatusCode::OK, &json!({ "is_following": is_following, "is_you": is_you })))
}

async fn blog(v: &Visit<'_>, typed: &str) -> Result<Blog> {
    let name = typed.trim().trim_start_matches('@').to_lowercase();
    store::blog::find(v.cx, &name).await?.ok_or(Error::NotFound)
}

/// `GET /users/following/{username}`: whom somebody follows.
pub async fn following(v: Visit<'_>) -> Result<Response> {
    people(&v, |_| true).await
}

/// `GET /users/discover/{username}`: whom of those one does not follow oneself.
pub async fn discover(v: Visit<'_>) -> Result<Response> {
    people(&v, |is_known| !is_known).await
}

async fn people(v: &Visit<'_>, is_wanted: impl Fn(bool) -> bool) -> Result<Response> {
    let grant = v.grant()?;
    let whose = blog(v, v.param("username")).await?;
    let list = follow::list(v.cx, &whose.account_id).await?;
    let names: Vec<&str> = list.iter().map(|person| &*person.blog_name).collect();
    let followed = follow::among(v.cx, &grant.account_id, &names).await?;
    let people: Vec<Value> = list
        .iter()
        .map(|person| (person, followed.contains(&person.blog_name)))
        .filter(|(person, known)| is_wanted(*known || person.username == grant.username))
        .map(|(person, is_following)| shown(v, person, is_following))
        .collect();
    Ok(web::json(StatusCode::OK, &people.into()))
}

/// `GET /users/search?q=`: people here whose user names begin like that.
pub async fn search(v: Visit<'_>) -> Result<Response> {
    let start = v.query("q").trim().trim_start_matches('@').to_lowercase();
    let found = store::profile::starting_with(v.cx, &start, FOUND_MAX).await?;
    let names: Vec<&str> = found.iter().map(|person| &*person.blog_name).collect();
    let followed = follow::among(v.cx, &v.grant()?.account_id, &names).await?;
    let people: Vec<Value> = found
        .iter()
        .map(|person| shown(&v, person, followed.contains(&person.blog_name)))
        .collect();
    Ok(web::json(StatusCode::OK, &people.into()))
}

fn shown(v: &Visit<'_>, person: &Author, is_following: bool) -> Value {
    let config = &v.cx.config;
    json!({
        "name": person.name,
        "username": person.blog_name,
        "url": config.blog_origin(&person.blog_name, person.domain.as_deref()),
        "avatar": config.app_url(&format!("/avatars/{}", person.username)),
        "is_following": is_following,
        "is_you": v.grant.as_ref().is_some_and(|grant| grant.username == person.username),
    })
}

/// `POST /users/mute`: `username` or `keyword`.
pub async fn mute(mut v: Visit<'_>) -> Result<Response> {
    let [word, username] = fields(&mut v, ["keyword", "username"]).await?;
    let word = word.to_lowercase();
    if word.is_empty() {
        return stop(&v, Kind::Person, &username).await;
    }
    if word.chars().count() > 100 {
        return Err(Error::invalid("A keyword has at most 100 characters."));
    }
    mute::insert(v.cx, &v.grant()?.account_id, Kind::Word, &word).await?;
    Ok(web::json(StatusCode::OK, &json!({ "id": word, "keyword": word })))
}

/// `POST /users/block`: `username`.
pub async fn block(mut v: Visit<'_>) -> Result<Response> {
    let username = field(&mut v, "username").await?;
    stop(&v, Kind::Block, &username).await
}

async fn stop(v: &Visit<'_>, kind: Kind, typed: &str) -> Result<Response> {
    // Whichever blog of theirs is named, it is the person who is meant.
    let blog = blog(v, typed).await?;
    let account_id = &v.grant()?.account_id;
    if blog.account_id == *account_id {
        return Err(Error::invalid("That is you."));
    }
    mute::insert(v.cx, account_id, kind, &blog.account_id).await?;
    let person = blog.person();
    Ok(web::json(StatusCode::OK, &json!({ "id": blog.account_id, "username": person })))
}

/// `GET /users/muting`
pub async fn muting(v: Visit<'_>) -> Result<Response> {
    stopped(&v, |kind| kind != Kind::Block).await
}

/// `GET /users/blocking`
pub async fn blocking(v: Visit<'_>) -> Result<Response> {
    stopped(&v, |kind| kind == Kind::Block).await
}

async fn stopped(v: &Visit<'_>, is_wanted: fn(Kind) -> bool) -> Result<Response> {
    let mutes = mute::list(v.cx, &v.grant()?.account_id).await?;
    let mutes = mutes.into_iter().filter(|mute| is_wanted(mute.kind));
    let list: Vec<Value> = mutes
        .map(|mute| match mute.kind {
            Kind::Word => json!({ "id": mute.value, "keyword": mute.label }),
            _ => json!({ "id": mute.value, "username": mute.username.unwrap_or(mute.label) }),
        })
        .collect();
    Ok(web::json(StatusCode::OK, &list.into()))
}

/// `DELETE /users/muting/{id}` and `/users/blocking/{id}`
pub async fn go_on(v: Visit<'_>) -> Result<Response> {
    let account_id = &v.grant()?.account_id;
    let is_block = v.req.uri().path().starts_with("/users/blocking/");
    let muting = [Kind::Person, Kind::Feed, Kind::Word];
    for kind in if is_block { &[Kind::Block][..] } else { &muting[..] } {
        mute::delete(v.cx, account_id, *kind, v.param("id")).await?;
    }
    Ok(done())
}
