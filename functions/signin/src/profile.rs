//! The profile in the settings: name, words, web site, pictures, time zone.

use askama::Template;
use bytes::Bytes;
use domain::{
    media::{Clean, clean_picture},
    profile as rules, timezone, website,
};
use http::StatusCode;
use platform::{Body, Error, Response, Result};
use store::profile::{self, Profile};
use web::{Form, Layout, Visit};

/// Of one picture.
const PICTURE_BYTES_MAX: usize = 5 << 20;
/// Two pictures and what a form puts around them.
pub const BODY_BYTES_MAX: usize = 11 << 20;

/// What was typed.
struct Typed {
    name: String,
    bio: String,
    site: String,
    timezone: String,
    uses_gravatar: bool,
    shows_app: bool,
    is_undiscovered: bool,
}

#[derive(Default)]
struct Problems {
    name: Option<&'static str>,
    bio: Option<&'static str>,
    site: Option<&'static str>,
    timezone: Option<&'static str>,
    picture: Option<&'static str>,
    header: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Page {
    layout: Layout,
    username: String,
    profile_url: String,
    form: Typed,
    error: Problems,
    avatar_url: String,
    has_picture: bool,
    header_url: Option<String>,
    offers_gravatar: bool,
    is_verified: bool,
    timezones: Vec<&'static str>,
    is_saved: bool,
}

/// What happens to a picture.
enum Change {
    Stays,
    Goes,
    Comes(Clean),
}

/// `GET /settings/profile`
pub async fn edit(v: Visit<'_>) -> Result<Response> {
    let profile = own(&v).await?;
    let form = Typed {
        name: profile.name.clone(),
        bio: profile.bio.clone(),
        site: profile.site.clone().unwrap_or_default(),
        timezone: profile.timezone.clone().unwrap_or_default(),
        uses_gravatar: profile.uses_gravatar,
        shows_app: !profile.hides_app,
        is_undiscovered: !profile.is_discoverable,
    };
    page(&v, &profile, form, Problems::default())
}

/// `POST /settings/profile`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    let before = own(&v).await?;
    let form = v.form().await?;
    let typed = Typed {
        name: form.get("name").to_owned(),
        bio: form.get("bio").replace("\r\n", "\n"),
        site: form.get("site").to_owned(),
        timezone: form.get("timezone").to_owned(),
        uses_gravatar: !form.get("gravatar").is_empty()
            || (!v.cx.config.gravatar && before.uses_gravatar),
        shows_app: !form.get("shows_app").is_empty(),
        is_undiscovered: !form.get("undiscovered").is_empty(),
    };
    let mut problems = Problems {
        name: rules::check_name(&typed.name).err(),
        bio: rules::check_bio(&typed.bio).err(),
        ..Problems::default()
    };
    let site = website::parse(&typed.site);
    if site.is_none() && !typed.site.is_empty() {
        problems.site = Some("That does not look like the address of a web site.");
    }
    let zone = timezone::parse(&typed.timezone);
    if zone.is_none() && !typed.timezone.is_empty() {
        problems.timezone = Some("That time zone is not known here. Write it like Europe/Lisbon.");
    }
    let picture = picture(&form, "picture").map_err(|words| problems.picture = Some(words));
    let header = picture_of_header(&form).map_err(|words| problems.header = Some(words));
    let (Ok(picture), Ok(header), false) = (picture, header, problems.are_any()) else {
        return page(&v, &before, typed, problems);
    };
    let after = Profile {
        name: typed.name,
        bio: typed.bio,
        site,
        timezone: zone.map(str::to_owned),
        uses_gravatar: typed.uses_gravatar,
        hides_app: !typed.shows_app,
        is_discoverable: !typed.is_undiscovered,
        avatar_key: store(&v, &before, before.avatar_key.clone(), picture).await?,
        header_key: store(&v, &before, before.header_key.clone(), header).await?,
        ..before.clone()
    };
    profile::update(v.cx, &after, &removed(&before, &after)).await?;
    if let Err(error) = announce(&v, &after).await {
        v.cx.log(&format!("visitors learn of a change later: {error}"));
    }
    v.cx.wake();
    web::see_other("/settings/profile?saved=1")
}

/// Every blog of the person names them.
async fn announce(v: &Visit<'_>, profile: &Profile) -> Result<()> {
    for blog in store::blog::list_own(v.cx, &profile.account_id).await? {
        web::announce(v.cx, &blog.name).await?;
    }
    Ok(())
}

/// `POST /account/timezone`: what the browser says of itself at the first sign-in. It overrules nothing.
pub async fn learn_timezone(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let name = form.get("timezone");
    let zone =
        timezone::parse(name).ok_or_else(|| Error::invalid("That time zone is not known."))?;
    profile::learn_timezone(v.cx, &v.session()?.account_id, zone).await?;
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

async fn own(v: &Visit<'_>) -> Result<Profile> {
    profile::find_by_username(v.cx, &v.session()?.username).await?.ok_or(Error::NotFound)
}

impl Problems {
    fn are_any(&self) -> bool {
        [self.name, self.bio, self.site, self.timezone, self.picture, self.header]
            .iter()
            .any(Option::is_some)
    }
}

/// The picture as it may be stored.
fn picture(form: &Form, field: &str) -> std::result::Result<Change, &'static str> {
    match form.file(field) {
        Some(file) => clean(file.bytes.clone()).map(Change::Comes),
        None if !form.get(&format!("remove_{field}")).is_empty() => Ok(Change::Goes),
        None => Ok(Change::Stays),
    }
}

fn picture_of_header(form: &Form) -> std::result::Result<Change, &'static str> {
    picture(form, "header")
}

fn clean(bytes: Bytes) -> std::result::Result<Clean, &'static str> {
    if bytes.len() > PICTURE_BYTES_MAX {
        return Err("This picture is larger than 5 megabytes. Make it smaller and try again.");
    }
    clean_picture(bytes)
}

/// The key of what is there afterwards. The object comes before the row that names it.
async fn store(
    v: &Visit<'_>,
    profile: &Profile,
    key: Option<String>,
    change: Change,
) -> Result<Option<String>> {
    match change {
        Change::Stays => Ok(key),
        Change::Goes => Ok(None),
        Change::Comes(picture) => {
            let name = u128::from_le_bytes(v.cx.random::<16>()?);
            let key = picture.kind.key(&profile.blog_id, &format!("{name:032x}"));
            v.cx.blobs.put(&key, picture.kind.media_type(), picture.bytes.into()).await?;
            Ok(Some(key))
        }
    }
}

/// The objects that the profile no longer names.
fn removed(before: &Profile, after: &Profile) -> Vec<String> {
    let gone = |old: &Option<String>, new: &Option<String>| {
        old.clone().filter(|old| Some(old) != new.as_ref())
    };
    let keeps_copy = after.uses_gravatar && after.avatar_key.is_none();
    let copy = before.gravatar_key.clone().filter(|_| !keeps_copy);
    [gone(&before.avatar_key, &after.avatar_key), gone(&before.header_key, &after.header_key), copy]
        .into_iter()
        .flatten()
        .collect()
}

fn page(v: &Visit<'_>, profile: &Profile, form: Typed, error: Problems) -> Result<Response> {
    let is_wrong = error.are_any();
    let config = &v.cx.config;
    let page = Page {
        layout: Layout::of(v, "Profile"),
        username: profile.username.clone(),
        profile_url: config.app_url(&format!("/@{}", profile.username)),
        form,
        error,
        avatar_url: profile.avatar_path(),
        has_picture: profile.avatar_key.is_some(),
        header_url: profile.header_key.as_deref().map(|key| config.media_url(key)),
        offers_gravatar: config.gravatar,
        is_verified: profile.site_verified_at.is_some(),
        timezones: timezone::names(),
        is_saved: !is_wrong && !v.query("saved").is_empty(),
    };
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web::page_with_status(status, &page)
}
